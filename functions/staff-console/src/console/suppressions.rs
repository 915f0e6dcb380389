//! The addresses and numbers that nothing is sent to.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::suppression::{SuppressionRequest, SuppressionView};
use usher_console::{PageError, Staff, see_other};
use usher_domain::{opt_out::OptOut, suppression::AddressSuppression};
use usher_flows::suppressions;
use usher_web::NoQuery;

use super::Console;

/// An address or a number as the page lists it.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    suppression: SuppressionView,
    /// Why, as staff read it.
    why: &'static str,
    /// Whether staff may lift it: what is on the account's opt-out list only its owner takes off.
    can_lift: bool,
}

impl From<&AddressSuppression> for Row {
    fn from(suppression: &AddressSuppression) -> Self {
        Self {
            why: suppression.cause.label(),
            suppression: suppression.into(),
            can_lift: true,
        }
    }
}

impl From<&OptOut> for Row {
    fn from(opt_out: &OptOut) -> Self {
        Self {
            why: opt_out.source.label(),
            suppression: opt_out.into(),
            can_lift: suppressions::can_be_lifted(opt_out),
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

/// What is to become of an address or a number, and why.
#[derive(Deserialize)]
pub(crate) struct SuppressionForm {
    address: String,
    reason: String,
    #[serde(default)]
    act: Act,
}

/// What staff do.
#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Nothing is sent to it any more; or what its owner wrote is confirmed.
    OptOut,
    /// It may be written to again.
    #[default]
    Lift,
}

/// `GET /console/suppressions`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    _: NoQuery,
) -> Result<Response, PageError> {
    let all = suppressions::list(&app).await?;
    let numbers = all.numbers.iter().map(Row::from);
    let addresses = all.addresses.iter().map(Row::from);
    let page = Page {
        here: "notifications",
        timezone: app.settings().await?.timezone.to_string(),
        rows: numbers.chain(addresses).collect(),
        unreadable: all.unreadable,
    };
    Ok(pages.page("suppressions.html", &staff, page))
}

/// `POST /console/suppressions`
pub(crate) async fn settle(
    State(Console { app, .. }): State<Console>,
    staff: Staff,
    Form(form): Form<SuppressionForm>,
) -> Result<Response, PageError> {
    let SuppressionForm {
        address,
        reason,
        act,
    } = form;
    let dealt = SuppressionRequest { reason }.by(&staff.identity.name, app.clock.now())?;
    match act {
        Act::OptOut => suppressions::opt_out(&app, &address, &dealt, &staff.actor()).await?,
        Act::Lift => suppressions::lift(&app, &address, &dealt, &staff.actor()).await?,
    };
    Ok(see_other("/console/suppressions"))
}
