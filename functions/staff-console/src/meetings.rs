//! Meetings as staff look at them.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use usher_api::{
    attention::Dismissal,
    meeting::{ListedMeeting, MeetingList, MeetingView},
    query::{Between, Paging},
    reminder::{ReminderPlan, ReminderView},
    timeline::{Timeline, TimelineView},
};
use usher_domain::id::MeetingId;
use usher_flows::{App, MeetingContext, PageRoom, attention, manage, queries};
use usher_web::{ApiJson, ApiPath, ApiQuery, ETag, Identity, NoQuery, Problem};

use crate::paging::{TimeRange, cursor, page_size};

/// The meeting as the API answers it.
pub(crate) fn view(context: &MeetingContext) -> MeetingView {
    MeetingView::new(&context.meeting, context.template.as_ref())
}

/// The meeting with the tag of its last edit.
pub(crate) fn answer(context: &MeetingContext) -> Response {
    (ETag::of(&context.meeting), Json(view(context))).into_response()
}

/// List meetings by start
///
/// Those that start within a range of time, whatever their status. A page may be short
/// and still go on.
#[utoipa::path(
    get,
    path = "/v1/meetings",
    operation_id = "list_meetings",
    tag = "Meetings",
    params(Between),
    responses(
        (status = 200, description = "One page", body = MeetingList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(between): ApiQuery<Between>,
) -> Result<Json<MeetingList>, Problem> {
    let zone = app.settings().await?.timezone;
    let range = TimeRange::read(zone, between.from.as_deref(), between.to.as_deref())?;
    let now = app.clock.now();
    let (from, to) = queries::starts_within(range.from, range.to, TimeDelta::days(31), now)?;
    let cursor = cursor(between.cursor.as_deref())?;
    let limit = page_size(between.limit)?;
    let page = queries::meetings(&app, from, to, cursor.as_ref(), limit).await?;
    Ok(Json(MeetingList {
        meetings: page
            .rows
            .iter()
            .map(|row| ListedMeeting::new(&row.meeting, row.template.as_ref()))
            .collect(),
        unreadable: page.unreadable,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}

/// Read a meeting
///
/// Its details, its attendees with their answers, and what customers were told of it.
#[utoipa::path(
    get,
    path = "/v1/meetings/{id}",
    operation_id = "get_meeting",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    responses(
        (status = 200, description = "The meeting", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, Problem> {
    Ok(answer(&app.context(&id).await?))
}

/// Archive a meeting
///
/// Puts it away: it sends nothing any more, and its reminders are taken back.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/archive",
    operation_id = "archive_meeting",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    responses(
        (status = 200, description = "Archived", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Not archived", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn archive(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let context = manage::archive(&app, &id, &identity.actor(), now).await?;
    Ok(answer(&context))
}

/// Take a meeting back from the archive
///
/// Reminders that are still to come of it are planned anew. Nobody is told.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/unarchive",
    operation_id = "unarchive_meeting",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    responses(
        (status = 200, description = "Taken back", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Not taken back", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn unarchive(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let context = manage::unarchive(&app, &id, &identity.actor(), now).await?;
    Ok(answer(&context))
}

/// Deal with a meeting that needs attention
///
/// Notes that you have dealt with the update that is due, or with the wish for another
/// time, by other means than Usher's: it needs attention no more, until the meeting
/// changes or another wish comes.
#[utoipa::path(
    post,
    path = "/v1/meetings/{id}/dismiss",
    operation_id = "dismiss_meeting",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    request_body = Dismissal,
    responses(
        (status = 200, description = "The meeting as it is now", body = MeetingView, headers(("ETag" = String, description = "The edit: it moves with saves, and not with answers or messages"))),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn dismiss(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
    ApiJson { value, .. }: ApiJson<Dismissal>,
) -> Result<Response, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let context = attention::dismiss_meeting(&app, &id, &dealt, &identity.actor()).await?;
    Ok(answer(&context))
}

/// Read a meeting's timeline
///
/// What happened to it, newest first: changes, sends, answers, texts, skipped reminders.
#[utoipa::path(
    get,
    path = "/v1/meetings/{id}/timeline",
    operation_id = "get_timeline",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id"), Paging),
    responses(
        (status = 200, description = "One page", body = Timeline),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    _: Identity,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<Timeline>, Problem> {
    let cursor = cursor(paging.cursor.as_deref())?;
    let limit = page_size(paging.limit)?;
    let page = queries::timeline(&app, &id, cursor.as_ref(), limit).await?;
    let settings = app.settings().await?;
    let view = |entry| TimelineView::new(entry, &settings);
    Ok(Json(Timeline {
        entries: page.rows.iter().map(view).collect(),
        unreadable: page.unreadable,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}

/// Read a meeting's reminder plan
///
/// When each reminder goes, to whom and how; and of each that does not, why.
#[utoipa::path(
    get,
    path = "/v1/meetings/{id}/reminders",
    operation_id = "get_reminders",
    tag = "Meetings",
    params(("id" = String, Path, description = "The meeting's id")),
    responses(
        (status = 200, description = "The plan", body = ReminderPlan),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn reminders(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Json<ReminderPlan>, Problem> {
    let planned = queries::reminders(&app, &id, app.clock.now()).await?;
    let mut room = PageRoom::default();
    let fitting = |each| ReminderView::from(each).cut_to(|attendee| room.takes(attendee));
    let reminders = planned.into_iter().map(fitting).collect();
    Ok(Json(ReminderPlan { reminders }))
}
