//! The links of an email, as its row knows them.

use crate::{id::TemplateId, token::TokenHash};

/// The links of one attempt to send an email: all of them have one token. Whom it speaks for,
/// where it was sent and which answers it offers, the row says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLink {
    /// The hash of their token.
    pub token: TokenHash,
    /// Whether a decline is asked for its reason.
    pub ask_decline_reason: bool,
    /// The generation of the meeting's links that they are of.
    pub generation: u32,
    /// The meeting's template when they were sent.
    pub template_id: Option<TemplateId>,
    /// How many choices to end or resume reminders were listed for their holder.
    pub choices: u32,
}
