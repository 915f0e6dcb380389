//! The notification log.

use axum::{Json, extract::State};
use serde::Deserialize;
use usher_api::{
    attention::Dismissal,
    notification::{NotificationList, NotificationView, Resolution},
    word,
};
use usher_domain::{
    Failure,
    contact::{EmailAddress, PhoneNumber, Region},
    id::{MeetingId, NotificationId},
    settings::Settings,
};
use usher_flows::{App, LogQuery, attention, log};
use usher_web::{ApiJson, ApiPath, ApiQuery, Identity, NoQuery, Problem};
use utoipa::IntoParams;

use crate::paging::{TimeRange, cursor, page_size};

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filters {
    /// Only of this status; `unknown`: in doubt on some channel; `needs_attention`: failed
    /// or in doubt, and nobody has dealt with it.
    status: Option<word::StatusFilter>,
    /// Only of this type; when left out, of all but `answer_notice`, which are listed
    /// then only if they failed or are in doubt.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<word::MessageKind>,
    /// Only those that took this channel, or were meant to.
    channel: Option<word::Channel>,
    /// Only created at or after this: RFC 3339, or a date in the settings' zone.
    from: Option<String>,
    /// Only created before this: RFC 3339, or a date, which includes that day.
    to: Option<String>,
    /// Only of this meeting.
    #[param(value_type = Option<String>)]
    meeting: Option<MeetingId>,
    /// Only to this email address or phone number.
    recipient: Option<String>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    limit: Option<usize>,
}

/// An address as the log finds it by.
fn address(text: &str, region: Region) -> Result<String, Failure> {
    let email = EmailAddress::parse(text).map(|email| email.key());
    email
        .or_else(|_| PhoneNumber::parse(text, region).map(|phone| phone.to_string()))
        .map_err(|_| Failure::BadRequest {
            detail: "recipient must be an email address or a phone number.".to_owned(),
        })
}

impl Filters {
    /// What the store is asked.
    pub(crate) fn query(&self, settings: &Settings) -> Result<LogQuery, Failure> {
        let TimeRange { from, to } =
            TimeRange::read(settings.timezone, self.from.as_deref(), self.to.as_deref())?;
        let region = settings.sms.default_region;
        let recipient = self.recipient.as_deref().map(|text| address(text, region));
        let recipient = recipient.transpose()?;
        Ok(LogQuery {
            status: self.status.map(|status| status.0),
            kind: self.kind.map(|kind| kind.0),
            channel: self.channel.map(|channel| channel.0),
            from,
            to,
            meeting: self.meeting.clone(),
            recipient,
        })
    }
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
    let query = filters.query(&app.settings().await?)?;
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
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<NotificationId>,
    ApiJson { value, .. }: ApiJson<Resolution>,
) -> Result<Json<NotificationView>, Problem> {
    let resolution = log::Resolution {
        channel: value.channel.map(|channel| channel.0),
        outcome: value.outcome.0,
    };
    let row = log::resolve(&app, &id, resolution, app.clock.now()).await?;
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
    let row = attention::dismiss_notification(&app, &id, &dealt).await?;
    Ok(Json(NotificationView::from(&row)))
}
