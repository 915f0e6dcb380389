//! What listens on the stack's address: `/_local/…` and `/` are the stack's own, the
//! rest goes through the gateway.
//!
//! There is no sign-in on loopback, so other web sites must not reach it through the
//! user's browser: a `Host` that is not ours is refused (DNS rebinding), and so is a
//! write from another `Origin` (cross-site requests).

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;

use crate::control::{self, Control};
use crate::gateway::{Caller, Gateway, MAX_BODY, Refusal};
use crate::listener::AnswerLost;

/// The stack's HTTP server.
#[derive(Debug)]
pub(crate) struct Server {
    pub port: u16,
    pub gateway: Arc<Gateway>,
    pub control: Control,
}

impl Server {
    /// Answers a request from the network.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, AnswerLost> {
        if let Err((status, reason)) =
            self.admit(request.method(), request.uri().path(), request.headers())
        {
            return Ok(control::problem(status, reason).map(Full::new));
        }
        let (parts, body) = request.into_parts();
        let body = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
            Err(_) => return Err(AnswerLost),
        };
        let request = Request::from_parts(parts, body);
        let path = request.uri().path();
        let response = if path == "/" || path.starts_with("/_local/") {
            self.control.answer(&request).await
        } else {
            self.gateway.call(request, &Caller::LocalAdmin).await
        };
        Ok(response.map(Full::new))
    }

    /// Whether a request may come in at all.
    fn admit(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<(), (StatusCode, &'static str)> {
        if !self.is_for_us(headers) {
            return Err((
                StatusCode::MISDIRECTED_REQUEST,
                "this address serves 127.0.0.1 and localhost only",
            ));
        }
        let reads = matches!(*method, Method::GET | Method::HEAD);
        // Customers' pages are public: what may be posted there is their function's to say.
        let public = path.starts_with("/meeting/");
        if !reads && !public && !self.is_from_us(headers) {
            return Err((
                StatusCode::FORBIDDEN,
                "writes from other origins are refused",
            ));
        }
        Ok(())
    }

    /// Whether the request names one host, which is ours.
    fn is_for_us(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next();
        host.is_some_and(|host| self.is_own_host(host.as_bytes())) && hosts.next().is_none()
    }

    /// Whether no page of another site makes the request.
    fn is_from_us(&self, headers: &HeaderMap) -> bool {
        let own = |origin: &HeaderValue| {
            origin
                .as_bytes()
                .strip_prefix(b"http://")
                .is_some_and(|host| self.is_own_host(host))
        };
        headers.get_all(header::ORIGIN).iter().all(own)
    }

    fn is_own_host(&self, host: &[u8]) -> bool {
        ["127.0.0.1", "localhost"]
            .iter()
            .any(|name| format!("{name}:{}", self.port).as_bytes() == host)
    }
}

/// The rest of the body is not read, so the connection cannot be used again.
fn too_large() -> Response<Full<Bytes>> {
    let mut refusal = Refusal::BODY_TOO_LARGE.into_response();
    refusal
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    refusal.map(Full::new)
}
