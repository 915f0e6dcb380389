//! The notification log.

use axum::{Json, extract::State};
use usher_api::{
    attention::Dismissal,
    notification::{NotificationList, NotificationView, Resolution},
    query::Filters,
};
use usher_domain::{
    Failure,
    contact::{EmailAddress, PhoneNumber, Region},
    id::NotificationId,
    settings::Settings,
};
use usher_flows::{App, LogQuery, attention, log};
use usher_web::{ApiJson, ApiPath, ApiQuery, Identity, NoQuery, Problem};

use crate::paging::{TimeRange, cursor, page_size};

/// An address as the log finds it by.
fn address(text: &str, region: Region) -> Result<String, Failure> {
    let email = EmailAddress::parse(text).map(|email| email.key());
    email
        .or_else(|_| PhoneNumber::parse(text, region).map(|phone| phone.to_string()))
        .map_err(|_| Failure::BadRequest {
            detail: "recipient must be an email address or a phone number.".to_owned(),
        })
}

/// What the store is asked.
pub(crate) fn log_query(filters: &Filters, settings: &Settings) -> Result<LogQuery, Failure> {
    let TimeRange { from, to } = TimeRange::read(
        settings.timezone,
        filters.from.as_deref(),
        filters.to.as_deref(),
    )?;
    let region = settings.sms.default_region;
    let recipient = filters
        .recipient
        .as_deref()
        .map(|text| address(text, region));
    let recipient = recipient.transpose()?;
    Ok(LogQuery {
        status: filters.status.map(|status| status.0),
        kind: filters.kind.map(|kind| kind.0),
        channel: filters.channel.map(|channel| channel.0),
        from,
        to,
        meeting: filters.meeting.clone(),
        recipient,
    })
}

/// List notifications
///
/// The log: every message, newest first, with what became of it on each channel and what
/// was answered.
#[utoipa::path(
    get,
    path = "/v1/notifications",
    operation_id = "list_notifications",
    tag = "Notifications",
    params(Filters),
    responses(
        (status = 200, description = "One page", body = NotificationList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(filters): ApiQuery<Filters>,
) -> Result<Json<NotificationList>, Problem> {
    let query = log_query(&filters, &app.settings().await?)?;
    let cursor = cursor(filters.cursor.as_deref())?;
    let limit = page_size(filters.limit)?;
    let now = app.clock.now();
    let page = log::page(&app, &query, cursor.as_ref(), limit, now).await?;
    Ok(Json(NotificationList {
        notifications: page.rows.iter().map(NotificationView::from).collect(),
        unreadable: page.unreadable,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}

/// Read a notification with its content
///
/// What was sent, word for word, beside what the log lists of it.
#[utoipa::path(
    get,
    path = "/v1/notifications/{id}",
    operation_id = "get_notification",
    tag = "Notifications",
    params(("id" = String, Path, description = "The notification's id")),
    responses(
        (status = 200, description = "The notification; link tokens in its content are redacted", body = NotificationView),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<NotificationId>,
) -> Result<Json<NotificationView>, Problem> {
    let log::LoggedMessage { row, content } = log::one(&app, &id, app.clock.now()).await?;
    let content = content.map(Into::into);
    Ok(Json(NotificationView {
        content,
        ..NotificationView::from(&row)
    }))
}

/// Settle a doubtful notification
///
/// Says whether a delivery of which nobody knows whether it went out did go
/// out. What did not can be retried then.
#[utoipa::path(
    post,
    path = "/v1/notifications/{id}/resolve",
    operation_id = "resolve_notification",
    tag = "Notifications",
    params(("id" = String, Path, description = "The notification's id")),
    request_body = Resolution,
    responses(
        (status = 200, description = "The notification as it is now", body = NotificationView),
        (status = "default", description = "Nothing was settled", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn resolve(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<NotificationId>,
    ApiJson { value, .. }: ApiJson<Resolution>,
) -> Result<Json<NotificationView>, Problem> {
    let resolution = log::Resolution {
        channel: value.channel.map(|channel| channel.0),
        outcome: value.outcome.0,
    };
    let row = log::resolve(&app, &id, resolution, &identity.actor(), app.clock.now()).await?;
    Ok(Json(NotificationView::from(&row)))
}

/// Deal with a notification that needs attention
///
/// Notes that you have dealt with what failed or is in doubt of it, by other means than
/// Usher's: it needs attention no more. How it stands, and what it may be retried for, is
/// not changed. A retry that fails needs attention again.
#[utoipa::path(
    post,
    path = "/v1/notifications/{id}/dismiss",
    operation_id = "dismiss_notification",
    tag = "Notifications",
    params(("id" = String, Path, description = "The notification's id")),
    request_body = Dismissal,
    responses(
        (status = 200, description = "The notification as it is now", body = NotificationView),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn dismiss(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<NotificationId>,
    ApiJson { value, .. }: ApiJson<Dismissal>,
) -> Result<Json<NotificationView>, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let row = attention::dismiss_notification(&app, &id, &dealt, &identity.actor()).await?;
    Ok(Json(NotificationView::from(&row)))
}
