//! What has no time left in this invocation goes on in another one, woken by a one-time
//! schedule.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::reminders::FanoutEvent;

use crate::App;

/// How long an invocation has that no caller waits for: the function gives up
/// after 50 s, and everything it holds lapses after 60.
pub(crate) const INVOCATION: Duration = Duration::from_secs(45);

/// When the next invocation goes on, counted from the beginning of the one before it: that
/// has ended by then, whatever became of it.
const CONTINUES_AFTER: TimeDelta = TimeDelta::seconds(60);

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
