//! `SendEmail`: what SES checks of a message and its sender before it accepts it.

use http::StatusCode;
use serde_json::{Value, json};

use super::identities::domain;
use super::request::{SendEmail, check_reply_to};
use super::tags::attributes;
use super::{Ses, bad_request, raw, rejected};
use crate::outbox::{Channel, Message, read_mime};
use crate::wire::{AwsError, random_hex};

impl Ses {
    /// Checks the request and accepts its message, which then is in the outbox.
    pub(super) fn send(&self, request: SendEmail) -> Result<Value, AwsError> {
        let raw = raw::decode(&request.content.raw.data)?;
        let seen = read_mime(&raw)
            .ok_or_else(|| rejected("Transaction failed: the message cannot be parsed"))?;
        let attributes = attributes(request.email_tags, request.configuration_set_name)?;
        let from = self.sender(request.from_email_address.as_deref(), &seen.from)?;
        check_reply_to(&request.reply_to_addresses)?;
        let to = request.destination.recipients(seen.recipients)?;
        let id = message_id();
        self.accept(Message {
            id: id.clone(),
            channel: Channel::Email,
            to: to.join(", "),
            from: Some(from),
            subject: seen.subject,
            text: seen.text,
            html: seen.html,
            raw: Some(String::from_utf8_lossy(&raw).into_owned()),
            at: self.clock.now(),
            attributes,
        })?;
        Ok(json!({ "MessageId": id }))
    }

    /// Who the envelope says the message is from: the call, else the headers. All of them
    /// must be verified.
    fn sender(&self, of_call: Option<&str>, headers: &[String]) -> Result<String, AwsError> {
        let mut named = headers.iter().map(String::as_str);
        let from = of_call
            .or_else(|| named.next())
            .ok_or_else(|| bad_request("Missing required header 'From'"))?;
        for address in headers.iter().map(String::as_str).chain([from]) {
            self.require_verified(address)?;
        }
        Ok(from.to_owned())
    }

    fn accept(&self, message: Message) -> Result<(), AwsError> {
        self.outbox.accept(message).map_err(|error| {
            AwsError::with_status(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServiceErrorException",
                error.to_string(),
            )
        })
    }

    fn require_verified(&self, address: &str) -> Result<(), AwsError> {
        let domain = domain(address)
            .ok_or_else(|| bad_request(format!("Invalid sender address: {address:?}")))?;
        if self.identities.verified(domain) {
            return Ok(());
        }
        Err(rejected(format!(
            "Email address is not verified. The following identities failed the check in region US-EAST-1: {domain}"
        )))
    }
}

/// In the shape of SES's ids.
fn message_id() -> String {
    let random = random_hex::<24>();
    format!(
        "0100{}-{}-{}-{}-{}-{}-000000",
        &random[..12],
        &random[12..20],
        &random[20..24],
        &random[24..28],
        &random[28..32],
        &random[32..44]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_those_of_ses() {
        let id = message_id();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [16, 8, 4, 4, 4, 12, 6]);
        assert_ne!(id, message_id());
    }
}
