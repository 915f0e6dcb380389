//! What staff save of a meeting: what it becomes, what that changed, and what may be a
//! mistake about it.

mod attendees;
mod changes;
mod compose;
mod links;
mod pairing;
mod warnings;

pub use changes::{changes, in_one_text};
pub use compose::{MAX_FOLLOWERS, compose};
pub use links::{revoke_all_links, revoke_links_of};
