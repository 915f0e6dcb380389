//! A reminder's moment has come: what is true now, and who still lacks it.
//!
//! Whoever comes for it, and however often, by a schedule or by the sweep, it goes out once:
//! its meeting is claimed over the version that was read, and notes when the reminder was
//! begun; each attendee's row has an id made of that, the trigger and the revision.
//!
//! # What it costs
//! To up to twelve attendees, by the first who comes for it: two reads (meeting with
//! settings; template with who wants no messages), one transaction that claims meeting and
//! messages, and one that records what came of them, over the meeting as it was claimed. It
//! is read again only where somebody else wrote in between.

mod at_once;
mod call;
mod crowd;
mod skip;
mod underway;

pub(crate) use call::Call;
pub use call::ReminderOutcome;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    id::MeetingId,
    lease::Lease,
    meeting::Meeting,
    remind::{ReminderDecision, ReminderPlan, due},
    reminders::ReminderInstance,
    send::statement,
};

use crate::{
    App, MeetingContext,
    context::Contacts,
    resume::finish_holder,
    schedules,
    sending::{PER_TRANSACTION, claim_meeting, until},
    transact::{Interrupted, WrittenMeeting},
    wake::INVOCATION,
};
use call::decide;
use skip::{note_orphan, skip};
use underway::ReminderSend;

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
/// As [`fired`].
pub(crate) async fn catch_up(app: &App, meeting: &Meeting, call: Call) -> Result<bool, Failure> {
    let mut settled = true;
    for instance in due(meeting, call.now) {
        let outcome = Box::pin(remind(app, &meeting.id, &instance, call)).await?;
        settled &= !matches!(
            outcome,
            ReminderOutcome::Busy | ReminderOutcome::GoesOn | ReminderOutcome::Unfinished
        );
    }
    Ok(settled)
}

/// What follows once something was written that may have moved a meeting's plan
/// and may have made a reminder due: schedules, and what is late already (R4). The meeting is
/// read where it is not `known` as it was written.
pub(crate) async fn follow_up(
    app: &App,
    meeting: &MeetingId,
    known: WrittenMeeting,
    actor: &Actor,
    until: Instant,
    now: DateTime<Utc>,
) {
    let call = Call {
        fired: false,
        until,
        now,
    };
    let followed = async {
        let mut meeting = known.or_read(app, meeting).await?;
        schedules::follow(app, &mut meeting, actor, now).await;
        catch_up(app, &meeting, call).await
    };
    match followed.await {
        Ok(true) => {}
        Ok(false) => tracing::info!("a reminder that is due is left to another invocation"),
        Err(failure) => tracing::warn!(%failure, "reminders do not follow their meeting yet"),
    }
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
        let (meeting, settings) = match app.meeting_and_settings(meeting).await {
            Ok(found) => found,
            Err(Failure::NotFound { .. }) => return Ok(ReminderOutcome::Nothing),
            Err(failure) => return Err(failure.into()),
        };
        if finish_holder(app, &meeting, call.until, call.now).await? {
            return Err(Interrupted::Conflict);
        }
        let contacts = Contacts::of(&meeting.attendees);
        let loaded = app.with_suppressions(meeting, settings, &contacts, call.now);
        let (context, suppressions) = loaded.await?;
        match decide(&context, &suppressions, instance, call.now) {
            ReminderDecision::Nothing => Ok(ReminderOutcome::Nothing),
            ReminderDecision::Orphan(why) => note_orphan(app, &context, instance, why).await,
            ReminderDecision::Skip(why) => skip(app, context, instance, why, call).await,
            ReminderDecision::Send(plan) => send(app, context, instance, *plan, &owner, call).await,
        }
    })
    .await
}

/// Sends a reminder to everyone who lacks it: in one go to a few of whom it is new, and else
/// wave by wave.
async fn send(
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
    let number = context.meeting.next_statement();
    let says = statement(&context.meeting, &plan.send.config, number, call.now);
    let hold = Lease::new(owner.to_owned(), call.now);
    let is_new = context.meeting.reminders.begun_at(instance).is_none();
    let mut meeting = context.meeting.clone().about_to_say(vec![says]);
    let sending = ReminderSend {
        app,
        instance,
        begun_at: meeting.begin_reminder(instance, call.now),
        hold: &hold,
        statement: number,
        call,
    };
    meeting.sending = Some(hold.clone());
    let changes = Changes::by(&Actor::System);
    if is_new && plan.send.recipients.len() <= PER_TRANSACTION {
        let first = sending.messages(&context, &plan);
        let meeting = claim_meeting(app, changes, meeting, &first).await?;
        let context = MeetingContext { meeting, ..context };
        return Ok(sending.send_at_once(context, &plan.left_out, first).await?);
    }
    let meeting = claim_meeting(app, changes, meeting, &[]).await?;
    let context = MeetingContext { meeting, ..context };
    Ok(sending.send_in_waves(context, plan, is_new).await?)
}
