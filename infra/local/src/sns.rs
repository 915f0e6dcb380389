//! The stand-in for SNS's API: `Publish` to a phone number, and the account's list of
//! opted-out numbers, in the query protocol. It checks what SNS checks and refuses every
//! parameter it does not know. Nobody can publish to a topic here; what a topic
//! delivers comes from `topic`.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;

use crate::clock::LocalClock;
use crate::opt_outs::{NotOptedIn, OptOuts};
use crate::outbox::{Channel, Message, Outbox};
use crate::wire::{AwsError, uuid, xml_text};

/// A publish is capped at this many bytes (Amazon SNS, "SMS sending quotas").
const MAX_MESSAGE: usize = 1_600;
const SENDER_ID: &str = "AWS.SNS.SMS.SenderID";
const ORIGINATION_NUMBER: &str = "AWS.MM.SMS.OriginationNumber";

/// A form as the query protocol sends it.
pub(crate) type Form = BTreeMap<String, String>;

/// Reads a request's form; a repeated parameter is an error.
pub(crate) fn read_form(body: &[u8]) -> Result<Form, AwsError> {
    let mut form = Form::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if form.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(AwsError::client(
                "MalformedQueryString",
                format!("{name} is given twice"),
            ));
        }
    }
    Ok(form)
}

/// What SNS is asked to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Publish,
    ListPhoneNumbersOptedOut,
    OptInPhoneNumber,
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(form: &Form) -> Option<Self> {
        match form.get("Action")?.as_str() {
            "Publish" => Some(Self::Publish),
            "ListPhoneNumbersOptedOut" => Some(Self::ListPhoneNumbersOptedOut),
            "OptInPhoneNumber" => Some(Self::OptInPhoneNumber),
            _ => None,
        }
    }

    /// Its name in the service's model.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Publish => "Publish",
            Self::ListPhoneNumbersOptedOut => "ListPhoneNumbersOptedOut",
            Self::OptInPhoneNumber => "OptInPhoneNumber",
        }
    }
}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Sns {
    pub outbox: Arc<Outbox>,
    pub opt_outs: Arc<OptOuts>,
    pub clock: LocalClock,
}

impl Sns {
    /// Does `operation`; answers with its XML.
    pub(crate) fn perform(&self, operation: Operation, mut form: Form) -> Result<String, AwsError> {
        form.remove("Action");
        if form.remove("Version").as_deref() != Some("2010-03-31") {
            return Err(AwsError::client(
                "NoSuchVersion",
                "the version must be 2010-03-31",
            ));
        }
        let result = match operation {
            Operation::Publish => self.publish(form)?,
            Operation::ListPhoneNumbersOptedOut => self.list_opted_out(form)?,
            Operation::OptInPhoneNumber => self.opt_in(form)?,
        };
        let name = operation.name();
        Ok(format!(
            "<{name}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
             <{name}Result>{result}</{name}Result>\
             <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{name}Response>",
            uuid()
        ))
    }

    /// SNS takes a message to a number that has opted out as it takes any other. Only
    /// the delivery log says later that it was not delivered.
    fn publish(&self, form: Form) -> Result<String, AwsError> {
        let publish = Publish::parse(form)?;
        let message = Message {
            id: uuid(),
            channel: Channel::Sms,
            to: publish.phone_number,
            from: publish
                .attributes
                .get(ORIGINATION_NUMBER)
                .or_else(|| publish.attributes.get(SENDER_ID))
                .cloned(),
            subject: None,
            text: Some(publish.message),
            html: None,
            raw: None,
            at: self.clock.now(),
            attributes: publish.attributes,
        };
        let id = message.id.clone();
        if self.opt_outs.contains(&message.to) {
            tracing::info!(id, "an SMS is not delivered: its receiver has opted out");
        } else {
            self.outbox.accept(message).map_err(internal)?;
        }
        Ok(format!("<MessageId>{id}</MessageId>"))
    }

    /// A page in the order of numbers; the token is the last number of the page before.
    fn list_opted_out(&self, mut form: Form) -> Result<String, AwsError> {
        let after = form.remove("nextToken");
        nothing_else(form)?;
        let (numbers, more) = self.opt_outs.page(after.as_deref());
        let members: String = numbers
            .iter()
            .map(|number| format!("<member>{}</member>", xml_text(number)))
            .collect();
        let next = numbers.last().filter(|_| more);
        let next = next.map(|last| format!("<nextToken>{}</nextToken>", xml_text(last)));
        Ok(format!(
            "<phoneNumbers>{members}</phoneNumbers>{}",
            next.unwrap_or_default()
        ))
    }

    fn opt_in(&self, mut form: Form) -> Result<String, AwsError> {
        let number = form
            .remove("phoneNumber")
            .filter(|number| is_e164(number))
            .ok_or_else(|| invalid("phoneNumber Reason: not a valid E.164 number"))?;
        nothing_else(form)?;
        match self.opt_outs.opt_in(&number, self.clock.now()) {
            Ok(()) => Ok(String::new()),
            Err(NotOptedIn::TooSoon) => Err(AwsError::with_status(
                StatusCode::TOO_MANY_REQUESTS,
                "Throttled",
                "a phone number can be opted in only once every 30 days",
            )),
            Err(NotOptedIn::Disk(error)) => Err(internal(error)),
        }
    }
}

/// Refuses the parameters that are left once the known ones were taken.
fn nothing_else(form: Form) -> Result<(), AwsError> {
    match form.into_keys().next() {
        Some(unknown) => Err(invalid(format!("{unknown} is not known here"))),
        None => Ok(()),
    }
}

#[derive(Debug)]
struct Publish {
    phone_number: String,
    message: String,
    attributes: BTreeMap<String, String>,
}

impl Publish {
    fn parse(mut form: Form) -> Result<Self, AwsError> {
        let phone_number = form.remove("PhoneNumber").ok_or_else(|| {
            invalid("TopicArn or TargetArn Reason: no value for required parameter")
        })?;
        if !is_e164(&phone_number) {
            return Err(invalid("PhoneNumber Reason: not a valid E.164 number"));
        }
        let message = form.remove("Message").unwrap_or_default();
        if message.trim().is_empty() {
            return Err(invalid("Empty message"));
        }
        if message.len() > MAX_MESSAGE {
            return Err(invalid("Message too long"));
        }
        let attributes = take_attributes(&mut form)?;
        nothing_else(form)?;
        Ok(Self {
            phone_number,
            message,
            attributes,
        })
    }
}

fn take_attributes(form: &mut Form) -> Result<BTreeMap<String, String>, AwsError> {
    let mut attributes = BTreeMap::new();
    for index in 1.. {
        let mut take = |part: &str| form.remove(&format!("MessageAttributes.entry.{index}.{part}"));
        let Some(name) = take("Name") else { break };
        let kind = take("Value.DataType").unwrap_or_default();
        let value = take("Value.StringValue").unwrap_or_default();
        if value.is_empty() {
            return Err(attribute_error(
                &name,
                "must contain a non-empty value of its type",
            ));
        }
        check_attribute(&name, &kind, &value)?;
        attributes.insert(name, value);
    }
    Ok(attributes)
}

/// The attributes SNS knows for SMS, each with its type and values.
fn check_attribute(name: &str, kind: &str, value: &str) -> Result<(), AwsError> {
    let (expected, legal) = match name {
        "AWS.SNS.SMS.SMSType" => ("String", matches!(value, "Transactional" | "Promotional")),
        SENDER_ID => ("String", is_sender_id(value)),
        "AWS.SNS.SMS.MaxPrice" => (
            "Number",
            value.parse::<f64>().is_ok_and(|price| price >= 0.0),
        ),
        ORIGINATION_NUMBER => ("String", is_origination_number(value)),
        "AWS.MM.SMS.EntityId" | "AWS.MM.SMS.TemplateId" => ("String", value.len() <= 50),
        _ => return Err(attribute_error(name, "is not known here")),
    };
    if kind != expected {
        return Err(attribute_error(name, format!("must be of type {expected}")));
    }
    if !legal {
        return Err(attribute_error(name, "has a value that is not allowed"));
    }
    Ok(())
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// 5 to 14 digits, with or without a plus (Amazon SNS, "Origination numbers").
fn is_origination_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    (5..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_sender_id(id: &str) -> bool {
    (3..=11).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && id.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn attribute_error(name: &str, reason: impl std::fmt::Display) -> AwsError {
    AwsError::client(
        "ParameterValueInvalid",
        format!("The message attribute '{name}' {reason}"),
    )
}

fn invalid(reason: impl std::fmt::Display) -> AwsError {
    AwsError::client("InvalidParameter", format!("Invalid parameter: {reason}"))
}

fn internal(error: impl std::fmt::Display) -> AwsError {
    AwsError::with_status(
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalError",
        error.to_string(),
    )
}
