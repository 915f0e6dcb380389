//! What the page says that ends reminders by email.

use serde::Serialize;
use usher_domain::{contact::EmailAddress, token::Token};
use usher_flows::unsubscribe::Subscription;

use super::ContactChoices;
use crate::words::{Labels, Reminders, Words};

/// The page.
#[derive(Serialize)]
pub(crate) struct SubscriptionView {
    labels: Labels,
    words: Reminders,
    /// The address, as only its owner knows it.
    address: String,
    stopped: bool,
    token: String,
    business: ContactChoices,
}

impl SubscriptionView {
    /// What the link of `token` shows.
    pub(crate) fn new(subscription: &Subscription, token: &Token) -> Self {
        let words = Words::of(subscription.locale.language());
        Self {
            labels: words.labels,
            words: words.reminders,
            address: masked(&subscription.address),
            stopped: subscription.stopped,
            token: token.reveal().to_owned(),
            business: ContactChoices::business(&subscription.settings.business),
        }
    }
}

/// Like `a…@example.com`: the link may have been passed on.
fn masked(address: &EmailAddress) -> String {
    let (local, domain) = address.shown().split_once('@').unwrap_or_default();
    let first = local.chars().next().unwrap_or_default();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_to_who_knows_it() {
        let address = EmailAddress::parse("ann.lee@example.com").unwrap();
        assert_eq!(masked(&address), "a…@example.com");
    }
}
