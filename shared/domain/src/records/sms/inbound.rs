//! A text as it came in.

use chrono::{DateTime, Utc};

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

/// A text as the provider hands it over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceivedText {
    /// The provider's id of it.
    pub id: Option<String>,
    /// Who sent it; empty where the provider does not say.
    pub from: String,
    /// What of ours they sent it to.
    pub to: String,
    /// What it says.
    pub text: String,
    /// The provider's id of the message that it answers.
    pub previous: Option<String>,
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
    /// A text that came in at `received_at`. Whatever a sender or a carrier can put in is
    /// taken, for trying again would not change it. `delivered` is all that was handed
    /// over, by which a text without a usable id is known.
    pub fn received(text: ReceivedText, delivered: &str, received_at: DateTime<Utc>) -> Self {
        Self {
            id: known_by(text.id, delivered, received_at),
            from: text.from.into(),
            to: text.to.into(),
            text: text.text.chars().take(MAX_TEXT).collect(),
            previous: text.previous.filter(|id| (1..=MAX_ID).contains(&id.len())),
            received_at,
            handled: false,
            dealt_with: None,
            unread: Unread::default(),
        }
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
fn known_by(id: Option<String>, delivered: &str, received_at: DateTime<Utc>) -> String {
    id.filter(|id| (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
        .unwrap_or_else(|| hex::encode(digest(&["inbound text", delivered, &rfc3339(received_at)])))
}
