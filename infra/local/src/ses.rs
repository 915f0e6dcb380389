//! The stand-in for SES v2: `SendEmail` with Raw content, and `GetEmailIdentity`.
//! It checks what SES checks and refuses every field it does not know.
//!
//! Here every domain is a verified identity except those under `.invalid`, which
//! RFC 6761 reserves as names that cannot exist, and those that were taken back since.
//! No single address is registered, as in an account that has verified domains only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, StatusCode, request};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::LocalClock;
use crate::outbox::{Channel, Message, Outbox, read_mime};
use crate::wire::{AwsError, random_hex};

/// SES quotas: 40 MB a message after base64, 50 recipients, 50 tags of 256 characters.
const MAX_ENCODED: usize = 40 * 1024 * 1024;
const MAX_RECIPIENTS: usize = 50;
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 256;
/// RFC 5321 §4.5.3.1.6: a line with its CRLF is at most 1,000 octets.
const MAX_LINE: usize = 998;

/// What SES is asked to do.
#[derive(Debug)]
pub(crate) enum Operation {
    SendEmail,
    GetEmailIdentity(String),
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(parts: &request::Parts) -> Option<Self> {
        let path = parts.uri.path();
        if parts.method == Method::POST && path == "/v2/email/outbound-emails" {
            return Some(Self::SendEmail);
        }
        let identity = path.strip_prefix("/v2/email/identities/")?;
        (parts.method == Method::GET && !identity.contains('/')).then(|| {
            Self::GetEmailIdentity(
                percent_decode_str(identity)
                    .decode_utf8_lossy()
                    .into_owned(),
            )
        })
    }

    /// Its name in the service's model.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SendEmail => "SendEmail",
            Self::GetEmailIdentity(_) => "GetEmailIdentity",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Content {
    raw: RawMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawMessage {
    data: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Tag {
    name: String,
    value: String,
}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Ses {
    pub outbox: Arc<Outbox>,
    pub clock: LocalClock,
    pub identities: Arc<Identities>,
}

/// What SES lets its account send from.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    taken_back: Mutex<Vec<String>>,
}

impl Identities {
    /// A domain's records are gone from DNS: neither it nor a domain above is an
    /// identity any longer.
    pub(crate) fn take_back(&self, domain: &str) {
        self.taken_back().push(domain.to_ascii_lowercase());
    }

    fn verified(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        let above = format!(".{domain}");
        let gone = |taken: &String| *taken == domain || taken.ends_with(&above);
        domain.contains('.')
            && domain.rsplit('.').next() != Some("invalid")
            && !self.taken_back().iter().any(gone)
    }

    fn taken_back(&self) -> MutexGuard<'_, Vec<String>> {
        self.taken_back
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ses {
    /// Does `operation`; answers with its JSON.
    pub(crate) fn perform(&self, operation: &Operation, body: &Bytes) -> Result<Value, AwsError> {
        match operation {
            Operation::GetEmailIdentity(identity) => self.get_identity(identity),
            Operation::SendEmail => {
                let request: SendEmail = serde_json::from_slice(body).map_err(bad_request)?;
                self.send(request)
            }
        }
    }

    fn send(&self, request: SendEmail) -> Result<Value, AwsError> {
        if request.content.raw.data.len() > MAX_ENCODED {
            return Err(rejected("Message length is more than 41943040 bytes long"));
        }
        let raw = STANDARD
            .decode(&request.content.raw.data)
            .map_err(bad_request)?;
        if raw
            .split(|byte| *byte == b'\n')
            .any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > MAX_LINE)
        {
            return Err(rejected(
                "Transaction failed: a line is longer than 1000 characters",
            ));
        }
        let seen = read_mime(&raw)
            .ok_or_else(|| rejected("Transaction failed: the message cannot be parsed"))?;
        let attributes = attributes(request.email_tags, request.configuration_set_name)?;
        let from = request
            .from_email_address
            .or_else(|| seen.from.first().cloned())
            .ok_or_else(|| bad_request("Missing required header 'From'"))?;
        for address in seen.from.iter().map(String::as_str).chain([from.as_str()]) {
            self.require_verified(address)?;
        }
        if let Some(bad) = request
            .reply_to_addresses
            .iter()
            .find(|address| domain(address).is_none())
        {
            return Err(bad_request(format!("Invalid reply-to address: {bad:?}")));
        }
        let to = recipients(request.destination, seen.recipients)?;
        let message = Message {
            id: message_id(),
            channel: Channel::Email,
            to: to.join(", "),
            from: Some(from),
            subject: seen.subject,
            text: seen.text,
            html: seen.html,
            raw: Some(String::from_utf8_lossy(&raw).into_owned()),
            at: self.clock.now(),
            attributes,
        };
        let id = message.id.clone();
        self.outbox.accept(message).map_err(|error| {
            AwsError::with_status(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServiceErrorException",
                error.to_string(),
            )
        })?;
        Ok(json!({ "MessageId": id }))
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

/// The tags as SES events show them, which name the configuration set among them.
fn attributes(tags: Vec<Tag>, set: Option<String>) -> Result<BTreeMap<String, String>, AwsError> {
    if tags.len() > MAX_TAGS {
        return Err(bad_request(format!("at most {MAX_TAGS} tags are allowed")));
    }
    let legal = |text: &str| {
        (1..=MAX_TAG).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    let mut attributes = BTreeMap::new();
    for Tag { name, value } in tags {
        if !legal(&name) || !legal(&value) {
            return Err(bad_request(format!(
                "Invalid tag: {name:?} must consist of 1 to {MAX_TAG} of A-Z a-z 0-9 _ -, and so must its value"
            )));
        }
        if attributes.insert(name.clone(), value).is_some() {
            return Err(bad_request(format!("Duplicate tag name: {name}")));
        }
    }
    if let Some(set) = set {
        attributes.insert("ses:configuration-set".to_owned(), set);
    }
    Ok(attributes)
}

/// The envelope's recipients: those of the call, else those of the headers.
fn recipients(destination: Destination, headers: Vec<String>) -> Result<Vec<String>, AwsError> {
    let Destination {
        to_addresses: mut all,
        cc_addresses,
        bcc_addresses,
    } = destination;
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

/// The domain of one address, bare or as `Name <address>`; `None` if it is not one.
fn domain(address: &str) -> Option<&str> {
    if address.chars().any(char::is_control) {
        return None;
    }
    let bare = match address.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>')?,
        None => address.trim(),
    };
    let (local, domain) = bare.rsplit_once('@')?;
    let illegal = |c: char| c.is_whitespace() || ",;:<>()[]\\".contains(c);
    let legal = !local.is_empty() && !domain.is_empty() && bare.len() <= 320 && bare.is_ascii();
    (legal && !bare.contains(illegal) && !local.contains('@')).then_some(domain)
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

fn bad_request(message: impl ToString) -> AwsError {
    AwsError::client("BadRequestException", message.to_string())
}

fn rejected(message: impl Into<String>) -> AwsError {
    AwsError::client("MessageRejected", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_domain_only_if_it_is_one_address() {
        assert_eq!(domain("a@b.example"), Some("b.example"));
        assert_eq!(domain("Ann Lee <a@b.example>"), Some("b.example"));
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b.example, c@d.example",
            "a@b\r\nBcc: x@y.example",
            "a b@c.example",
            "A <a@b.example",
        ] {
            assert_eq!(domain(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ids_look_like_those_of_ses() {
        let id = message_id();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [16, 8, 4, 4, 4, 12, 6]);
        assert_ne!(id, message_id());
    }
}
