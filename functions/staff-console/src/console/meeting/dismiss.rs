//! What somebody has dealt with needs no attention any more.

use axum::{Form, extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use usher_console::{PageError, Said, Staff};
use usher_domain::{Failure, dealt_with::DealtWith, id::MeetingId};
use usher_flows::attention;
use usher_web::ApiPath;

use crate::console::Console;

/// How somebody has dealt with something, and where they said so.
#[derive(Debug, Deserialize)]
pub(crate) struct DismissalForm {
    #[serde(default)]
    note: String,
    #[serde(default)]
    from: String,
}

impl DismissalForm {
    /// Who has dealt with it, and how.
    pub(in crate::console) fn dealt(
        &self,
        staff: &Staff,
        now: DateTime<Utc>,
    ) -> Result<DealtWith, Failure> {
        DealtWith::new(&staff.identity.name, Some(&self.note), now)
    }

    /// The page to go back to: the calendar's list where it was said there.
    pub(in crate::console) fn back<'a>(&self, page: &'a str) -> &'a str {
        match self.from.as_str() {
            "calendar" => "/console",
            _ => page,
        }
    }
}

/// `POST /console/meetings/{id}/dismiss`
pub(crate) async fn dismiss(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<DismissalForm>,
) -> Result<Response, PageError> {
    let dealt = form.dealt(&staff, app.clock.now())?;
    let page = format!("/console/meetings/{id}");
    let said = match attention::dismiss_meeting(&app, &id, &dealt, &staff.actor()).await {
        Ok(_) => Said::good("Dealt with."),
        // Somebody or something else has settled it meanwhile.
        Err(Failure::Refused { reason, .. }) => Said::good(reason),
        Err(failure) => return Err(failure.into()),
    };
    Ok(pages.done(form.back(&page), said))
}
