//! Addresses that nothing is sent to, because of what came back from them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_domain::{
    Failure, FieldErrors, dealt_with::DealtWith, local_time::rfc3339,
    suppression::AddressSuppression,
};
use utoipa::ToSchema;

use crate::{attention::DealtWithView, word};

/// An address that nothing is sent to, or was not until somebody lifted that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuppressionView {
    /// The address.
    pub address: String,
    /// Why.
    pub cause: word::SuppressionCause,
    /// When that happened (RFC 3339, UTC).
    pub at: String,
    /// What the receiver's side said of it.
    pub detail: Option<String>,
    /// The notification that it happened to.
    pub notification_id: Option<String>,
    /// Who has lifted it, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted: Option<DealtWithView>,
}

impl From<&AddressSuppression> for SuppressionView {
    fn from(suppression: &AddressSuppression) -> Self {
        Self {
            address: suppression.address.to_string(),
            cause: suppression.cause.into(),
            at: rfc3339(suppression.at),
            detail: suppression.detail.clone(),
            notification_id: suppression.notification.as_ref().map(ToString::to_string),
            lifted: suppression.lifted.as_ref().map(DealtWithView::from),
        }
    }
}

/// Every address that nothing is sent to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionList {
    /// In alphabetical order.
    pub suppressions: Vec<SuppressionView>,
    /// How many are stored but cannot be read: 0 as a rule. Nothing is sent to them, either.
    pub unreadable: usize,
}

/// Why an address may be written to again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// How you know that its owner can be written to, for colleagues to read; 1,000
    /// characters at most.
    pub reason: String,
}

impl Lift {
    /// It, said by the member of staff of this name at `now`.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when there is no reason, or it is too long or has control
    /// characters.
    pub fn by(&self, name: &str, now: DateTime<Utc>) -> Result<DealtWith, Failure> {
        if self.reason.trim().is_empty() {
            let mut errors = FieldErrors::default();
            errors.add(
                "/reason",
                "must say how you know that its owner can be written to",
            );
            return Err(errors.into_failure());
        }
        DealtWith::new(name, Some(&self.reason), now)
    }
}
