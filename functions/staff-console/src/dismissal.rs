//! What somebody says who has dealt with something that needs attention.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use usher_domain::{Failure, attention::DealtWith};
use usher_web::Identity;
use utoipa::ToSchema;

/// How somebody has dealt with something that needed attention.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dismissal {
    /// What was done, for colleagues to read; 1,000 characters at most.
    #[serde(default)]
    pub(crate) note: Option<String>,
}

impl Dismissal {
    /// It, said by `identity` at `now`.
    pub(crate) fn by(&self, identity: &Identity, now: DateTime<Utc>) -> Result<DealtWith, Failure> {
        DealtWith::new(&identity.name, self.note.as_deref(), now)
    }
}
