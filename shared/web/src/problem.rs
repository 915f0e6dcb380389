//! Problem documents (RFC 9457): every answer of the JSON API that is not a
//! success.
//!
//! The catalogue is [`ProblemKind`]; each type, title and status stands there
//! once. `From<Failure>` is the one place that turns what the domain refuses
//! into HTTP. A problem tells its reader what to do; it never shows a cause
//! from inside the system.

mod kind;

use axum::{
    http::{
        HeaderValue,
        header::{CONTENT_TYPE, ETAG},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use usher_domain::{Failure, FieldError};
use utoipa::ToSchema;

use crate::ETag;
pub use kind::ProblemKind;

/// A problem document. Built by [`Problem::new`], [`Problem::invalid`] or from
/// a [`Failure`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is.
    #[serde(rename = "type")]
    kind: ProblemKind,
    /// The kind in a few words.
    title: &'static str,
    /// The HTTP status, again.
    status: u16,
    /// What is wrong here and what to do, for a person.
    detail: String,
    /// With `invalid`: every field that cannot be accepted. With `bad-request`: where the
    /// body must have an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<InvalidField>,
    /// With `refused`: why, as a stable word for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// With `needs-confirmation`: what would happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    would: Option<Box<str>>,
    /// With `stale-version`: the entity-tag of what is stored, when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    current_etag: Option<ETag>,
}

/// One field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvalidField {
    /// Where: an RFC 6901 JSON pointer into the body.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

impl InvalidField {
    fn sentence(&self) -> String {
        match self.pointer.as_str() {
            "" => format!("The body {}", self.detail),
            pointer => format!("{pointer}: {}", self.detail),
        }
    }
}

impl From<FieldError> for InvalidField {
    fn from(error: FieldError) -> Self {
        Self {
            pointer: error.pointer,
            detail: error.detail,
        }
    }
}

impl Problem {
    /// A problem of this kind; `detail` is a sentence a person can act on.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            reason: None,
            would: None,
            current_etag: None,
        }
    }

    /// Well-formed JSON whose fields cannot be accepted.
    pub fn invalid(errors: Vec<InvalidField>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.sentence(),
            several => format!("{} fields cannot be accepted; see errors.", several.len()),
        };
        Self {
            errors,
            ..Self::new(ProblemKind::Invalid, detail)
        }
    }

    /// Well-formed JSON with something else where an object belongs.
    pub(crate) fn unreadable(error: InvalidField) -> Self {
        Self {
            detail: error.sentence(),
            errors: vec![error],
            ..Self::new(ProblemKind::BadRequest, "")
        }
    }

    /// A fault on our side. Whoever answers with it has logged the cause.
    pub fn internal() -> Self {
        Failure::Internal.into()
    }

    /// What is wrong, for somebody who sees pages and knows no request.
    pub fn spoken(&self) -> &str {
        match self.kind {
            ProblemKind::Unavailable => {
                "The database did not answer. Wait some seconds and try again: nothing is done twice."
            }
            ProblemKind::InProgress => {
                "This is being done right now. Wait some seconds, then look at the meeting."
            }
            _ => self.would.as_deref().unwrap_or(&self.detail),
        }
    }

    /// Every field that cannot be accepted.
    pub fn errors(&self) -> &[InvalidField] {
        &self.errors
    }

    /// What kind it is.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }
}

const KEY_REUSED: &str =
    "This Idempotency-Key was used before with another body. Use a new key for a new request.";
const IN_PROGRESS: &str = "The first request with this Idempotency-Key is still being worked on. \
    Repeat this one in a second to get its outcome.";
const UNAVAILABLE: &str = "A service that this needs did not answer. Repeat the same request, \
    with the same Idempotency-Key if it had one, in a few seconds: nothing is done twice.";
const UNREADABLE: &str = "What is stored here cannot be read by this version; our log says which \
    item it is. Nothing else is affected. A template or the settings are mended by saving them \
    anew.";
const INTERNAL: &str =
    "Something failed on our side. It is in our log; if it happens again, tell us when.";

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        use ProblemKind as Kind;
        match failure {
            Failure::Invalid(errors) => Self::invalid(errors.into_iter().map(Into::into).collect()),
            Failure::NotFound { what } => {
                Self::new(Kind::NotFound, format!("There is no such {what}."))
            }
            Failure::StaleVersion { current } => stale(current),
            Failure::Refused { code, reason } => Self {
                reason: Some(code),
                ..Self::new(Kind::Refused, reason)
            },
            Failure::NeedsConfirmation { would } => unconfirmed(&would),
            Failure::KeyReused => Self::new(Kind::KeyReused, KEY_REUSED),
            Failure::InProgress => Self::new(Kind::InProgress, IN_PROGRESS),
            Failure::BadRequest { detail } => Self::new(Kind::BadRequest, detail),
            Failure::Unavailable => Self::new(Kind::Unavailable, UNAVAILABLE),
            Failure::Unreadable => Self::new(Kind::Unreadable, UNREADABLE),
            Failure::Internal => Self::new(Kind::Internal, INTERNAL),
        }
    }
}

fn unconfirmed(would: &str) -> Problem {
    let detail = format!("{would} Repeat the request with \"confirm\": true to do it.");
    Problem {
        would: Some(would.into()),
        ..Problem::new(ProblemKind::NeedsConfirmation, detail)
    }
}

fn stale(current: Option<u64>) -> Problem {
    let Some(version) = current else {
        return Problem::new(
            ProblemKind::StaleVersion,
            "Nothing stored matches the request's condition. Read it again before you write.",
        );
    };
    let etag = ETag(version);
    let detail = format!(
        "What is stored is at version {etag}, which the request's condition does not allow. \
         Read it again and repeat your change on that."
    );
    Problem {
        current_etag: Some(etag),
        ..Problem::new(ProblemKind::StaleVersion, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Strings, numbers and lists of them: this serialization has no way to fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some((name, value)) = self.kind.header() {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(etag) = self
            .current_etag
            .and_then(|etag| etag.to_string().try_into().ok())
        {
            headers.insert(ETAG, etag);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{
        HeaderName,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    };
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::testing::body;

    #[rstest]
    #[case(Failure::NotFound { what: "meeting" }, 404, "not-found")]
    #[case(Failure::StaleVersion { current: None }, 412, "stale-version")]
    #[case(Failure::KeyReused, 422, "key-reused")]
    #[case(Failure::InProgress, 409, "in-progress")]
    #[case(Failure::BadRequest { detail: "The cursor is damaged.".into() }, 400, "bad-request")]
    #[case(Failure::Unavailable, 503, "unavailable")]
    #[case(Failure::Unreadable, 500, "unreadable")]
    #[case(Failure::Internal, 500, "internal")]
    #[tokio::test]
    async fn a_failure_becomes_the_problem_of_its_kind(
        #[case] failure: Failure,
        #[case] status: u16,
        #[case] slug: &str,
    ) {
        let response = Problem::from(failure).into_response();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let document = body(response).await;
        assert_eq!(document["type"], format!("urn:usher:problem:{slug}"));
        assert_eq!(document["status"], status);
        assert!(
            document["detail"].as_str().unwrap().ends_with('.'),
            "{document}"
        );
    }

    #[tokio::test]
    async fn every_invalid_field_is_listed_with_its_pointer() {
        let fields = ["/title", "/attendees/0/email"].map(|pointer| FieldError {
            pointer: pointer.into(),
            detail: "is wrong".into(),
        });
        let response = Problem::from(Failure::Invalid(fields.into())).into_response();
        assert_eq!(response.status(), 422);
        assert_eq!(
            body(response).await["errors"],
            json!([
                {"pointer": "/title", "detail": "is wrong"},
                {"pointer": "/attendees/0/email", "detail": "is wrong"},
            ])
        );
    }

    #[tokio::test]
    async fn extension_members_stand_only_where_they_belong() {
        let refused = Failure::Refused {
            code: "in_sync",
            reason: "Nothing changed.".into(),
        };
        let refused = body(Problem::from(refused).into_response()).await;
        assert_eq!(
            refused,
            json!({
                "type": "urn:usher:problem:refused", "title": "Not possible as things stand",
                "status": 409, "detail": "Nothing changed.", "reason": "in_sync",
            })
        );
        let would = Failure::NeedsConfirmation {
            would: "This cancels the meeting.".into(),
        };
        let response = Problem::from(would).into_response();
        assert_eq!(response.status(), 428);
        assert_eq!(body(response).await["would"], "This cancels the meeting.");
    }

    #[rstest]
    #[case(Failure::InProgress.into(), RETRY_AFTER, "1")]
    #[case(Failure::Unavailable.into(), RETRY_AFTER, "5")]
    #[case(Failure::StaleVersion { current: Some(4) }.into(), ETAG, "\"4\"")]
    #[case(
        Problem::new(ProblemKind::Unauthenticated, "x"),
        WWW_AUTHENTICATE,
        "Bearer"
    )]
    fn the_headers_that_http_wants_are_there(
        #[case] problem: Problem,
        #[case] name: HeaderName,
        #[case] value: &str,
    ) {
        assert_eq!(problem.into_response().headers()[name], value);
    }
}
