//! What customers text: the texts as they came in, the questions they may answer, and
//! what is remembered of the texts with one number.

mod conversation;
mod inbound;
mod prompt;

pub use conversation::{Choice, Conversation, Hearing, MAX_REPLIES, MAX_TEXTS, Texts, WINDOW};
pub use inbound::{Inbound, Numbers, ReceivedText};
pub use prompt::Prompt;

#[cfg(test)]
mod tests;
