//! Putting a meeting into the archive, and taking it back.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::meeting::MeetingView;
use usher_console::{PageError, Said, Staff};
use usher_domain::{id::MeetingId, meeting::BookingStatus};
use usher_flows::manage;
use usher_web::{ApiPath, ApiQuery};

use crate::{console::Console, meetings::view};

#[derive(Serialize)]
struct ArchivePage {
    here: &'static str,
    in_dialog: bool,
    meeting: MeetingView,
    /// Whether customers expect it to take place.
    expected: bool,
}

/// Where a page is shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "in")]
    place: Option<String>,
}

/// `GET /console/meetings/{id}/archive`
pub(crate) async fn ask_to_archive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(asked): ApiQuery<Place>,
) -> Result<Response, PageError> {
    let context = app.context(&id).await?;
    let meeting = &context.meeting;
    let called_off = matches!(
        meeting.status,
        BookingStatus::Cancelled | BookingStatus::Declined
    );
    let page = ArchivePage {
        here: "calendar",
        in_dialog: asked.place.as_deref() == Some("dialog"),
        expected: meeting.announced.is_some() && !called_off && !meeting.over(app.clock.now()),
        meeting: view(&context),
    };
    Ok(pages.page("archive.html", &staff, page))
}

/// `POST /console/meetings/{id}/archive`
pub(crate) async fn archive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    manage::archive(&app, &id, &staff.actor(), app.clock.now()).await?;
    let said = Said::good("Archived. Its reminders are gone. It can be taken back below.");
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// `POST /console/meetings/{id}/unarchive`
pub(crate) async fn unarchive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let context = manage::unarchive(&app, &id, &staff.actor(), now).await?;
    let planned = manage::reminders_come_back(&context.meeting, context.template.as_ref(), now);
    let said = Said::good(if planned {
        "Taken back from the archive. Its reminders are planned anew."
    } else {
        "Taken back from the archive. No reminders are to come of it."
    });
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}
