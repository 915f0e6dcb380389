//! Addresses and numbers that nothing is sent to, and staff who set and lift that.

use axum::{Json, extract::State};
use usher_api::suppression::{SuppressionList, SuppressionRequest, SuppressionView};
use usher_flows::{
    App,
    suppressions::{self, Suppression},
};
use usher_web::{ApiJson, ApiPath, Identity, NoQuery, Problem};

/// List the addresses and numbers that nothing is sent to
///
/// Emails to an address came back for good or were called spam; a number's owner texted an
/// opt-out word, or wrote in their own words that they want no more texts, in which case SMS are
/// held until somebody decides; or a member of staff opted them out. Those that wish for no
/// reminders by email are not listed: that is for their owners to take back.
#[utoipa::path(
    get,
    path = "/v1/suppressions",
    operation_id = "list_suppressions",
    tag = "Notifications",
    responses(
        (status = 200, description = "All of them", body = SuppressionList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
) -> Result<Json<SuppressionList>, Problem> {
    let all = suppressions::list(&app).await?;
    let numbers = all.numbers.iter().map(SuppressionView::from);
    let addresses = all.addresses.iter().map(SuppressionView::from);
    Ok(Json(SuppressionList {
        suppressions: numbers.chain(addresses).collect(),
        unreadable: all.unreadable,
    }))
}

/// Opt an address or a number out
///
/// Nothing is sent to it any more. Of a number that is held because of what its owner wrote, this
/// confirms it. What is opted out already stays as it is.
#[utoipa::path(
    put,
    path = "/v1/suppressions/{address}",
    operation_id = "opt_out",
    tag = "Notifications",
    params(("address" = String, Path, description = "The email address, or the phone number in E.164")),
    request_body = SuppressionRequest,
    responses(
        (status = 200, description = "It is opted out", body = SuppressionView),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn opt_out(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(address): ApiPath<String>,
    ApiJson { value, .. }: ApiJson<SuppressionRequest>,
) -> Result<Json<SuppressionView>, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let out = suppressions::opt_out(&app, &address, &dealt, &identity.actor()).await?;
    Ok(Json(view(&out)))
}

/// Have an address or a number be written to again
///
/// An address is taken off the suppression list of the AWS account, too; a number that is on the
/// account's opt-out list is refused, for only its owner takes it off. What came back before this
/// keeps it no more, however late it is reported; what comes back after it does. Again is no
/// error, and changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/suppressions/{address}",
    operation_id = "lift_suppression",
    tag = "Notifications",
    params(("address" = String, Path, description = "The email address, or the phone number in E.164")),
    request_body = SuppressionRequest,
    responses(
        (status = 200, description = "It is lifted", body = SuppressionView),
        (status = "default", description = "Nothing was changed", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn lift(
    State(app): State<App>,
    identity: Identity,
    _: NoQuery,
    ApiPath(address): ApiPath<String>,
    ApiJson { value, .. }: ApiJson<SuppressionRequest>,
) -> Result<Json<SuppressionView>, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let lifted = suppressions::lift(&app, &address, &dealt, &identity.actor()).await?;
    Ok(Json(view(&lifted)))
}

fn view(suppression: &Suppression) -> SuppressionView {
    match suppression {
        Suppression::Address(suppression) => suppression.into(),
        Suppression::Number(opt_out) => opt_out.into(),
    }
}
