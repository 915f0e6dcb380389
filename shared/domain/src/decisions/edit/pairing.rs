//! Which of the attendees that were written is which of those that are there (P5).
//!
//! Callers repeat the whole list, often without ids, and correct an address by writing
//! another one. Who is who decides what is kept of them: their answer, and what they were
//! told. So an attendee is looked for by everything that may name them, the surest first.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    contact::{EmailAddress, PhoneNumber},
    id::AttendeeId,
    meeting::Attendee,
    text::Name,
};

/// What an attendee may be known by.
pub(super) struct Identity<'a> {
    /// None where the caller gave none.
    pub(super) id: Option<&'a AttendeeId>,
    pub(super) name: &'a Name,
    pub(super) email: Option<&'a EmailAddress>,
    pub(super) phone: Option<&'a PhoneNumber>,
}

impl<'a> Identity<'a> {
    fn of(attendee: &'a Attendee) -> Self {
        Self {
            id: Some(&attendee.id),
            name: &attendee.name,
            email: attendee.email.as_ref(),
            phone: attendee.phone.as_ref(),
        }
    }

    fn id(&self) -> Option<String> {
        self.id.map(|id| id.as_str().to_owned())
    }

    fn email(&self) -> Option<String> {
        self.email.map(EmailAddress::key)
    }

    fn phone(&self) -> Option<String> {
        self.phone.map(ToString::to_string)
    }

    fn email_and_name(&self) -> Option<String> {
        Some(format!("{}\n{}", self.email()?, self.name))
    }

    fn phone_and_name(&self) -> Option<String> {
        Some(format!("{}\n{}", self.phone()?, self.name))
    }

    fn name(&self) -> Option<String> {
        Some(self.name.to_string())
    }
}

/// What two descriptions of one person have in common.
struct Rule {
    key: fn(&Identity<'_>) -> Option<String>,
    /// Whether it counts only where one on each side has it.
    unique: bool,
}

/// The rules, the surest first. Each is tried on everybody before the next one is. Of
/// several who share an address, the one of the same name comes first.
const RULES: [Rule; 6] = [
    Rule {
        key: |each| each.id(),
        unique: false,
    },
    Rule {
        key: |each| each.email_and_name(),
        unique: false,
    },
    Rule {
        key: |each| each.email(),
        unique: false,
    },
    Rule {
        key: |each| each.phone_and_name(),
        unique: false,
    },
    Rule {
        key: |each| each.phone(),
        unique: false,
    },
    Rule {
        key: |each| each.name(),
        unique: true,
    },
];

/// For each of those written, the place of the attendee among `existing` that it is;
/// none for somebody new. Nobody is taken twice.
pub(super) fn pair(written: &[Identity<'_>], existing: &[Attendee]) -> Vec<Option<usize>> {
    let existing: Vec<_> = existing.iter().map(Identity::of).collect();
    let mut pairs = vec![None; written.len()];
    let mut taken = vec![false; existing.len()];
    for rule in RULES {
        let mut free: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for (place, each) in existing.iter().enumerate().filter(|(i, _)| !taken[*i]) {
            if let Some(key) = (rule.key)(each) {
                free.entry(key).or_default().push_back(place);
            }
        }
        let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, each) in written.iter().enumerate() {
            if pairs[place].is_none()
                && let Some(key) = (rule.key)(each)
            {
                wanted.entry(key).or_default().push(place);
            }
        }
        for (key, places) in wanted {
            let Some(free) = free.get_mut(&key) else {
                continue;
            };
            if rule.unique && (places.len() > 1 || free.len() > 1) {
                continue;
            }
            for (place, found) in places.into_iter().zip(free) {
                pairs[place] = Some(*found);
                taken[*found] = true;
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
