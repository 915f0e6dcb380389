//! What the gateway answers itself, before or instead of a function.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// An answer of the gateway's own.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: &'static str,
}

impl Refusal {
    pub(super) const HEAD_TOO_LARGE: Self = Self {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        message: "Request Header Fields Too Large",
    };
    pub(crate) const BODY_TOO_LARGE: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        message: "Request Entity Too Large",
    };
    pub(super) const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        message: "Not Found",
    };
    pub(super) const UNAUTHORIZED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        message: "Unauthorized",
    };
    pub(super) const TOO_SLOW: Self = Self {
        status: StatusCode::SERVICE_UNAVAILABLE,
        message: "Service Unavailable",
    };
    pub(super) const FAILED: Self = Self {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        message: "Internal Server Error",
    };

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let body = json!({ "message": self.message }).to_string();
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status;
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
