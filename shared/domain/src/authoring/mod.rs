//! Authoring: whether a template that somebody writes, or settings that somebody changes,
//! would make a message that cannot be sent.

mod check;
mod outgrown;

pub use outgrown::{built_in_too_long, refuse_outgrown};
