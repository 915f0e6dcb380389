//! Answers: what a customer says to a meeting, and whether it still applies.
//!
//! An answer applies only to the revision its giver was shown (L5). Whether it
//! applies is decided here, from the meeting as it is at that moment; an answer
//! that no longer applies is kept in the log as stale and changes nothing.

mod entry;
mod incoming;
mod limits;
mod open;
mod take;

#[cfg(test)]
mod tests;

pub use incoming::{AnswerOutcome, Incoming};
pub use limits::{MAX_NOTICES, NOTICES_WINDOW, changed_too_often, is_news};
pub use open::{Closed, open_until};
pub use take::take;
