//! The one address that all AWS clients are pointed at. It tells the services apart
//! by their protocols, commits the armed faults, and refuses what no service knows.

mod call;

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header, request};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};
use serde_json::Value;

use crate::dynamo::Dynamo;
use crate::faults::{Faults, OnCall};
use crate::listener::AnswerLost;
use crate::meter::Meter;
use crate::scheduler::Scheduler;
use crate::ses::Ses;
use crate::sns::Sns;
use crate::wire::{AwsError, json_answer, xml_answer};
use call::{Call, Misread};

type Answer = Response<Full<Bytes>>;

/// The stand-ins behind one address.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub faults: Arc<Faults>,
    pub meter: Arc<Meter>,
    pub dynamo: Arc<Dynamo>,
    pub ses: Ses,
    pub sns: Sns,
    pub scheduler: Arc<Scheduler>,
}

impl Endpoint {
    /// Answers one request, or loses its answer.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, AnswerLost> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| AnswerLost)?.to_bytes();
        let call = match Call::read(&parts, &body) {
            Ok(call) => call,
            Err(Misread { service, error }) => return Ok(error.render(service)),
        };
        let service = call.service();
        if !is_signed(&parts) {
            return Ok(missing_token().render(service));
        }
        self.faults.pass().await;
        match self.faults.on_call(service, call.operation(), &body) {
            None => self.perform(call, &parts, body).await,
            Some(OnCall::Refuse) => Ok(AwsError::refusal(service).render(service)),
            Some(OnCall::Throttle) => Ok(AwsError::throttling(service).render(service)),
            Some(OnCall::Stall) => std::future::pending().await,
            Some(OnCall::DropAnswer) => {
                self.perform(call, &parts, body).await?;
                Err(AnswerLost)
            }
        }
    }

    async fn perform(
        &self,
        call: Call,
        parts: &request::Parts,
        body: Bytes,
    ) -> Result<Answer, AnswerLost> {
        let service = call.service();
        let size = body.len();
        let json = |outcome: Result<Value, AwsError>| match outcome {
            Ok(body) => json_answer(StatusCode::OK, &body),
            Err(error) => error.render(service),
        };
        let answer = match call {
            Call::Dynamo(operation) => self.dynamo.forward(&operation, parts, body).await?,
            Call::Ses(operation) => json(self.ses.perform(&operation, &body)),
            Call::Scheduler(operation) => json(self.scheduler.perform(&operation, parts, &body)),
            Call::Sns(operation, form) => match self.sns.perform(operation, form) {
                Ok(document) => xml_answer(StatusCode::OK, &document),
                Err(error) => error.render(service),
            },
        };
        let answered = answer.body().size_hint().exact().unwrap_or_default();
        self.meter.passed(service, size as u64, answered);
        Ok(answer)
    }
}

/// Whether a request is signed at all: a client without credentials fails here as it
/// would fail in the cloud. The signature itself is not checked.
fn is_signed(parts: &request::Parts) -> bool {
    let authorization = parts.headers.get(header::AUTHORIZATION);
    authorization.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "))
}

fn missing_token() -> AwsError {
    AwsError::with_status(
        StatusCode::FORBIDDEN,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
}
