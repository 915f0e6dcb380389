//! Addresses that nothing is sent to, and that they may be written to again.

use axum::{Json, extract::State};
use usher_api::suppression::{Lift, SuppressionList, SuppressionView};
use usher_flows::{App, suppressions};
use usher_web::{ApiJson, ApiPath, Identity, NoQuery, Problem};

/// List the addresses that nothing is sent to
///
/// Emails to them came back for good, or were called spam. Those that wish for no reminders
/// or no SMS stand elsewhere: that is for their owners to take back.
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
    Ok(Json(SuppressionList {
        suppressions: all.rows.iter().map(SuppressionView::from).collect(),
        unreadable: all.unreadable,
    }))
}

/// Have an address be written to again
///
/// It is taken off the suppression list of the AWS account, too. What came back before this
/// keeps it no more, however late it is reported; what comes back after it does. Again is no
/// error, and changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/suppressions/{address}",
    operation_id = "lift_suppression",
    tag = "Notifications",
    params(("address" = String, Path, description = "The email address")),
    request_body = Lift,
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
    ApiJson { value, .. }: ApiJson<Lift>,
) -> Result<Json<SuppressionView>, Problem> {
    let dealt = value.by(&identity.name, app.clock.now())?;
    let lifted = suppressions::lift(&app, &address, &dealt, &identity.actor()).await?;
    Ok(Json(SuppressionView::from(&lifted)))
}
