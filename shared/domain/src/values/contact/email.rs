//! Email addresses (RFC 5321 addr-spec, the part SES accepts).
//!
//! An international domain has two spellings: people write `exämple.de`, mail servers
//! `xn--exmple-cua.de` (UTS 46). Both are one mailbox; people are shown what they wrote,
//! and providers are given ASCII.

use std::{borrow::Cow, fmt};

use email_address::Options;
use idna::{
    AsciiDenyList,
    uts46::{DnsLength, Hyphens, Uts46},
};
use serde::{Deserialize, Serialize};

use crate::text::is_invisible;

/// Why a text is not an email address that can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than RFC 5321 §4.5.3.1.3 allows a path to be.
    #[error("an email address has at most 254 characters")]
    TooLong,
    /// SES takes ASCII only before the `@` (Amazon SES, "Email address").
    #[error(
        "may have only unaccented letters, digits and signs before the @: no mail can be sent to others"
    )]
    LocalPart,
    /// No domain of that name can exist (UTS 46).
    #[error("has behind the @ what cannot be a domain like example.com")]
    Domain,
    /// Several addresses in one field, a display name, or no address at all.
    #[error("is not one email address like name@example.com")]
    Malformed,
}

/// One address, like `name@example.com` or `name@exämple.de`: at most 254 characters,
/// with a domain of two labels or more, no quoted local part, no display name.
///
/// The domain is kept in lower case, in the alphabet it was written in; the local part,
/// which is ASCII, as given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; white space around it and invisible marks are dropped.
    ///
    /// # Errors
    /// [`EmailError`] saying which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = without_invisible(text.trim());
        if text.is_ascii() {
            return Self::parse_ascii(&text);
        }
        // Long before a domain is computed of it.
        if text.chars().count() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if !local.is_ascii() {
            return Err(EmailError::LocalPart);
        }
        if domain.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(EmailError::Malformed);
        }
        let ascii = domain_to_ascii(domain).ok_or(EmailError::Domain)?;
        Self::parse_ascii(&format!("{local}@{ascii}"))?;
        let (domain, readable) = idna::domain_to_unicode(&ascii);
        readable.map_err(|_| EmailError::Domain)?;
        Ok(Self(format!("{local}@{domain}")))
    }

    fn parse_ascii(text: &str) -> Result<Self, EmailError> {
        if text.len() > 254 {
            return Err(EmailError::TooLong);
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

    /// The address as people read it.
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// The address as mail servers, SES and calendars take it: in ASCII.
    pub fn ascii(&self) -> Cow<'_, str> {
        if self.0.is_ascii() {
            return Cow::Borrowed(&self.0);
        }
        let (local, _) = self.0.rsplit_once('@').unwrap_or_default();
        Cow::Owned(format!("{local}@{}", self.domain()))
    }

    /// What the spellings of one mailbox share: the whole address in ASCII and lower
    /// case.
    pub fn key(&self) -> String {
        self.ascii().to_ascii_lowercase()
    }

    /// The part behind the `@`, in ASCII and lower case.
    pub fn domain(&self) -> Cow<'_, str> {
        let (_, domain) = self.0.rsplit_once('@').unwrap_or_default();
        if domain.is_ascii() {
            return Cow::Borrowed(domain);
        }
        // What parsed once is a domain; else what SES refuses is the text itself.
        domain_to_ascii(domain).map_or(Cow::Borrowed(domain), Cow::Owned)
    }
}

/// An address without the marks that come along when it is copied. A joiner between
/// letters of a script that needs it makes another domain (RFC 5892, appendix A): it stays.
fn without_invisible(text: &str) -> String {
    let of_script = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !c.is_ascii());
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = matches!(c, '\u{200c}' | '\u{200d}')
            // What comes before a joiner may be a mark on a letter, like a virama.
            && kept.chars().next_back().is_some_and(|c| !c.is_ascii())
            && of_script(rest.peek().copied());
        if joins || !is_invisible(c) {
            kept.push(c);
        }
    }
    kept
}

/// A domain as DNS has it (UTS 46, with the lengths of DNS and no sign that no host
/// name has).
fn domain_to_ascii(domain: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    ascii.ok().map(Cow::into_owned)
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
        for text in ["ä@example.com", "josé@exämple.de", "用户@example.cn"] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailError::LocalPart),
                "{text}"
            );
        }
        let long = format!("{}@example.com", "a".repeat(300));
        assert_eq!(EmailAddress::parse(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn the_domain_is_case_insensitive_and_the_key_wholly_so() {
        let address = EmailAddress::parse(" Ann.Lee+x@Example.COM ").unwrap();
        assert_eq!(address.shown(), "Ann.Lee+x@example.com");
        assert_eq!(address.key(), "ann.lee+x@example.com");
    }

    /// Examples of UTS 46 and of registries that sell such domains.
    #[test]
    fn an_international_domain_is_shown_as_written_and_sent_to_in_ascii() {
        for (text, shown, ascii) in [
            ("jo@exämple.de", "jo@exämple.de", "jo@xn--exmple-cua.de"),
            ("Jo@EXÄMPLE.de", "Jo@exämple.de", "Jo@xn--exmple-cua.de"),
            (
                "jo@exa\u{308}mple.de",
                "jo@exämple.de",
                "jo@xn--exmple-cua.de",
            ),
            (
                "jo@xn--exmple-cua.de",
                "jo@xn--exmple-cua.de",
                "jo@xn--exmple-cua.de",
            ),
            ("jo@straße.de", "jo@straße.de", "jo@xn--strae-oqa.de"),
            ("jo@例え。jp", "jo@例え.jp", "jo@xn--r8jz45g.jp"),
            // RFC 5892, appendix A.1: with the joiner it is another domain than without.
            (
                "\u{200d}jo@نامه\u{200c}ای.com\u{200c}",
                "jo@نامه\u{200c}ای.com",
                "jo@xn--mgba3gch31f060k.com",
            ),
            (
                "jo@bücher.example.com",
                "jo@bücher.example.com",
                "jo@xn--bcher-kva.example.com",
            ),
            ("jo@\u{200b}example.com", "jo@example.com", "jo@example.com"),
        ] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(
                (address.shown(), &*address.ascii()),
                (shown, ascii),
                "{text}"
            );
            assert_eq!(address.key(), ascii.to_lowercase());
            assert_eq!(address.key().split_once('@').unwrap().1, address.domain());
            assert_eq!(EmailAddress::parse(shown).unwrap(), address);
        }
    }

    #[test]
    fn what_cannot_be_a_domain_is_refused() {
        let long = format!("jo@{}ä.de", "a".repeat(63));
        for text in [
            "jo@exä_mple.de",
            "jo@-ä.de",
            "jo@ä..de",
            "jo@\u{fffd}.de",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailError::Domain), "{text}");
        }
        for text in [
            "jo@ä",
            "jo@exä mple.de",
            "exämple.de",
            "a@b.de, jo@exämple.de",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
    }
}
