//! Decisions: pure functions on records, which say what may be done, why not, and what
//! it changes.

pub mod answer;
pub mod attention;
pub mod reminder;
pub mod reply;
pub mod send;
