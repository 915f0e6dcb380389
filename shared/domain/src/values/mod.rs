//! Values: what a name, an address, an instant or a language may be.
//!
//! A value is parsed once, where it comes in, and can be nothing else after that. This
//! module imports from no other of the crate.

pub mod contact;
pub(crate) mod error;
pub mod id;
pub mod language;
pub mod local_time;
mod precondition;
pub mod text;
pub mod web;

pub use error::{Failure, FieldError, FieldErrors};
pub use precondition::Precondition;
