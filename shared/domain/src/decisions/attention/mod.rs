//! What staff must look at, and until when it matters to them.
//!
//! Something needs attention as long as somebody can be told of the meeting it is about;
//! from then on it stands in the log only.

mod meeting;
mod next_step;
mod notification;
mod texts;

#[cfg(test)]
mod tests;
