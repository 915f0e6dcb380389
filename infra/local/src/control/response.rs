//! The answers of the stack's own pages and switches.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// Styles are the pages' own; images of a mail may come from anywhere, as in a mail
/// program; no script runs.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; \
    frame-src 'self'; form-action 'none'; base-uri 'self'; frame-ancestors 'none'";

/// An error of the stack's own, as a problem document (RFC 9457).
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response<Bytes> {
    let body =
        json!({ "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail });
    typed(status, "application/problem+json", body.to_string().into())
}

/// A document.
pub(super) fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    typed(status, "application/json", body.to_string().into())
}

/// A page, under [`PAGE_POLICY`].
pub(super) fn html(page: String) -> Response<Bytes> {
    let mut response = typed(StatusCode::OK, "text/html; charset=utf-8", page.into());
    let policy = HeaderValue::from_static(PAGE_POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// An answer that is of this type and no other, and that nobody keeps.
pub(super) fn typed(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
