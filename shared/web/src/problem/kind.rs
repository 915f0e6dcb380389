//! The catalogue of problems: each type, title and status stands here once.

use axum::http::{
    HeaderName, StatusCode,
    header::{RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What kind of problem it is: the stable `type` that programs branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum ProblemKind {
    /// The body is not JSON.
    #[serde(rename = "urn:usher:problem:malformed-json")]
    MalformedJson,
    /// An id, a cursor, a header or a query parameter cannot be read, or something else
    /// stands where the body must have an object; see `errors` then.
    #[serde(rename = "urn:usher:problem:bad-request")]
    BadRequest,
    /// Nobody is signed in.
    #[serde(rename = "urn:usher:problem:unauthenticated")]
    Unauthenticated,
    /// The role does not allow it.
    #[serde(rename = "urn:usher:problem:forbidden")]
    Forbidden,
    /// Another site's page sent it.
    #[serde(rename = "urn:usher:problem:cross-origin")]
    CrossOrigin,
    /// There is no such thing.
    #[serde(rename = "urn:usher:problem:not-found")]
    NotFound,
    /// The address exists, but not for this method.
    #[serde(rename = "urn:usher:problem:method-not-allowed")]
    MethodNotAllowed,
    /// The state of things forbids it; `reason` says why to programs.
    #[serde(rename = "urn:usher:problem:refused")]
    Refused,
    /// The same idempotency key is being worked on.
    #[serde(rename = "urn:usher:problem:in-progress")]
    InProgress,
    /// `If-Match` or `If-None-Match` does not hold.
    #[serde(rename = "urn:usher:problem:stale-version")]
    StaleVersion,
    /// The body is larger than the API takes.
    #[serde(rename = "urn:usher:problem:too-large")]
    TooLarge,
    /// The body is not declared as JSON.
    #[serde(rename = "urn:usher:problem:unsupported-media-type")]
    UnsupportedMediaType,
    /// The JSON is well-formed but its content cannot be accepted; see `errors`.
    #[serde(rename = "urn:usher:problem:invalid")]
    Invalid,
    /// The idempotency key was used before with another body.
    #[serde(rename = "urn:usher:problem:key-reused")]
    KeyReused,
    /// It wants `confirm: true`; `would` says what would happen.
    #[serde(rename = "urn:usher:problem:needs-confirmation")]
    NeedsConfirmation,
    /// The store does not answer; the same request may be repeated.
    #[serde(rename = "urn:usher:problem:unavailable")]
    Unavailable,
    /// What is stored there cannot be read by this version.
    #[serde(rename = "urn:usher:problem:unreadable")]
    Unreadable,
    /// A fault on our side.
    #[serde(rename = "urn:usher:problem:internal")]
    Internal,
}

impl ProblemKind {
    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        self.entry().0
    }

    /// The same few words for every problem of this kind (RFC 9457 §3.1.3).
    pub fn title(self) -> &'static str {
        self.entry().1
    }

    fn entry(self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson => (StatusCode::BAD_REQUEST, "The body is not valid JSON"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "The request cannot be read"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "Sign-in is needed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "The role does not allow this"),
            Self::CrossOrigin => (StatusCode::FORBIDDEN, "Sent from another site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::Refused => (StatusCode::CONFLICT, "Not possible as things stand"),
            Self::InProgress => (StatusCode::CONFLICT, "The same request is in progress"),
            Self::StaleVersion => (StatusCode::PRECONDITION_FAILED, "Changed meanwhile"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be JSON")
            }
            Self::Invalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Fields cannot be accepted",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The idempotency key is taken",
            ),
            Self::NeedsConfirmation => (
                StatusCode::PRECONDITION_REQUIRED,
                "A confirmation is needed",
            ),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Temporarily unavailable"),
            Self::Unreadable => (StatusCode::INTERNAL_SERVER_ERROR, "Stored, but unreadable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "A fault on our side"),
        }
    }

    /// The header that HTTP wants beside this status, when it is always the same.
    pub(super) fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            // RFC 9110 §15.5.2: a 401 must carry a challenge.
            Self::Unauthenticated => Some((WWW_AUTHENTICATE, "Bearer")),
            Self::InProgress => Some((RETRY_AFTER, "1")),
            Self::Unavailable => Some((RETRY_AFTER, "5")),
            _ => None,
        }
    }
}
