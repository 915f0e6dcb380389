//! The stand-in for SES v2: `SendEmail` with Raw content, `GetEmailIdentity`,
//! `DeleteSuppressedDestination` and `ListSuppressedDestinations`.
//! It checks what SES checks and refuses every field it does not know.
//!
//! Here every domain is a verified identity except those under `.invalid`, which
//! RFC 6761 reserves as names that cannot exist, and those that were taken back since.
//! No single address is registered, as in an account that has verified domains only.

mod identities;
mod operation;
mod raw;
mod request;
mod send;
mod suppressed;
mod tags;

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use crate::clock::LocalClock;
use crate::outbox::Outbox;
use crate::wire::AwsError;
pub(crate) use identities::Identities;
pub(crate) use operation::Operation;
use request::SendEmail;
pub(crate) use suppressed::Suppressed;

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Ses {
    pub outbox: Arc<Outbox>,
    pub clock: LocalClock,
    pub identities: Arc<Identities>,
    pub suppressed: Arc<Suppressed>,
}

impl Ses {
    /// Does `operation`; answers with its JSON.
    pub(crate) fn perform(&self, operation: &Operation, body: &Bytes) -> Result<Value, AwsError> {
        match operation {
            Operation::GetEmailIdentity(identity) => self.get_identity(identity),
            Operation::DeleteSuppressedDestination(address) => self.lift(address),
            Operation::ListSuppressedDestinations(since) => Ok(self.list(*since)),
            Operation::SendEmail => {
                let request: SendEmail = serde_json::from_slice(body).map_err(bad_request)?;
                self.send(request)
            }
        }
    }

    fn lift(&self, address: &str) -> Result<Value, AwsError> {
        if self.suppressed.remove(address) {
            return Ok(json!({}));
        }
        Err(AwsError::with_status(
            StatusCode::NOT_FOUND,
            "NotFoundException",
            "Email address does not exist on your suppression list.",
        ))
    }

    /// The whole list at once: SES gives a thousand a page, and this one has none.
    fn list(&self, since: Option<DateTime<Utc>>) -> Value {
        let listed = self.suppressed.since(since).into_iter();
        let summary = |(address, at): (String, DateTime<Utc>)| json!({"EmailAddress": address, "Reason": "BOUNCE", "LastUpdateTime": at.timestamp()});
        let summaries: Vec<_> = listed.map(summary).collect();
        json!({"SuppressedDestinationSummaries": summaries})
    }

    fn get_identity(&self, identity: &str) -> Result<Value, AwsError> {
        if identity.contains('@') || !self.identities.verified(identity) {
            return Err(AwsError::with_status(
                StatusCode::NOT_FOUND,
                "NotFoundException",
                format!("Email identity {identity} does not exist."),
            ));
        }
        Ok(json!({
            "IdentityType": "DOMAIN",
            "FeedbackForwardingStatus": true,
            "VerifiedForSendingStatus": true,
            "VerificationStatus": "SUCCESS",
        }))
    }
}

fn bad_request(message: impl ToString) -> AwsError {
    AwsError::client("BadRequestException", message.to_string())
}

fn rejected(message: impl Into<String>) -> AwsError {
    AwsError::client("MessageRejected", message)
}
