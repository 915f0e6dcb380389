//! A send to a crowd that outlasts its invocation goes on in another one, by a one-time
//! schedule, and again until everybody was written to: nobody presses a button for it (N15).
//!
//! Between two invocations its key waits under a lease that keeps others away: another send
//! of the meeting is refused as one that is being sent, a cancellation like any other.
//! Whatever a schedule misses is the sweep's once that lease has lapsed.

use chrono::{DateTime, Utc};
use usher_domain::Failure;

use crate::{
    App, remind::follow_up, resume::go_on, sending::until, transact::WrittenMeeting,
    wake::INVOCATION,
};

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
    follow_up(
        app,
        &resumed.meeting,
        WrittenMeeting::nothing(),
        &resumed.actor,
        until,
        now,
    )
    .await;
    Ok(Continued::Finished)
}
