//! What a request passes before a function sees it: the limits, the route, the
//! authorizer, and signing in at the console.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::Value;
use usher_web::Identity;

use super::caller::{Caller, Claims};
use super::{Gateway, Refusal, limits};
use crate::payload::{self, Routed};
use crate::template::Route;
use crate::wire::uuid;

/// A request that a function takes.
pub(super) struct Admitted<'a> {
    pub(super) route: &'a Route,
    pub(super) event: Value,
    pub(super) request_id: String,
}

impl Gateway {
    /// Finds the route of a request that is within the limits and may take it.
    pub(super) fn admit(
        &self,
        request: &mut Request<Bytes>,
        caller: &Caller,
    ) -> Result<Admitted<'_>, Refusal> {
        limits::check(request)?;
        self.sign_in(request, caller);
        let found = self.route(request.method(), request.uri().path());
        let (route, parameters) = found.ok_or(Refusal::NOT_FOUND)?;
        let claims = authorize(route, caller)?;
        let request_id = uuid();
        let routed = Routed {
            route_key: &route.key(),
            parameters: &parameters,
            claims: claims.as_ref(),
            request_id: &request_id,
            now: self.clock.now(),
        };
        let event = limits::payload(payload::event(request, &routed))?;
        Ok(Admitted {
            route,
            event,
            request_id,
        })
    }

    /// Gives a request for the console the session that signing in would have given
    /// its caller. The session is a real one: the functions know no other way in.
    fn sign_in(&self, request: &mut Request<Bytes>, caller: &Caller) {
        if !request.uri().path().starts_with("/console") {
            return;
        }
        let headers = request.headers_mut();
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

    fn route<'p, 'a: 'p>(
        &'a self,
        method: &Method,
        path: &'p str,
    ) -> Option<(&'a Route, Vec<(&'p str, &'p str)>)> {
        self.routes
            .iter()
            .filter_map(|route| Some((route, route.matches(method, path)?)))
            .max_by_key(|(route, _)| (route.literals(), route.method.is_some()))
    }
}

/// The claims that the authorizer hands to the function; none where the route has no
/// authorizer.
fn authorize(route: &Route, caller: &Caller) -> Result<Option<Claims>, Refusal> {
    if !route.authorized {
        return Ok(None);
    }
    let claims = caller.claims().ok_or(Refusal::UNAUTHORIZED)?;
    Ok(Some(claims))
}
