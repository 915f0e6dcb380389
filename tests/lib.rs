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

/// How much of something a story has: `few`, so that `cargo test` is quick; `many` in
/// `.ci/run`; or what the environment variable says, as much as a business may have in
/// `.ci/long`.
pub fn as_many_as(variable: &str, few: usize, many: usize) -> usize {
    let usual = if are_whole() { many } else { few };
    asked(variable).map_or(usual, |asked| asked.parse().expect("a number"))
}

/// Every so many of the calls that a story tries one after the other; all of them in
/// `.ci/run`.
pub fn some_of<T>(calls: impl Iterator<Item = T>, step: usize) -> impl Iterator<Item = T> {
    calls.step_by(if are_whole() { 1 } else { step })
}

/// Whether stories leave nothing out that takes long.
fn are_whole() -> bool {
    asked("USHER_STORIES").as_deref() == Some("whole")
}

#[expect(
    clippy::disallowed_methods,
    reason = "how large a story is decides nothing in it"
)]
fn asked(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}
