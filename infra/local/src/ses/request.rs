//! A `SendEmail` request: its fields, and what SES checks of each by itself.

use serde::Deserialize;

use super::bad_request;
use super::identities::domain;
use super::tags::Tag;
use crate::wire::AwsError;

/// SES quota: 50 recipients a message.
const MAX_RECIPIENTS: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SendEmail {
    pub(super) from_email_address: Option<String>,
    #[serde(default)]
    pub(super) destination: Destination,
    pub(super) content: Content,
    #[serde(default)]
    pub(super) reply_to_addresses: Vec<String>,
    #[serde(default)]
    pub(super) email_tags: Vec<Tag>,
    pub(super) configuration_set_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(super) struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Content {
    pub(super) raw: RawMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RawMessage {
    pub(super) data: String,
}

/// Refuses an address to reply to that is not one.
pub(super) fn check_reply_to(addresses: &[String]) -> Result<(), AwsError> {
    match addresses.iter().find(|address| domain(address).is_none()) {
        Some(bad) => Err(bad_request(format!("Invalid reply-to address: {bad:?}"))),
        None => Ok(()),
    }
}

impl Destination {
    /// The envelope's recipients: those of the call, else those of the headers.
    pub(super) fn recipients(self, headers: Vec<String>) -> Result<Vec<String>, AwsError> {
        let Self {
            to_addresses: mut all,
            cc_addresses,
            bcc_addresses,
        } = self;
        all.extend(cc_addresses);
        all.extend(bcc_addresses);
        if all.is_empty() {
            all = headers;
        }
        if all.is_empty() {
            return Err(bad_request("No recipients were given"));
        }
        if all.len() > MAX_RECIPIENTS {
            return Err(bad_request(format!(
                "Recipient count exceeds {MAX_RECIPIENTS}"
            )));
        }
        match all.iter().find(|address| domain(address).is_none()) {
            Some(bad) => Err(bad_request(format!("Invalid recipient address: {bad:?}"))),
            None => Ok(all),
        }
    }
}
