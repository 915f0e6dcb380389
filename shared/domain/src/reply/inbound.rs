//! A text as it came in, and what the timeline says of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attention::{DealtWith, DealtWithView},
    contact::PhoneNumber,
    id::AttendeeId,
    local_time::rfc3339,
    notification::Channel,
    timeline::{TimelineEntry, TimelineKind},
};

/// The longest text that is kept, in characters: far more than an SMS may have.
const MAX_TEXT: usize = 5_000;

/// A text from a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The provider's id of it: the same however often it is delivered.
    pub id: String,
    /// Who sent it.
    pub from: PhoneNumber,
    /// The number of ours they sent it to.
    pub to: PhoneNumber,
    /// What it says.
    pub text: String,
    /// The message it answers, where the provider knows.
    pub previous: Option<String>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// Whether staff have dealt with it; of texts that belong to no meeting only.
    #[serde(default)]
    pub handled: bool,
    /// Who has, and how, where that is known.
    #[serde(default)]
    pub dealt_with: Option<DealtWith>,
}

/// The SMS service's payload for a text (AWS End User Messaging SMS, "Two-way SMS
/// message payload"): the JSON inside an SNS notification's `Message`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    origination_number: String,
    destination_number: String,
    message_body: String,
    inbound_message_id: String,
    previous_published_message_id: Option<String>,
}

/// Why a payload cannot be read. It says nothing of what the payload says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or without one of its parts.
    #[error("its Message is not the JSON of a text")]
    Payload,
    /// The sender or the receiver is no phone number.
    #[error("its {0} is not a phone number in E.164")]
    Number(&'static str),
    /// There is no id to know it again by.
    #[error("its inboundMessageId is empty or too long")]
    Id,
}

impl Inbound {
    /// Reads the payload of a text that came in at `received_at`.
    ///
    /// # Errors
    /// [`Malformed`] with what is wrong.
    pub fn parse(payload: &str, received_at: DateTime<Utc>) -> Result<Self, Malformed> {
        let payload: Payload = serde_json::from_str(payload).map_err(|_| Malformed::Payload)?;
        let number =
            |name, text: &str| PhoneNumber::from_e164(text).map_err(|_| Malformed::Number(name));
        let id = payload.inbound_message_id;
        if id.is_empty() || id.len() > 200 {
            return Err(Malformed::Id);
        }
        Ok(Self {
            id,
            from: number("originationNumber", &payload.origination_number)?,
            to: number("destinationNumber", &payload.destination_number)?,
            text: payload.message_body.chars().take(MAX_TEXT).collect(),
            previous: payload
                .previous_published_message_id
                .filter(|id| !id.is_empty()),
            received_at,
            handled: false,
            dealt_with: None,
        })
    }
}

/// A text that belongs to no meeting, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboundView {
    /// The provider's id of it.
    pub id: String,
    /// Who sent it, in E.164.
    pub from: String,
    /// The number of ours they sent it to, in E.164.
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

/// The sentence on a text that is for people to read.
pub fn remark_entry(
    name: &str,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = match inbound.text.trim() {
        "" => format!("{name} sent an empty text"),
        said => format!("{name} texted: {said}"),
    };
    entry(TimelineKind::Text, text, attendee, now)
}

/// The sentence on an opt-out. CANCEL may have been meant for the meeting, which
/// people must find out.
pub fn opt_out_entry(
    name: &str,
    attendee: &AttendeeId,
    word: &str,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let mut text =
        format!("{name} texted {word}, which opts their number out: no more SMS go to it");
    if word == "CANCEL" {
        text.push_str(". They may have meant the meeting: nothing about it was changed");
    }
    entry(TimelineKind::OptOut, text, attendee, now)
}

/// The sentence on an opt-in.
pub fn opt_in_entry(
    name: &str,
    attendee: &AttendeeId,
    done: bool,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = if done {
        format!("{name} opted in again: SMS go to their number as before")
    } else {
        format!("{name} wants SMS again, but AWS still has their number on its own opt-out list")
    };
    entry(TimelineKind::OptOut, text, attendee, now)
}

fn entry(
    kind: TimelineKind,
    text: String,
    attendee: &AttendeeId,
    now: DateTime<Utc>,
) -> TimelineEntry {
    TimelineEntry {
        attendee_id: Some(attendee.clone()),
        channel: Some(Channel::Sms),
        ..TimelineEntry::of_meeting(now, kind, text)
    }
}
