//! Who an SMS is from or to, as its carrier says.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::PhoneNumber;

/// The most characters that are kept of a sender that is no number.
const MAX_CHARS: usize = 64;

/// Who an SMS is from or to: mostly a phone number, else a short code, a name, or
/// nobody that the carrier tells of (S11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum SmsAddress {
    /// A phone number: it can be answered.
    Number(PhoneNumber),
    /// A short code like `68849`, a name like `SUPPORT`, or the empty text.
    Other(String),
}

impl SmsAddress {
    /// The phone number, if it is one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for SmsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}
impl From<String> for SmsAddress {
    /// Whatever a carrier says is kept, bounded and without control characters.
    fn from(text: String) -> Self {
        match PhoneNumber::from_e164(text.trim()) {
            Ok(number) => Self::Number(number),
            Err(_) => {
                let shown = text.trim().chars().filter(|c| !c.is_control());
                Self::Other(shown.take(MAX_CHARS).collect())
            }
        }
    }
}
impl From<SmsAddress> for String {
    fn from(address: SmsAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_kept_as_text() {
        let of = |text: &str| SmsAddress::from(text.to_owned());
        assert!(of("+12025550123").number().is_some());
        for text in ["68849", "SUPPORT", ""] {
            assert_eq!(of(text), SmsAddress::Other(text.to_owned()));
        }
        assert_eq!(of(&"x".repeat(5_000)).to_string().len(), MAX_CHARS);
        assert_eq!(of("a\r\nb\0").to_string(), "ab");
    }
}
