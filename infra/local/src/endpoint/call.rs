//! Which service a request means, and what it is to do: they are told apart by their
//! protocols.

use bytes::Bytes;
use http::{HeaderName, Method, StatusCode, header, request};

use crate::dynamo;
use crate::faults::Service;
use crate::scheduler;
use crate::ses;
use crate::sns::{self, Form};
use crate::wire::AwsError;

/// A call that a stand-in understands.
#[derive(Debug)]
pub(super) enum Call {
    Dynamo(String),
    Ses(ses::Operation),
    Sns(sns::Operation, Form),
    Scheduler(scheduler::Operation),
}

impl Call {
    pub(super) fn service(&self) -> Service {
        match self {
            Self::Dynamo(_) => Service::Dynamodb,
            Self::Ses(_) => Service::Ses,
            Self::Sns(..) => Service::Sns,
            Self::Scheduler(_) => Service::Scheduler,
        }
    }

    pub(super) fn operation(&self) -> &str {
        match self {
            Self::Dynamo(operation) => operation,
            Self::Ses(operation) => operation.name(),
            Self::Sns(operation, _) => operation.name(),
            Self::Scheduler(operation) => operation.name(),
        }
    }

    /// Which service is meant and what it is to do.
    pub(super) fn read(parts: &request::Parts, body: &Bytes) -> Result<Self, Misread> {
        let target = text(parts, HeaderName::from_static("x-amz-target"));
        let path = parts.uri.path();
        if let Some(operation) = target.and_then(|target| target.strip_prefix(dynamo::TARGET)) {
            return Ok(Self::Dynamo(operation.to_owned()));
        }
        if path.starts_with("/v2/email/") {
            let operation = ses::Operation::of(parts).map(Self::Ses);
            let unknown = || unknown(Service::Ses, "SES does not do this here");
            return operation.ok_or_else(unknown);
        }
        if path == "/schedules" || path.starts_with("/schedules/") {
            let operation = scheduler::Operation::of(parts).map(Self::Scheduler);
            let unknown = || unknown(Service::Scheduler, "Scheduler does not do this here");
            return operation.ok_or_else(unknown);
        }
        if parts.method == Method::POST && path == "/" && is_form(parts) {
            return Self::read_form(body).map_err(|error| Misread {
                service: Service::Sns,
                error,
            });
        }
        let message = "no service that is stood in for speaks like this";
        Err(Misread {
            service: Service::Dynamodb,
            error: AwsError::client("UnknownOperationException", message),
        })
    }

    fn read_form(body: &Bytes) -> Result<Self, AwsError> {
        let form = sns::read_form(body)?;
        match sns::Operation::of(&form) {
            Some(operation) => Ok(Self::Sns(operation, form)),
            None => Err(AwsError::client(
                "InvalidAction",
                "SNS does not do this here",
            )),
        }
    }
}

/// Why a call is not understood, and the service whose words say so.
#[derive(Debug)]
pub(super) struct Misread {
    pub(super) service: Service,
    pub(super) error: AwsError,
}

fn unknown(service: Service, message: &str) -> Misread {
    let status = StatusCode::NOT_FOUND;
    let error = AwsError::with_status(status, "UnknownOperationException", message);
    Misread { service, error }
}

fn is_form(parts: &request::Parts) -> bool {
    text(parts, header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn text(parts: &request::Parts, name: HeaderName) -> Option<&str> {
    parts.headers.get(name)?.to_str().ok()
}
