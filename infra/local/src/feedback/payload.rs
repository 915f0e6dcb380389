//! Reports as the providers write them: SES guide, "Contents of event data that Amazon SES
//! publishes to Amazon SNS"; SNS guide, "Viewing CloudWatch metrics and logs for SMS
//! deliveries"; Logs guide, "Log group-level subscription filters".

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};

use super::FeedbackEvent;
use crate::outbox::Message;
use crate::topic::sns_event;
use crate::wire::uuid;

/// The group that receipts of failures stand in; the others' name is its beginning.
pub(super) const LOG_GROUP: &str = "sns/us-east-1/123456789012/DirectPublishToPhoneNumber";

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An event of SES on an email; none of what is not SES's to say.
pub(super) fn email_event(
    topic: &str,
    message: &Message,
    event: FeedbackEvent,
    now: DateTime<Utc>,
) -> Option<Value> {
    let (kind, field, details) = details(message, event, now)?;
    let mut document = json!({ "eventType": kind, "mail": mail(message) });
    document[field] = details;
    let subject = Some("Amazon SES Email Event Notification");
    Some(sns_event(
        topic,
        subject,
        &uuid(),
        &document.to_string(),
        now,
    ))
}

fn mail(message: &Message) -> Value {
    let tag = |(name, value): (&String, &String)| (name.clone(), json!([value]));
    let tags: Map<_, _> = message.attributes.iter().map(tag).collect();
    json!({
        "timestamp": written(message.at),
        "source": message.from,
        "sendingAccountId": "123456789012",
        "messageId": message.id,
        "destination": message.to.split(", ").collect::<Vec<_>>(),
        "headersTruncated": false,
        "commonHeaders": { "subject": message.subject, "messageId": message.id },
        "tags": tags,
    })
}

/// The name of an event, and what it says in which field.
fn details(
    message: &Message,
    event: FeedbackEvent,
    now: DateTime<Utc>,
) -> Option<(&'static str, &'static str, Value)> {
    let at = written(now);
    let bounce = |kind: &str, sub_type: &str, said: Option<&str>| {
        json!({
            "feedbackId": uuid(), "bounceType": kind, "bounceSubType": sub_type,
            "bouncedRecipients": [{ "emailAddress": message.to, "diagnosticCode": said }],
            "timestamp": at,
        })
    };
    Some(match event {
        FeedbackEvent::Send => ("Send", "send", json!({})),
        FeedbackEvent::Delivery => (
            "Delivery",
            "delivery",
            json!({
                "timestamp": at, "processingTimeMillis": 546,
                "recipients": [message.to], "smtpResponse": "250 2.6.0 Message received",
            }),
        ),
        FeedbackEvent::Bounce => {
            let said = Some("smtp; 550 5.1.1 user unknown");
            ("Bounce", "bounce", bounce("Permanent", "General", said))
        }
        FeedbackEvent::SuppressedBounce => {
            let details = bounce("Permanent", "OnAccountSuppressionList", None);
            ("Bounce", "bounce", details)
        }
        FeedbackEvent::OutOfOffice => ("Bounce", "bounce", bounce("Transient", "General", None)),
        FeedbackEvent::Complaint => (
            "Complaint",
            "complaint",
            json!({
                "feedbackId": uuid(), "complaintFeedbackType": "abuse", "timestamp": at,
                "complainedRecipients": [{ "emailAddress": message.to }],
            }),
        ),
        FeedbackEvent::Reject => ("Reject", "reject", json!({ "reason": "Bad content" })),
        FeedbackEvent::RenderingFailure => {
            let details = json!({ "errorMessage": "an attribute is missing" });
            ("Rendering Failure", "failure", details)
        }
        FeedbackEvent::DeliveryDelay => (
            "DeliveryDelay",
            "deliveryDelay",
            json!({
                "timestamp": at, "delayType": "MailboxFull",
                "delayedRecipients": [{ "emailAddress": message.to }],
            }),
        ),
        FeedbackEvent::Subscription => (
            "Subscription",
            "subscription",
            json!({ "timestamp": at, "source": "UnsubscribeHeader" }),
        ),
        FeedbackEvent::CarrierDelivery => return None,
    })
}

/// A receipt of an SMS; none of what is not SNS's to say.
pub(super) fn receipt_event(
    message: &Message,
    event: FeedbackEvent,
    now: DateTime<Utc>,
) -> Option<Value> {
    let (status, said, group) = match event {
        FeedbackEvent::CarrierDelivery => {
            ("SUCCESS", "Message has been accepted by phone carrier", "")
        }
        FeedbackEvent::Delivery => ("SUCCESS", "Message has been accepted by phone", ""),
        FeedbackEvent::Bounce => ("FAILURE", "Invalid phone number", "/Failure"),
        _ => return None,
    };
    let dwelled = (now - message.at).max(TimeDelta::zero()).num_milliseconds();
    let receipt = json!({
        "notification": {
            "messageId": message.id,
            "timestamp": message.at.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        },
        "delivery": {
            "phoneCarrier": "Example Mobile", "mnc": 270, "mcc": 310,
            "numberOfMessageParts": 1, "destination": message.to, "priceInUSD": 0.00645,
            "smsType": "Transactional", "providerResponse": said, "dwellTimeMs": dwelled,
        },
        "status": status,
    });
    let batch = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012",
        "logGroup": format!("{LOG_GROUP}{group}"), "logStream": uuid(),
        "subscriptionFilters": ["receipts"],
        "logEvents": [{
            "id": "39000000000000000000000000000000000000000000000000000000",
            "timestamp": now.timestamp_millis(), "message": receipt.to_string(),
        }],
    });
    Some(json!({ "awslogs": { "data": packed(&batch.to_string()) } }))
}

/// As CloudWatch Logs packs what it hands over.
fn packed(text: &str) -> String {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = packing.write_all(text.as_bytes());
    STANDARD.encode(packing.finish().unwrap_or_default())
}
