//! A reminder's moment has come: what is true now, and who still lacks it.
//!
//! Whoever comes for it, and however often, by a schedule or by the sweep, it
//! goes out once: it is claimed under a key of its meeting, trigger and revision,
//! and each attendee's row under an id made of that key.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord};
use usher_domain::{
    Failure,
    contact::Suppressions,
    id::{AttendeeId, MeetingId, NotificationId, TimelineKey},
    meeting::Meeting,
    notification::{Lease, Notification},
    reminder::{
        ReminderDecision, ReminderInstance, ReminderPlan, SettledReminder, Settlement, Skip,
        cut_short_entry, decide_reminder, due, skipped_entry,
    },
};

use crate::{
    App, MeetingContext, dispatch::until, fan_out::Sending, schedules, transact::Interrupted,
};

/// How long an invocation has that no caller waits for: the function gives up
/// after 50 s, and everything it holds lapses after 60.
pub(crate) const INVOCATION: Duration = Duration::from_secs(45);

/// What came of a reminder's moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderOutcome {
    /// It is sent to everyone it was for.
    Sent,
    /// It is not sent, for this reason, which the timeline has.
    Skipped(Skip),
    /// There was nothing to do: it is settled, or it is not due.
    Nothing,
    /// Somebody else is sending it, or another message of its meeting.
    Busy,
    /// Time or sending rate ran out: the rest is to be sent with another try.
    Unfinished,
}

/// How a reminder was come for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Whether by its own schedule, which is gone with that.
    pub(crate) fired: bool,
    /// Until when there is time.
    pub(crate) until: Instant,
    /// The present instant.
    pub(crate) now: DateTime<Utc>,
}

/// A reminder's schedule has fired.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part. The same may
/// fire again: nothing goes out twice.
pub async fn fired(
    app: &App,
    meeting: &MeetingId,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> Result<ReminderOutcome, Failure> {
    let call = Call {
        fired: true,
        until: until(app, INVOCATION),
        now,
    };
    Box::pin(remind(app, meeting, instance, call)).await
}

/// Sends whatever of a meeting's reminders is due. Returns whether all of that
/// is settled.
///
/// # Errors
/// As [`remind`].
pub(crate) async fn catch_up(app: &App, meeting: &Meeting, call: Call) -> Result<bool, Failure> {
    let mut settled = true;
    for instance in due(meeting, call.now) {
        let came = Box::pin(remind(app, &meeting.id, &instance, call)).await?;
        settled &= !matches!(came, ReminderOutcome::Busy | ReminderOutcome::Unfinished);
    }
    Ok(settled)
}

/// Sends one reminder to everyone who lacks it, or says why not. Callers box it:
/// the state of a whole sending would lie in theirs.
///
/// # Errors
/// As [`fired`].
async fn remind(
    app: &App,
    meeting: &MeetingId,
    instance: &ReminderInstance,
    call: Call,
) -> Result<ReminderOutcome, Failure> {
    let owner = app.rng.random_id();
    app.transact(|| async {
        let context = match app.context(meeting).await {
            Ok(context) => context,
            Err(Failure::NotFound { .. }) => return Ok(ReminderOutcome::Nothing),
            Err(failure) => return Err(failure.into()),
        };
        let suppressions = app
            .suppressions(&context, &context.meeting.attendees, call.now)
            .await?;
        match decide(&context, &suppressions, instance, call.now) {
            ReminderDecision::Nothing => Ok(ReminderOutcome::Nothing),
            ReminderDecision::Orphan(skip) => note_orphan(app, &context, instance, skip).await,
            ReminderDecision::Skip(skip) => skip_it(app, context, instance, skip, call).await,
            ReminderDecision::Send(plan) => {
                send_it(app, context, instance, *plan, &owner, call).await
            }
        }
    })
    .await
}

pub(crate) fn decide(
    context: &MeetingContext,
    suppressions: &Suppressions,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> ReminderDecision {
    let (template, deliverability) = (
        context.template.as_ref(),
        context.deliverability(suppressions),
    );
    decide_reminder(&context.meeting, template, deliverability, instance, now)
}

/// Notes why a schedule that is no longer wanted sent nothing: once, however
/// often it fires.
async fn note_orphan(
    app: &App,
    context: &MeetingContext,
    instance: &ReminderInstance,
    skip: Skip,
) -> Result<ReminderOutcome, Interrupted> {
    let entry = skipped_entry(instance, skip, instance.due_at);
    let unique = instance.schedule_name(&context.meeting.id);
    let place = TimelineKey::of(&context.meeting.id);
    app.commit(Changes::new().entry(place, &entry, &unique))
        .await?;
    Ok(ReminderOutcome::Skipped(skip))
}

/// Settles a reminder that is not sent, or not to everyone: an earlier try may
/// have reached some.
async fn skip_it(
    app: &App,
    mut context: MeetingContext,
    instance: &ReminderInstance,
    skip: Skip,
    call: Call,
) -> Result<ReminderOutcome, Interrupted> {
    let (reached, without) = reached_before(app, &context, instance, call.now).await?;
    let (outcome, entry) = if reached {
        let entry = cut_short_entry(instance, without, skip, call.now);
        (Settlement::Sent, entry)
    } else {
        let entry = skipped_entry(instance, skip, call.now);
        (Settlement::Skipped(skip), entry)
    };
    let meeting = &mut context.meeting;
    let mark = SettledReminder {
        instance: instance.clone(),
        outcome,
        starts_at: meeting.details.starts_at,
        at: call.now,
    };
    meeting.settle_reminder(mark, call.fired);
    let changes =
        Changes::new()
            .meeting(meeting)
            .entry(meeting.timeline_key(), &entry, &app.rng.random_id());
    app.commit(changes).await?;
    Ok(ReminderOutcome::Skipped(skip))
}

/// Whether an earlier try has reached anyone, and how many attendees it has not.
async fn reached_before(
    app: &App,
    context: &MeetingContext,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> Result<(bool, usize), Failure> {
    let meeting = &context.meeting;
    let Some(key) = app.store.key(&instance.key(&meeting.id), now).await? else {
        return Ok((false, meeting.attendees.len()));
    };
    let attendees = meeting.attendees.iter();
    let ids: Vec<_> = attendees
        .map(|each| row_id(&meeting.id, &each.id, instance, &key))
        .collect();
    let found = app.store.notifications(&ids).await?;
    let reached = found.rows.iter().filter(|row| reached(row)).count();
    Ok((reached > 0, meeting.attendees.len() - reached))
}

/// The id of an attendee's row: the same whoever sends it.
pub(crate) fn row_id(
    meeting: &MeetingId,
    attendee: &AttendeeId,
    instance: &ReminderInstance,
    key: &KeyRecord,
) -> NotificationId {
    NotificationId::new(meeting, attendee, &instance.key(meeting), key.created_at)
}

/// Whether a reminder has got through to its attendee, or may have.
pub(crate) fn reached(row: &Notification) -> bool {
    row.accepted() || row.deliveries.iter().any(|d| d.status.in_doubt())
}

/// Sends a reminder to everyone who lacks it.
async fn send_it(
    app: &App,
    context: MeetingContext,
    instance: &ReminderInstance,
    plan: ReminderPlan,
    owner: &str,
    call: Call,
) -> Result<ReminderOutcome, Interrupted> {
    let busy = |lease: &Lease| lease.until > call.now && lease.owner != owner;
    if context.meeting.sending.as_ref().is_some_and(busy) {
        return Ok(ReminderOutcome::Busy);
    }
    let name = instance.key(&context.meeting.id);
    let before = app.store.key(&name, call.now).await?;
    if before
        .as_ref()
        .is_some_and(|key| !key.done && busy(&key.lease))
    {
        return Ok(ReminderOutcome::Busy);
    }
    let lease = Lease::new(owner.to_owned(), call.now);
    let mut key = KeyRecord::new(&name, &["reminder"], lease, Vec::new(), call.now);
    key.keep_until(context.meeting.details.starts_at);
    if let Some(before) = &before {
        key.created_at = before.created_at;
    }
    let context = take(app, context, &key, before.as_ref(), call.now).await?;
    let sending = Sending {
        app,
        instance,
        key: &key,
        call,
    };
    Ok(sending.send_claimed(context, plan).await?)
}

/// Takes the key and the meeting, which must be as it was when the reminder was
/// decided; nobody else may have the key.
async fn take(
    app: &App,
    context: MeetingContext,
    key: &KeyRecord,
    before: Option<&KeyRecord>,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Interrupted> {
    let mut meeting = context.meeting;
    meeting.sending = Some(key.lease.clone());
    let changes = match before {
        None => Changes::new().new_key(key, now),
        Some(before) => Changes::new().key_of(&before.lease.owner, key),
    };
    let changes = changes.meeting(&meeting);
    app.commit(changes).await?;
    meeting.version += 1;
    Ok(MeetingContext { meeting, ..context })
}

/// What follows once something was written that may have moved a meeting's plan
/// and may have made a reminder due: schedules, and what is late already (R4).
pub(crate) async fn follow_up(app: &App, meeting: &MeetingId, until: Instant, now: DateTime<Utc>) {
    let call = Call {
        fired: false,
        until,
        now,
    };
    let followed = async {
        let Some(mut meeting) = app.store.meeting(meeting).await? else {
            return Ok(true);
        };
        schedules::follow(app, &mut meeting, now).await;
        catch_up(app, &meeting, call).await
    };
    match followed.await {
        Ok(true) => {}
        Ok(false) => tracing::info!("a reminder that is due is left to the sweep"),
        Err(failure) => tracing::warn!(%failure, "reminders do not follow their meeting yet"),
    }
}
