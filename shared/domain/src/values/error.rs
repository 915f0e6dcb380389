//! What can go wrong, seen by whoever asked.
//!
//! Every flow fails with a [`Failure`]; `usher-web` turns it into a problem
//! document in one place. A failure never carries an address, a phone number or
//! message text.

/// One field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where: an RFC 6901 JSON pointer into the document that was sent.
    pub pointer: String,
    /// What is wrong and what would be right, in a sentence.
    pub detail: String,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The document is well-formed, but these fields cannot be accepted.
    #[error("{} field(s) cannot be accepted", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such thing.
    #[error("there is no such {what}")]
    NotFound {
        /// "meeting", "template", "notification" or "attendee".
        what: &'static str,
    },
    /// `If-Match` names another version than the current one, or
    /// `If-None-Match: *` met an existing one.
    #[error("the stored version is another one")]
    StaleVersion {
        /// The version that is stored, when there is one.
        current: Option<u64>,
    },
    /// The state of things forbids it.
    #[error("refused: {code}")]
    Refused {
        /// A stable word for programs.
        code: &'static str,
        /// A sentence for people.
        reason: String,
    },
    /// It needs a second, deliberate `confirm: true`.
    #[error("confirmation is needed")]
    NeedsConfirmation {
        /// What would happen, in a sentence.
        would: String,
    },
    /// The `Idempotency-Key` was used before with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The same `Idempotency-Key` is being worked on right now.
    #[error("the same request is in progress")]
    InProgress,
    /// An id, a cursor or a query parameter cannot be read.
    #[error("bad request: {detail}")]
    BadRequest {
        /// What is wrong and what would be right.
        detail: String,
    },
    /// The store cannot be reached or is overloaded. The same request, with the
    /// same idempotency key, may be repeated: nothing is done twice.
    #[error("the store is unavailable")]
    Unavailable,
    /// What is stored cannot be read; the log has its key.
    #[error("what is stored cannot be read")]
    Unreadable,
    /// A bug; its cause is in the log.
    #[error("internal failure")]
    Internal,
}

/// Collects every field error of a document, so that its author mends it in
/// one go.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes one error.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl ToString) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            detail: detail.to_string(),
        });
    }

    /// The value, or `None` with its error noted.
    pub fn keep<T, E: ToString>(
        &mut self,
        pointer: impl Into<String>,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.add(pointer, error)).ok()
    }

    /// Parses an optional text; absent and blank are `None` without an error.
    pub fn optional<T, E: ToString>(
        &mut self,
        pointer: impl Into<String>,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        self.keep(pointer, parse(text))
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything noted, as the failure it is.
    pub fn into_failure(self) -> Failure {
        Failure::Invalid(self.0)
    }

    /// The built value when nothing was noted. `value` is `None` only when
    /// something was.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Failure> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self.into_failure()),
        }
    }
}
