//! Whom messages of coming meetings will not reach.

use axum::{Json, extract::State};
use usher_api::{
    query::Coming,
    reach::{UnreachableAttendee, UnreachableList},
};
use usher_domain::{Failure, settings::Settings};
use usher_flows::{
    App,
    reach::{self, Asked, ReachPage, UnreachedOfMeeting},
};
use usher_web::{ApiQuery, Identity, Problem};

use crate::paging::{TimeRange, cursor, page_size};

/// The page that a query asks for, of so many attendees at most.
pub(crate) async fn page(
    app: &App,
    settings: &Settings,
    coming: &Coming,
    limit: usize,
) -> Result<ReachPage, Failure> {
    let zone = settings.timezone;
    let TimeRange { from, to } =
        TimeRange::read(zone, coming.from.as_deref(), coming.to.as_deref())?;
    let cursor = cursor(coming.cursor.as_deref())?;
    let (asked, now) = (Asked { from, to }, app.clock.now());
    reach::page(app, settings, asked, cursor.as_ref(), limit, now).await
}

/// List whom messages of coming meetings will not reach
///
/// Attendees of meetings that have not started whom a message that is still to come will not
/// reach as things stand: what tells them of the meeting where they lack that, an update, a
/// cancellation, or a reminder that has not gone out. It is planned as a send plans it, so
/// the list and the send agree; whether a text can be made is not tried, which a preview does.
/// Left out is who has declined, and meetings that are archived, or cancelled as far as
/// everybody knows. Looking does not send, and changes nothing.
#[utoipa::path(
    get,
    path = "/v1/reach",
    operation_id = "list_unreachable",
    tag = "Meetings",
    params(Coming),
    responses(
        (status = 200, description = "One page", body = UnreachableList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(coming): ApiQuery<Coming>,
) -> Result<Json<UnreachableList>, Problem> {
    let settings = app.settings().await?;
    let limit = page_size(coming.limit)?;
    let page = page(&app, &settings, &coming, limit).await?;
    Ok(Json(UnreachableList {
        unreachable: page.meetings.iter().flat_map(of_meeting).collect(),
        next_cursor: page.next.map(|cursor| cursor.encode()),
        unreadable: page.unreadable,
    }))
}

fn of_meeting(each: &UnreachedOfMeeting) -> impl Iterator<Item = UnreachableAttendee> {
    let UnreachedOfMeeting {
        meeting,
        template,
        attendees,
    } = each;
    let template = template.as_ref();
    attendees
        .iter()
        .map(move |unreached| UnreachableAttendee::new(meeting, template, unreached))
}
