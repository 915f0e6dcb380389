//! Values: what a name, an address, an instant or a language may be.
//!
//! A value is parsed once, where it comes in, and can be nothing else after that. This
//! module imports from no other of the crate.

pub mod actor;
pub mod answer;
pub mod channel;
pub mod contact;
pub(crate) mod error;
pub mod id;
pub mod keywords;
pub mod kind;
pub mod language;
pub mod lease;
pub mod local_time;
pub mod location;
pub mod part;
mod precondition;
pub mod segments;
pub mod text;
pub mod type_rules;
pub mod unread;
pub mod unusable;
pub mod web;
pub(crate) mod wording;

pub use error::{Failure, FieldError, FieldErrors};
pub use precondition::Precondition;
