//! What is cut off, and who comes then.

/// What is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Confirmation,
    Cancellation,
    Update,
    Retry,
    Settle,
    Archive,
    /// A save that sends the confirmation by itself.
    Save,
    Link,
    Sms,
    Reminder,
    /// The report that an email came back for good.
    Bounce,
    /// The report that a message in doubt arrived.
    Receipt,
}

impl Flow {
    /// Whether one may come then: a text and a firing do not come again by themselves, and
    /// what has no key has no other one.
    pub(super) fn may_be_followed_by(self, then: Then) -> bool {
        use Flow::{Cancellation, Confirmation, Reminder, Retry, Sms, Update};
        match then {
            Then::SameRequest => !matches!(self, Sms | Reminder),
            Then::AnotherKey => matches!(self, Confirmation | Cancellation | Update | Retry),
            Then::Sweep => true,
        }
    }
}

impl Flow {
    /// Whether it claims a key with everyone it writes to.
    pub(super) fn claims_a_crowd(self) -> bool {
        use Flow::{Cancellation, Confirmation, Save, Update};
        matches!(self, Confirmation | Cancellation | Update | Save)
    }
}

/// Who comes once the store is well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    SameRequest,
    AnotherKey,
    Sweep,
}
