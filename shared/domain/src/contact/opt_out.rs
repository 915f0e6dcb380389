//! Numbers that want no SMS: they are not called, and staff see why (S6).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PhoneNumber;

/// A number's wish to get no SMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// The number.
    pub number: PhoneNumber,
    /// Since when we know.
    pub at: DateTime<Utc>,
    /// How we know.
    pub source: OptOutSource,
}

/// How a number's opt-out came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutSource {
    /// Its owner texted us an opt-out word. Only their opt-in word takes it back.
    Text,
    /// It is on the AWS account's own list, which we follow both ways.
    Account,
}

/// Which of the numbers that are looked at have opted out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptOuts(BTreeSet<PhoneNumber>);

impl OptOuts {
    /// Whether a number has.
    pub fn contain(&self, number: &PhoneNumber) -> bool {
        self.0.contains(number)
    }
}

impl FromIterator<PhoneNumber> for OptOuts {
    fn from_iter<I: IntoIterator<Item = PhoneNumber>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}
