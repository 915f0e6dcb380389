//! What staff save of a meeting: what it becomes, what that changed, and what may be a
//! mistake about it.

mod attendees;
mod changes;
mod compose;
mod pairing;
mod warnings;

pub use changes::{changes, in_one_text};
pub use compose::{MAX_FOLLOWERS, compose};
