//! How the demo's staff and customers reach Usher: over the gateway, as anyone does.

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::Value;

use super::booking::{Answer, Booking};
use crate::gateway::Caller;
use crate::stack::Stack;

/// Answers as the lead attendee, with the link they were sent last.
pub(super) async fn answer_by_link(
    stack: &Stack,
    booking: &Booking,
    answer: &Answer,
) -> anyhow::Result<()> {
    let meeting = json_call(stack, Method::GET, &booking.path(), None, &Value::Null).await?;
    let token = token(stack, booking).context("the lead attendee has got no landing link")?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("token", &token)
        .append_pair("revision", &meeting["revision"].to_string())
        .append_pair("action", answer.action)
        .append_pair("reason", answer.reason)
        .append_pair("preferred_times", answer.preferred_times)
        .finish();
    let request = Request::post("/meeting/respond")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, stack.url());
    call(stack, request, form.into(), &Caller::Anonymous)
        .await
        .map(drop)
}

/// The token of the link that a booking's customer was sent last.
fn token(stack: &Stack, booking: &Booking) -> Option<String> {
    let is_theirs = super::reached_at(booking);
    let mut links = stack.landing_links().into_iter();
    let (_, link) = links.find(|(to, _)| is_theirs(to))?;
    Some(link.split_once("token=")?.1.to_owned())
}

/// Saves a document as staff.
pub(super) async fn put(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<()> {
    json_call(stack, Method::PUT, path, None, body)
        .await
        .map(drop)
}

/// Calls the API as staff, with an `Idempotency-Key` where there is one, and reads the
/// answer.
pub(super) async fn json_call(
    stack: &Stack,
    method: Method,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> anyhow::Result<Value> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    let answer = call(stack, request, body, &Caller::LocalAdmin).await?;
    serde_json::from_slice(&answer).with_context(|| format!("{path} did not answer with JSON"))
}

/// Makes a call that must succeed.
async fn call(
    stack: &Stack,
    request: http::request::Builder,
    body: Bytes,
    caller: &Caller,
) -> anyhow::Result<Bytes> {
    let host = stack.url().trim_start_matches("http://");
    let request = request.header(header::HOST, host).body(body)?;
    let name = format!("{} {}", request.method(), request.uri());
    let response = stack.call(request, caller).await;
    let status = response.status();
    let answer = response.into_body();
    if status.is_client_error() || status.is_server_error() {
        bail!(
            "{name} was answered with {status}: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    ensure!(
        !status.is_informational(),
        "{name} was answered with {status}"
    );
    Ok(answer)
}
