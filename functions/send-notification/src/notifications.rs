//! Previewing, sending and retrying notifications.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use usher_api::{
    notification::NotificationView,
    preview::{Preview, PreviewRequest},
    send::{SendRequest, Sent},
};
use usher_domain::id::{MeetingId, NotificationId};
use usher_flows::{App, preview, retry, send};
use usher_web::{ApiJson, ApiPath, IdempotencyKey, Identity, NoQuery, Problem};

/// Preview a notification
///
/// What would be sent, to whom, how and why, with warnings. Changes nothing. Of a crowd
/// everybody is listed, but not all with the texts: `content_left_out` says so, and
/// `attendees` asks for the rest.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/preview",
    operation_id = "preview_notification",
    tag = "Notifications",
    params(("id" = String, Path, description = "The meeting's id")),
    request_body = PreviewRequest,
    responses(
        (status = 200, description = "The preview, or why it would be refused", body = Preview),
        (status = "default", description = "No preview", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
    ApiJson { value: request, .. }: ApiJson<PreviewRequest>,
) -> Result<Json<Preview>, Problem> {
    let now = app.clock.now();
    let preview = preview::preview(&app, &id, request.kind.0, request.whom(), now).await?;
    Ok(Json(preview.into()))
}

/// Send a notification
///
/// Sends once per `Idempotency-Key`: the same key and body again answer the
/// first outcome. A cancellation, and a type that was sent for these details
/// already, want `confirm: true`; without it the answer is 428 and says what
/// would happen.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/notifications",
    operation_id = "send_notification",
    tag = "Notifications",
    params(
        ("id" = String, Path, description = "The meeting's id"),
        ("Idempotency-Key" = String, Header, description = "Names this command: 1 to 255 characters, new for each"),
    ),
    request_body = SendRequest,
    responses(
        (status = 200, description = "The notifications with their deliveries, whatever became of them", body = Sent),
        (status = 202, description = "The notifications so far, of a crowd that takes longer than one request. `remaining` attendees are written to by themselves within minutes; the same key tells how far it has come, and answers 200 once everybody was written to. Until then another send of the meeting is refused with `sending`", body = Sent),
        (status = 428, description = "Wants `confirm: true`", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "Nothing was sent", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn send(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
    key: IdempotencyKey,
    ApiJson { value: request, .. }: ApiJson<SendRequest>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let key = format!("api {}", key.as_str());
    let sent = send::send(&app, &id, &request.into(), &key, &identity.actor(), now).await?;
    let status = match sent.remaining {
        0 => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
    };
    let sent = Sent::new(&sent.notifications, sent.remaining);
    Ok((status, Json(sent)).into_response())
}

/// Retry a notification
///
/// Sends the failed deliveries of a notification again, once per
/// `Idempotency-Key`. What is in doubt must be settled first.
#[utoipa::path(
    post,
    path = "/v1/notifications/{id}/retry",
    operation_id = "retry_notification",
    tag = "Notifications",
    params(
        ("id" = String, Path, description = "The notification's id"),
        ("Idempotency-Key" = String, Header, description = "Names this command: 1 to 255 characters, new for each"),
    ),
    responses(
        (status = 200, description = "The notification as it is now", body = NotificationView),
        (status = "default", description = "Nothing was sent", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<NotificationId>,
    key: IdempotencyKey,
) -> Result<Json<NotificationView>, Problem> {
    let now = app.clock.now();
    let key = format!("api {}", key.as_str());
    let retried = retry::retry(&app, &id, &key, &identity.actor(), now).await?;
    Ok(Json(NotificationView::from(&retried)))
}
