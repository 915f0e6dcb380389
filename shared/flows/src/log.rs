//! Staff look up what was sent, and settle what is in doubt.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, Cursor, LogQuery, Page, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    id::{MeetingId, NotificationId},
    meeting::Meeting,
    notification::{Content, Notification},
    send::{Found, decide_resolve, leave_to_entries},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{App, schedules};

/// How staff settle a delivery of which nobody knows whether it went out.
#[derive(Debug, Clone, Copy)]
pub struct Resolution {
    /// The channel; every doubtful one when none.
    pub channel: Option<Channel>,
    /// What staff found.
    pub outcome: Found,
}

/// The rows that match, newest first.
///
/// # Errors
/// [`Failure::BadRequest`] when the cursor belongs to another list.
pub async fn page(
    app: &App,
    query: &LogQuery,
    cursor: Option<&Cursor>,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<Page<Notification>, Failure> {
    let page = app.store.log(query, cursor, limit).await?;
    Ok(Page {
        rows: page.rows.into_iter().map(|row| row.as_of(now)).collect(),
        unreadable: page.unreadable,
        next: page.next,
    })
}

/// The titles of the meetings of these rows, as they are now; none of a meeting that
/// is gone.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn titles(
    app: &App,
    rows: &[Notification],
) -> Result<BTreeMap<MeetingId, String>, Failure> {
    let ids = rows.iter().map(|row| row.id.meeting().clone()).collect();
    let meetings = app.store.meetings_named(&ids).await?;
    let title = |meeting: Meeting| {
        let title = meeting.shown_title(None, meeting.status.label());
        (meeting.id, title)
    };
    Ok(meetings.into_iter().map(title).collect())
}

/// A message in the log.
#[derive(Debug)]
pub struct LoggedMessage {
    /// Its row.
    pub row: Notification,
    /// What it says.
    pub content: Option<Content>,
}

impl LoggedMessage {
    /// A stored row, as it is by now, with what it says.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] when what it says cannot be read.
    pub(crate) async fn of(
        app: &App,
        stored: Notification,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let content = app.store.content(&stored).await?;
        Ok(Self {
            row: stored.as_of(now),
            content,
        })
    }
}

/// One notification with what it says.
///
/// # Errors
/// [`Failure::NotFound`] when there is none.
pub async fn one(
    app: &App,
    id: &NotificationId,
    now: DateTime<Utc>,
) -> Result<LoggedMessage, Failure> {
    let row = app.store.notification(id).await?.ok_or(Failure::NotFound {
        what: "notification",
    })?;
    LoggedMessage::of(app, row, now).await
}

/// Settles the doubtful deliveries of a notification as staff found them.
///
/// # Errors
/// [`Failure::Refused`] when nothing is in doubt.
pub async fn resolve(
    app: &App,
    id: &NotificationId,
    resolution: Resolution,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Notification, Failure> {
    app.transact(|| async {
        let (logged, mut context) =
            futures::try_join!(one(app, id, now), app.context(id.meeting()))?;
        let mut row = logged.row;
        let told = leave_to_entries(&mut row);
        if decide_resolve(&mut row, resolution.channel, resolution.outcome, now) == 0 {
            return Err(Failure::Refused {
                code: "nothing_unknown",
                reason: "Nothing of this notification is in doubt.".to_owned(),
            }
            .into());
        }
        let entry = resolved_entry(&row, resolution, now);
        context.record_settled(&row, now);
        let meeting = &mut context.meeting;
        let changes = Changes::by(actor)
            .notification(&row)
            .told_so_far(&row, told.as_ref())
            .meeting(meeting)
            .entry(meeting.timeline_key(), &entry, &app.rng.random_id());
        app.commit(changes).await?;
        note_written(meeting);
        schedules::follow(app, meeting, actor, now).await;
        Ok(row)
    })
    .await
}

/// The timeline's entry on what staff found.
fn resolved_entry(row: &Notification, resolution: Resolution, now: DateTime<Utc>) -> TimelineEntry {
    let found = match resolution.outcome {
        Found::Sent => "was sent",
        Found::Failed => "was not sent",
    };
    let (what, whom) = (row.kind.in_sentence(), row.to_whom());
    let text = format!("Staff found that the {what} to {whom} {found}");
    TimelineEntry {
        attendee_id: Some(row.recipient.id.clone()),
        channel: resolution.channel,
        ..TimelineEntry::of_meeting(now, TimelineKind::Resolved, text)
    }
}
