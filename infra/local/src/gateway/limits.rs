//! The quotas of an HTTP API, and of the function behind it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::Refusal;
use crate::functions::MAX_PAYLOAD;

/// Quotas of an HTTP API: request line and headers, payload, integration timeout.
const MAX_HEAD: usize = 10_240;
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;
pub(super) const MAX_WAIT: Duration = Duration::from_secs(30);

/// Refuses a request that is too large for the gateway.
pub(super) fn check(request: &Request<Bytes>) -> Result<(), Refusal> {
    if head_size(request) > MAX_HEAD {
        return Err(Refusal::HEAD_TOO_LARGE);
    }
    if request.body().len() > MAX_BODY {
        return Err(Refusal::BODY_TOO_LARGE);
    }
    Ok(())
}

/// The event, unless it is too large for a function.
pub(super) fn payload(event: Value) -> Result<Value, Refusal> {
    if event.to_string().len() > MAX_PAYLOAD {
        return Err(Refusal::BODY_TOO_LARGE);
    }
    Ok(event)
}

fn head_size(request: &Request<Bytes>) -> usize {
    let line = request.method().as_str().len()
        + request
            .uri()
            .path_and_query()
            .map_or(1, |path| path.as_str().len());
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    // Two blanks, "HTTP/1.1" and the line's end.
    line + 12 + headers
}
