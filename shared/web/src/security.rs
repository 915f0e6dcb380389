//! The layers around every route: limits, headers, what happens when nothing
//! matches or a handler panics, and one span and log line per request.

use std::any::Any;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{self, GetAll},
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::{from_fn, map_response},
    response::{Html, IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

use crate::{Problem, ProblemKind, RolesClaim, request_span::in_span};

/// The largest body any route takes, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;

/// No script, no frame, no third party; a page cannot move its own base.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Wraps the routes of the JSON API. `roles` is the claim that
/// [`Identity`](crate::Identity) reads. Call it last: routes added to the
/// result are not covered.
pub fn api(router: Router, roles: RolesClaim) -> Router {
    let router = router
        .method_not_allowed_fallback(async || {
            let detail =
                "This address does not take this method; the Allow header lists those it takes.";
            Problem::new(ProblemKind::MethodNotAllowed, detail)
        })
        .fallback(async || {
            let detail = "There is nothing at this address; /v1/openapi.json lists what there is.";
            Problem::new(ProblemKind::NotFound, detail)
        })
        .layer(Extension(roles))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            Problem::internal().into_response()
        }));
    logged(router)
}

/// Wraps the routes of public pages. A fallback is left to the caller. Call it
/// last: routes added to the result are not covered.
pub fn public_pages(router: Router) -> Router {
    let router = router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| trouble()))
        .layer(map_response(page_headers));
    logged(router)
}

/// Logs the requests that a router takes, and gives answers the headers they all have.
pub fn logged(router: Router) -> Router {
    router
        .layer(map_response(common_headers))
        .layer(from_fn(in_span))
}

/// The page of last resort: static, because rendering may be what failed.
pub fn trouble() -> Response {
    let page = Html(include_str!("trouble.html"));
    (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
}

async fn common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn page_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PAGE_POLICY),
    );
    // The page's own address carries the token.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether a public form's POST can have come from our own page at
/// `public_url`.
///
/// What authorizes the POST is the unguessable token in its body, which no
/// other site knows; this is defence in depth against pages that have got hold
/// of a link. Browsers tell by `Sec-Fetch-Site`, which no page can set: only
/// `same-origin`, or `none` for what the person started, passes. Older ones
/// send `Origin` alone, and from our pages it is `null`, because of their
/// `Referrer-Policy: no-referrer` (Fetch §3.2), so `null` has to pass, and so
/// does its absence: programs such as a mail provider's one-click unsubscribe
/// send neither.
pub fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    source(headers, public_url) != Source::Elsewhere
}

/// Where a request came from, as far as the browser tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One of our own pages.
    Ours,
    /// It is not said.
    Unsaid,
    /// Another site, or not us alone.
    Elsewhere,
}

/// Where a request came from: by `Sec-Fetch-Site` where a browser sends that, else by
/// `Origin`.
pub fn source(headers: &HeaderMap, public_url: &str) -> Source {
    let site = headers.get_all("sec-fetch-site");
    if site.iter().next().is_some() {
        return all(site, "same-origin", "none");
    }
    let own = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    all(
        headers.get_all(header::ORIGIN),
        own.as_deref().unwrap_or_default(),
        "null",
    )
}

/// What values say together that are `ours`, or say `nothing`.
fn all(values: GetAll<'_, HeaderValue>, ours: &str, nothing: &str) -> Source {
    let known = |value: &HeaderValue| value == ours || value == nothing;
    if !values.iter().all(known) {
        Source::Elsewhere
    } else if values.iter().next().is_some() && values.iter().all(|value| value == ours) {
        Source::Ours
    } else {
        Source::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io, sync::Once};

    use axum::{body::Body, extract::Request, http::Method, routing::get};
    use rstest::rstest;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::testing;

    fn routes() -> Router {
        async fn panics() {
            panic!("planted");
        }
        Router::new()
            .route("/v1/thing/{id}", get(async || "thing"))
            .route("/v1/panics", get(panics))
            .route(
                "/style.css",
                get(async || ([(CACHE_CONTROL, "max-age=9")], "")),
            )
    }

    async fn send(router: Router, method: Method, uri: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Body::empty())
            .unwrap();
        router.oneshot(request).await.unwrap()
    }

    fn guarded_api() -> Router {
        api(routes(), RolesClaim("roles".into()))
    }

    #[rstest]
    #[case(Method::GET, "/v1/nothing", 404, "not-found")]
    #[case(Method::POST, "/v1/thing/1", 405, "method-not-allowed")]
    #[case(Method::GET, "/v1/panics", 500, "internal")]
    #[tokio::test]
    async fn the_api_answers_everything_with_a_problem(
        #[case] method: Method,
        #[case] uri: &str,
        #[case] status: u16,
        #[case] slug: &str,
    ) {
        let response = send(guarded_api(), method, uri).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        let document = testing::body(response).await;
        assert_eq!(document["type"], format!("urn:usher:problem:{slug}"));
    }

    #[tokio::test]
    async fn a_wrong_method_is_told_the_right_ones() {
        let response = send(guarded_api(), Method::DELETE, "/v1/thing/1").await;
        assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
    }

    #[rstest]
    #[case("/v1/thing/1", 200, "no-store")]
    #[case("/v1/panics", 500, "no-store")]
    #[case("/nothing", 404, "no-store")]
    #[case("/style.css", 200, "max-age=9")]
    #[tokio::test]
    async fn every_public_answer_carries_the_policy(
        #[case] uri: &str,
        #[case] status: u16,
        #[case] cache: &str,
    ) {
        let response = send(public_pages(routes()), Method::GET, uri).await;
        assert_eq!(response.status(), status);
        let headers = response.headers();
        assert_eq!(
            headers[CONTENT_SECURITY_POLICY],
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[CACHE_CONTROL], cache);
    }

    #[tokio::test]
    async fn a_panic_behind_a_page_shows_a_page() {
        let response = send(public_pages(routes()), Method::GET, "/v1/panics").await;
        let page = testing::text(response).await;
        assert!(page.contains("<h1>") && !page.contains("planted"), "{page}");
    }

    thread_local! {
        static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// What the thread it is called on has logged.
    struct Lines;

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LINES.with_borrow_mut(|lines| lines.write(bytes))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Logs to each thread's own lines. One subscriber for the process: with one
    /// per test, whether a call site is heard is settled by whichever thread
    /// comes there first, with or without a subscriber.
    fn listen() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let subscriber = tracing_subscriber::fmt().json().with_writer(|| Lines);
            tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        });
        tracing::callsite::rebuild_interest_cache();
        LINES.take();
    }

    #[rstest]
    #[case("/v1/thing/SECRET?token=SECRET", "/v1/thing/{id}", 200)]
    #[case("/SECRET", "none", 404)]
    #[tokio::test]
    async fn the_log_line_names_the_route_and_nothing_that_was_sent(
        #[case] uri: &str,
        #[case] route: &str,
        #[case] status: u16,
    ) {
        listen();
        send(guarded_api(), Method::GET, uri).await;
        let log = String::from_utf8(LINES.take()).unwrap();
        assert!(!log.contains("SECRET"), "{log}");
        let line: Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["fields"]["route"], route);
        assert_eq!(line["fields"]["status"], status);
        assert_eq!(line["fields"]["method"], "GET");
    }

    #[tokio::test]
    async fn pages_and_api_can_live_in_one_function() {
        let pages = public_pages(Router::new().route("/meeting", get(async || "page")));
        let both = guarded_api().merge(pages);
        let page = send(both.clone(), Method::GET, "/meeting").await;
        assert!(page.headers().contains_key(CONTENT_SECURITY_POLICY));
        let nothing = send(both, Method::GET, "/nothing").await;
        assert_eq!(
            nothing.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }

    #[rstest]
    #[case(&[], true)]
    #[case(&[("origin", "null")], true)]
    #[case(&[("origin", "https://meet.example")], true)]
    #[case(&[("origin", "https://evil.example")], false)]
    #[case(&[("origin", "http://meet.example")], false)]
    #[case(&[("origin", "https://meet.example:8443")], false)]
    #[case(&[("origin", "https://meet.example"), ("origin", "https://evil.example")], false)]
    #[case(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true)]
    #[case(&[("sec-fetch-site", "none")], true)]
    #[case(&[("sec-fetch-site", "cross-site"), ("origin", "null")], false)]
    #[case(&[("sec-fetch-site", "cross-site"), ("origin", "https://meet.example")], false)]
    #[case(&[("sec-fetch-site", "same-site")], false)]
    #[case(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false)]
    #[case(&[("sec-fetch-site", "")], false)]
    fn only_our_own_page_may_post(#[case] given: &[(&'static str, &str)], #[case] own: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        assert_eq!(same_origin(&headers, "https://meet.example"), own);
    }
}
