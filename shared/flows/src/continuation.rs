//! A send to a crowd that outlasts its invocation goes on in another one, by a one-time
//! schedule, and again until everybody was written to: nobody presses a button for it (N15).
//!
//! Between two invocations its key waits under a lease that keeps others away: another send
//! of the meeting is refused as one that is being sent, a cancellation like any other.
//! Whatever a schedule misses is the sweep's once that lease has lapsed.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, KeyedWork};
use usher_domain::{Failure, actor::Actor, notification::Notification, reminders::FanoutEvent};

use crate::{
    App,
    remind::{INVOCATION, follow_up},
    resume::{CutOff, go_on},
    sending::{Sent, Stopped, until},
};

/// When the next invocation goes on, counted from the beginning of the one before it: that
/// has ended by then, whatever became of it.
pub(crate) const CONTINUES_AFTER: TimeDelta = TimeDelta::seconds(60);

/// What came of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct SendOutcome {
    /// The notifications so far: one for each attendee.
    pub notifications: Vec<Notification>,
    /// How many attendees have not been written to: that goes on by itself.
    pub remaining: usize,
}

impl SendOutcome {
    /// The outcome of a send that is done.
    pub(crate) fn whole(notifications: Vec<Notification>) -> Self {
        Self {
            notifications,
            remaining: 0,
        }
    }
}

/// A send of ours, as far as it has come.
pub(crate) struct Underway {
    /// The key that it was accepted under.
    pub(crate) record: KeyRecord,
    /// What was asked for.
    pub(crate) work: KeyedWork,
    /// What was sent of it by now.
    pub(crate) sent: Sent,
}

impl Underway {
    /// Goes on for as long as there is time, and leaves the rest to the next invocation.
    ///
    /// # Errors
    /// As [`sending::send`](crate::sending::send): what is left is finished by the same key
    /// or the sweep then.
    pub(crate) async fn carry_on(
        mut self,
        app: &App,
        until: Instant,
        now: DateTime<Utc>,
    ) -> Result<SendOutcome, Failure> {
        loop {
            let Some(left) = &self.sent.left else {
                return Ok(SendOutcome::whole(self.sent.rows));
            };
            match left.reason {
                Stopped::OutOfTime => {
                    let remaining = left.count;
                    leave(app, &self.record, &self.work, now).await;
                    return Ok(SendOutcome {
                        notifications: self.sent.rows,
                        remaining,
                    });
                }
                Stopped::MeetingChanged => {
                    let ours = CutOff::ours(self.record, self.work, self.sent.rows);
                    self = app.transact(|| ours.finish(app, until, now)).await?;
                }
            }
        }
    }
}

/// Leaves a send to the next invocation. What fails here leaves it to the sweep.
async fn leave(app: &App, record: &KeyRecord, work: &KeyedWork, now: DateTime<Utc>) {
    let waiting = record.waiting(now);
    let noted = app.persist(|| async {
        let mut meeting = app.meeting(&work.meeting).await?;
        let changes = Changes::by(actor_of(work)).key_of(&record.lease.owner, &waiting);
        if meeting.sending != Some(record.hold()) {
            return app.commit(changes).await;
        }
        meeting.sending = Some(waiting.hold());
        app.commit(changes.meeting(&meeting)).await
    });
    if let Err(failure) = noted.await {
        tracing::warn!(meeting = %work.meeting, %failure, "a send that goes on is the sweep's");
    }
    let event = FanoutEvent::ContinueSend {
        key: record.hash.clone(),
    };
    wake(app, &record.hash, &event, now).await;
}

/// Has the function that reminds be woken by this event once this invocation, which began
/// `now`, has ended. `name` is the same for the same work, and another one for any other.
/// Returns whether it will be.
pub(crate) async fn wake(app: &App, name: &str, event: &FanoutEvent, now: DateTime<Utc>) -> bool {
    let at = now + CONTINUES_AFTER;
    let armed = app.schedules.create_continuation(name, at, event).await;
    armed
        .inspect_err(|error| tracing::warn!(%error, "the rest of a crowd is the sweep's"))
        .is_ok()
}

/// Who had it sent.
pub(crate) fn actor_of(work: &KeyedWork) -> &Actor {
    work.actor.as_ref().unwrap_or(&Actor::System)
}

/// What came of going on with a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continued {
    /// Everybody was written to.
    Finished,
    /// So many are left to the next invocation.
    Remaining(usize),
    /// There was nothing to do, or somebody else is at it.
    Nothing,
}

/// The schedule of a send has fired that was accepted under the key of this hash.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part. The same may fire again:
/// nothing goes out twice.
pub async fn continue_send(app: &App, key: &str, now: DateTime<Utc>) -> Result<Continued, Failure> {
    let until = until(app, INVOCATION);
    let resumed = match Box::pin(go_on(app, key, until, now)).await {
        Ok(Some(resumed)) if resumed.only_now => resumed,
        Ok(_) | Err(Failure::InProgress) => return Ok(Continued::Nothing),
        Err(failure) => return Err(failure),
    };
    if resumed.outcome.remaining > 0 {
        return Ok(Continued::Remaining(resumed.outcome.remaining));
    }
    follow_up(app, &resumed.meeting, &resumed.actor, until, now).await;
    Ok(Continued::Finished)
}
