//! Sending: what is asked for, and what came of it.

use serde::{Deserialize, Serialize};
use usher_domain::{notification::Notification, send};
use utoipa::ToSchema;

use crate::{notification::NotificationView, word};

/// What staff ask to send.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// What to send.
    #[serde(rename = "type")]
    pub kind: word::NotificationType,
    /// To whom, by attendee id; to all when left out.
    #[serde(default)]
    pub attendees: Option<Vec<String>>,
    /// Whether the calendars behind email addresses that they have left are asked, by a
    /// neutral message, to take the meeting out. `false` counts as dealt with: nothing is
    /// due to those addresses any more.
    #[serde(default = "usual_former_addresses")]
    pub former_addresses: bool,
    /// `true` when staff have seen what would happen and mean it.
    #[serde(default)]
    pub confirm: bool,
}

impl From<SendRequest> for send::SendRequest {
    fn from(request: SendRequest) -> Self {
        Self {
            kind: request.kind.0,
            attendees: request.attendees,
            former_addresses: request.former_addresses,
            confirm: request.confirm,
        }
    }
}

/// Former addresses are told unless somebody says otherwise.
pub(crate) fn usual_former_addresses() -> bool {
    true
}

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sent {
    /// One per attendee who was written to by now.
    pub notifications: Vec<NotificationView>,
    /// How many attendees have not been written to yet: that goes on by itself.
    pub remaining: usize,
}

impl Sent {
    /// What was sent by now, with so many to come.
    pub fn new(sent: &[Notification], remaining: usize) -> Self {
        Self {
            notifications: sent.iter().map(NotificationView::from).collect(),
            remaining,
        }
    }
}

/// A channel that is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsedChannel {
    /// The channel.
    pub channel: word::Channel,
    /// Why it is used.
    pub reason: String,
}

impl From<send::UsedChannel> for UsedChannel {
    fn from(used: send::UsedChannel) -> Self {
        Self {
            channel: used.channel.into(),
            reason: used.reason,
        }
    }
}
