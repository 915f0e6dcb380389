//! The settings' form.

mod choices;
mod fields;
mod first_run;

use axum::{Form, extract::State, response::Response};
use serde::Serialize;
use serde_json::{Map, Value};
use usher_api::settings::SettingsBody;
use usher_console::{
    Fields, MergePage, Mistake, PageError, Said, Staff, Tone, document, filled_up, merge, mistakes,
    own, read,
};
use usher_domain::{Precondition, authoring::built_in_too_long, settings::Settings};
use usher_flows::{manage, queries};
use usher_web::{Problem, ProblemKind, Role};

use super::Console;
use choices::{Choices, choices};
use fields::{Entry, FORM, Shown};
pub(super) use first_run::FirstRun;

/// The address of the page.
const PATH: &str = "/console/settings";

#[derive(Serialize)]
struct Page {
    here: &'static str,
    may: bool,
    sections: Vec<Section>,
    lists: [Choices; 3],
    base: String,
    version: u64,
    errors: Vec<Mistake>,
    /// Why the account's opt-out list could not be read: SNS's error code.
    opt_outs_refused: Option<String>,
    /// Whether part of the settings could not be read.
    damaged: bool,
}

#[derive(Serialize)]
struct Section {
    title: &'static str,
    fields: Vec<Shown>,
}

/// `GET /console/settings`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let (settings, list) = queries::settings_and_account_list(&app).await?;
    let v = as_document(&settings);
    let mut page = Page::new(&staff, &v, &v, settings.version);
    page.damaged = settings.damaged;
    page.opt_outs_refused = list.and_then(|list| list.refused);
    Ok(pages.page("settings.html", &staff, page))
}

/// `POST /console/settings`
pub(crate) async fn save(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    staff.require(Role::Admin)?;
    let mut v = document(&fields);
    if let Some(lines) = own(&fields, "_prices") {
        v["sms_prices_usd"] = prices(lines);
    }
    let base = own(&fields, "_base").and_then(|base| serde_json::from_str::<Value>(base).ok());
    let version = own(&fields, "_version").and_then(|version| version.parse().ok());
    let (Some(base), Some(version)) = (base, version) else {
        let detail = "This form is incomplete. Open the settings and begin again.";
        return Err(Problem::new(ProblemKind::BadRequest, detail).into());
    };
    let saved = match read::<SettingsBody>(&v) {
        Ok(body) => {
            let (now, before) = (app.clock.now(), Precondition::Version(version));
            let actor = staff.actor();
            let saved = manage::put_settings(&app, &body.into(), before, &actor, now).await;
            saved.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let problem = match saved {
        Ok(settings) => return Ok(pages.done(PATH, outcome(&settings, version))),
        Err(problem) => problem,
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let settings = app.settings().await?;
        let theirs = as_document(&settings);
        let mut merge = merge(&base, &with_unasked(&fields, v, &base), &theirs);
        let form = Page::new(&staff, &theirs, &theirs, settings.version);
        pages.labels("settings.html", &staff, form).name(&mut merge);
        let page = MergePage {
            here: "settings",
            action: PATH.to_owned(),
            version: settings.version,
            base: theirs.to_string(),
            merge,
            own: false,
        };
        return Ok(page.show(&pages, &staff));
    }
    let mut page = Page::new(&staff, &v, &base, version);
    page.errors = mistakes(&problem);
    Ok(pages.page_with(problem.kind().status(), "settings.html", &staff, page))
}

/// What was filled in, with what the form did not ask for as it was: the card of a first
/// visit has a few of the fields, and whoever filled it in has changed no others.
fn with_unasked(fields: &Fields, mut v: Value, base: &Value) -> Value {
    let asked = |setting: &str| {
        let place = |name: &str| name.split([':', '.']).next() == Some(setting);
        fields
            .iter()
            .any(|(name, _)| place(name) || (setting == "sms_prices_usd" && name == "_prices"))
    };
    let base = base.as_object().into_iter().flatten();
    for (setting, value) in base.filter(|(setting, _)| !asked(setting)) {
        v[setting] = value.clone();
    }
    v
}

/// The settings as their form has them: what is empty is left out.
fn as_document(settings: &Settings) -> Value {
    let mut v = serde_json::to_value(SettingsBody::from(settings)).unwrap_or_default();
    if let Some(entries) = v.as_object_mut() {
        entries.retain(|_, entry| !entry.is_null());
    }
    v
}

/// Prices as lines of a region and a number; what is none of that stays, to be refused.
fn prices(lines: &str) -> Value {
    let price = |line: &str| {
        let (region, price) = line
            .trim()
            .split_once([' ', ':', '='])
            .unwrap_or((line.trim(), ""));
        let price = price.trim();
        let number = serde_json::from_str::<serde_json::Number>(price);
        let price = number.map_or_else(|_| Value::from(price), Value::Number);
        (region.to_uppercase(), price)
    };
    let filled = lines.lines().filter(|line| !line.trim().is_empty());
    Value::Object(filled.map(price).collect::<Map<_, _>>())
}

impl Page {
    fn new(staff: &Staff, v: &Value, base: &Value, version: u64) -> Self {
        // A short form says little: the rest is what it would be saved as.
        let v = &filled_up(v, &as_document(&Settings::default()));
        let section = |(title, entries): (&'static str, &'static [Entry])| Section {
            title,
            fields: entries.iter().map(|entry| Shown::new(entry, v)).collect(),
        };
        Self {
            here: "settings",
            may: staff.require(Role::Admin).is_ok(),
            sections: FORM.into_iter().map(section).collect(),
            lists: choices(),
            base: base.to_string(),
            version,
            errors: Vec::new(),
            opt_outs_refused: None,
            damaged: false,
        }
    }
}

/// What is said of settings that were saved over `version`.
fn outcome(settings: &Settings, version: u64) -> Said {
    if let Some(kind) = built_in_too_long(settings) {
        let text = format!(
            "Saved. The built-in SMS of some types, like {}, takes more parts than the settings allow and will not go out: allow more parts or use short links.",
            kind.in_sentence()
        );
        return Said::new(Tone::Warn, text);
    }
    Said::good(match version {
        0 => "Saved. Below, send yourself a test message to see that it arrives.",
        _ => "Saved.",
    })
}
