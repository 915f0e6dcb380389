//! Schedules follow the plan: after every change those that are missing are
//! made, and those that are in the way removed.
//!
//! The meeting remembers which it has. A change that was cut off before its
//! schedules followed is found by the sweep, because the two then differ; a
//! schedule nobody remembers fires, finds that it is not wanted, and is gone.

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure, actor::Actor, id::MeetingId, meeting::Meeting, remind::wanted,
    reminders::ReminderInstance,
};

use crate::{App, transact::Interrupted};

/// How many calls to Scheduler are under way at once.
const AT_ONCE: usize = 8;

/// Has the schedules follow a meeting that was just written. What fails here is
/// the sweep's to repair, and no reason to fail a change that is stored.
pub(crate) async fn follow(app: &App, meeting: &mut Meeting, actor: &Actor, now: DateTime<Utc>) {
    if let Err(failure) = keep(app, meeting, actor, now).await {
        tracing::warn!(meeting = %meeting.id, %failure, "schedules do not follow their meeting yet");
    }
}

/// One call to Scheduler.
#[derive(Debug)]
enum ScheduleChange {
    Make(ReminderInstance),
    Remove(ReminderInstance),
}

/// Makes and removes schedules until they are what the meeting's plan wants,
/// and notes them on the meeting as it is stored now.
///
/// # Errors
/// [`Failure::Unavailable`] when Scheduler or the store did not do their part;
/// what was done is noted as far as possible.
pub(crate) async fn keep(
    app: &App,
    meeting: &mut Meeting,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let kept = match keep_once(app, meeting.clone(), actor, now).await {
        Err(Interrupted::Conflict) => {
            let again =
                || async { keep_once(app, app.meeting(&meeting.id).await?, actor, now).await };
            app.transact(again).await?
        }
        first => first?,
    };
    *meeting = kept.meeting;
    kept.complete.then_some(()).ok_or(Failure::Unavailable)
}

/// A meeting whose schedules follow its plan.
struct Kept {
    meeting: Meeting,
    /// Whether all of them do.
    complete: bool,
}

async fn keep_once(
    app: &App,
    mut meeting: Meeting,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Kept, Interrupted> {
    let steps = steps(&meeting, now);
    let wanted = steps.len();
    let taken = take(app, &meeting.id, steps).await;
    let complete = taken.len() == wanted;
    if !taken.is_empty() {
        note(&mut meeting.reminders.armed, taken);
        app.commit(Changes::by(actor).meeting(&meeting)).await?;
        note_written(&mut meeting);
    }
    Ok(Kept { meeting, complete })
}

/// Notes what was made and removed among the schedules there are.
fn note(armed: &mut Vec<ReminderInstance>, taken: Vec<ScheduleChange>) {
    for step in taken {
        match step {
            ScheduleChange::Make(due) => armed.push(due),
            ScheduleChange::Remove(due) => armed.retain(|armed| armed != &due),
        }
    }
}

/// What is missing, and what is in the way. What is due already needs no
/// schedule: it is sent or settled without.
fn steps(meeting: &Meeting, now: DateTime<Utc>) -> Vec<ScheduleChange> {
    let (wanted, armed) = (wanted(meeting), &meeting.reminders.armed);
    let missing = wanted
        .iter()
        .filter(|due| due.due_at > now && !armed.contains(due));
    let in_the_way = armed.iter().filter(|due| !wanted.contains(due));
    let remove = in_the_way.cloned().map(ScheduleChange::Remove);
    missing
        .cloned()
        .map(ScheduleChange::Make)
        .chain(remove)
        .collect()
}

/// Takes the steps; gives back those that went well.
async fn take(app: &App, meeting: &MeetingId, steps: Vec<ScheduleChange>) -> Vec<ScheduleChange> {
    let mut calls = Vec::with_capacity(steps.len());
    for step in steps {
        calls.push(take_one(app, meeting, step));
    }
    let taken: Vec<_> = stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    taken.into_iter().flatten().collect()
}

async fn take_one(app: &App, meeting: &MeetingId, step: ScheduleChange) -> Option<ScheduleChange> {
    let result = match &step {
        ScheduleChange::Make(due) => app.schedules.create(meeting, due).await,
        ScheduleChange::Remove(due) => app.schedules.delete(meeting, due).await,
    };
    result
        .inspect_err(|error| tracing::warn!(%error, "a schedule was not changed"))
        .is_ok()
        .then_some(step)
}
