//! The inbox of texts that belong to no meeting.

use axum::{Form, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_api::inbound::InboundView;
use usher_console::{PageError, Staff, see_other};
use usher_domain::{Failure, sms::Inbound};
use usher_flows::{attention, queries};
use usher_web::ApiQuery;

use super::{Console, meeting::DismissalForm};
use crate::paging::cursor;

/// How many texts a page shows.
const SHOWN: usize = 50;

/// The longest place of a text, in bytes: far under what a key may have.
const LONGEST_PLACE: usize = 500;

/// Which part of the inbox.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    cursor: Option<String>,
}

/// The text that was dealt with, by its place in the inbox.
#[derive(Debug, Deserialize)]
pub(crate) struct Handled {
    id: String,
    #[serde(flatten)]
    dismissal: DismissalForm,
}

/// A text as the page lists it.
#[derive(Serialize)]
pub(super) struct TextRow {
    #[serde(flatten)]
    text: InboundView,
    /// Where it stands in the inbox: when it came in, and its id. With it any text
    /// that is listed is found again, however many came after.
    place: String,
}

impl From<&Inbound> for TextRow {
    fn from(inbound: &Inbound) -> Self {
        let text = InboundView::from(inbound);
        Self {
            place: format!("{}~{}", text.received_at, text.id),
            text,
        }
    }
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    texts: Vec<TextRow>,
    unreadable: usize,
    next: Option<String>,
    /// Whether this is not the first part.
    continued: bool,
}

/// `GET /console/inbox`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let cursor = cursor(asked.cursor.as_deref())?;
    let texts = queries::unmatched_texts(&app, cursor.as_ref(), SHOWN).await?;
    let page = Page {
        here: "inbox",
        timezone: app.settings().await?.timezone.to_string(),
        continued: cursor.is_some(),
        unreadable: texts.unreadable,
        texts: texts.rows.iter().map(TextRow::from).collect(),
        next: texts.next.map(|cursor| cursor.encode()),
    };
    Ok(pages.page("inbox.html", &staff, page))
}

/// `POST /console/inbox`
pub(crate) async fn handle(
    State(Console { app, .. }): State<Console>,
    staff: Staff,
    Form(Handled { id, dismissal }): Form<Handled>,
) -> Result<Response, PageError> {
    let place = id.split_once('~').filter(|_| id.len() < LONGEST_PLACE);
    let found = place.and_then(|(at, id)| Some((at.parse().ok()?, id)));
    let (received_at, id) = found.ok_or(Failure::NotFound { what: "text" })?;
    let dealt = dismissal.dealt(&staff, app.clock.now())?;
    attention::dismiss_text_of(&app, received_at, id, &dealt, &staff.actor()).await?;
    Ok(see_other(dismissal.back("/console/inbox")))
}
