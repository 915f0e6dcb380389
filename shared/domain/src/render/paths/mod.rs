//! Every way that a text can come out: one path for each outcome of its conditions.
//!
//! The linter holds each of them against the rules, so that a branch no sample meeting
//! takes is read like any other. A path is made of what stands there literally and of
//! values, whose content is not known: only which variables they may show. A condition
//! that comes again has the outcome it had before.

mod arguments;
mod condition;
mod no_text;
mod path;
mod shown;

pub(crate) use no_text::no_text;
pub(crate) use path::{Path, Piece, paths};
pub(crate) use shown::{Shown, Source, example, may_fill, shown};
