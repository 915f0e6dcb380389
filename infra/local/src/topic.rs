//! The topic of customers' texts: AWS End User Messaging publishes each text there as a
//! JSON string, and SNS hands it to Lambda for every function that subscribed.
//!
//! Which number publishes to which topic is set at the number, not in the template; so
//! the topic's logical id stands here.

use std::io;
use std::sync::Arc;

use anyhow::ensure;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::LocalClock;
use crate::firing::{Call, Firing, Source};
use crate::template::Template;
use crate::wire::uuid;

/// Logical id of the topic in the template.
const TOPIC: &str = "InboundSmsTopic";
/// A number has one keyword unless others were registered for it: this one, which every
/// text comes with, whatever its first word is.
const KEYWORD: &str = "KEYWORD_123456789012";

const SIGNING_CERT: &str =
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-local.pem";
/// The address that ends a subscription, up to the subscription's ARN.
const UNSUBSCRIBE: &str =
    "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=";

/// A text that a customer sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The customer's number. It is passed on as it is, like the others: what may be in
    /// it is the function's to say.
    pub from: String,
    /// Our number.
    pub to: String,
    /// What the customer wrote.
    pub body: String,
    /// Id of the message that the customer answers, if the provider can tell.
    pub previous_message_id: Option<String>,
}

/// The ids under which a text was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboundIds {
    /// The text's own, which stays the same however often it is published.
    pub inbound_message_id: String,
    /// That of SNS, which stays the same however often it is handed over.
    pub message_id: String,
}

impl InboundIds {
    fn new() -> Self {
        Self {
            inbound_message_id: uuid(),
            message_id: uuid(),
        }
    }
}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Topic {
    /// Names of the functions that subscribed.
    subscribers: Vec<String>,
    clock: LocalClock,
    firing: Arc<Firing>,
}

impl Topic {
    /// # Errors
    /// The template subscribes no function to the topic: a text would reach nobody.
    pub(crate) fn open(
        template: &Template,
        clock: LocalClock,
        firing: Arc<Firing>,
    ) -> anyhow::Result<Self> {
        let subscribers = template.subscribers(TOPIC);
        ensure!(
            !subscribers.is_empty(),
            "no function has an SNS event of the topic {TOPIC}"
        );
        Ok(Self {
            subscribers,
            clock,
            firing,
        })
    }

    /// Delivers a text to every subscriber, and waits until each has been run once.
    ///
    /// # Errors
    /// What waits could not be kept on disk.
    pub(crate) async fn publish(&self, text: &Text) -> io::Result<InboundIds> {
        let ids = InboundIds::new();
        let now = self.clock.now();
        let call = |function: &String| Call {
            source: Source::Topic(TOPIC.to_owned()),
            function: function.clone(),
            input: event(text, &ids, now),
        };
        let calls = self.subscribers.iter().map(call).collect();
        self.firing.deliver(calls).await?;
        Ok(ids)
    }

    /// The event that a function would be given of a text, under ids of its own.
    pub(crate) fn event(&self, text: &Text) -> Value {
        event(text, &InboundIds::new(), self.clock.now())
    }
}

/// The event of a text: the message of the "two-way SMS message payload".
fn event(text: &Text, ids: &InboundIds, now: DateTime<Utc>) -> Value {
    let message = message(text, ids).to_string();
    sns_event(TOPIC, None, &ids.message_id, &message, now)
}

/// What Lambda gives a function ("Using Lambda with Amazon SNS") of a message to a topic.
pub(crate) fn sns_event(
    topic: &str,
    subject: Option<&str>,
    message_id: &str,
    message: &str,
    now: DateTime<Utc>,
) -> Value {
    let topic = format!("arn:aws:sns:us-east-1:123456789012:{topic}");
    let subscription = format!("{topic}:21be56ed-a058-49f5-8c98-aedd2564c486");
    json!({
        "Records": [{
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription,
            "EventSource": "aws:sns",
            "Sns": {
                "Type": "Notification",
                "MessageId": message_id,
                "TopicArn": topic,
                "Subject": subject,
                "Message": message,
                "Timestamp": now.to_rfc3339_opts(SecondsFormat::Millis, true),
                "SignatureVersion": "1",
                // Only HTTP endpoints have to check one; Lambda vouches for its caller.
                "Signature": "EXAMPLE",
                "SigningCertUrl": SIGNING_CERT,
                "UnsubscribeUrl": format!("{UNSUBSCRIBE}{subscription}"),
                "MessageAttributes": {},
            },
        }],
    })
}

fn message(text: &Text, ids: &InboundIds) -> Value {
    let mut message = json!({
        "originationNumber": text.from,
        "destinationNumber": text.to,
        "messageKeyword": KEYWORD,
        "messageBody": text.body,
        "inboundMessageId": ids.inbound_message_id,
    });
    if let Some(previous) = &text.previous_message_id {
        message["previousPublishedMessageId"] = previous.as_str().into();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        Text {
            from: "+12025550123".into(),
            to: "+12065550100".into(),
            body: "1 \"please\" 👍\n".into(),
            previous_message_id: None,
        }
    }

    fn ids() -> InboundIds {
        InboundIds {
            inbound_message_id: "in-1".into(),
            message_id: "sns-1".into(),
        }
    }

    fn now() -> DateTime<Utc> {
        "2026-01-15T14:00:00.25Z".parse().unwrap()
    }

    #[test]
    fn a_text_becomes_one_record_whose_message_is_a_string() {
        let mut event = event(&text(), &ids(), now());
        let record = event["Records"][0].take();
        assert_eq!(event["Records"].as_array().unwrap().len(), 1);
        assert_eq!(record["EventVersion"], "1.0");
        assert_eq!(record["EventSource"], "aws:sns");
        let sns = &record["Sns"];
        assert_eq!(sns["Type"], "Notification");
        assert_eq!(sns["MessageId"], "sns-1");
        assert_eq!(sns["Timestamp"], "2026-01-15T14:00:00.250Z");
        assert_eq!(sns["SignatureVersion"], "1");
        assert_eq!(sns["MessageAttributes"], json!({}));
        assert!(sns.as_object().unwrap()["Subject"].is_null());
        let topic = sns["TopicArn"].as_str().unwrap();
        let subscription = record["EventSubscriptionArn"].as_str().unwrap();
        assert!(topic.starts_with("arn:aws:sns:") && subscription.starts_with(topic));
        for url in ["SigningCertUrl", "UnsubscribeUrl"] {
            let url = sns[url].as_str().unwrap();
            assert!(url.starts_with("https://sns.us-east-1.amazonaws.com/"));
        }
        let message: Value = serde_json::from_str(sns["Message"].as_str().unwrap()).unwrap();
        assert_eq!(
            message,
            json!({
                "originationNumber": "+12025550123",
                "destinationNumber": "+12065550100",
                "messageKeyword": "KEYWORD_123456789012",
                "messageBody": "1 \"please\" 👍\n",
                "inboundMessageId": "in-1",
            })
        );
    }

    #[test]
    fn the_message_that_is_answered_is_named_only_if_it_is_known() {
        let answer = Text {
            previous_message_id: Some("sent-1".into()),
            ..text()
        };
        assert_eq!(
            message(&answer, &ids())["previousPublishedMessageId"],
            "sent-1"
        );
    }

    #[test]
    fn every_text_has_ids_of_its_own() {
        let (one, two) = (InboundIds::new(), InboundIds::new());
        assert_ne!(one.inbound_message_id, two.inbound_message_id);
        assert_ne!(one.message_id, two.message_id);
        assert_ne!(one.message_id, one.inbound_message_id);
    }

    #[test]
    fn a_text_is_read_strictly() {
        let read = |json: &str| serde_json::from_str::<Text>(json);
        let whole = r#"{"from":"a","to":"b","body":"","previous_message_id":"c"}"#;
        assert_eq!(
            read(whole).unwrap().previous_message_id.as_deref(),
            Some("c")
        );
        assert!(read(r#"{"from":"a","to":"b","body":""}"#).is_ok());
        for wrong in [
            r#"{"from":"a","to":"b"}"#,
            r#"{"from":"a","to":"b","body":1}"#,
            r#"{"from":"a","to":"b","body":"","previous":"c"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
