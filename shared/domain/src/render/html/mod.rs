//! What an email body may be made of: a short list of tags and attributes,
//! properly nested, so that it can neither run anything, nor load anything but
//! images, nor reach out of its place in the layout. And how it reads as plain
//! text.

mod body;
mod flaw;
mod plain;
mod tags;

pub(crate) use body::Body;
pub(crate) use flaw::Flaw;
pub(crate) use tags::{allowed, not_an_address};
