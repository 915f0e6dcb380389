//! What a writer says about the version it means to replace (RFC 9110 §13.1).

use crate::Failure;

/// The condition of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// No condition: the caller owns the record and replaces whatever is there.
    None,
    /// `If-Match: *`: there must be one.
    Exists,
    /// `If-Match: "n"`: it must be this version.
    Version(u64),
    /// `If-None-Match: *`: there must be none.
    Absent,
}

impl Precondition {
    /// Holds the condition against the stored version.
    ///
    /// # Errors
    /// [`Failure::StaleVersion`] when it does not hold.
    pub fn check(self, current: Option<u64>) -> Result<(), Failure> {
        let holds = match self {
            Self::None => true,
            Self::Exists => current.is_some(),
            Self::Version(version) => current == Some(version),
            Self::Absent => current.is_none(),
        };
        if holds {
            Ok(())
        } else {
            Err(Failure::StaleVersion { current })
        }
    }
}
