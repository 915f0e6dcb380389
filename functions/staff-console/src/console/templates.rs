//! The template editor.

use axum::{Form, extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use serde_json::{Value, json};
use usher_domain::{
    Precondition,
    id::TemplateId,
    language::Language,
    notification::NotificationType,
    render::{FILTERS, TextFilter, Variable, variables},
    template::{IfLate, NotificationConfig, Template, TemplateBody},
    text::Name,
};
use usher_flows::{
    App, look, manage,
    preview::MessagePreview,
    try_template::{Trial, try_template},
};
use usher_web::{
    ApiPath, Problem, ProblemKind, Role,
    console::{
        Fields, Merge, Mistake, PageError, Said, Staff, Styles, document, filled_up, framed, label,
        merge, mistakes, own, read,
    },
};

use super::Console;

/// The name that a template cannot have here: it opens the form of a new one.
const NEW: &str = "new";

#[derive(Serialize)]
struct List {
    here: &'static str,
    may: bool,
    templates: Vec<TemplateBody>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    may: bool,
    id: String,
    new: bool,
    /// The document that the form shows.
    v: Value,
    base: String,
    version: u64,
    /// The languages that translations can be in.
    languages: Vec<(&'static str, &'static str)>,
    variables: Vec<Variable>,
    filters: Vec<TextFilter>,
    errors: Vec<Mistake>,
}

#[derive(Serialize)]
struct MergePage {
    here: &'static str,
    action: String,
    version: u64,
    base: String,
    merge: Merge,
}

#[derive(Serialize)]
struct PreviewPage {
    in_dialog: bool,
    message: Option<MessagePreview>,
    html: Option<String>,
    errors: Vec<Mistake>,
}

/// `GET /console/templates`
pub(crate) async fn list(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let templates = look::templates(&app).await?;
    let page = List {
        here: "templates",
        may: staff.require(Role::Manager).is_ok(),
        templates: templates.iter().map(Template::view).collect(),
    };
    Ok(desk.page("templates.html", &staff, page))
}

/// `GET /console/templates/{id}`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    let page = if id.as_str() == NEW {
        Page::new(&app, &staff, app.word(), None, json!({})).await?
    } else {
        let template = look::template(&app, &id).await?;
        let (v, version) = (as_document(&template), template.version);
        Page::new(&app, &staff, id.to_string(), Some((&v, version)), v.clone()).await?
    };
    Ok(desk.page("template.html", &staff, page))
}

/// `POST /console/templates/{id}`
pub(crate) async fn save(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let (base, version) = loaded(&fields)?;
    let pressed = own(&fields, "_do").unwrap_or("save");
    let mut v = document(&fields);
    if pressed == "archive" {
        v["active"] = false.into();
    }
    let known = (version > 0).then_some((&base, version));
    if !matches!(pressed, "save" | "archive") {
        press(&mut v, pressed, &app.word());
        let page = Page::new(&app, &staff, id.to_string(), known, v).await?;
        return Ok(desk.page("template.html", &staff, page));
    }
    let saved = match read::<TemplateBody>(&v) {
        Ok(body) => {
            let before = if version == 0 {
                Precondition::Absent
            } else {
                Precondition::Version(version)
            };
            let saved = manage::put_template(&app, &id, body, before, app.clock.now()).await;
            saved.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let Err(problem) = saved else {
        let done = Said::good(match pressed {
            "archive" => "Archived. New meetings are no longer made from it.",
            _ => "Saved. What is sent from now on is made of it.",
        });
        return Ok(desk.done(&format!("/console/templates/{id}"), done));
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let template = look::template(&app, &id).await?;
        let theirs = as_document(&template);
        let mut merge = merge(&base, &v, &theirs);
        let form = Page::new(&app, &staff, id.to_string(), None, theirs.clone()).await?;
        desk.labels("template.html", &staff, form).name(&mut merge);
        let page = MergePage {
            here: "templates",
            action: format!("/console/templates/{id}"),
            version: template.version,
            base: theirs.to_string(),
            merge,
        };
        return Ok(desk.page_with(StatusCode::CONFLICT, "merge.html", &staff, page));
    }
    let mut page = Page::new(&app, &staff, id.to_string(), known, v).await?;
    page.errors = mistakes(&problem);
    Ok(desk.page_with(problem.kind().status(), "template.html", &staff, page))
}

/// `POST /console/templates/{id}/preview`: what the form's template makes of a meeting,
/// or what is wrong with it. Changes nothing.
pub(crate) async fn preview(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let v = document(&fields);
    let shown: usize = own(&fields, "_show")
        .and_then(|shown| shown.parse().ok())
        .unwrap_or(0);
    let meeting = own(&fields, "_meeting")
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let config = &v["configs"][shown];
    let trial = json!({
        "template": v,
        "type": config.get("type").and_then(Value::as_str).unwrap_or("confirmation"),
        "config_id": config.get("id"),
        "meeting_id": meeting,
    });
    let tried = match read::<Trial>(&trial) {
        Ok(trial) => {
            let tried = try_template(&app, &id, &trial, app.clock.now()).await;
            tried.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let (message, errors) = match tried {
        Ok(message) => (Some(message), Vec::new()),
        Err(problem) => (None, mistakes(&problem)),
    };
    // Their places are in what was tried; the form begins at its template.
    let in_form = |mistake: Mistake| {
        let field = mistake.field.trim_start_matches("template.").to_owned();
        Mistake {
            label: label(&field),
            field,
            ..mistake
        }
    };
    let html = message.as_ref().map(|message| framed(&message.html));
    let styles = html.as_deref().map(Styles::of).unwrap_or_default();
    let page = PreviewPage {
        in_dialog: true,
        html: html.filter(|html| !html.is_empty()),
        message,
        errors: errors.into_iter().map(in_form).collect(),
    };
    Ok(styles.allow_in(desk.page("preview.html", &staff, page)))
}

/// `POST /console/templates/{id}/duplicate`
pub(crate) async fn duplicate(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let mut v = as_document(&look::template(&app, &id).await?);
    let name = v["name"].as_str().unwrap_or_default();
    v["name"] = format!("{name} (copy)").into();
    let copy = app.word();
    let fresh = TemplateId::parse(&copy).map_err(|_| Problem::internal())?;
    let body = read::<TemplateBody>(&v)?;
    manage::put_template(&app, &fresh, body, Precondition::Absent, app.clock.now()).await?;
    let done = Said::good("This is the copy. Give it a name of its own.");
    Ok(desk.done(&format!("/console/templates/{copy}"), done))
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

/// A button that adds or removes a part of the form.
fn press(v: &mut Value, pressed: &str, word: &str) {
    let (what, which) = pressed.split_once(':').unwrap_or((pressed, ""));
    let list = match what {
        "add-config" | "drop-config" => "configs",
        _ => "reminder_triggers",
    };
    if !v[list].is_array() {
        v[list] = json!([]);
    }
    let word = word.get(..6).unwrap_or(word);
    let first_reminder = v["configs"].as_array().and_then(|configs| {
        let reminder = configs.iter().find(|config| config["type"] == "reminder");
        reminder.map(|config| config["id"].clone())
    });
    let Some(rows) = v[list].as_array_mut() else {
        return;
    };
    match what {
        "add-config" => rows.push(json!({"id": format!("{which}-{word}"), "type": which})),
        "add-trigger" => rows.push(json!({
            "id": format!("trigger-{word}"),
            "config_id": first_reminder,
            "minutes_before": 1440,
        })),
        _ => {
            if let Some(index) = which
                .parse()
                .ok()
                .filter(|index: &usize| *index < rows.len())
            {
                rows.remove(index);
            }
        }
    }
}

/// A template as its form has it.
fn as_document(template: &Template) -> Value {
    let mut v = serde_json::to_value(template.view()).unwrap_or_default();
    if let Some(entries) = v.as_object_mut() {
        entries.remove("id");
        entries.retain(|_, entry| !entry.is_null());
    }
    v
}

/// Everything the form shows of a template that says nothing: what the API takes a
/// field for that is left out, and nothing where it takes it for nothing.
fn blank() -> Result<Value, Problem> {
    let name = Name::parse("New").map_err(|_| Problem::internal())?;
    let config = NotificationConfig::built_in(NotificationType::Confirmation);
    let defaults = serde_json::to_value(TemplateBody {
        configs: vec![config],
        ..TemplateBody::built_in(name)
    });
    let mut defaults = defaults.map_err(|_| Problem::internal())?;
    defaults["name"] = Value::Null;
    defaults["reminder_triggers"] = json!([{"if_late": IfLate::default()}]);
    Ok(filled_up(&defaults, &nothing()))
}

/// The fields that hold nothing by default.
fn nothing() -> Value {
    let texts = json!({
        "subject": "", "email_body": "", "sms_text": "",
        "auto_replies": {"accept": "", "reschedule": "", "decline": ""},
    });
    let mut config = json!({"name": "", "subject": "", "email_body": "", "sms_text": ""});
    config["buttons"] = json!({
        "accept": "", "decline": "", "reschedule": "", "view_details": "", "add_to_calendar": "",
    });
    config["colors"] = json!({"button": "", "calendar": ""});
    config["reply_codes"] = json!({"auto_replies": texts["auto_replies"]});
    config["translations"] = Language::ALL
        .into_iter()
        .map(|language| (language.code().to_owned(), texts.clone()))
        .collect();
    json!({
        "name": "", "location_kind": "", "video_platform": "", "title_format": "",
        "configs": [config],
        "reminder_triggers": [{"id": "", "config_id": "", "minutes_before": ""}],
    })
}

impl Page {
    async fn new(
        app: &App,
        staff: &Staff,
        id: String,
        known: Option<(&Value, u64)>,
        v: Value,
    ) -> Result<Self, PageError> {
        let own = app.settings().await?.locale.language();
        Ok(Self {
            here: "templates",
            may: staff.require(Role::Manager).is_ok(),
            id,
            new: known.is_none(),
            v: filled_up(&v, &blank()?),
            base: known.map_or_else(|| "{}".to_owned(), |(base, _)| base.to_string()),
            version: known.map_or(0, |(_, version)| version),
            languages: Language::ALL
                .into_iter()
                .filter(|language| *language != own)
                .map(|language| (language.code(), language.name()))
                .collect(),
            variables: variables(own),
            filters: FILTERS.to_vec(),
            errors: Vec::new(),
        })
    }
}
