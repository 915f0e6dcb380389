//! The AWS account's own opt-out list.

use chrono::{DateTime, Utc};

/// What came of asking for the AWS account's own opt-out list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountList {
    /// When it was last asked for.
    pub at: DateTime<Utc>,
    /// The error code SNS refused it with; none where it was read, or where there is
    /// no SMS that it could matter to.
    pub refused: Option<String>,
}
