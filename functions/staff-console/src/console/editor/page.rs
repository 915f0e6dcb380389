//! The editor's page.

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::{Value, json};
use usher_console::{Mistake, PageError, Staff};
use usher_domain::id::TemplateId;
use usher_web::{ApiPath, Role};

use super::{Editor, Open, as_document, load};
use crate::console::Console;

/// The name that a template cannot have here: it opens the form of a new one.
const NEW: &str = "new";

#[derive(Serialize)]
pub(super) struct Page {
    here: &'static str,
    may: bool,
    id: String,
    new: bool,
    /// Whether part of it could not be read.
    pub(super) damaged: bool,
    archived: bool,
    #[serde(flatten)]
    editor: Editor,
    base: String,
    version: u64,
    errors: Vec<Mistake>,
}

/// `GET /console/templates/{id}`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    let known = (id.as_str() != NEW).then_some(&id);
    let form = load(&app, known, app.clock.now()).await?;
    let known = form.template.as_ref();
    let damaged = known.is_some_and(|template| template.damaged);
    let known = known.map(|template| (as_document(template), template.version));
    let v = known.as_ref().map_or_else(|| json!({}), |(v, _)| v.clone());
    let id = match &known {
        Some(_) => id.to_string(),
        None => app.random_id(),
    };
    let editor = Editor::new(&form, &v, &Open::First, false, &[])?;
    let known = known.as_ref().map(|(v, version)| (v, *version));
    let page = Page {
        damaged,
        ..Page::new(&staff, id, known, editor, Vec::new())
    };
    Ok(pages.page("template.html", &staff, page))
}

impl Page {
    pub(super) fn new(
        staff: &Staff,
        id: String,
        known: Option<(&Value, u64)>,
        editor: Editor,
        errors: Vec<Mistake>,
    ) -> Self {
        Self {
            here: "templates",
            may: staff.require(Role::Manager).is_ok(),
            id,
            new: known.is_none(),
            damaged: false,
            archived: known.is_some_and(|(base, _)| base["active"] == false),
            editor,
            base: known.map_or_else(|| "{}".to_owned(), |(base, _)| base.to_string()),
            version: known.map_or(0, |(_, version)| version),
            errors,
        }
    }
}
