//! Staff revoke the links that were sent.

use axum::{extract::State, response::Response};
use usher_api::meeting::MeetingView;
use usher_domain::id::{AttendeeId, MeetingId};
use usher_flows::{App, links};
use usher_web::{ApiPath, Identity, NoQuery, Problem};

use crate::meetings::answer;

/// Revoke all links of a meeting
///
/// The links that were sent so far open nothing any more, whoever has them. Nobody is
/// told; the next message has links that open.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/links/revoke",
    operation_id = "revoke_links",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    responses(
        (status = 200, description = "Revoked", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn revoke_all(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let context = links::revoke_all(&app, &id, &identity.actor(), now).await?;
    Ok(answer(&context))
}

/// Revoke the links of an attendee
///
/// The links that were sent to them so far open nothing any more, whoever has them. Nobody
/// is told; their next message has links that open.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/attendees/{attendee}/links/revoke",
    operation_id = "revoke_attendee_links",
    tag = "Meetings",
    params(
        ("id" = String, Path, description = "The meeting's id"),
        ("attendee" = String, Path, description = "The attendee's id"),
    ),
    responses(
        (status = 200, description = "Revoked", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn revoke_of_attendee(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath((id, attendee)): ApiPath<(MeetingId, AttendeeId)>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let context = links::revoke_of_attendee(&app, &id, &attendee, &identity.actor(), now).await?;
    Ok(answer(&context))
}
