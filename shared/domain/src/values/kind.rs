//! What a message is for: the types of notifications, and the messages that a customer's
//! answer brings about.

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::id::ConfigId;

/// What a notification is for (N1–N5).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum NotificationType {
    /// "Your meeting is booked."
    Confirmation,
    /// "Please tell us whether you come."
    ConfirmationRequest,
    /// "Your meeting is soon."
    Reminder,
    /// "Your meeting has changed."
    Update,
    /// "Your meeting is cancelled."
    Cancellation,
}

impl NotificationType {
    /// Every type, in the order of the specification.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it is written in JSON and in queries.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As staff read it.
    pub fn label(self) -> &'static str {
        self.rules().label
    }

    /// As staff read it within a sentence.
    pub fn in_sentence(self) -> String {
        in_sentence(self.label())
    }

    /// The id of the built-in config of this type.
    pub fn config_id(self) -> ConfigId {
        ConfigId::built_in(self.as_str())
    }
}

/// A label within a sentence: what is an abbreviation keeps its capitals.
fn in_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

impl fmt::Display for NotificationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a row of the log is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum MessageKind {
    /// "Your meeting is booked."
    Confirmation,
    /// "Please tell us whether you come."
    ConfirmationRequest,
    /// "Your meeting is soon."
    Reminder,
    /// "Your meeting has changed."
    Update,
    /// "Your meeting is cancelled."
    Cancellation,
    /// The SMS that answers a customer's text (S4).
    AutoReply,
    /// The email that tells a member of staff of a customer's answer (L7).
    AnswerNotice,
    /// The neutral email that takes the meeting out of the calendar behind an address that
    /// somebody has left (N7).
    CalendarRemoval,
}

impl MessageKind {
    /// All of them: what staff send, then what is sent by itself.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it is written in JSON and in queries.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As staff read it within a sentence.
    pub fn in_sentence(self) -> String {
        in_sentence(self.label())
    }

    /// The type of a notification (N1–N5); none of the other messages.
    pub fn notification(self) -> Option<NotificationType> {
        match self {
            Self::Confirmation => Some(NotificationType::Confirmation),
            Self::ConfirmationRequest => Some(NotificationType::ConfirmationRequest),
            Self::Reminder => Some(NotificationType::Reminder),
            Self::Update => Some(NotificationType::Update),
            Self::Cancellation => Some(NotificationType::Cancellation),
            Self::AutoReply | Self::AnswerNotice | Self::CalendarRemoval => None,
        }
    }

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match (self, self.notification()) {
            (_, Some(kind)) => kind.label(),
            (Self::AutoReply, None) => "Automatic reply",
            (Self::CalendarRemoval, None) => "Calendar removal",
            (_, None) => "News of an answer",
        }
    }
}

impl From<NotificationType> for MessageKind {
    fn from(kind: NotificationType) -> Self {
        match kind {
            NotificationType::Confirmation => Self::Confirmation,
            NotificationType::ConfirmationRequest => Self::ConfirmationRequest,
            NotificationType::Reminder => Self::Reminder,
            NotificationType::Update => Self::Update,
            NotificationType::Cancellation => Self::Cancellation,
        }
    }
}
