//! Addresses and numbers that nothing is sent to, and why.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_domain::{
    Failure, FieldError, FieldErrors,
    channel::Channel,
    dealt_with::DealtWith,
    local_time::rfc3339,
    opt_out::{OptOut, OptOutSource},
    suppression::{AddressSuppression, SuppressionCause},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    attention::DealtWithView,
    word::{self, Vocabulary},
};

/// An address or a number that nothing is sent to, or was not until somebody lifted that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuppressionView {
    /// The email address, or the phone number in E.164.
    pub address: String,
    /// What is not sent there: emails or SMS.
    pub channel: word::Channel,
    /// Why.
    pub cause: SuppressionReason,
    /// Whether it waits for somebody to confirm it (`PUT`) or to lift it (`DELETE`): a number whose
    /// owner seems to have written that they want no more texts.
    pub held: bool,
    /// When that happened (RFC 3339, UTC).
    pub at: String,
    /// What the receiver's side said of it; of a number, what its owner wrote.
    pub detail: Option<String>,
    /// The notification that it happened to.
    pub notification_id: Option<String>,
    /// Who of the staff has opted it out or confirmed it, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<DealtWithView>,
    /// Who has lifted it, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted: Option<DealtWithView>,
}

/// Why nothing is sent to an address or to a number. Described as one list of words: some stand
/// for both, so that a reader could not tell which of two lists one is of.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum SuppressionReason {
    /// Of an email address.
    Address(word::SuppressionCause),
    /// Of a phone number.
    Number(word::OptOutSource),
}

impl PartialSchema for SuppressionReason {
    fn schema() -> RefOr<Schema> {
        let of_addresses = SuppressionCause::words();
        let of_numbers = OptOutSource::words();
        let of_numbers_alone = of_numbers
            .iter()
            .filter(|word| !of_addresses.contains(word));
        let words = of_addresses.iter().chain(of_numbers_alone);
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Why nothing is sent to an address or to a number."))
            .enum_values(Some(words.copied()));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for SuppressionReason {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SuppressionReason")
    }
}

impl From<&AddressSuppression> for SuppressionView {
    fn from(suppression: &AddressSuppression) -> Self {
        Self {
            address: suppression.address.to_string(),
            channel: Channel::Email.into(),
            cause: SuppressionReason::Address(suppression.cause.into()),
            held: false,
            at: rfc3339(suppression.at),
            detail: suppression.detail.clone(),
            notification_id: suppression.notification.as_ref().map(ToString::to_string),
            by: suppression.by.as_ref().map(DealtWithView::from),
            lifted: suppression.lifted.as_ref().map(DealtWithView::from),
        }
    }
}

impl From<&OptOut> for SuppressionView {
    fn from(opt_out: &OptOut) -> Self {
        Self {
            address: opt_out.number.to_string(),
            channel: Channel::Sms.into(),
            cause: SuppressionReason::Number(opt_out.source.into()),
            held: opt_out.is_held(),
            at: rfc3339(opt_out.at),
            detail: opt_out.words.clone(),
            notification_id: None,
            by: opt_out.by.as_ref().map(DealtWithView::from),
            lifted: opt_out.lifted.as_ref().map(DealtWithView::from),
        }
    }
}

/// Every address and number that nothing is sent to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionList {
    /// Numbers first, those before all others that are held until somebody decides; then email
    /// addresses in alphabetical order.
    pub suppressions: Vec<SuppressionView>,
    /// How many are stored but cannot be read: 0 as a rule. Nothing is sent to them, either.
    pub unreadable: usize,
}

/// Why nothing is to be sent to an address or a number any more, or why it may be again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionRequest {
    /// How you know what its owner wishes, or that they can be written to, for colleagues to
    /// read; 1,000 characters at most.
    pub reason: String,
}

impl SuppressionRequest {
    /// It, said by the member of staff of this name at `now`.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when there is no reason, or it is too long or has control
    /// characters.
    pub fn by(&self, name: &str, now: DateTime<Utc>) -> Result<DealtWith, Failure> {
        if self.reason.trim().is_empty() {
            let mut errors = FieldErrors::default();
            errors.add("/reason", "must say how you know what its owner wishes");
            return Err(errors.into_failure());
        }
        let of_reason = |failure| match failure {
            Failure::Invalid(errors) => Failure::Invalid(
                errors
                    .into_iter()
                    .map(|error| FieldError {
                        pointer: "/reason".to_owned(),
                        ..error
                    })
                    .collect(),
            ),
            other => other,
        };
        DealtWith::new(name, Some(&self.reason), now).map_err(of_reason)
    }
}
