//! Stands in for API Gateway: finds the route in the template, applies its limits
//! and its authorizer, and calls the function the way Lambda does.
//!
//! The authorizer is stood in for, not implemented: on this machine everyone who
//! gets as far as loopback is a local admin. That identity is made here and nowhere
//! else; only a test in the same process can be someone else.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::Value;
use usher_console::SessionKey;
use usher_web::Identity;

use crate::clock::LocalClock;
use crate::functions::{Function, MAX_PAYLOAD};
use crate::payload::{self, Routed};
use crate::template::Route;
use crate::wire::uuid;

/// Quotas of an HTTP API: request line and headers, payload, integration timeout.
const MAX_HEAD: usize = 10_240;
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Who makes a request, in the eyes of the authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The administrator of this machine, as for every request from the network.
    LocalAdmin,
    /// Somebody with these claims, written as API Gateway writes them: every value a
    /// string, a list as `[member manager]`.
    Claims(BTreeMap<String, String>),
    /// Somebody without a token.
    Anonymous,
}

impl Caller {
    fn claims(&self) -> Option<BTreeMap<String, String>> {
        match self {
            Self::LocalAdmin => Some(
                [
                    ("sub", "local-admin"),
                    ("name", "Local admin"),
                    ("email", "admin@localhost"),
                    ("roles", "[admin]"),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ),
            Self::Claims(claims) => Some(claims.clone()),
            Self::Anonymous => None,
        }
    }
}

/// The gateway and the functions behind it.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub routes: Vec<Route>,
    pub functions: Vec<Function>,
    pub clock: LocalClock,
    /// What the console's sessions are sealed with.
    pub session_key: SessionKey,
}

impl Gateway {
    /// Answers a request as the deployed API would.
    pub(crate) async fn call(
        &self,
        mut request: Request<Bytes>,
        caller: &Caller,
    ) -> Response<Bytes> {
        if head_size(&request) > MAX_HEAD {
            return plain(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
            );
        }
        if request.body().len() > MAX_BODY {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        if request.uri().path().starts_with("/console") {
            self.sign_in(request.headers_mut(), caller);
        }
        let Some((route, parameters)) = self.route(request.method(), request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, "Not Found");
        };
        let claims = if route.authorized {
            caller.claims()
        } else {
            None
        };
        if route.authorized && claims.is_none() {
            return plain(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
        let request_id = uuid();
        let event = payload::event(
            &request,
            &Routed {
                route_key: &route.key(),
                parameters: &parameters,
                claims: claims.as_ref(),
                request_id: &request_id,
                now: self.clock.now(),
            },
        );
        if event.to_string().len() > MAX_PAYLOAD {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        // A task of its own: a function runs to its end though its caller has gone.
        let function = self.functions[route.function].clone();
        let run = tokio::spawn(function.invoke(event, request_id.clone()));
        let answer = match tokio::time::timeout(MAX_WAIT, run).await {
            Err(_) => return plain(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Ok(Err(panic)) => Err(panic.into()),
            Ok(Ok(answer)) => answer,
        };
        match answer.and_then(|answer| payload::response(answer, &request_id)) {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(
                    route = route.key(),
                    error = format!("{error:#}"),
                    "the function failed"
                );
                plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        }
    }

    /// Runs the function that an event's route key names, as API Gateway would.
    pub(crate) async fn invoke(&self, event: Value) -> anyhow::Result<Value> {
        let key = event["routeKey"].as_str().context("no routeKey")?;
        let route = self.routes.iter().find(|route| route.key() == key);
        let route = route.with_context(|| format!("no route {key}"))?;
        let function = self.functions[route.function].clone();
        function.invoke(event, uuid()).await
    }

    /// Gives a request for the console the session that signing in would have given
    /// its caller. The session is a real one: the functions know no other way in.
    fn sign_in(&self, headers: &mut HeaderMap, caller: &Caller) {
        let now = self.clock.now();
        let claims = caller.claims().unwrap_or_default();
        let identity = Identity::from_claims("roles", |name| claims.get(name).cloned());
        if let (None, Ok(identity)) = (self.session_key.signed_in(headers, now), identity) {
            let session = self.session_key.sign_in(&identity, now);
            let session = session.to_str().unwrap_or_default();
            let session = session.split(';').next().unwrap_or_default();
            if let Ok(cookie) = session.parse() {
                headers.append(header::COOKIE, cookie);
            }
        }
    }

    fn route<'a>(
        &'a self,
        method: &Method,
        path: &'a str,
    ) -> Option<(&'a Route, Vec<(&'a str, &'a str)>)> {
        self.routes
            .iter()
            .filter_map(|route| Some((route, route.matches(method, path)?)))
            .max_by_key(|(route, _)| (route.literals(), route.method.is_some()))
    }
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

/// An answer of the gateway's own.
pub(crate) fn plain(status: StatusCode, message: &str) -> Response<Bytes> {
    let mut response = Response::new(serde_json::json!({ "message": message }).to_string().into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    response
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
mod tests;
