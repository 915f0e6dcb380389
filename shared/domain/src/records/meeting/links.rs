//! Which links still open a meeting.
//!
//! A link is found by its token alone, so nobody can list those of an attendee. Links
//! therefore come in generations: each carries the one that was current when it was made,
//! and to revoke links is to begin another generation and to shut out those before it.

/// The generations of a meeting's links.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkGenerations {
    /// The one that links are made of now.
    pub current: u32,
    /// The oldest one that opens the meeting; for an attendee it may be a later one.
    pub oldest: u32,
}
