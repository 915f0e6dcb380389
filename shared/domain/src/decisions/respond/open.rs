//! Until when a meeting takes answers, and why it takes none.

use chrono::{DateTime, TimeDelta, Utc};

use crate::meeting::{BookingStatus, Meeting};

/// Why no answer can be taken right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The meeting is cancelled.
    Cancelled,
    /// The meeting may have been cancelled, and nobody knows whether customers were told.
    PerhapsCancelled,
    /// The meeting is put away.
    Archived,
    /// The meeting has started.
    Started,
    /// The template's cutoff before the start has passed.
    CutOff,
}

impl Closed {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::PerhapsCancelled => "cancellation_in_doubt",
            Self::Archived => "archived",
            Self::Started => "started",
            Self::CutOff => "answers_closed",
        }
    }

    /// A sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Cancelled => "This meeting has been cancelled.",
            Self::PerhapsCancelled => {
                "This meeting may have been cancelled. Please call us to be sure."
            }
            Self::Archived => "This meeting is no longer open for answers.",
            Self::Started => "This meeting has already started.",
            Self::CutOff => "Answers to this meeting are closed, because it starts soon.",
        }
    }
}

/// Whether answers can be taken, until when: `Ok` with the instant they close.
///
/// # Errors
/// [`Closed`] with the reason.
pub fn open_until(
    meeting: &Meeting,
    cutoff_minutes: u32,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Closed> {
    let closes = meeting.details.starts_at - TimeDelta::minutes(cutoff_minutes.into());
    if meeting.status == BookingStatus::Cancelled {
        Err(Closed::Cancelled)
    } else if meeting.cancellation_in_doubt() {
        Err(Closed::PerhapsCancelled)
    } else if meeting.archived {
        Err(Closed::Archived)
    } else if meeting.started(now) {
        Err(Closed::Started)
    } else if closes <= now {
        Err(Closed::CutOff)
    } else {
        Ok(closes)
    }
}
