//! The rows of reminders that were begun: their ids are made of what their meeting says.

use chrono::{DateTime, Utc};
use usher_domain::{
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::{Attendee, Meeting},
    reminders::ReminderInstance,
};

use crate::{App, lapsed::write_down_lapsed, transact::Interrupted};

/// The id of an attendee's row of a reminder that was begun then: the same whoever sends it.
pub(crate) fn row_id(
    meeting: &MeetingId,
    attendee: &AttendeeId,
    instance: &ReminderInstance,
    begun_at: DateTime<Utc>,
) -> NotificationId {
    NotificationId::new(meeting, attendee, &instance.key(meeting), begun_at)
}

/// Writes down that nobody knows what became of a meeting's reminders whose sender is gone.
///
/// # Errors
/// [`Interrupted::Conflict`] when somebody was quicker, who knew more.
pub(crate) async fn write_down_begun(
    app: &App,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    let mut ids = Vec::new();
    for begun in &meeting.reminders.begun {
        let key = begun.key(&meeting.id);
        let id = |each: &Attendee| NotificationId::new(&meeting.id, &each.id, &key, begun.at);
        ids.extend(meeting.everybody().map(id));
    }
    let found = app.store.notifications(&ids).await?;
    write_down_lapsed(app, found.rows, now).await?;
    Ok(())
}
