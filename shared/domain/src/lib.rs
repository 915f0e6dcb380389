//! The model of Usher and every decision it makes.
//!
//! Everything here is pure and synchronous: no AWS, no async, no clock, no
//! randomness. `now` and random bits come in as values. Text from outside is
//! parsed into types that cannot hold what must not be ([`text`], [`contact`],
//! [`id`], [`web`]); decisions are functions on values ([`send`],
//! [`answer`], [`reply`], [`reminder`]);
//! [`render`] makes the messages.

pub mod answer;
pub mod attention;
pub mod contact;
mod error;
pub mod id;
pub mod language;
pub mod local_time;
pub mod meeting;
pub mod notification;
mod precondition;
pub mod reminder;
pub mod render;
pub mod reply;
pub mod sample;
pub mod send;
pub mod settings;
pub mod template;
pub mod text;
pub mod timeline;
pub mod token;
pub mod web;

pub use error::{Failure, FieldError, FieldErrors};
pub use precondition::Precondition;
