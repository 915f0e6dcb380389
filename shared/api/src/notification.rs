//! Notifications: what was sent, and what became of it.

use serde::{Deserialize, Serialize};
use usher_domain::{
    local_time::rfc3339,
    notification::{AnswerGiven, Content, Delivery, Notification},
};
use utoipa::ToSchema;

use crate::{attention::DealtWithView, word};

/// One notification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationView {
    /// Its name.
    pub id: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: word::MessageKind,
    /// The meeting it tells of.
    pub meeting_id: String,
    /// Who it went to; whose answer it tells of, where it went to staff.
    pub attendee: RecipientView,
    /// The member of staff it went to instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_email: Option<String>,
    /// The meeting's revision it told of.
    pub revision: u32,
    /// How it stands, over all its channels.
    pub status: word::Status,
    /// Whether staff should look at it: something failed or is in doubt, and nobody has
    /// dealt with it.
    pub needs_attention: bool,
    /// Who has dealt with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dealt_with: Option<DealtWithView>,
    /// When it was asked for (RFC 3339, UTC).
    pub created_at: String,
    /// The start it told of (RFC 3339, UTC).
    pub meeting_starts_at: String,
    /// One per channel.
    pub deliveries: Vec<DeliveryView>,
    /// What came back, oldest first.
    pub answers: Vec<AnswerView>,
    /// What it says; only when one is read by its id. Link tokens are redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentView>,
}

/// Who a notification went to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecipientView {
    /// Names the attendee within the meeting.
    pub id: String,
    /// Their name then.
    pub name: String,
    /// Their address then.
    pub email: Option<String>,
    /// Their number then, in E.164.
    pub phone: Option<String>,
}

/// One channel of a notification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Which channel.
    pub channel: word::Channel,
    /// How far it has come.
    pub status: word::DeliveryStatus,
    /// What that means, in a sentence for staff.
    pub meaning: &'static str,
    /// What staff do next; null where there is nothing to do.
    pub next_step: Option<&'static str>,
    /// Whether the provider charges for it.
    pub charged: word::Charged,
    /// Why it was not sent, or what is doubtful.
    pub reason: Option<String>,
    /// Why this channel was used instead of the preferred one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_reason: Option<String>,
    /// The provider's id of the message.
    pub provider_message_id: Option<String>,
    /// When the status last moved (RFC 3339, UTC).
    pub at: String,
    /// How often it was dispatched.
    pub attempt: u32,
}

/// One answer to a notification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerView {
    /// What was answered.
    pub answer: word::Answer,
    /// How it came.
    pub channel: word::AnswerChannel,
    /// The reason or comment that came with it.
    pub reason: Option<String>,
    /// The times that would suit, with a reschedule request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_times: Option<String>,
    /// When it came (RFC 3339, UTC).
    pub at: String,
    /// Whether it came too late to apply: the meeting had changed, was
    /// cancelled or over.
    pub stale: bool,
}

/// What a notification says; a part that was not sent is empty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContentView {
    /// The email's subject.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The SMS.
    pub sms: String,
}

impl From<&Notification> for NotificationView {
    fn from(notification: &Notification) -> Self {
        let recipient = &notification.recipient;
        Self {
            id: notification.id.to_string(),
            kind: notification.kind.into(),
            meeting_id: notification.meeting_id().to_string(),
            attendee: RecipientView {
                id: recipient.id.to_string(),
                name: recipient.name.to_string(),
                email: recipient.email.as_ref().map(ToString::to_string),
                phone: recipient.phone.as_ref().map(ToString::to_string),
            },
            staff_email: notification.staff.as_ref().map(ToString::to_string),
            revision: notification.revision,
            status: notification.status().into(),
            needs_attention: notification.needs_attention(),
            dealt_with: notification.dealt_with().map(DealtWithView::from),
            created_at: rfc3339(notification.created_at),
            meeting_starts_at: rfc3339(notification.details.starts_at),
            deliveries: notification
                .deliveries
                .iter()
                .map(|delivery| DeliveryView::of(notification, delivery))
                .collect(),
            answers: notification.answers.iter().map(AnswerView::from).collect(),
            content: None,
        }
    }
}

impl DeliveryView {
    fn of(notification: &Notification, delivery: &Delivery) -> Self {
        Self {
            channel: delivery.channel.into(),
            status: delivery.status.into(),
            meaning: delivery.meaning(),
            next_step: notification.next_step(delivery),
            charged: delivery.charged().into(),
            reason: delivery.reason.clone(),
            fallback_reason: delivery.fallback_reason.clone(),
            provider_message_id: delivery.provider_message_id.clone(),
            at: rfc3339(delivery.at),
            attempt: delivery.attempt,
        }
    }
}

impl From<&AnswerGiven> for AnswerView {
    fn from(given: &AnswerGiven) -> Self {
        Self {
            answer: given.answer.into(),
            channel: given.channel.into(),
            reason: given.reason.as_ref().map(ToString::to_string),
            preferred_times: given.preferred_times.as_ref().map(ToString::to_string),
            at: rfc3339(given.at),
            stale: given.stale,
        }
    }
}

impl From<Content> for ContentView {
    fn from(content: Content) -> Self {
        Self {
            subject: content.subject,
            html: content.html,
            text: content.text,
            sms: content.sms,
        }
    }
}

/// One page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationList {
    /// Newest first.
    pub notifications: Vec<NotificationView>,
    /// Where the list goes on; null at its end. A page may be short and still
    /// go on.
    pub next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}

/// How staff settle a delivery of which nobody knows whether it went out.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// The channel; every doubtful one when left out.
    #[serde(default)]
    pub channel: Option<word::Channel>,
    /// What staff found.
    pub outcome: word::Found,
}
