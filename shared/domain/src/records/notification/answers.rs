//! What came back on a notification.

use chrono::{DateTime, Utc};

use crate::{
    text::Reason,
    values::answer::{Answer, AnswerChannel},
};

/// An answer as it is kept in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerGiven {
    /// What was answered.
    pub answer: Answer,
    /// How it came.
    pub channel: AnswerChannel,
    /// The reason or comment that came with it.
    pub reason: Option<Reason>,
    /// The times that would suit, with a reschedule request.
    pub preferred_times: Option<Reason>,
    /// The revision its giver was shown.
    pub revision: u32,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Whether it no longer applied.
    pub stale: bool,
}
