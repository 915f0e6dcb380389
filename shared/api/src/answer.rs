//! Answers that staff take on the telephone.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::word;

/// An answer taken by staff.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffAnswer {
    /// Whose answer it is.
    pub attendee_id: String,
    /// What they answered.
    pub answer: word::Answer,
    /// The reason or comment.
    #[serde(default)]
    pub reason: Option<String>,
}
