//! `GET /meeting/calendar.ics`: the meeting for the customer's calendar, the
//! same file that the email carries (E6). Changes nothing.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use usher_domain::render::{calendar_type, ics};
use usher_flows::respond::visit;

use crate::{form::Pairs, site::Site};

/// Hands out the calendar file; a link that opens nothing gets the page that
/// every such link gets.
pub(crate) async fn file(
    State(site): State<Site>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let Some(token) = query.token() else {
        return site.no_such_link().await;
    };
    let now = site.app.clock.now();
    let visit = match visit(&site.app, token.reveal(), now).await {
        Ok(Some(visit)) => visit,
        Ok(None) => return site.no_such_link().await,
        Err(failure) => return site.trouble(&failure, None),
    };
    let context = &visit.context;
    let Some(attendee) = context.meeting.attendee(&visit.grant.attendee_id) else {
        return site.no_such_link().await;
    };
    let links = site.links(&token);
    let template = context.template.as_ref();
    let file = ics(
        &context.meeting,
        attendee,
        template,
        &context.settings,
        Some(&links),
    );
    let headers = [
        (CONTENT_TYPE, calendar_type(&file)),
        (
            CONTENT_DISPOSITION,
            r#"attachment; filename="meeting.ics""#.to_owned(),
        ),
    ];
    (headers, file).into_response()
}
