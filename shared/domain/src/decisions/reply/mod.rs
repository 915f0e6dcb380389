//! What customers text back: an answer, a wish to get no more texts, or something to read.
//!
//! Only a text of one word that is a code is an answer (S3), and only to a
//! question that it can be told apart by (S5). Nothing here guesses.

mod entries;
mod matching;
mod nearly;
mod revocation;

#[cfg(test)]
mod tests;

use crate::{
    records::sms::{Conversation, Prompt},
    values::keywords::{Said, read},
};
pub use entries::{
    nearly_entry, opt_in_entry, opt_out_entry, remark_entry, revocation_entry, unclear_entry,
};
pub use matching::{Candidate, QuestionState, Questions, Reading, asked_by, interpret, questions};
pub use revocation::revokes_consent;
