//! A reminder's moment has come: what is true now, and who still lacks it.
//!
//! Whoever comes for it, and however often, by a schedule or by the sweep, it
//! goes out once: it is claimed under a key of its meeting, trigger and revision,
//! and each attendee's row under an id made of that key.

mod call;
mod crowd;
mod skip;

pub use call::ReminderOutcome;
pub(crate) use call::{Call, INVOCATION};

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedRequest};
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
    resume::finish_holder,
    schedules,
    sending::{ClaimKey, claim, until},
    transact::Interrupted,
};
use call::decide;
use crowd::Crowd;
use skip::{note_orphan, skip};

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
/// and may have made a reminder due: schedules, and what is late already (R4).
pub(crate) async fn follow_up(
    app: &App,
    meeting: &MeetingId,
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
        let Some(mut meeting) = app.store.meeting(meeting).await? else {
            return Ok(true);
        };
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
            ReminderDecision::Orphan(why) => note_orphan(app, &context, instance, why).await,
            ReminderDecision::Skip(why) => skip(app, context, instance, why, call).await,
            ReminderDecision::Send(plan) => send(app, context, instance, *plan, &owner, call).await,
        }
    })
    .await
}

/// Sends a reminder to everyone who lacks it.
async fn send(
    app: &App,
    context: MeetingContext,
    instance: &ReminderInstance,
    plan: ReminderPlan,
    owner: &str,
    call: Call,
) -> Result<ReminderOutcome, Interrupted> {
    let busy = |lease: &Lease| lease.until > call.now && KeyRecord::holder(lease).0 != owner;
    if context.meeting.sending.as_ref().is_some_and(busy) {
        return Ok(ReminderOutcome::Busy);
    }
    if finish_holder(app, &context.meeting, call.until, call.now).await? {
        return Err(Interrupted::Conflict);
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
    let request = KeyedRequest::new(&name, &["reminder"]);
    let mut key = KeyRecord::new(&request, lease, Vec::new(), call.now).over(before.as_ref());
    key.keep_until(context.meeting.details.starts_at);
    let claimed = ClaimKey::of(&key, before.as_ref());
    let number = context.meeting.next_statement();
    let says = statement(&context.meeting, &plan.send.config, number, call.now);
    let meeting = claim(
        app,
        &claimed,
        context.meeting.clone().about_to_say(vec![says]),
        &[],
        &Actor::System,
        call.now,
    )
    .await?;
    let crowd = Crowd {
        app,
        instance,
        key: &key,
        statement: number,
        call,
    };
    let context = MeetingContext { meeting, ..context };
    Ok(crowd.send(context, plan).await?)
}
