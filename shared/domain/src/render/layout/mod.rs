//! The email around the body: the program's own, not to be changed by any text.

mod buttons;
mod email;
mod page;
mod reach;
mod text;
mod when;

pub(super) use email::{FILLER, Layout};
pub(super) use page::page;
pub(super) use reach::{footer, mailto};
