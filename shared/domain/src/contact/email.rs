//! Email addresses (RFC 5321 addr-spec, the part SES accepts).

use std::fmt;

use email_address::Options;
use serde::{Deserialize, Serialize};

/// Why a text is not an email address that can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than RFC 5321 §4.5.3.1.3 allows a path to be.
    #[error("an email address has at most 254 characters")]
    TooLong,
    /// SES takes ASCII only; an international domain goes in its `xn--` form.
    #[error("an email address is written in ASCII (an international domain as xn--…)")]
    NotAscii,
    /// Several addresses in one field, a display name, or no address at all.
    #[error("is not one email address like name@example.com")]
    Malformed,
}

/// One address, like `name@example.com`: ASCII, at most 254 characters, with a
/// domain of two labels or more, no quoted local part, no display name.
///
/// The domain is kept in lower case; the local part as given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; white space around it is dropped.
    ///
    /// # Errors
    /// [`EmailError`] saying which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        if !text.is_ascii() {
            return Err(EmailError::NotAscii);
        }
        let options = Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        let parsed = email_address::EmailAddress::parse_with_options(text, options)
            .map_err(|_| EmailError::Malformed)?;
        if parsed.local_part().contains(['"', '\\', '(']) {
            return Err(EmailError::Malformed);
        }
        Ok(Self(format!(
            "{}@{}",
            parsed.local_part(),
            parsed.domain().to_ascii_lowercase()
        )))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one mailbox share: the whole address in lower case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for EmailAddress {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}
impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_and_nothing_else() {
        for text in [
            "a@b\r\nBcc:x",
            "a@example.com\r\nBcc: x@example.com",
            "a@example.com, b@example.com",
            "a@example.com;b@example.com",
            "Ann <a@example.com>",
            "a@b",
            "a",
            "@example.com",
            "a@[127.0.0.1]",
            "\"a b\"@example.com",
            "a b@example.com",
            "a@exa mple.com",
            "a@@example.com",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailError::Malformed),
                "{text:?}"
            );
        }
        assert_eq!(
            EmailAddress::parse("ä@example.com"),
            Err(EmailError::NotAscii)
        );
        let long = format!("{}@example.com", "a".repeat(300));
        assert_eq!(EmailAddress::parse(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn the_domain_is_case_insensitive_and_the_key_wholly_so() {
        let address = EmailAddress::parse(" Ann.Lee+x@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "Ann.Lee+x@example.com");
        assert_eq!(address.key(), "ann.lee+x@example.com");
    }
}
