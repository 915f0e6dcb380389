//! One span and one line for each request.
//!
//! Whatever is logged while a request is handled stands in its span, which names the
//! request as the gateway does and the meeting, notification or template it is about: so
//! one request can be followed through its lines. Neither span nor line ever holds the
//! path as sent, the query or a header: link tokens travel there. An id is taken from the
//! path only in the routes of meetings, notifications and templates, and only where it can be
//! one; no email address can. Levels of spans are those of errors: a line of any level has them.

use axum::{
    extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request},
    middleware::Next,
    response::Response,
};
use lambda_http::request::RequestContext;
use tracing::{Instrument as _, Span, field};
use usher_domain::id::{MeetingId, NotificationId, TemplateId};

/// Handles a request in a span of its own, and logs what became of it.
pub(crate) async fn in_span(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let (mut parts, body) = request.into_parts();
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::error_span!(
        "request",
        request_id = request_id(&parts.extensions),
        %method,
        route,
        meeting = field::Empty,
        notification = field::Empty,
        template = field::Empty,
    );
    if let Ok(params) = RawPathParams::from_request_parts(&mut parts, &()).await {
        let id = params.iter().find(|(name, _)| *name == "id");
        name_subject(&span, route, id.map_or("", |(_, id)| id));
    }
    let request = Request::from_parts(parts, body);
    let answered = async {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        if response.status().is_server_error() {
            tracing::error!(%method, route, status, "request");
        } else {
            tracing::info!(%method, route, status, "request");
        }
        response
    };
    answered.instrument(span).await
}

/// What the gateway calls the request.
fn request_id(extensions: &axum::http::Extensions) -> Option<&str> {
    match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.as_deref(),
        _ => None,
    }
}

/// Names what a request is about, by the collection that its route is in.
fn name_subject(span: &Span, route: &str, id: &str) {
    let collection = route.split('/').nth(2).unwrap_or_default();
    let (subject, is_one) = match collection {
        "meetings" => ("meeting", MeetingId::parse(id).is_ok()),
        "notifications" => ("notification", NotificationId::parse(id).is_ok()),
        "templates" => ("template", TemplateId::parse(id).is_ok()),
        _ => return,
    };
    if is_one {
        span.record(subject, id);
    }
}
