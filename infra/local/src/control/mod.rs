//! The stack's own pages and switches: the index, the outbox, the clock, the faults,
//! customers' texts, what providers report, what is armed and what was given up. Nothing here exists in a
//! deployment.

mod response;
mod switches;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::clock::LocalClock;
use crate::faults::Faults;
use crate::feedback::Feedback;
use crate::firing::{Firing, Moves};
use crate::outbox::Outbox;
use crate::outbox_page;
use crate::scheduler::Scheduler;
use crate::topic::Topic;
pub(crate) use response::problem;
use response::{html, json_response, typed};
use switches::SWITCHES;

/// What is to be seen, apart from the index and single mails.
const PAGES: [&str; 6] = [
    "/_local/outbox",
    "/_local/outbox.json",
    "/_local/clock",
    "/_local/faults",
    "/_local/schedules",
    "/_local/dead-letters",
];
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
    pub feedback: Arc<Feedback>,
}

impl Control {
    /// Answers a request for `/` or under `/_local/`.
    pub(crate) async fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let answer = match *request.method() {
            Method::GET | Method::HEAD => self.show(path),
            Method::POST => self.switch(path, request.body()).await,
            _ => None,
        };
        answer.unwrap_or_else(|| {
            if PAGES.contains(&path) || SWITCHES.contains(&path) {
                problem(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "this address does not take that method",
                )
            } else {
                problem(StatusCode::NOT_FOUND, "there is nothing here")
            }
        })
    }

    /// What is to be seen at `path`, if anything is.
    fn show(&self, path: &str) -> Option<Response<Bytes>> {
        let document = match path {
            "/" => return Some(html(outbox_page::index(self.clock.now(), &self.url))),
            "/_local/outbox" => return Some(self.show_outbox()),
            "/_local/outbox.json" => json!(self.outbox.messages()),
            "/_local/clock" => json!({ "now": self.clock.now() }),
            "/_local/faults" => json!({ "armed": self.faults.armed() }),
            "/_local/schedules" => json!(self.scheduler.armed()),
            "/_local/dead-letters" => json!(self.firing.dead_letters()),
            _ => return self.raw_mail(path),
        };
        Some(json_response(StatusCode::OK, &document))
    }

    fn show_outbox(&self) -> Response<Bytes> {
        match outbox_page::outbox(self.outbox.messages()) {
            Ok(page) => html(page),
            Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// `/_local/outbox/<id>.eml`: the MIME message, to open in a mail program.
    fn raw_mail(&self, path: &str) -> Option<Response<Bytes>> {
        let id = path.strip_prefix("/_local/outbox/")?.strip_suffix(".eml")?;
        let raw = self.outbox.find(id)?.raw?;
        Some(typed(StatusCode::OK, "message/rfc822", raw.into()))
    }
}
