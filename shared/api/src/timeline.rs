//! A meeting's history.

use serde::Serialize;
use usher_domain::{
    local_time::rfc3339,
    settings::Settings,
    timeline::{TimelineEntry, TimelineKind},
};
use utoipa::ToSchema;

use crate::{Word, word};

/// One thing that happened, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineView {
    /// When (RFC 3339, UTC).
    pub at: String,
    /// What kind of thing.
    pub kind: word::TimelineKind,
    /// A sentence.
    pub text: String,
    /// The attendee it is about.
    pub attendee_id: Option<String>,
    /// The channel it went or came by.
    pub channel: Option<word::Channel>,
    /// Who customers see it from; of what was sent only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<SenderView>,
}

/// The sender, as the settings have it now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SenderView {
    /// The display name.
    pub name: Option<String>,
    /// The avatar, `https:`.
    pub image_url: Option<String>,
}

impl TimelineView {
    /// An entry as the API answers it, with these settings.
    pub fn new(entry: &TimelineEntry, settings: &Settings) -> Self {
        let sender = &settings.sender;
        Self {
            at: rfc3339(entry.at),
            kind: entry.kind.into(),
            text: entry.text.clone(),
            attendee_id: entry.attendee_id.as_ref().map(ToString::to_string),
            channel: entry.channel.map(Word),
            sender: (entry.kind == TimelineKind::Notification).then(|| SenderView {
                name: sender.name.as_ref().map(ToString::to_string),
                image_url: sender.image.as_ref().map(ToString::to_string),
            }),
        }
    }
}

/// One page of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Newest first. A page may hold fewer than were asked for, or none, and still have a
    /// `next_cursor`: then there is more to look at.
    pub entries: Vec<TimelineView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
    /// How many entries and notifications of this page are stored but cannot be read: 0 as a
    /// rule.
    pub unreadable: usize,
}
