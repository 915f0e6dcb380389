//! The meeting's own history, in sentences staff read.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{actor::Actor, id::AttendeeId, values::channel::Channel};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// What kind of thing.
    pub kind: TimelineKind,
    /// A sentence.
    pub text: String,
    /// The attendee it is about.
    pub attendee_id: Option<AttendeeId>,
    /// The channel it went or came by.
    pub channel: Option<Channel>,
    /// Who did it; none of what was written before that was known.
    pub actor: Option<Actor>,
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TimelineKind {
    /// The meeting was saved for the first time.
    Created,
    /// Something that staff can edit was changed.
    Changed,
    /// A notification was sent, or could not be.
    Notification,
    /// A reminder was not sent, to anybody or to some.
    ReminderSkipped,
    /// An answer came and was applied.
    Answer,
    /// An answer came too late to apply.
    StaleAnswer,
    /// A customer texted something that is no answer.
    Text,
    /// A customer opted out of SMS or of reminder emails, or in again.
    OptOut,
    /// A provider reported what became of a message.
    Feedback,
    /// Staff settled a doubtful delivery.
    Resolved,
    /// Staff have dealt with something that needed attention.
    DealtWith,
    /// Staff revoked links, which open nothing any more.
    LinksRevoked,
    /// The meeting was put away.
    Archived,
    /// The meeting was taken back from where it was put away.
    Unarchived,
    /// Something that only another release of Usher has a word for.
    Other,
}

impl TimelineEntry {
    /// Something that happened to the meeting as a whole.
    pub fn of_meeting(at: DateTime<Utc>, kind: TimelineKind, text: impl Into<String>) -> Self {
        Self {
            at,
            kind,
            text: text.into(),
            attendee_id: None,
            channel: None,
            actor: None,
        }
    }
}
