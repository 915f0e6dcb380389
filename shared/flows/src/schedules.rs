//! Schedules follow the plan: after every change those that are missing are
//! made, and those that are in the way removed.
//!
//! The meeting remembers which are certainly there: those that Scheduler has confirmed.
//! Of the others that may be there it remembers that they are in doubt, from the write
//! that wants them made or removed until what came of it is written. So the sweep finds
//! whatever was cut off on the way, and puts it right.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    id::MeetingId,
    meeting::Meeting,
    remind::{wanted, with_schedules_in_doubt},
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
    let touched = Touched::default();
    let kept = match keep_once(app, meeting.clone(), &touched, actor, now).await {
        Err(Interrupted::Conflict) => {
            let again = || async {
                let meeting = app.meeting(&meeting.id).await?;
                keep_once(app, meeting, &touched, actor, now).await
            };
            app.transact(again).await?
        }
        Err(Interrupted::Failed(failure)) => return Err(failure),
        Ok(kept) => kept,
    };
    *meeting = kept.meeting;
    kept.complete.then_some(()).ok_or(Failure::Unavailable)
}

/// What was made or removed and is not noted yet. Whoever has written the meeting in
/// between may have made or removed the same, before or after: nobody knows in which order
/// Scheduler has taken the two, so it is asked again.
#[derive(Default)]
struct Touched(Mutex<Vec<ReminderInstance>>);

impl Touched {
    fn add(&self, steps: &[ScheduleChange]) {
        let mut touched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        touched.extend(steps.iter().map(|step| step.instance().clone()));
    }

    /// Has a meeting doubt all of it.
    fn doubt(&self, meeting: &mut Meeting) {
        let touched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for instance in touched.iter() {
            meeting.reminders.doubt_schedule(instance);
        }
    }
}

impl ScheduleChange {
    fn instance(&self) -> &ReminderInstance {
        match self {
            Self::Make(due) | Self::Remove(due) => due,
        }
    }
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
    touched: &Touched,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Kept, Interrupted> {
    meeting.reminders = with_schedules_in_doubt(&meeting);
    touched.doubt(&mut meeting);
    let steps = steps(&meeting, now);
    let wanted = steps.len();
    touched.add(&steps);
    let taken = take(app, &meeting.id, steps).await;
    let complete = taken.len() == wanted;
    if !taken.is_empty() {
        for step in &taken {
            let is_there = matches!(step, ScheduleChange::Make(_));
            meeting.reminders.note_schedule(step.instance(), is_there);
        }
        // What was just made or removed is in doubt again after a conflict, be it with this write.
        let changes = Changes::by(actor).meeting(&meeting);
        app.commit_repeatable(changes).await?;
        note_written(&mut meeting);
    }
    Ok(Kept { meeting, complete })
}

/// What is to be done about the schedules in doubt: those that are wanted are made, the
/// others removed. What is due already needs no schedule: it is sent or settled without.
fn steps(meeting: &Meeting, now: DateTime<Utc>) -> Vec<ScheduleChange> {
    let wanted = wanted(meeting);
    let step = |instance: &ReminderInstance| match wanted.contains(instance) {
        true if instance.due_at <= now => None,
        true => Some(ScheduleChange::Make(instance.clone())),
        false => Some(ScheduleChange::Remove(instance.clone())),
    };
    meeting.reminders.unsure.iter().filter_map(step).collect()
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
