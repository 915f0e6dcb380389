//! JSON bodies: read in two passes, so that "this is not JSON" (400) and "this
//! is JSON that we cannot accept" (422, with a pointer to the field) are never
//! mixed up.
//!
//! The first pass walks the whole text, bounded by serde_json's depth limit of
//! 128, and refuses duplicate keys at every level: two readers of such a text
//! may see two different documents (RFC 8259 §4). The second is [`usher_api::strict`].

use std::{collections::HashSet, fmt};

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use usher_api::strict;

use crate::{BODY_LIMIT, InvalidField, Problem, ProblemKind};

/// A JSON body, read as `T`.
///
/// Answers 415, 413, 400 or 422 as a problem document. Fields that `T` does not have
/// are refused, whatever `T` itself says of them.
#[derive(Debug, Clone)]
pub struct ApiJson<T> {
    /// What the body says.
    pub value: T,
    /// The very bytes that were sent, which an idempotency key is bound to.
    pub raw: Bytes,
}

impl<T, S> FromRequest<S> for ApiJson<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                ProblemKind::UnsupportedMediaType,
                "Send the body as JSON, with the header Content-Type: application/json.",
            ));
        }
        let raw = Bytes::from_request(request, state).await.map_err(unread)?;
        let value = parse(&raw)?;
        Ok(Self { value, raw })
    }
}

/// `application/json` or any `application/…+json`, whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = value
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    essence
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

fn unread(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("A body may have {BODY_LIMIT} bytes at most.");
        Problem::new(ProblemKind::TooLarge, detail)
    } else {
        Problem::new(
            ProblemKind::BadRequest,
            "The body ended early. Send the request again.",
        )
    }
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    let malformed = |detail| Problem::new(ProblemKind::MalformedJson, detail);
    if raw.is_empty() {
        return Err(malformed(
            "The body is empty. Send a JSON document.".to_owned(),
        ));
    }
    let text = std::str::from_utf8(raw).map_err(|error| {
        malformed(format!(
            "The body is not UTF-8 from byte {} on.",
            error.valid_up_to()
        ))
    })?;
    serde_json::from_str::<WellFormed>(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = message(&error);
        malformed(format!(
            "At line {line}, column {column}: {what}. Correct it and send again."
        ))
    })?;
    let document: Value = serde_json::from_str(text).map_err(|error| malformed(message(&error)))?;
    accept(&document)
}

/// A document as a `T`.
///
/// # Errors
/// Which field cannot be accepted, and why.
pub fn accept<T: DeserializeOwned>(document: &Value) -> Result<T, Problem> {
    strict::read(document).map_err(|unfit| {
        let no_object = unfit.no_object;
        let field = InvalidField {
            pointer: unfit.pointer(),
            detail: unfit.detail,
        };
        if no_object {
            Problem::unreadable(field)
        } else {
            Problem::invalid(vec![field])
        }
    })
}

/// serde_json's message without the position it appends.
fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message
        .strip_suffix(&position)
        .unwrap_or(&message)
        .to_owned()
}

/// Any JSON without duplicate keys or NUL characters; keeps nothing of it.
struct WellFormed;

impl<'de> Deserialize<'de> for WellFormed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = WellFormed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<WellFormed, E> {
        Ok(WellFormed)
    }

    fn visit_bool<E>(self, _: bool) -> Result<WellFormed, E> {
        Ok(WellFormed)
    }

    fn visit_i64<E>(self, _: i64) -> Result<WellFormed, E> {
        Ok(WellFormed)
    }

    fn visit_u64<E>(self, _: u64) -> Result<WellFormed, E> {
        Ok(WellFormed)
    }

    fn visit_f64<E>(self, _: f64) -> Result<WellFormed, E> {
        Ok(WellFormed)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<WellFormed, E> {
        if text.contains('\0') {
            return Err(E::custom("a text holds the character NUL (\\u0000)"));
        }
        Ok(WellFormed)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<WellFormed, A::Error> {
        while items.next_element::<WellFormed>()?.is_some() {}
        Ok(WellFormed)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<WellFormed, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            Walk.visit_str::<A::Error>(&key)?;
            if seen.contains(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} stands here twice"
                )));
            }
            seen.insert(key);
            entries.next_value::<WellFormed>()?;
        }
        Ok(WellFormed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::{body::Body, extract::DefaultBodyLimit, response::IntoResponse, routing::post};
    use rstest::rstest;
    use serde_json::json;
    use tower::ServiceExt;

    use super::*;
    use crate::testing::body;

    #[derive(Debug, Deserialize)]
    struct Meeting {
        #[allow(dead_code, reason = "only read by the deserializer")]
        title: String,
        #[serde(default)]
        #[allow(dead_code, reason = "only read by the deserializer")]
        attendees: Vec<Attendee>,
    }

    #[derive(Debug, Deserialize)]
    struct Attendee {
        #[allow(dead_code, reason = "only read by the deserializer")]
        name: String,
        #[serde(default)]
        #[allow(dead_code, reason = "only read by the deserializer")]
        language: Option<Language>,
        #[serde(default, rename = "a/b~c")]
        #[allow(dead_code, reason = "only read by the deserializer")]
        odd: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Language {
        En,
    }

    #[rstest]
    #[case::wrong_type(json!({"title": 7}), "/title")]
    #[case::missing(json!({}), "/title")]
    #[case::unknown(json!({"title": "x", "colour": 1}), "/colour")]
    #[case::deep_missing(json!({"title": "x", "attendees": [{"name": "y"}, {}]}), "/attendees/1/name")]
    #[case::variant(
        json!({"title": "x", "attendees": [{"name": "y", "language": "xx"}]}),
        "/attendees/0/language"
    )]
    #[case::escaped(
        json!({"title": "x", "attendees": [{"name": "y", "a/b~c": -1}]}),
        "/attendees/0/a~1b~0c"
    )]
    #[tokio::test]
    async fn what_cannot_be_accepted_is_pointed_at(#[case] sent: Value, #[case] pointer: &str) {
        let problem = parse::<Meeting>(sent.to_string().as_bytes()).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::Invalid);
        let document = body(problem.into_response()).await;
        assert_eq!(document["errors"][0]["pointer"], pointer, "{document}");
        assert!(
            !document["detail"].as_str().unwrap().contains(" line "),
            "{document}"
        );
    }

    #[rstest]
    #[case::a_text(json!("x"), "")]
    #[case::a_list(json!(["x"]), "")]
    #[case::a_list_below(json!({"title": "x", "attendees": [["Ann"]]}), "/attendees/0")]
    #[tokio::test]
    async fn what_is_no_object_cannot_be_read(#[case] sent: Value, #[case] pointer: &str) {
        let problem = parse::<Meeting>(sent.to_string().as_bytes()).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::BadRequest);
        let document = body(problem.into_response()).await;
        assert_eq!(document["errors"][0]["pointer"], pointer, "{document}");
    }

    #[rstest]
    #[case::empty(b"")]
    #[case::cut(br#"{"title": "x""#)]
    #[case::trailing(br#"{"title": "x"} {}"#)]
    #[case::byte_order_mark(b"\xef\xbb\xbf{\"title\": \"x\"}")]
    #[case::duplicate(br#"{"title": "x", "title": "y"}"#)]
    #[case::duplicate_escaped(br#"{"title": "x", "\u0074itle": "y"}"#)]
    #[case::duplicate_deep(br#"{"title": "x", "a": [{"b": 1, "b": 2}]}"#)]
    #[case::nul(b"{\"title\": \"\0\"}")]
    #[case::escaped_nul(br#"{"title": "\u0000"}"#)]
    #[case::bad_utf8(b"{\"title\": \"\xff\"}")]
    #[case::lone_surrogate(br#"{"title": "\ud800"}"#)]
    #[case::deep_array(&[b'['; 10_000])]
    #[case::deep_object(&br#"{"a":"#.repeat(10_000))]
    #[case::deep_and_whole(&[[b'['; 10_000], [b']'; 10_000]].concat())]
    fn what_is_not_json_is_malformed(#[case] sent: &[u8]) {
        assert_eq!(
            parse::<Meeting>(sent).unwrap_err().kind(),
            ProblemKind::MalformedJson
        );
        // A type that takes anything must not take it either.
        assert!(parse::<HashMap<String, Value>>(sent).is_err());
    }

    #[tokio::test]
    async fn a_malformed_body_is_told_where() {
        let problem = parse::<Value>(b"{\n  \"title\": oops\n}").unwrap_err();
        let document = body(problem.into_response()).await;
        let detail = document["detail"].as_str().unwrap();
        assert!(detail.starts_with("At line 2, column "), "{detail}");
    }

    async fn send(content_type: Option<&str>, body: Vec<u8>) -> StatusCode {
        async fn echo(ApiJson { raw, .. }: ApiJson<Value>) -> Bytes {
            raw
        }
        let mut request = Request::post("/");
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let router = axum::Router::new().route("/", post(echo));
        let request = request.body(Body::from(body)).unwrap();
        router
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .oneshot(request)
            .await
            .unwrap()
            .status()
    }

    #[rstest]
    #[case(Some("application/json"), 200)]
    #[case(Some("application/json; charset=utf-8"), 200)]
    #[case(Some("Application/Merge-Patch+JSON"), 200)]
    #[case(Some("text/plain"), 415)]
    #[case(Some("application/x-www-form-urlencoded"), 415)]
    #[case(Some("application/jsonp"), 415)]
    #[case(Some("text/json"), 415)]
    #[case(Some(""), 415)]
    #[case(None, 415)]
    #[tokio::test]
    async fn only_json_is_taken(#[case] content_type: Option<&str>, #[case] status: u16) {
        assert_eq!(send(content_type, b"{}".to_vec()).await, status);
    }

    #[rstest]
    #[case(BODY_LIMIT, 200)]
    #[case(BODY_LIMIT + 1, 413)]
    #[tokio::test]
    async fn a_body_over_the_limit_is_too_large(#[case] size: usize, #[case] status: u16) {
        let body = format!("\"{}\"", "x".repeat(size - 2)).into_bytes();
        assert_eq!(send(Some("application/json"), body).await, status);
    }
}
