//! What the sweep must look at: meetings with reminders that are overdue, with schedules that
//! are not as they should be, or held by somebody who is gone; sends whose owner is gone;
//! a roll-up that was more than one sweep could do; and
//! rows of the log that are on their way and whose meeting is not held for them, lapsed or not.
//! The index holds their keys only and nothing that can wait, so that a look
//! costs by what there is to do and not by how many meetings there are.

use chrono::{DateTime, NaiveDate, Utc};
use usher_domain::{
    id::{MeetingId, NotificationId, TemplateId},
    meeting::Meeting,
};

use super::{
    Store, StoreError,
    codec::from_item,
    item::{
        FIGURES, Item, NOTIFICATION, WAKE, calendar_position, template_partition, wake_position,
    },
    range::{Range, sort_key, text},
    readable::{passed_over, read_all},
};

/// The most meetings of a template that are read at once.
const MEETINGS_AT_ONCE: usize = 100;

/// Something whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepItem {
    /// What.
    pub subject: SweepSubject,
    /// Where it stands among the others; the next look may begin behind it.
    pub position: String,
}

/// What waits for the sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepSubject {
    /// A meeting.
    Meeting(MeetingId),
    /// A notification.
    Notification(NotificationId),
    /// An idempotency key, by its hash.
    Key(String),
    /// The figures of a day whose roll-up goes on.
    Figures(NaiveDate),
    /// Something whose key cannot be read.
    Unreadable,
}

impl Store {
    /// What must be looked at by `now`, the longest overdue first, `limit` at most,
    /// behind a position where one is given.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn sweep_items(
        &self,
        now: DateTime<Utc>,
        behind: Option<&str>,
        limit: usize,
    ) -> Result<Vec<SweepItem>, StoreError> {
        let range = Range {
            index: Some("GSI3"),
            partition: WAKE.to_owned(),
            // "!" sorts before whatever may follow an id.
            from: behind.map_or_else(|| "0".to_owned(), |behind| format!("{behind}!")),
            // "~~" sorts behind every id.
            to: wake_position(now, "~"),
            newest_first: false,
        };
        let items = self.range(&range, limit).await?;
        let wake = |item: &Item| SweepItem {
            subject: subject(item),
            position: text(item, "GSI3SK").to_owned(),
        };
        Ok(items.iter().map(wake).collect())
    }

    /// The meetings of a template that start at or after `from` and may still be
    /// reminded of. As many as there are: whoever asks means all of them.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn reminded_meetings(
        &self,
        template: &TemplateId,
        from: DateTime<Utc>,
    ) -> Result<Vec<Meeting>, StoreError> {
        let partition = template_partition(template);
        let from = calendar_position(from, "");
        let items = self.list_all("GSI2", &partition, &from, MEETINGS_AT_ONCE);
        Ok(read_all(items.await?, from_item).rows)
    }
}

fn subject(item: &Item) -> SweepSubject {
    if let Some(hash) = text(item, "PK").strip_prefix("KEY#") {
        return SweepSubject::Key(hash.to_owned());
    }
    if text(item, "PK") == FIGURES
        && let Ok(date) = sort_key(item).parse()
    {
        return SweepSubject::Figures(date);
    }
    let meeting = text(item, "PK")
        .strip_prefix("MEETING#")
        .unwrap_or_default();
    let subject = match sort_key(item).strip_prefix(NOTIFICATION) {
        Some(ulid) => {
            NotificationId::parse(&format!("{meeting}~{ulid}")).map(SweepSubject::Notification)
        }
        None => MeetingId::parse(meeting).map(SweepSubject::Meeting),
    };
    subject.unwrap_or_else(|_| {
        passed_over(&StoreError::wrong(item, "it is nothing that can be woken"));
        SweepSubject::Unreadable
    })
}
