//! Why a body is refused.

use std::fmt;

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// A piece of markup to look for, like `<script`.
    pub(in crate::render) at: String,
    reason: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Refuses a body.
pub(super) fn flaw<T>(at: impl Into<String>, reason: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw {
        at: at.into(),
        reason: reason.into(),
    })
}
