//! Decisions: pure functions on records, which say what may be done, why not, and what
//! it changes.

pub mod attention;
pub mod edit;
pub mod failover;
pub mod feedback;
pub mod reach;
pub mod remind;
pub mod reply;
pub mod respond;
pub mod roll_up;
pub mod send;
