//! Why staff cannot send something, as programs and as people read it.

use crate::Failure;

/// Why a notification is not sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Reminders send themselves.
    ByItself,
    /// Something is being sent right now, and what it changes is not known yet.
    Sending,
    /// The meeting is put away.
    Archived,
    /// The meeting has started.
    Started,
    /// The meeting is cancelled, and has no new time.
    Cancelled,
    /// The meeting is cancelled; at its new time it needs a new confirmation.
    CancelledButMoved,
    /// An update before anything was announced.
    NotAnnounced,
    /// An update that would tell nothing new.
    InSync,
    /// Customers may have been told that the meeting is off, and nobody knows.
    CancellationInDoubt,
}

impl Refusal {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::ByItself => "sent_by_itself",
            Self::Sending => "sending",
            Self::Archived => "archived",
            Self::Started => "started",
            Self::Cancelled => "cancelled",
            Self::CancelledButMoved => "needs_confirmation_first",
            Self::NotAnnounced => "not_announced",
            Self::InSync => "in_sync",
            Self::CancellationInDoubt => "cancellation_in_doubt",
        }
    }

    /// A sentence for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ByItself => {
                "Reminders are sent by themselves, at the times the template's triggers say."
            }
            Self::Sending => {
                "Another notification of this meeting is being sent right now. Try again in a moment."
            }
            Self::Archived => {
                "The meeting is archived, and sends nothing. Take it back from the archive first."
            }
            Self::Started => "The meeting has already started.",
            Self::Cancelled => "The meeting is cancelled. Give it a new time to confirm it anew.",
            Self::CancelledButMoved => {
                "The meeting was cancelled and has a new time: send a new confirmation instead."
            }
            Self::NotAnnounced => {
                "Nobody has been told of this meeting yet. Send a confirmation first."
            }
            Self::InSync => {
                "The customers know the current date, time, duration and place: there is nothing to update."
            }
            Self::CancellationInDoubt => {
                "A cancellation of this meeting may have reached a customer, and nobody knows. Find out and settle it in the log, or cancel the meeting again."
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            code: refusal.code(),
            reason: refusal.reason().to_owned(),
        }
    }
}
