//! Link tokens: what lets a customer open and answer their meeting.
//!
//! A token is 128 random bits, shown once in the message that carries it. Only
//! its SHA-256 is stored, so whoever reads the table cannot answer for anyone.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    id::{AttendeeId, MeetingId, NotificationId, hex},
    meeting::Meeting,
    template::Buttons,
    values::channel::Channel,
};

/// A token in the clear. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The length in characters.
    pub const LENGTH: usize = 22;

    /// From 128 random bits.
    pub fn new(random: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Reads a token from a link; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = (text.len() == Self::LENGTH).then(|| URL_SAFE_NO_PAD.decode(text))?;
        decoded.ok().map(|_| Self(text.to_owned()))
    }

    /// What stands in for a token where none must be seen: in previews and in
    /// the log. It has a token's length, so that what is shown is as long as
    /// what is sent, and no token decodes from it.
    pub fn redacted() -> Self {
        Self("-".repeat(Self::LENGTH - 1) + ".")
    }

    /// The token as it stands in a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The SHA-256 it is stored under.
    pub fn hash(&self) -> TokenHash {
        TokenHash(hex(&Sha256::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a token, in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a token lets its holder do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The meeting it opens.
    pub meeting_id: MeetingId,
    /// The attendee it speaks for.
    pub attendee_id: AttendeeId,
    /// The notification that carried it.
    pub notification_id: NotificationId,
    /// The channel that carried it.
    pub channel: Channel,
    /// The buttons that were offered.
    pub buttons: Buttons,
    /// Whether a decline is asked for its reason.
    pub ask_decline_reason: bool,
    /// How many choices to end or resume reminders were listed for its holder.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub choices: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Grant {
    /// Whether it still opens the meeting: the attendee is still invited and
    /// the meeting not over.
    pub fn valid(&self, meeting: &Meeting, now: DateTime<Utc>) -> bool {
        meeting.attendee(&self.attendee_id).is_some() && !meeting.over(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_nothing_else_does() {
        let token = Token::new([7; 16]);
        assert_eq!(token.reveal().len(), Token::LENGTH);
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert_ne!(token.hash(), Token::new([8; 16]).hash());
        assert_eq!(format!("{token:?}"), "Token(…)");
        for text in [
            "",
            "short",
            &"a".repeat(10_240),
            Token::redacted().reveal(),
            "ääääääääääää",
        ] {
            assert_eq!(Token::parse(text), None);
        }
    }
}
