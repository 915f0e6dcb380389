//! Staff answer for a customer.

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use usher_api::word;
use usher_console::{PageError, Said, Staff};
use usher_domain::id::MeetingId;
use usher_flows::respond::{StaffAnswer, respond_for};
use usher_web::ApiPath;

use crate::console::Console;

/// What the form of an answer says.
#[derive(Debug, Deserialize)]
pub(crate) struct Answering {
    attendee_id: String,
    answer: word::Answer,
    #[serde(default)]
    reason: String,
}

/// `POST /console/meetings/{id}/answer`
pub(crate) async fn answer(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<Answering>,
) -> Result<Response, PageError> {
    let reason = form.reason.trim();
    let answer = StaffAnswer {
        attendee_id: form.attendee_id,
        answer: form.answer.0,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    };
    respond_for(&app, &id, &answer, &staff.actor(), app.clock.now()).await?;
    let said = Said::good("The answer is taken.");
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}
