//! The addresses that nothing is sent to.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::suppression::{Lift, SuppressionView};
use usher_console::{PageError, Staff, see_other};
use usher_domain::suppression::AddressSuppression;
use usher_flows::suppressions;
use usher_web::NoQuery;

use super::Console;

/// An address as the page lists it.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    suppression: SuppressionView,
    /// Why, as staff read it.
    why: &'static str,
}

impl From<&AddressSuppression> for Row {
    fn from(suppression: &AddressSuppression) -> Self {
        Self {
            why: suppression.cause.label(),
            suppression: suppression.into(),
        }
    }
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    rows: Vec<Row>,
    unreadable: usize,
}

/// The address that may be written to again, and why.
#[derive(Deserialize)]
pub(crate) struct LiftForm {
    address: String,
    reason: String,
}

/// `GET /console/suppressions`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    _: NoQuery,
) -> Result<Response, PageError> {
    let all = suppressions::list(&app).await?;
    let page = Page {
        here: "notifications",
        timezone: app.settings().await?.timezone.to_string(),
        rows: all.rows.iter().map(Row::from).collect(),
        unreadable: all.unreadable,
    };
    Ok(pages.page("suppressions.html", &staff, page))
}

/// `POST /console/suppressions`
pub(crate) async fn lift(
    State(Console { app, .. }): State<Console>,
    staff: Staff,
    Form(LiftForm { address, reason }): Form<LiftForm>,
) -> Result<Response, PageError> {
    let dealt = Lift { reason }.by(&staff.identity.name, app.clock.now())?;
    suppressions::lift(&app, &address, &dealt, &staff.actor()).await?;
    Ok(see_other("/console/suppressions"))
}
