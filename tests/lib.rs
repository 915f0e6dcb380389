//! A town to tell stories in: Usher on one machine, and what its people do.
//!
//! Every step goes through the front door: an HTTP request that becomes an API
//! Gateway payload, the deployed handlers, the AWS SDK, a socket. Time stands
//! still until a story moves it, and what is due on the way happens then. A story
//! that leaves a message unread, a schedule armed or a failed invocation unseen
//! fails: nothing may happen that it did not expect.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

mod form;
mod reply;
mod town;

pub use form::SentForm;
pub use reply::Reply;
pub use town::{Town, claims, meeting, now};

/// How much of something a story has: `usual`, or what the environment variable says.
/// `.ci/long` runs the stories with as much as a business may have.
pub fn as_many_as(variable: &str, usual: usize) -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "how large a story is decides nothing in it"
    )]
    let asked = std::env::var(variable).ok();
    asked.map_or(usual, |asked| asked.parse().expect("a number"))
}
