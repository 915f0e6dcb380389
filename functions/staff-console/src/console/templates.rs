//! The template editor.

use axum::{Form, extract::State, response::Response};
use serde::Serialize;
use serde_json::{Value, json};
use usher_api::{
    preview::MessagePreview,
    template::{Reference, TemplateBody, Trial},
};
use usher_console::{
    Fields, MergePage, Mistake, PageError, Said, Staff, Styles, document, framed, label, merge,
    mistakes, own, read,
};
use usher_domain::{Precondition, id::TemplateId, template::Template};
use usher_flows::{App, manage, queries, try_template::try_template};
use usher_web::{ApiPath, Problem, ProblemKind, Role};

use super::{
    Console,
    editor::{self, Editor, Open, as_document},
};
use crate::templates::tried;

/// The name that a template cannot have here: it opens the form of a new one.
const NEW: &str = "new";

#[derive(Serialize)]
struct List {
    here: &'static str,
    may: bool,
    templates: Vec<Listed>,
    unreadable: usize,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    body: TemplateBody,
    damaged: bool,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    may: bool,
    id: String,
    new: bool,
    /// Whether part of it could not be read.
    damaged: bool,
    archived: bool,
    #[serde(flatten)]
    editor: Editor,
    base: String,
    version: u64,
    errors: Vec<Mistake>,
}

#[derive(Serialize)]
struct ReferencePage {
    here: &'static str,
    #[serde(flatten)]
    reference: Reference,
}

#[derive(Serialize)]
struct PreviewPage {
    in_dialog: bool,
    message: Option<MessagePreview>,
    html: Option<String>,
    /// The parts that are not shown, because they have a mistake.
    missing: Vec<&'static str>,
    errors: Vec<Mistake>,
}

/// `GET /console/templates`
pub(crate) async fn list(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let templates = queries::templates(&app).await?;
    let page = List {
        here: "templates",
        may: staff.require(Role::Manager).is_ok(),
        unreadable: templates.unreadable,
        templates: templates.rows.iter().map(Listed::new).collect(),
    };
    Ok(pages.page("templates.html", &staff, page))
}

impl Listed {
    fn new(template: &Template) -> Self {
        Self {
            body: template.into(),
            damaged: template.damaged,
        }
    }
}

/// `GET /console/templates/{id}`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    let known = (id.as_str() != NEW).then_some(&id);
    let form = editor::load(&app, known, app.clock.now()).await?;
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

/// `GET /console/template-variables`: what texts can name.
pub(crate) async fn reference(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let language = app.settings().await?.locale.language();
    let page = ReferencePage {
        here: "templates",
        reference: Reference::in_language(language),
    };
    Ok(pages.page("variables.html", &staff, page))
}

/// `POST /console/templates/{id}`
pub(crate) async fn save(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let (base, version) = loaded(&fields)?;
    let pressed = own(&fields, "_do").unwrap_or("save");
    let mut v = document(&fields);
    match pressed {
        "archive" => v["active"] = false.into(),
        "restore" => v["active"] = true.into(),
        _ => {}
    }
    let known = (version > 0).then_some((&base, version));
    if !matches!(pressed, "save" | "archive" | "restore") {
        let added = editor::press(&mut v, pressed, &app.random_id());
        let form = editor::load(&app, None, app.clock.now()).await?;
        let editor = Editor::new(&form, &v, &Open::of(&fields), added, &[])?;
        let page = Page::new(&staff, id.to_string(), known, editor, Vec::new());
        return Ok(pages.page("template.html", &staff, page));
    }
    let filled_in = editor::in_minutes(&v);
    let saved = match read::<TemplateBody>(&filled_in) {
        Ok(body) => {
            let before = if version == 0 {
                Precondition::Absent
            } else {
                Precondition::Version(version)
            };
            let (actor, now) = (staff.actor(), app.clock.now());
            let saved = manage::put_template(&app, &id, &body.into(), before, &actor, now).await;
            saved.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let problem = match saved {
        Ok((_, applied)) => {
            let done = editor::said(pressed, applied);
            return Ok(pages.done(&format!("/console/templates/{id}"), done));
        }
        Err(problem) => problem,
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let template = queries::template(&app, &id).await?;
        let theirs = as_document(&template);
        let mut merge = merge(&base, &filled_in, &theirs);
        let form = editor::load(&app, None, app.clock.now()).await?;
        let editor = Editor::new(&form, &merge.document(), &Open::All, false, &[])?;
        let form = Page::new(&staff, id.to_string(), None, editor, Vec::new());
        pages.labels("template.html", &staff, form).name(&mut merge);
        let page = MergePage {
            here: "templates",
            action: format!("/console/templates/{id}"),
            version: template.version,
            base: theirs.to_string(),
            merge,
            own: false,
        };
        return Ok(page.show(&pages, &staff));
    }
    let errors = mistakes(&problem);
    let form = editor::load(&app, None, app.clock.now()).await?;
    let editor = Editor::new(&form, &v, &Open::of(&fields), false, &errors)?;
    let page = Page::new(&staff, id.to_string(), known, editor, errors);
    Ok(pages.page_with(problem.kind().status(), "template.html", &staff, page))
}

/// `POST /console/templates/{id}/preview`: what the form's template makes of a meeting,
/// or what is wrong with it. Changes nothing.
pub(crate) async fn preview(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let v = editor::in_minutes(&document(&fields));
    let shown: usize = own(&fields, "_show")
        .and_then(|shown| shown.parse().ok())
        .unwrap_or(0);
    let tried = try_on(&app, &id, &v, shown, &fields).await;
    let (message, errors, missing) = match tried {
        Ok(message) => (Some(message), Vec::new(), Vec::new()),
        Err(problem) => {
            let errors: Vec<_> = mistakes(&problem).into_iter().map(in_form).collect();
            let (rest, missing) = editor::sound_part(&v, shown, &errors);
            let message = try_on(&app, &id, &rest, 0, &fields).await.ok();
            (message, errors, missing)
        }
    };
    let is_missing = |part| missing.contains(&part);
    let html = message
        .as_ref()
        .filter(|_| !is_missing("email_body"))
        .map(|message| framed(&message.html));
    let styles = html.as_deref().map(Styles::of).unwrap_or_default();
    let page = PreviewPage {
        in_dialog: true,
        html: html.filter(|html| !html.is_empty()),
        message,
        missing,
        errors,
    };
    Ok(styles.allow_in(pages.page("preview.html", &staff, page)))
}

/// What one text of a template makes of the meeting and the reader that the form names.
async fn try_on(
    app: &App,
    id: &TemplateId,
    template: &Value,
    shown: usize,
    fields: &Fields,
) -> Result<MessagePreview, Problem> {
    let chosen = |name| {
        own(fields, name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let config = &template["configs"][shown];
    let trial = json!({
        "template": template,
        "type": config.get("type").and_then(Value::as_str).unwrap_or("confirmation"),
        "config_id": config.get("id"),
        "meeting_id": chosen("_meeting"),
        "language": chosen("_language"),
    });
    let trial = read::<Trial>(&trial)?;
    Ok(try_template(app, id, &tried(trial), app.clock.now())
        .await?
        .into())
}

/// A mistake in what was tried, at its place in the form, which begins at its template.
fn in_form(mistake: Mistake) -> Mistake {
    let field = mistake.field.trim_start_matches("template.").to_owned();
    Mistake {
        label: label(&field),
        field,
        ..mistake
    }
}

/// `POST /console/templates/{id}/duplicate`
pub(crate) async fn duplicate(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let mut v = as_document(&queries::template(&app, &id).await?);
    let name = v["name"].as_str().unwrap_or_default();
    v["name"] = format!("{name} (copy)").into();
    let copy = app.random_id();
    let fresh = TemplateId::parse(&copy).map_err(|_| Problem::internal())?;
    let body = read::<TemplateBody>(&v)?;
    let (before, actor, now) = (Precondition::Absent, staff.actor(), app.clock.now());
    manage::put_template(&app, &fresh, &body.into(), before, &actor, now).await?;
    let done = Said::good("This is the copy. Give it a name of its own.");
    Ok(pages.done(&format!("/console/templates/{copy}"), done))
}

/// What the form was made of.
fn loaded(fields: &Fields) -> Result<(Value, u64), Problem> {
    let base = own(fields, "_base").and_then(|base| serde_json::from_str(base).ok());
    let version = own(fields, "_version").and_then(|version| version.parse().ok());
    base.zip(version).ok_or_else(|| {
        let detail = "This form is incomplete. Open the template and begin again.";
        Problem::new(ProblemKind::BadRequest, detail)
    })
}

impl Page {
    fn new(
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
