//! An answer that has come, and what it can lead to.

use chrono::{DateTime, Utc};

use super::open::Closed;
use crate::{
    id::AttendeeId,
    notification::AnswerGiven,
    text::Reason,
    values::answer::{Answer, AnswerChannel},
};

/// What an answer led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// It was applied.
    Applied,
    /// It was the answer that stood already; nothing changed.
    Unchanged,
    /// The meeting is not as its giver was shown: nothing was applied.
    Moved,
    /// A later answer of the same attendee came before it: that one stands.
    Overtaken,
    /// No answers are taken any more: nothing was applied.
    Closed(Closed),
}

impl AnswerOutcome {
    /// Whether the answer goes into the log as stale.
    pub fn stale(self) -> bool {
        matches!(self, Self::Moved | Self::Overtaken | Self::Closed(_))
    }
}

/// An answer that has come, before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Who answers.
    pub attendee_id: AttendeeId,
    /// What they answer.
    pub answer: Answer,
    /// The revision they were shown.
    pub revision: u32,
    /// How it came.
    pub channel: AnswerChannel,
    /// The reason or comment that came with it.
    pub reason: Option<Reason>,
    /// The times that would suit, with a reschedule request.
    pub preferred_times: Option<Reason>,
    /// When it was given. Texts may come late and in any order.
    pub given_at: DateTime<Utc>,
}

impl AnswerGiven {
    /// An answer as it goes into the log.
    pub fn of(incoming: &Incoming, stale: bool) -> Self {
        Self {
            answer: incoming.answer,
            channel: incoming.channel,
            reason: incoming.reason.clone(),
            preferred_times: incoming.preferred_times.clone(),
            revision: incoming.revision,
            at: incoming.given_at,
            stale,
        }
    }
}
