//! Schedules follow the plan: after every change those that are missing are
//! made, and those that are in the way removed.
//!
//! The meeting remembers which it has. A change that was cut off before its
//! schedules followed is found by the sweep, because the two then differ; a
//! schedule nobody remembers fires, finds that it is not wanted, and is gone.

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use usher_cloud::{Changes, StoreError};
use usher_domain::{
    Failure,
    id::MeetingId,
    meeting::Meeting,
    reminder::{ReminderInstance, wanted},
};

use crate::{App, ROUNDS};

/// How many calls to Scheduler are under way at once.
const AT_ONCE: usize = 8;

/// Has the schedules follow a meeting that was just written. What fails here is
/// the sweep's to repair, and no reason to fail a change that is stored.
pub(crate) async fn follow(app: &App, meeting: &mut Meeting, now: DateTime<Utc>) {
    if let Err(failure) = keep(app, meeting, now).await {
        tracing::warn!(%failure, "schedules do not follow their meeting yet");
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
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    for _ in 0..ROUNDS {
        let steps = steps(meeting, now);
        if steps.is_empty() {
            return Ok(());
        }
        let wanted = steps.len();
        let taken = take(app, &meeting.id, steps).await;
        if taken.is_empty() {
            return Err(Failure::Unavailable);
        }
        let complete = taken.len() == wanted;
        let mut kept = meeting.clone();
        for step in taken {
            match step {
                ScheduleChange::Make(due) => kept.reminders.armed.push(due),
                ScheduleChange::Remove(due) => kept.reminders.armed.retain(|armed| armed != &due),
            }
        }
        let changes = Changes::new().meeting(&kept);
        match app.store.commit(changes, &app.rng.random_id()).await {
            Ok(()) => {
                kept.version += 1;
                *meeting = kept;
                return complete.then_some(()).ok_or(Failure::Unavailable);
            }
            Err(StoreError::WriteConflict(_)) => {
                let stored = app.store.meeting(&meeting.id).await?;
                *meeting = stored.ok_or(Failure::NotFound { what: "meeting" })?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Unavailable)
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
