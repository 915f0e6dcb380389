//! What needed attention and was dealt with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_domain::{Failure, dealt_with::DealtWith, local_time::rfc3339};
use utoipa::ToSchema;

/// That somebody has dealt with something, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealtWithView {
    /// Their name.
    pub by: String,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// What they did, in their own words.
    pub note: Option<String>,
}

impl From<&DealtWith> for DealtWithView {
    fn from(dealt: &DealtWith) -> Self {
        Self {
            by: dealt.by.clone(),
            at: rfc3339(dealt.at),
            note: dealt.note.as_ref().map(ToString::to_string),
        }
    }
}

/// How somebody has dealt with something that needed attention.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// What was done, for colleagues to read; 1,000 characters at most.
    #[serde(default)]
    pub note: Option<String>,
}

impl Dismissal {
    /// It, said by the member of staff of this name at `now`.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the note is too long or has control characters.
    pub fn by(&self, name: &str, now: DateTime<Utc>) -> Result<DealtWith, Failure> {
        DealtWith::new(name, self.note.as_deref(), now)
    }
}
