//! Texts that belong to no meeting.

use serde::Serialize;
use usher_domain::{local_time::rfc3339, sms::Inbound};
use utoipa::ToSchema;

use crate::attention::DealtWithView;

/// A text that belongs to no meeting, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboundView {
    /// The provider's id of it.
    pub id: String,
    /// Who sent it: a number in E.164, else the short code or the name that the carrier
    /// gave, empty where it gave none.
    pub from: String,
    /// The number of ours they sent it to, in E.164 as far as the carrier said.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When it came in (RFC 3339, UTC).
    pub received_at: String,
    /// Whether staff have dealt with it.
    pub handled: bool,
    /// Who has, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dealt_with: Option<DealtWithView>,
}

impl From<&Inbound> for InboundView {
    fn from(inbound: &Inbound) -> Self {
        Self {
            id: inbound.id.clone(),
            from: inbound.from.to_string(),
            to: inbound.to.to_string(),
            text: inbound.text.clone(),
            received_at: rfc3339(inbound.received_at),
            handled: inbound.handled,
            dealt_with: inbound.dealt_with.as_ref().map(DealtWithView::from),
        }
    }
}

/// One page of texts.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboundMessageList {
    /// Newest first.
    pub inbound_messages: Vec<InboundView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}
