//! Figures: what the log comes to, day by day.

use axum::{Json, extract::State};
use usher_api::figures::{Days, FiguresView};
use usher_flows::{App, figures::figures};
use usher_web::{ApiQuery, Identity, Problem};

/// Read the figures of some days
///
/// How many messages there were and what became of them, what was answered, and how soon
/// messages were accepted: as counted from the log, once an hour for today and again later for
/// the days before.
#[utoipa::path(
    get,
    path = "/v1/figures",
    operation_id = "get_figures",
    tag = "Notifications",
    params(Days),
    responses(
        (status = 200, description = "The days that have been counted, and which have not", body = FiguresView),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _: Identity,
    ApiQuery(days): ApiQuery<Days>,
) -> Result<Json<FiguresView>, Problem> {
    let zone = app.settings().await?.timezone;
    let today = app.clock.now().with_timezone(&zone).date_naive();
    let found = figures(&app, days.range(today)?, today).await?;
    Ok(Json(FiguresView::new(
        zone.to_string(),
        &found.days,
        found.missing,
        found.unreadable,
    )))
}
