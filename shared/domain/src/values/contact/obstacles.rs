//! What keeps messages from numbers and addresses, besides what the meeting and the
//! settings say: nothing is sent against it, and staff see why (S6, E4, E5).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{EmailAddress, PhoneNumber};

/// Those of the numbers that are looked at of which something holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberSet(BTreeSet<PhoneNumber>);

impl NumberSet {
    /// Whether a number is among them.
    pub fn contain(&self, number: &PhoneNumber) -> bool {
        self.0.contains(number)
    }
}

impl FromIterator<PhoneNumber> for NumberSet {
    fn from_iter<I: IntoIterator<Item = PhoneNumber>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

/// An address's wish to get no reminders. It gets everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscription {
    /// The address.
    pub address: EmailAddress,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Those of the addresses that are looked at of which something holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressSet(BTreeSet<String>);

impl AddressSet {
    /// Whether an address is among them, however it is spelled.
    pub fn contain(&self, address: &EmailAddress) -> bool {
        self.0.contains(&address.key())
    }
}

impl FromIterator<EmailAddress> for AddressSet {
    fn from_iter<I: IntoIterator<Item = EmailAddress>>(addresses: I) -> Self {
        Self(addresses.into_iter().map(|each| each.key()).collect())
    }
}

/// What stands in the way of messages right now; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suppressions {
    /// Numbers that want no SMS.
    pub opted_out: NumberSet,
    /// Numbers that SMS are held back from, because of what their owners wrote.
    pub held: NumberSet,
    /// Addresses that want no reminders.
    pub unsubscribed: AddressSet,
    /// Addresses that have sent messages back for good, or complained of one.
    pub suppressed: AddressSet,
    /// Whether SES does not let us send from the settings' sender.
    pub sender_unverified: bool,
}
