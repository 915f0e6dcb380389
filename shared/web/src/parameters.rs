//! Path and query parameters, whose rejections are problem documents.
//!
//! A control character or broken percent-encoding is refused here, before any
//! handler sees the value: nothing that Usher names by path or query has one.

use axum::{
    extract::{FromRequestParts, Path, Query, RawPathParams, rejection::PathRejection},
    http::{StatusCode, request::Parts},
};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::{Problem, ProblemKind};

/// The parameters of the route's path, read as `T`; anything else is a 400.
#[derive(Debug, Clone)]
pub struct ApiPath<T>(pub T);

impl<T, S> FromRequestParts<S> for ApiPath<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let raw = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| bad("The path is not percent-encoded UTF-8."))?;
        if raw
            .iter()
            .any(|(_, value)| value.contains(char::is_control))
        {
            return Err(bad("The path holds a control character."));
        }
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error))
                if error.status() == StatusCode::BAD_REQUEST =>
            {
                Err(bad(format!(
                    "The path cannot be read: {}.",
                    error.body_text()
                )))
            }
            Err(rejection) => {
                // The route and its handler disagree on the parameters: our mistake.
                tracing::error!(%rejection, "a route and its handler do not fit");
                Err(Problem::internal())
            }
        }
    }
}

/// The query string, read as `T`; anything else is a 400.
#[derive(Debug, Clone)]
pub struct ApiQuery<T>(pub T);

impl<T, S> FromRequestParts<S> for ApiQuery<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // Form decoding mends broken escapes silently (URL Standard §5.1), which
        // would let a forged value pass as another one.
        let query = parts.uri.query().unwrap_or("");
        match percent_decode_str(query).decode_utf8() {
            Ok(text) if !text.contains(char::is_control) && escapes_are_whole(query) => {}
            _ => return Err(bad("The query string is not percent-encoded text.")),
        }
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|error| {
                bad(format!(
                    "The query string cannot be read: {}.",
                    error.body_text()
                ))
            })?;
        Ok(Self(value))
    }
}

/// No query at all: a parameter that would be ignored is a 400.
#[derive(Debug, Clone, Copy)]
pub struct NoQuery;

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.uri.query() {
            None | Some("") => Ok(Self),
            Some(_) => Err(bad(
                "This address takes no query parameters. Leave them out.",
            )),
        }
    }
}

/// Whether every `%` is followed by two hexadecimal digits.
fn escapes_are_whole(query: &str) -> bool {
    query.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::BadRequest, detail)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, extract::Request, routing::get};
    use rstest::rstest;
    use serde::Deserialize;
    use tower::ServiceExt;

    use super::*;
    use crate::testing;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        day: Option<String>,
        limit: Option<u8>,
    }

    async fn get_status(uri: &str) -> (StatusCode, String) {
        let router = Router::new()
            .route(
                "/id/{id}",
                get(|ApiPath(id): ApiPath<String>| async move { id }),
            )
            .route(
                "/page/{n}",
                get(|ApiPath(n): ApiPath<u8>| async move { n.to_string() }),
            )
            .route(
                "/wrong/{n}",
                get(|ApiPath(_): ApiPath<(u8, u8)>| async move {}),
            )
            .route(
                "/list",
                get(|ApiQuery(filter): ApiQuery<Filter>| async move {
                    format!("{:?} {:?}", filter.day, filter.limit)
                }),
            )
            .route("/plain", get(|_: NoQuery| async { "plain" }));
        let response = router
            .oneshot(Request::get(uri).body(Body::empty()).unwrap())
            .await
            .unwrap();
        (response.status(), testing::text(response).await)
    }

    #[rstest]
    #[case("/id/a%20b", "a b")]
    #[case("/id/..%2Fx", "../x")]
    #[case("/page/7", "7")]
    #[case("/plain", "plain")]
    #[case("/plain?", "plain")]
    #[case("/list", "None None")]
    #[case("/list?day=2026-01-15%2B01&limit=9", "Some(\"2026-01-15+01\") Some(9)")]
    #[tokio::test]
    async fn what_can_be_read_reaches_the_handler(#[case] uri: &str, #[case] seen: &str) {
        assert_eq!(get_status(uri).await, (StatusCode::OK, seen.to_owned()));
    }

    #[rstest]
    #[case::nul_in_path("/id/a%00b")]
    #[case::newline_in_path("/id/a%0Ab")]
    #[case::bad_utf8_in_path("/id/%FF")]
    #[case::wrong_type_in_path("/page/x")]
    #[case::out_of_range_in_path("/page/256")]
    #[case::nul("/list?day=a%00b")]
    #[case::bad_utf8("/list?day=%FF")]
    #[case::broken_escape("/list?day=%zz")]
    #[case::cut_escape("/list?day=%2")]
    #[case::unknown("/list?dya=x")]
    #[case::none_taken("/plain?cursor=x")]
    #[case::twice("/list?day=x&day=y")]
    #[case::wrong_type("/list?limit=many")]
    #[tokio::test]
    async fn what_cannot_is_a_problem(#[case] uri: &str) {
        let (status, text) = get_status(uri).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(text.contains("urn:usher:problem:bad-request"), "{text}");
    }

    #[tokio::test]
    async fn a_handler_that_does_not_fit_its_route_is_our_fault() {
        assert_eq!(
            get_status("/wrong/1").await.0,
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
}
