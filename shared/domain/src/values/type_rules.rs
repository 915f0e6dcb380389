//! What tells one type of notifications from another: the one table of it (N1–N5).
//!
//! A new type is a new variant of [`NotificationType`]; the compiler then asks for its
//! row here, and everything that depends on the type follows from the row.

use super::kind::NotificationType;

/// What a type of notifications is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeRules {
    /// What staff call it.
    pub label: &'static str,
    /// What the button is called that sends it.
    pub button: &'static str,
    /// What staff are asked before it is sent.
    pub question: &'static str,
    /// Whether staff send it; else triggers do.
    pub sent_by_staff: bool,
    /// What it does to the meeting's status.
    pub effect: Effect,
    /// Whether its buttons ask for an answer where the config does not say.
    pub asks: bool,
    /// Whether it carries a calendar file: whatever changes a customer's entry does.
    pub calendar: bool,
    /// Whether customers may unsubscribe from it and still get everything else (E5).
    pub unsubscribable: bool,
    /// Whether a template may have several configs for it, named by its triggers.
    pub several_configs: bool,
}

/// What a type does to the status of the meeting it is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The customer was told: `BOOKED`.
    Books,
    /// The customer was asked: `INVITED`.
    Invites,
    /// `INVITED` where it asks for a yes or no, else `BOOKED`.
    BooksOrInvites,
    /// `INVITED` where it asks for a yes or no, else the status stays.
    StaysOrInvites,
    /// The meeting is off: `CANCELLED`. It announces no details and takes no answer.
    CallsOff,
}

impl NotificationType {
    /// What it is like.
    pub const fn rules(self) -> TypeRules {
        match self {
            Self::Confirmation => TypeRules {
                label: "Confirmation",
                button: "Send Confirmation",
                question: "Send the confirmation?",
                sent_by_staff: true,
                effect: Effect::Books,
                asks: false,
                calendar: true,
                unsubscribable: false,
                several_configs: false,
            },
            Self::ConfirmationRequest => TypeRules {
                label: "RSVP request",
                button: "Request RSVP",
                question: "Request an RSVP?",
                sent_by_staff: true,
                effect: Effect::Invites,
                asks: true,
                calendar: true,
                unsubscribable: false,
                several_configs: false,
            },
            Self::Reminder => TypeRules {
                label: "Reminder",
                button: "Send Reminder",
                question: "Send a reminder?",
                sent_by_staff: false,
                effect: Effect::StaysOrInvites,
                asks: false,
                calendar: false,
                unsubscribable: true,
                several_configs: true,
            },
            Self::Update => TypeRules {
                label: "Update",
                button: "Send Update",
                question: "Send the update?",
                sent_by_staff: true,
                effect: Effect::BooksOrInvites,
                asks: false,
                calendar: true,
                unsubscribable: false,
                several_configs: false,
            },
            Self::Cancellation => TypeRules {
                label: "Cancellation",
                button: "Send Cancellation",
                question: "Cancel this meeting?",
                sent_by_staff: true,
                effect: Effect::CallsOff,
                asks: false,
                calendar: true,
                unsubscribable: false,
                several_configs: false,
            },
        }
    }

    /// Whether customers know the meeting's details from it.
    pub fn announces(self) -> bool {
        match self.rules().effect {
            Effect::Books | Effect::Invites | Effect::BooksOrInvites | Effect::StaysOrInvites => {
                true
            }
            Effect::CallsOff => false,
        }
    }

    /// Whether it calls the meeting off, instead of telling its details.
    pub fn calls_off(self) -> bool {
        self.rules().effect == Effect::CallsOff
    }
}
