//! Authoring: whether a template that somebody writes, or settings that somebody changes,
//! would make a message that cannot be sent.

mod branches;
mod check;
mod lint;
mod outgrown;
mod samples;
mod variables;

pub use lint::{built_in_sms_fits, lint};
pub use outgrown::{built_in_too_long, refuse_outgrown};
pub use variables::variables;
