//! Saving a meeting, and answers taken on the telephone.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use usher_api::{
    answer::StaffAnswer,
    meeting::{MeetingInput, MeetingView},
};
use usher_domain::id::MeetingId;
use usher_flows::{
    App, MeetingContext, manage,
    respond::{self, respond_for},
};
use usher_web::{ApiJson, ApiPath, Conditional, ETag, Identity, NoQuery, Problem};

/// The meeting as the API answers it.
pub(crate) fn view(context: &MeetingContext) -> MeetingView {
    MeetingView::new(&context.meeting, context.template.as_ref())
}

/// Save a meeting
///
/// Creates the meeting under the id you choose, or replaces what is editable of
/// it. Nothing is sent, unless the meeting is new and its template says that
/// new meetings are confirmed at once.
///
/// With `If-Match` it is saved only over the edit that you read: after another save, or
/// after a template's reminders were applied to it, the answer is 412. Answers of
/// customers, messages, cancellations and the archive do not count: a save keeps them all.
#[utoipa::path(
    put,
    path = "/v1/meetings/{id}",
    operation_id = "put_meeting",
    tag = "Meetings",
    params(
        ("id" = String, Path, description = "The meeting's id; yours to choose: 1 to 64 characters of A-Z a-z 0-9 . _ -"),
        ("If-Match" = Option<String>, Header, description = "Only save over this edit: the ETag of the meeting as you read it"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only create"),
    ),
    request_body = MeetingInput,
    responses(
        (status = 200, description = "Saved over the one there was", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = 201, description = "Created", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Not saved", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn put(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
    Conditional(precondition): Conditional,
    ApiJson { value: input, .. }: ApiJson<MeetingInput>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let actor = identity.actor();
    let saved = manage::put_meeting(&app, &id, &input.into(), precondition, &actor, now).await?;
    let status = if saved.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let edit = ETag::of(&saved.context.meeting);
    Ok((status, edit, Json(view(&saved.context))).into_response())
}

/// Take an answer on the customer's behalf
///
/// As if they had given it themselves: it moves the meeting's status, and organizer and
/// followers are told.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/responses",
    operation_id = "take_response",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    request_body = StaffAnswer,
    responses(
        (status = 200, description = "The meeting as it is now", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Not taken", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn respond(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
    ApiJson { value, .. }: ApiJson<StaffAnswer>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let answer = respond::StaffAnswer {
        attendee_id: value.attendee_id,
        answer: value.answer.0,
        reason: value.reason,
    };
    let context = respond_for(&app, &id, &answer, &identity.actor(), now).await?;
    Ok((ETag::of(&context.meeting), Json(view(&context))).into_response())
}
