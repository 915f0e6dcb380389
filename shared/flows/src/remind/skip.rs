//! A reminder that is not sent: once settled, it does not come up again.

use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    id::TimelineKey,
    remind::{cut_short_entry, skipped_entry},
    reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
};

use super::call::{Call, ReminderOutcome, reached, row_id};
use crate::{App, MeetingContext, transact::Interrupted};

/// Notes why a schedule that is no longer wanted sent nothing: once, however
/// often it fires.
pub(super) async fn note_orphan(
    app: &App,
    context: &MeetingContext,
    instance: &ReminderInstance,
    skip: Skip,
) -> Result<ReminderOutcome, Interrupted> {
    let entry = skipped_entry(instance, skip, instance.due_at);
    let unique = instance.schedule_name(&context.meeting.id);
    let place = TimelineKey::of(&context.meeting.id);
    app.commit(Changes::by(&Actor::System).entry(place, &entry, &unique))
        .await?;
    Ok(ReminderOutcome::Skipped(skip))
}

/// Settles a reminder that is not sent, or not to everyone: an earlier try may
/// have reached some.
pub(super) async fn skip(
    app: &App,
    mut context: MeetingContext,
    instance: &ReminderInstance,
    skip: Skip,
    call: Call,
) -> Result<ReminderOutcome, Interrupted> {
    let (reached, without) = reached_before(app, &context, instance).await?;
    let (outcome, entry) = if reached {
        let entry = cut_short_entry(instance, without, skip, call.now);
        (Settlement::Sent, entry)
    } else {
        let entry = skipped_entry(instance, skip, call.now);
        (Settlement::Skipped(skip), entry)
    };
    let meeting = &mut context.meeting;
    // Those whom an earlier try has not reached, too.
    meeting.reminders.miss(instance, skip);
    let settled = SettledReminder {
        instance: instance.clone(),
        outcome,
        starts_at: meeting.details.starts_at,
        at: call.now,
    };
    meeting.settle_reminder(settled, call.fired);
    let changes = Changes::by(&Actor::System).meeting(meeting).entry(
        meeting.timeline_key(),
        &entry,
        &app.rng.random_id(),
    );
    app.commit(changes).await?;
    Ok(ReminderOutcome::Skipped(skip))
}

/// Whether an earlier try has reached anyone, and how many attendees it has not.
async fn reached_before(
    app: &App,
    context: &MeetingContext,
    instance: &ReminderInstance,
) -> Result<(bool, usize), Failure> {
    let meeting = &context.meeting;
    let Some(begun_at) = meeting.reminders.begun_at(instance) else {
        return Ok((false, meeting.attendees.len()));
    };
    let attendees = meeting.attendees.iter();
    let ids: Vec<_> = attendees
        .map(|each| row_id(&meeting.id, &each.id, instance, begun_at))
        .collect();
    let found = app.store.notifications(&ids).await?;
    let reached = found.rows.iter().filter(|row| reached(row)).count();
    Ok((reached > 0, meeting.attendees.len() - reached))
}
