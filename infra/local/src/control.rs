//! The stack's own pages and switches: the index, the outbox, the clock, the faults,
//! customers' texts, what is armed and what was given up. Nothing here exists in a
//! deployment.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::{LocalClock, MoveError, parse_duration};
use crate::faults::{Fault, Faults};
use crate::firing::{Distance, Firing, Moves};
use crate::outbox::Outbox;
use crate::outbox_page;
use crate::scheduler::Scheduler;
use crate::topic::{Text, Topic};

/// Styles are the pages' own; images of a mail may come from anywhere, as in a mail
/// program; no script runs.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; \
    frame-src 'self'; form-action 'none'; base-uri 'self'; frame-ancestors 'none'";

/// The parts of a stack that can be looked at and switched.
#[derive(Debug)]
pub(crate) struct Control {
    /// `http://127.0.0.1:<port>`.
    pub url: String,
    pub outbox: Arc<Outbox>,
    pub clock: LocalClock,
    pub faults: Arc<Faults>,
    pub scheduler: Arc<Scheduler>,
    pub firing: Arc<Firing>,
    pub moves: Moves,
    pub topic: Arc<Topic>,
}

/// What `POST /_local/clock` takes: one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    Now(DateTime<Utc>),
    Advance(String),
}

impl Control {
    /// Answers a request for `/` or under `/_local/`.
    pub(crate) async fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let reads = *request.method() == Method::GET || *request.method() == Method::HEAD;
        let posts = *request.method() == Method::POST;
        match path {
            "/" if reads => html(outbox_page::index(self.clock.now(), &self.url)),
            "/_local/outbox" if reads => match outbox_page::outbox(self.outbox.messages()) {
                Ok(page) => html(page),
                Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            },
            "/_local/outbox.json" if reads => {
                json_response(StatusCode::OK, &json!(self.outbox.messages()))
            }
            "/_local/clock" if reads => {
                json_response(StatusCode::OK, &json!({ "now": self.clock.now() }))
            }
            "/_local/clock" if posts => self.move_clock(request.body()).await,
            "/_local/faults" if reads => {
                json_response(StatusCode::OK, &json!({ "armed": self.faults.armed() }))
            }
            "/_local/faults" if posts => self.arm(request.body()),
            "/_local/sms" if posts => self.deliver(request.body()).await,
            "/_local/schedules" if reads => {
                json_response(StatusCode::OK, &json!(self.scheduler.armed()))
            }
            "/_local/dead-letters" if reads => {
                json_response(StatusCode::OK, &json!(self.firing.dead_letters()))
            }
            "/_local/outbox"
            | "/_local/outbox.json"
            | "/_local/schedules"
            | "/_local/dead-letters"
            | "/_local/clock"
            | "/_local/faults"
            | "/_local/sms" => problem(
                StatusCode::METHOD_NOT_ALLOWED,
                "this address does not take that method",
            ),
            _ if reads => self
                .raw_mail(path)
                .unwrap_or_else(|| problem(StatusCode::NOT_FOUND, "there is nothing here")),
            _ => problem(StatusCode::NOT_FOUND, "there is nothing here"),
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

    /// `/_local/outbox/<id>.eml`: the MIME message, to open in a mail program.
    fn raw_mail(&self, path: &str) -> Option<Response<Bytes>> {
        let id = path.strip_prefix("/_local/outbox/")?.strip_suffix(".eml")?;
        let raw = self.outbox.find(id)?.raw?;
        Some(typed(StatusCode::OK, "message/rfc822", raw.into()))
    }
}

/// An error of the stack's own, as a problem document (RFC 9457).
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response<Bytes> {
    let body =
        json!({ "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail });
    typed(status, "application/problem+json", body.to_string().into())
}

fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    typed(status, "application/json", body.to_string().into())
}

fn html(page: String) -> Response<Bytes> {
    let mut response = typed(StatusCode::OK, "text/html; charset=utf-8", page.into());
    let policy = HeaderValue::from_static(PAGE_POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn typed(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
