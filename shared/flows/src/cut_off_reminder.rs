//! Reminders that were cut off while they held their meeting.

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, KeyRecord};
use usher_domain::{Failure, actor::Actor, lease::Lease, meeting::Meeting};

use crate::{
    App,
    lapsed::write_down_lapsed,
    transact::{Interrupted, unless_conflict},
};

/// Ends the hold of a meeting by a reminder that was cut off: what became of its rows nobody
/// knows, which is written down. Returns whether there was one: the meeting is another one
/// then.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be ended.
pub(crate) async fn end_cut_off_reminder(
    app: &App,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let is_cut_off = |hold: &Lease| hold.until <= now && KeyRecord::is_reminders(hold);
    if !meeting.sending.as_ref().is_some_and(is_cut_off) {
        return Ok(false);
    }
    // Whoever was quicker knew more.
    unless_conflict(end(app, meeting, now).await)?;
    Ok(true)
}

async fn end(app: &App, meeting: &Meeting, now: DateTime<Utc>) -> Result<(), Interrupted> {
    // Whoever they are for may be gone from the meeting by now, or have another id.
    let rows = app.store.on_their_way(&meeting.id).await?;
    write_down_lapsed(app, rows, now).await?;
    let mut meeting = meeting.clone();
    meeting.sending = None;
    let changes = Changes::by(&Actor::System).meeting(&meeting);
    app.commit(changes).await
}
