//! Figures, drawn: what became of the messages of each day, what was answered, and how soon
//! messages were accepted. The numbers stand beside every drawing.

mod chart;
mod tables;

use axum::{extract::State, response::Response};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use usher_api::figures::ReachAheadView;
use usher_console::{PageError, Staff};
use usher_domain::{Failure, figures::Figures, local_time::rfc3339};
use usher_flows::{
    figures::{FiguresOfDays, figures},
    queries,
};
use usher_web::ApiQuery;

use self::{
    chart::{Chart, Day},
    tables::{AnswerRow, LagRow},
};
use super::Console;

/// How many days there are to choose from.
const RANGES: [u64; 4] = [7, 14, 30, 90];
/// How many days are shown where none were chosen.
const USUAL: u64 = 14;

/// How many days are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    days: Option<u64>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    ranges: [u64; 4],
    days: u64,
    /// Whether anything was ever sent.
    begun: bool,
    /// When the newest of the days was counted.
    as_of: Option<String>,
    unreadable: usize,
    /// How many messages could not be read and are in no count.
    uncounted: u64,
    /// Who cannot be reached in the days to come, as was known when that was looked at last.
    ahead: Option<ReachAheadView>,
    chart: Chart,
    answers: Vec<AnswerRow>,
    lags: Vec<LagRow>,
}

/// `GET /console/figures`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiQuery(wanted): ApiQuery<Wanted>,
) -> Result<Response, PageError> {
    let days = wanted.days.unwrap_or(USUAL);
    if !RANGES.contains(&days) {
        let detail = "Choose 7, 14, 30 or 90 days.".to_owned();
        return Err(Failure::BadRequest { detail }.into());
    }
    let (settings, now) = (app.settings().await?, app.clock.now());
    let zone = settings.timezone;
    let today = now.with_timezone(&zone).date_naive();
    let from = today - Days::new(days - 1);
    let found = figures(&app, (from, today), today).await?;
    let templates = queries::templates(&app).await?;
    // Before anything was sent there is nothing to count.
    let begun = found
        .log_begins_at
        .map(|at| at.with_timezone(&zone).date_naive());
    let from = begun.map_or(from, |begun| begun.clamp(from, today));
    let total = total(&found);
    let page = Page {
        here: "figures",
        timezone: zone.to_string(),
        ranges: RANGES,
        days,
        begun: found.log_begins_at.is_some(),
        as_of: as_of(&found),
        unreadable: found.unreadable,
        uncounted: total.unreadable,
        ahead: ahead(&found),
        chart: Chart::of(by_day(&found, from, today)),
        answers: AnswerRow::all(&total, &templates.rows),
        lags: LagRow::all(&total),
    };
    Ok(pages.page("figures.html", &staff, page))
}

/// Each day until today, oldest first.
fn by_day(found: &FiguresOfDays, from: NaiveDate, today: NaiveDate) -> Vec<Day> {
    let dates = from.iter_days().take_while(|date| *date <= today);
    let day = |date: NaiveDate| {
        let mut days = found.days.iter();
        let counted = days.find(|day| day.date == date);
        Day::new(date, counted.and_then(|day| day.complete.as_ref()))
    };
    dates.map(day).collect()
}

/// All days together.
fn total(found: &FiguresOfDays) -> Figures {
    let counted = found.days.iter().filter_map(|day| day.complete.as_ref());
    let mut total = Figures::default();
    for day in counted {
        total.merge(day.figures.clone());
    }
    total
}

/// Who could not be reached ahead of the newest of the days.
fn ahead(found: &FiguresOfDays) -> Option<ReachAheadView> {
    let newest = found.days.last()?;
    newest.reach_ahead.as_ref().map(ReachAheadView::from)
}

/// When the newest of the days was counted.
fn as_of(found: &FiguresOfDays) -> Option<String> {
    let newest = found.days.last()?;
    newest.complete.as_ref().map(|done| rfc3339(done.at))
}
