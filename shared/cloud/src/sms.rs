//! SMS, through SNS `Publish` to a phone number.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sns::{
    Client,
    error::{BuildError, ProvideErrorMetadata as _},
    types::MessageAttributeValue,
};
use usher_domain::{
    contact::PhoneNumber,
    notification::NotDelivered,
    settings::{SenderId, SmsSettings},
};

use crate::{
    Config,
    provider::{Attempt, deliver, not_called, read_error, single_attempt, timeouts},
};

/// SNS.
#[derive(Debug, Clone)]
pub struct Texter {
    client: Client,
}

/// One SMS, ready to go.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The receiver.
    pub to: PhoneNumber,
    /// The text, at most 1,600 bytes.
    pub text: String,
    /// Origination number, sender id and price cap.
    pub settings: SmsSettings,
}

impl Texter {
    /// SNS, over the shared SDK configuration.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let conf = aws_sdk_sns::config::Builder::from(sdk)
            .retry_config(single_attempt())
            .timeout_config(timeouts(config))
            .build();
        Self {
            client: Client::from_conf(conf),
        }
    }

    /// Sends one SMS, with a single call that SNS did not throttle.
    ///
    /// # Errors
    /// [`NotDelivered`]: certainly not accepted, or in doubt.
    #[tracing::instrument(name = "sns.publish", skip_all)]
    pub async fn send(&self, sms: &Sms) -> Result<String, NotDelivered> {
        deliver(|| self.attempt(sms)).await
    }

    /// The numbers on the account's own opt-out list.
    ///
    /// # Errors
    /// SNS's error code when it does not tell.
    pub async fn opted_out(&self) -> Result<Vec<PhoneNumber>, String> {
        let mut numbers = Vec::new();
        let mut next = None;
        loop {
            let call = self.client.list_phone_numbers_opted_out();
            let page = call
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| error.code().unwrap_or("no answer").to_owned())?;
            let listed = page.phone_numbers.unwrap_or_default();
            // What is no number we could text needs no note.
            numbers.extend(listed.into_iter().filter_map(|text| text.try_into().ok()));
            next = page.next_token;
            if next.is_none() {
                return Ok(numbers);
            }
        }
    }

    /// Takes a number off the account's own opt-out list; AWS allows it once in 30
    /// days. Returns whether that was done.
    pub async fn opt_in(&self, number: &PhoneNumber) -> bool {
        let call = self.client.opt_in_phone_number();
        let done = call.phone_number(number.as_str()).send().await;
        done.inspect_err(|error| {
            let code = error.code().unwrap_or("no answer");
            tracing::warn!(code, "SNS did not opt a number in");
        })
        .is_ok()
    }

    async fn attempt(&self, sms: &Sms) -> Attempt {
        let Ok(attributes) = attributes(&sms.settings) else {
            return not_called("SNS");
        };
        let call = self
            .client
            .publish()
            .phone_number(sms.to.as_str())
            .message(&sms.text)
            .set_message_attributes(Some(attributes));
        match call.send().await {
            Ok(answer) => match answer.message_id {
                Some(id) => Attempt::Accepted(id),
                None => Attempt::Not(NotDelivered::Doubtful(
                    "SNS answered without a message id.".to_owned(),
                )),
            },
            Err(error) => read_error("SNS", &error),
        }
    }
}

/// The attributes SNS knows for SMS ("Publishing to a mobile phone"): without
/// `SMSType` a message counts as promotional, and without `OriginationNumber`
/// replies may go elsewhere.
fn attributes(
    settings: &SmsSettings,
) -> Result<HashMap<String, MessageAttributeValue>, BuildError> {
    let number = settings.origination_number.as_ref();
    let sender = settings.sender_id.as_ref();
    let price = settings.max_price_usd.map(|price| price.to_string());
    [
        ("AWS.SNS.SMS.SMSType", "String", Some("Transactional")),
        (
            "AWS.MM.SMS.OriginationNumber",
            "String",
            number.map(PhoneNumber::as_str),
        ),
        (
            "AWS.SNS.SMS.SenderID",
            "String",
            sender.map(SenderId::as_str),
        ),
        ("AWS.SNS.SMS.MaxPrice", "Number", price.as_deref()),
    ]
    .into_iter()
    .filter_map(|(name, kind, value)| Some((name, kind, value?)))
    .map(|(name, kind, value)| Ok((name.to_owned(), attribute(kind, value)?)))
    .collect()
}

fn attribute(kind: &str, value: &str) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(value)
        .build()
}
