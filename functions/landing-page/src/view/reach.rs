//! How somebody is reached, with links that a phone can dial and write to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use usher_domain::{render::ContactFields, settings::Business};

/// What may stand in a `mailto:` address as it is (RFC 6068 §2).
const MAILTO: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'+');

/// How somebody is reached; what is absent is the empty string.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ContactChoices {
    name: String,
    email: String,
    email_link: String,
    phone: String,
    phone_link: String,
}

impl ContactChoices {
    pub(crate) fn of(contact: &ContactFields) -> Self {
        let link = |scheme: &str, value: &str| {
            if value.is_empty() {
                String::new()
            } else {
                format!("{scheme}:{value}")
            }
        };
        let mailbox = utf8_percent_encode(&contact.email, MAILTO).to_string();
        Self {
            name: contact.name.clone(),
            email: contact.email.clone(),
            email_link: link("mailto", &mailbox),
            phone: contact.phone.clone(),
            phone_link: link("tel", &contact.phone),
        }
    }

    /// How the business is reached, as far as its settings say.
    pub(crate) fn business(business: &Business) -> Self {
        Self::of(&ContactFields::of_business(business))
    }

    /// The same person; through `other`, when they cannot be reached themselves.
    pub(super) fn or_through(self, other: &Self) -> Self {
        if self.is_reachable() {
            return self;
        }
        let name = if self.name.is_empty() {
            other.name.clone()
        } else {
            self.name
        };
        Self {
            name,
            ..other.clone()
        }
    }

    /// Whether there is a number or an address.
    pub(super) fn is_reachable(&self) -> bool {
        !self.email.is_empty() || !self.phone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, email: &str, phone: &str) -> ContactChoices {
        ContactChoices::of(&ContactFields {
            name: name.into(),
            email: email.into(),
            phone: phone.into(),
        })
    }

    #[test]
    fn links_can_be_dialled_and_written_to() {
        let reach = contact("Sam", "sam?cc=x&y+z@example.com", "+1-202-555-0101");
        assert_eq!(reach.phone_link, "tel:+1-202-555-0101");
        assert_eq!(reach.email_link, "mailto:sam%3Fcc%3Dx%26y+z@example.com");
    }

    #[test]
    fn who_has_no_number_and_no_address_is_reached_through_the_business() {
        let business = contact("Progrid", "office@example.com", "");
        let sam = contact("Sam", "", "").or_through(&business);
        assert_eq!(
            (sam.name.as_str(), sam.email.as_str()),
            ("Sam", "office@example.com")
        );
        assert_eq!(contact("", "", "").or_through(&business), business);
        let ann = contact("Ann", "", "+1-202-555-0101");
        assert_eq!(ann.clone().or_through(&business), ann);
    }
}
