//! A text as it came in.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    contact::{PhoneNumber, SmsAddress},
    dealt_with::DealtWith,
    id::digest,
    local_time::rfc3339,
    unread::Unread,
};

/// The longest text that is kept, in characters: far more than an SMS may have.
const MAX_TEXT: usize = 5_000;

/// The longest id of a provider's that is kept, in bytes: theirs have under 100, and a
/// database key takes about 1,000.
const MAX_ID: usize = 200;

/// A text from a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The provider's id of it: the same however often it is delivered.
    pub id: String,
    /// Who sent it.
    pub from: SmsAddress,
    /// What of ours they sent it to.
    pub to: SmsAddress,
    /// What it says.
    pub text: String,
    /// The message it answers, where the provider knows.
    pub previous: Option<String>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// Whether staff have dealt with it; of texts that belong to no meeting only.
    pub handled: bool,
    /// Who has, and how, where that is known.
    pub dealt_with: Option<DealtWith>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// The SMS service's payload for a text (AWS End User Messaging SMS, "Two-way SMS
/// message payload"): the JSON inside an SNS notification's `Message`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    origination_number: Option<String>,
    destination_number: Option<String>,
    message_body: Option<String>,
    inbound_message_id: Option<String>,
    previous_published_message_id: Option<String>,
}

/// Why a payload cannot be read. It says nothing of what the payload says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or something else than a text.
    #[error("its Message is not the JSON of a text")]
    Payload,
}

/// The two numbers that a conversation is between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers<'a> {
    /// The customer's, who texted.
    pub from: &'a PhoneNumber,
    /// Ours, which they texted.
    pub to: &'a PhoneNumber,
}

impl Inbound {
    /// Reads the payload of a text that came in at `received_at`. Whatever a sender or a
    /// carrier can put in is taken, for trying again would not change it.
    ///
    /// # Errors
    /// [`Malformed`] when it is not the payload of a text.
    pub fn parse(payload: &str, received_at: DateTime<Utc>) -> Result<Self, Malformed> {
        let read: Payload = serde_json::from_str(payload).map_err(|_| Malformed::Payload)?;
        if read.origination_number.is_none() && read.message_body.is_none() {
            return Err(Malformed::Payload);
        }
        let text = read.message_body.unwrap_or_default();
        Ok(Self {
            id: known_by(read.inbound_message_id, payload, received_at),
            from: read.origination_number.unwrap_or_default().into(),
            to: read.destination_number.unwrap_or_default().into(),
            text: text.chars().take(MAX_TEXT).collect(),
            previous: read
                .previous_published_message_id
                .filter(|id| (1..=MAX_ID).contains(&id.len())),
            received_at,
            handled: false,
            dealt_with: None,
            unread: Unread::default(),
        })
    }

    /// Who texted, and to which number of ours; none where one of them cannot be texted.
    pub fn numbers(&self) -> Option<Numbers<'_>> {
        Some(Numbers {
            from: self.from.number()?,
            to: self.to.number()?,
        })
    }
}

/// What a text is known by, however often it is delivered: the provider's id, or where
/// that is missing or longer than a key may be, the digest of all that was delivered.
fn known_by(id: Option<String>, payload: &str, received_at: DateTime<Utc>) -> String {
    id.filter(|id| (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
        .unwrap_or_else(|| hex::encode(&digest(&["inbound text", payload, &rfc3339(received_at)])))
}
