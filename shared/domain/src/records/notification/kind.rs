//! What a row of the log is: a notification to a customer, or one of the messages
//! that a customer's answer brings about.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use super::{NotificationType, in_sentence};

/// What a row of the log is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
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
}

impl MessageKind {
    /// All of them: what staff send, then what is sent by itself.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it within a sentence.
    pub fn in_sentence(self) -> String {
        in_sentence(self.label())
    }

    /// The type of a notification (spec section 2); none of the other messages.
    pub fn notification(self) -> Option<NotificationType> {
        match self {
            Self::Confirmation => Some(NotificationType::Confirmation),
            Self::ConfirmationRequest => Some(NotificationType::ConfirmationRequest),
            Self::Reminder => Some(NotificationType::Reminder),
            Self::Update => Some(NotificationType::Update),
            Self::Cancellation => Some(NotificationType::Cancellation),
            Self::AutoReply | Self::AnswerNotice => None,
        }
    }

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match (self, self.notification()) {
            (_, Some(kind)) => kind.label(),
            (Self::AutoReply, None) => "Automatic reply",
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
