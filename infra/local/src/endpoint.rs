//! The one address that all AWS clients are pointed at. It tells the services apart
//! by their protocols, commits the armed faults, and refuses what no service knows.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header, request};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::Value;

use crate::dynamo::{self, Dynamo};
use crate::faults::{Faults, OnCall, Service};
use crate::listener::AnswerLost;
use crate::scheduler::{self, Scheduler};
use crate::ses::{self, Ses};
use crate::sns::{self, Form, Sns};
use crate::wire::{AwsError, json_answer, xml_answer};

type Answer = Response<Full<Bytes>>;

/// The stand-ins behind one address.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub faults: Arc<Faults>,
    pub dynamo: Arc<Dynamo>,
    pub ses: Ses,
    pub sns: Sns,
    pub scheduler: Arc<Scheduler>,
}

/// A call that a stand-in understands.
#[derive(Debug)]
enum Call {
    Dynamo(String),
    Ses(ses::Operation),
    Sns(sns::Operation, Form),
    Scheduler(scheduler::Operation),
}

impl Call {
    fn service(&self) -> Service {
        match self {
            Self::Dynamo(_) => Service::Dynamodb,
            Self::Ses(_) => Service::Ses,
            Self::Sns(..) => Service::Sns,
            Self::Scheduler(_) => Service::Scheduler,
        }
    }

    fn operation(&self) -> &str {
        match self {
            Self::Dynamo(operation) => operation,
            Self::Ses(operation) => operation.name(),
            Self::Sns(operation, _) => operation.name(),
            Self::Scheduler(operation) => operation.name(),
        }
    }

    /// Which service is meant and what it is to do.
    fn read(parts: &request::Parts, body: &Bytes) -> Result<Self, (Service, AwsError)> {
        let text = |name: header::HeaderName| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let target = text(header::HeaderName::from_static("x-amz-target"));
        let path = parts.uri.path();
        if let Some(operation) = target.and_then(|target| target.strip_prefix(dynamo::TARGET)) {
            return Ok(Self::Dynamo(operation.to_owned()));
        }
        if path.starts_with("/v2/email/") {
            let unknown = || {
                (
                    Service::Ses,
                    AwsError::with_status(
                        StatusCode::NOT_FOUND,
                        "UnknownOperationException",
                        "SES does not do this here",
                    ),
                )
            };
            return ses::Operation::of(parts).map(Self::Ses).ok_or_else(unknown);
        }
        if path == "/schedules" || path.starts_with("/schedules/") {
            let unknown = || {
                (
                    Service::Scheduler,
                    AwsError::with_status(
                        StatusCode::NOT_FOUND,
                        "UnknownOperationException",
                        "Scheduler does not do this here",
                    ),
                )
            };
            return scheduler::Operation::of(parts)
                .map(Self::Scheduler)
                .ok_or_else(unknown);
        }
        let is_form = text(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if parts.method == Method::POST && path == "/" && is_form {
            let form = sns::read_form(body).map_err(|error| (Service::Sns, error))?;
            return match sns::Operation::of(&form) {
                Some(operation) => Ok(Self::Sns(operation, form)),
                None => Err((
                    Service::Sns,
                    AwsError::client("InvalidAction", "SNS does not do this here"),
                )),
            };
        }
        let message = "no service that is stood in for speaks like this";
        Err((
            Service::Dynamodb,
            AwsError::client("UnknownOperationException", message),
        ))
    }
}

impl Endpoint {
    /// Answers one request, or loses its answer.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, AnswerLost> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| AnswerLost)?.to_bytes();
        let call = match Call::read(&parts, &body) {
            Ok(call) => call,
            Err((service, error)) => return Ok(error.render(service)),
        };
        let service = call.service();
        if !is_signed(&parts) {
            let message = "Missing Authentication Token";
            let error = AwsError::with_status(
                StatusCode::FORBIDDEN,
                "MissingAuthenticationTokenException",
                message,
            );
            return Ok(error.render(service));
        }
        match self.faults.on_call(service, call.operation()) {
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
        let json = |outcome: Result<Value, AwsError>| match outcome {
            Ok(body) => json_answer(StatusCode::OK, &body),
            Err(error) => error.render(service),
        };
        Ok(match call {
            Call::Dynamo(operation) => self.dynamo.forward(&operation, parts, body).await?,
            Call::Ses(operation) => json(self.ses.perform(&operation, &body)),
            Call::Scheduler(operation) => json(self.scheduler.perform(&operation, parts, &body)),
            Call::Sns(operation, form) => match self.sns.perform(operation, form) {
                Ok(document) => xml_answer(StatusCode::OK, &document),
                Err(error) => error.render(service),
            },
        })
    }
}

/// Whether a request is signed at all: a client without credentials fails here as it
/// would fail in the cloud. The signature itself is not checked.
fn is_signed(parts: &request::Parts) -> bool {
    let authorization = parts.headers.get(header::AUTHORIZATION);
    authorization.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "))
}
