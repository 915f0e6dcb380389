//! The Notifications Console: what was sent, to whom, whether it arrived, what came back.

mod csv;
mod export;
mod filters;
mod one;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;
use url::form_urlencoded;
use usher_api::notification::NotificationView;
use usher_console::{PageError, Staff};
use usher_domain::{Failure, notification::Notification, settings::Settings};
use usher_flows::{App, Cursor, Page as LogPage, log};

use super::Console;
use crate::{log::log_query, paging::cursor};
use export::EXPORTED;
pub(super) use export::export;
use filters::{Field, Given, encode, filled, filters};
pub(super) use one::{dismiss, one, resolve};

/// How many rows a page shows.
const SHOWN: usize = 25;
#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    given: Given,
    filtered: bool,
    /// Whether this is not the first part.
    continued: bool,
    problem: Option<String>,
    rows: Vec<NotificationView>,
    unreadable: usize,
    /// The query of the page after this.
    next: Option<String>,
    /// The query of the export, and how many rows a part of it has.
    export: String,
    part_size: usize,
}

/// `GET /console/notifications`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let fields = filled(query.as_deref());
    let settings = app.settings().await?;
    let (found, problem) = match read(&app, &fields, &settings).await {
        Ok(found) => (found, None),
        // What was filled in wrong is said beside it, and nothing of it is lost.
        Err(Failure::BadRequest { detail }) => (nothing(), Some(detail)),
        Err(failure) => return Err(failure.into()),
    };
    let export = encode(&fields);
    let has = |wanted: fn(&str) -> bool| fields.iter().any(|(name, _)| wanted(name));
    let page = Page {
        here: "notifications",
        timezone: settings.timezone.to_string(),
        filtered: has(|name| name != "cursor"),
        continued: has(|name| name == "cursor"),
        given: Given::of(&fields),
        problem,
        rows: found.rows.iter().map(NotificationView::from).collect(),
        unreadable: found.unreadable,
        next: found.next.map(|cursor| with_cursor(&export, &cursor)),
        export,
        part_size: EXPORTED,
    };
    Ok(pages.page("log.html", &staff, page))
}

/// The rows that the filters ask for.
async fn read(
    app: &App,
    fields: &[Field],
    settings: &Settings,
) -> Result<LogPage<Notification>, Failure> {
    let filters = filters(fields)?;
    let query = log_query(&filters, settings)?;
    let cursor = cursor(filters.cursor.as_deref())?;
    log::page(app, &query, cursor.as_ref(), SHOWN, app.clock.now()).await
}

fn nothing() -> LogPage<Notification> {
    LogPage {
        rows: Vec::new(),
        unreadable: 0,
        next: None,
    }
}

/// The query of what comes after a page.
fn with_cursor(query: &str, cursor: &Cursor) -> String {
    form_urlencoded::Serializer::new(query.to_owned())
        .append_pair("cursor", &cursor.encode())
        .finish()
}
