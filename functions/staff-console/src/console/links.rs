//! Staff revoke links, once they have said that they mean it.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::meeting::MeetingView;
use usher_console::{PageError, Said, Staff};
use usher_domain::{
    Failure,
    id::{AttendeeId, MeetingId},
    meeting::Meeting,
};
use usher_flows::links;
use usher_web::{ApiPath, ApiQuery};

use super::Console;
use crate::meetings::view;

/// Whose links, and where the question is shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    attendee: Option<AttendeeId>,
    #[serde(rename = "in")]
    place: Option<String>,
}

/// Whose links; those of all where it is nobody's.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoked {
    attendee: Option<AttendeeId>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    in_dialog: bool,
    meeting: MeetingView,
    attendee: Option<Owner>,
}

#[derive(Serialize)]
struct Owner {
    id: String,
    name: String,
}

impl Owner {
    fn of(meeting: &Meeting, id: &AttendeeId) -> Result<Self, Failure> {
        let missing = Failure::NotFound { what: "attendee" };
        let attendee = meeting.attendee(id).ok_or(missing)?;
        Ok(Self {
            id: attendee.id.to_string(),
            name: attendee.name.to_string(),
        })
    }
}

/// `GET /console/meetings/{id}/links/revoke`
pub(crate) async fn ask(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let context = app.context(&id).await?;
    let owner = asked.attendee.as_ref();
    let page = Page {
        here: "calendar",
        in_dialog: asked.place.as_deref() == Some("dialog"),
        attendee: owner
            .map(|owner| Owner::of(&context.meeting, owner))
            .transpose()?,
        meeting: view(&context),
    };
    Ok(pages.page("revoke.html", &staff, page))
}

/// `POST /console/meetings/{id}/links/revoke`
pub(crate) async fn revoke(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<Revoked>,
) -> Result<Response, PageError> {
    let (actor, now) = (staff.actor(), app.clock.now());
    let said = match form.attendee {
        Some(attendee) => {
            let context = links::revoke_of_attendee(&app, &id, &attendee, &actor, now).await?;
            let owner = Owner::of(&context.meeting, &attendee)?;
            format!(
                "Revoked: the links sent to {} so far open nothing any more.",
                owner.name
            )
        }
        None => {
            links::revoke_all(&app, &id, &actor, now).await?;
            "Revoked: the links sent so far open nothing any more.".to_owned()
        }
    };
    Ok(pages.done(&format!("/console/meetings/{id}"), Said::good(said)))
}
