//! What can be done to a stack from outside: moving the clock, arming a fault, texting
//! as a customer, reporting as a provider.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::Control;
use super::response::{json_response, problem};
use crate::clock::{MoveError, parse_duration};
use crate::faults::Fault;
use crate::feedback::{FeedbackEvent, NoSuchMessage};
use crate::firing::Distance;
use crate::topic::Text;

/// The addresses of the switches.
pub(super) const SWITCHES: [&str; 4] = [
    "/_local/clock",
    "/_local/faults",
    "/_local/sms",
    "/_local/feedback",
];

/// What `POST /_local/feedback` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Feedback {
    /// The provider's id of a message in the outbox.
    message_id: String,
    /// What becomes of it.
    event: FeedbackEvent,
}

/// What `POST /_local/clock` takes: one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    Now(DateTime<Utc>),
    Advance(String),
}

impl Control {
    /// Does what is asked for at `path`, if anything can be.
    pub(super) async fn switch(&self, path: &str, body: &Bytes) -> Option<Response<Bytes>> {
        match path {
            "/_local/clock" => Some(self.move_clock(body).await),
            "/_local/faults" => Some(self.arm(body)),
            "/_local/sms" => Some(self.deliver(body).await),
            "/_local/feedback" => Some(self.report(body).await),
            _ => None,
        }
    }

    async fn move_clock(&self, body: &Bytes) -> Response<Bytes> {
        let distance = match serde_json::from_slice(body) {
            Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(Move::Now(now)) => Distance::To(now),
            Ok(Move::Advance(text)) => match parse_duration(&text) {
                Some(by) => Distance::By(by),
                None => {
                    return problem(
                        StatusCode::BAD_REQUEST,
                        "`advance` is an ISO 8601 duration such as PT23H or P1DT30M",
                    );
                }
            },
        };
        match self.moves.ask(distance).await {
            Ok(now) => json_response(StatusCode::OK, &json!({ "now": now })),
            Err(error @ (MoveError::Disk(_) | MoveError::Stopped)) => {
                problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
            }
            Err(error @ (MoveError::Backwards | MoveError::TooFar)) => {
                problem(StatusCode::BAD_REQUEST, &error.to_string())
            }
        }
    }

    fn arm(&self, body: &Bytes) -> Response<Bytes> {
        let fault = match serde_json::from_slice::<Fault>(body) {
            Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(fault) => fault,
        };
        match self.faults.arm(fault) {
            Err(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(()) => json_response(StatusCode::OK, &json!({ "armed": self.faults.armed() })),
        }
    }

    /// What a provider reports; answers once the function has been run on it, well or not.
    async fn report(&self, body: &Bytes) -> Response<Bytes> {
        let feedback = match serde_json::from_slice::<Feedback>(body) {
            Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(feedback) => feedback,
        };
        let Feedback { message_id, event } = feedback;
        match self.feedback.report(&message_id, event).await {
            Err(error @ NoSuchMessage::Disk(_)) => {
                problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
            }
            Err(error) => problem(StatusCode::NOT_FOUND, &error.to_string()),
            Ok(()) => json_response(StatusCode::OK, &json!({ "reported": true })),
        }
    }

    /// A customer's text; answers once the function has been run on it, well or not.
    async fn deliver(&self, body: &Bytes) -> Response<Bytes> {
        let text = match serde_json::from_slice::<Text>(body) {
            Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(text) => text,
        };
        match self.topic.publish(&text).await {
            Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            Ok(ids) => json_response(StatusCode::OK, &json!(ids)),
        }
    }
}
