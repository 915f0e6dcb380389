//! The inbox of texts that belong to no meeting.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_domain::reply::InboundView;
use usher_flows::{look, manage};
use usher_web::{
    ApiQuery,
    console::{PageError, Staff, see_other},
};

use super::Console;
use crate::meetings::place;

/// How many texts a page shows.
const SHOWN: usize = 50;

/// Which part of the inbox.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    cursor: Option<String>,
}

/// The text that was dealt with.
#[derive(Debug, Deserialize)]
pub(crate) struct Handled {
    id: String,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    texts: Vec<InboundView>,
    next: Option<String>,
}

/// `GET /console/inbox`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let cursor = place(asked.cursor.as_deref())?;
    let texts = look::unmatched_texts(&app, cursor.as_ref(), SHOWN).await?;
    let page = Page {
        here: "inbox",
        timezone: app.settings().await?.timezone.to_string(),
        texts: texts.rows.iter().map(InboundView::from).collect(),
        next: texts.next.map(|cursor| cursor.encode()),
    };
    Ok(desk.page("inbox.html", &staff, page))
}

/// `POST /console/inbox`
pub(crate) async fn handle(
    State(Console { app, .. }): State<Console>,
    _: Staff,
    Form(Handled { id }): Form<Handled>,
) -> Result<Response, PageError> {
    manage::handle_text(&app, &id).await?;
    Ok(see_other("/console/inbox"))
}
