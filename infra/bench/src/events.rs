//! The events that functions are called with: those of `events/`, about the stage's meetings.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::stage::MeetingId;

macro_rules! event {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../events/", $name)))
            .expect("the events are JSON, which a story says")
    };
}

/// Staff confirm a meeting, under a key of its own.
pub fn confirmation(meeting: &MeetingId) -> Value {
    let mut event = event!("apigw-send-notification.json");
    let path = format!("/v1/meetings/{meeting}/notifications");
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["path"] = json!(path);
    event["pathParameters"]["id"] = json!(meeting.to_string());
    event["headers"]["idempotency-key"] = json!(format!("bench-{meeting}"));
    event["body"] = json!(json!({"type": "confirmation"}).to_string());
    event
}

/// A customer opens the link with this token.
pub fn landing_get(token: &str) -> Value {
    let mut event = event!("apigw-landing-get.json");
    event["rawQueryString"] = json!(format!("token={token}"));
    event["queryStringParameters"] = json!({ "token": token });
    event
}

/// A customer accepts on the page behind the link with this token.
pub fn landing_post(token: &str) -> Value {
    let mut event = event!("apigw-landing-respond.json");
    let form = format!("token={token}&revision=1&action=accept");
    event["headers"]["content-length"] = json!(form.len().to_string());
    event["body"] = json!(STANDARD.encode(form));
    event
}

/// Scheduler calls for the sweep.
pub fn sweep() -> Value {
    event!("scheduler-sweep.json")
}

/// Staff look at the newest of the log.
pub fn log() -> Value {
    let mut event = event!("apigw-console-list.json");
    event["rawQueryString"] = json!("");
    event["queryStringParameters"] = json!({});
    event
}

/// SES reports at this time that a message came back which nobody knows.
pub fn report(now: DateTime<Utc>) -> Value {
    let mut event = event!("sns-ses-bounce.json");
    let message = &mut event["Records"][0]["Sns"]["Message"];
    let mut report: Value = serde_json::from_str(message.as_str().unwrap_or_default())
        .expect("the message is JSON, which a story says");
    for said in ["mail", "bounce"] {
        report[said]["timestamp"] = json!(now.to_rfc3339());
    }
    *message = json!(report.to_string());
    event
}
