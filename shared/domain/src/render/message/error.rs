//! Why a message cannot be sent.

use crate::{
    render::{LintError, Part},
    values::unusable::Unusable,
};

/// Why a channel's message cannot be sent, in a sentence for staff.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The text is not of the language, makes forbidden HTML, or comes out too long.
    #[error("The {part} of the config cannot be used: {flaw}")]
    Text {
        /// Which text.
        part: Part,
        /// What is wrong with it.
        flaw: LintError,
    },
    /// Nothing is left of a part that must say something.
    #[error("The {part} comes out empty.")]
    Empty {
        /// Which part.
        part: Part,
    },
    /// The email is too large.
    #[error("The email has {size} bytes of HTML; at most {max} are possible.")]
    EmailTooLarge {
        /// Bytes.
        size: usize,
        /// The most there may be.
        max: usize,
    },
    /// The SMS is too long, even with long values cut.
    #[error(
        "The SMS takes {segments} parts and {bytes} bytes; at most {max} parts and 1600 bytes are possible: shorten its text or allow more parts in the settings."
    )]
    SmsTooLong {
        /// The parts it would take.
        segments: usize,
        /// The bytes it would take.
        bytes: usize,
        /// The most parts the settings allow.
        max: u8,
    },
    /// The SMS costs more than the settings allow.
    #[error("The SMS costs about ${price}; the settings allow ${max}.")]
    SmsTooDear {
        /// What it costs, in US dollars.
        price: f64,
        /// The most it may, in US dollars.
        max: f64,
    },
}

impl RenderError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text_unusable",
            Self::Empty { .. } => "text_empty",
            Self::EmailTooLarge { .. } => "email_too_large",
            Self::SmsTooLong { .. } => "sms_too_long",
            Self::SmsTooDear { .. } => "sms_too_dear",
        }
    }
}

impl From<&RenderError> for Unusable {
    fn from(error: &RenderError) -> Self {
        Self::Unsendable {
            code: error.code(),
            reason: error.to_string(),
        }
    }
}
