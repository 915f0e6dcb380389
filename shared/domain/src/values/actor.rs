//! Who acts.

use super::id::AttendeeId;

/// The most characters that are kept of an identity provider's name or id of somebody.
const LONGEST: usize = 120;

/// Who does something, or has it done. It is written on what they change, for whoever
/// asks later who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff, signed in.
    Person {
        /// The identity provider's stable id of them.
        id: String,
        /// What colleagues call them.
        name: String,
    },
    /// A program that calls the API for nobody in particular, such as a CRM.
    Program {
        /// Its client id.
        id: String,
    },
    /// A customer, by the link or the text they answer.
    Customer {
        /// Names the attendee within the meeting.
        id: AttendeeId,
    },
    /// Usher by itself: a schedule that is due, the sweep.
    System,
}

impl Actor {
    /// A member of staff, as the identity provider has them.
    pub fn person(id: &str, name: &str) -> Self {
        Self::Person {
            id: bounded(id),
            name: bounded(name),
        }
    }

    /// A program, as the identity provider has it.
    pub fn program(id: &str) -> Self {
        Self::Program { id: bounded(id) }
    }

    /// An attendee of a meeting.
    pub fn customer(id: &AttendeeId) -> Self {
        Self::Customer { id: id.clone() }
    }
}

/// Nothing bounds what an identity provider says: it is written on every row.
fn bounded(text: &str) -> String {
    let printed = text.chars().filter(|c| !c.is_control());
    printed.take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_identity_provider_says_is_bounded() {
        let long = format!("K\n{}", "x".repeat(500));
        let kept = format!("K{}", "x".repeat(119));
        assert_eq!(
            Actor::person(&long, &long),
            Actor::Person {
                id: kept.clone(),
                name: kept
            }
        );
    }
}
