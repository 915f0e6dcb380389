//! What staff must look at, and until when it matters to them.
//!
//! Something needs attention as long as somebody can be told of the meeting it is about;
//! from then on it stands in the log only. A reminder that was missed needs it until
//! somebody has dealt with it, however late.

mod meeting;
mod next_step;
mod notification;
mod texts;

pub use meeting::MeetingConcern;

#[cfg(test)]
mod tests;
