//! How each service words an answer and an error on the wire, so that the SDK reads
//! both as it reads AWS's own.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use rand::RngCore;
use serde_json::{Value, json};

use crate::faults::Service;

/// A refusal in a service's own terms.
#[derive(Debug)]
pub(crate) struct AwsError {
    /// HTTP status.
    pub status: StatusCode,
    /// The error's name in the service's model.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl AwsError {
    /// An error that is the caller's (HTTP 400).
    pub(crate) fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// An error with a status of its own.
    pub(crate) fn with_status(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// What the service says when the caller may not do this.
    pub(crate) fn refusal(service: Service) -> Self {
        let message = "refused by an armed fault";
        match service {
            Service::Ses => Self::client("MessageRejected", message),
            Service::Sns => Self::client("InvalidParameter", message),
            Service::Scheduler => Self::client("ValidationException", message),
            Service::Dynamodb => Self::client("AccessDeniedException", message),
        }
    }

    /// What the service says when it is called too often.
    pub(crate) fn throttling(service: Service) -> Self {
        let message = "throttled by an armed fault";
        let too_many = StatusCode::TOO_MANY_REQUESTS;
        match service {
            Service::Ses => Self::with_status(too_many, "TooManyRequestsException", message),
            Service::Sns => Self::with_status(too_many, "Throttled", message),
            Service::Scheduler => Self::with_status(too_many, "ThrottlingException", message),
            Service::Dynamodb => Self::client("ProvisionedThroughputExceededException", message),
        }
    }

    /// This error, worded as `service` words it.
    pub(crate) fn render(&self, service: Service) -> Response<Full<Bytes>> {
        let mut response = match service {
            Service::Ses | Service::Scheduler => json_answer(
                self.status,
                &json!({ "message": self.message, "Message": self.message }),
            ),
            Service::Sns => xml_answer(self.status, &error_document(self)),
            Service::Dynamodb => json_answer(
                self.status,
                &json!({
                    "__type": format!("com.amazonaws.dynamodb.v20120810#{}", self.code),
                    "message": self.message,
                }),
            ),
        };
        if matches!(service, Service::Ses | Service::Scheduler) {
            response
                .headers_mut()
                .insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        }
        response
    }
}

/// An answer of the JSON protocols.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    answer(status, "application/json", body.to_string().into())
}

/// An answer of the query protocol.
pub(crate) fn xml_answer(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    answer(status, "text/xml", Bytes::copy_from_slice(body.as_bytes()))
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::from_str(&uuid()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn error_document(error: &AwsError) -> String {
    let fault = if error.status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{fault}</Type>\
         <Code>{}</Code><Message>{}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
        error.code,
        xml_text(&error.message),
        uuid()
    )
}

/// A text as it stands in an XML element.
pub(crate) fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// `N` random bytes, in hexadecimal.
pub(crate) fn random_hex<const N: usize>() -> String {
    let mut bytes = [0; N];
    random_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random UUID (RFC 9562, version 4), as SNS and request ids are.
pub(crate) fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    random_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the ids that AWS hands out are not ours to decide"
)]
fn random_bytes(bytes: &mut [u8]) {
    rand::rng().fill_bytes(bytes);
}
