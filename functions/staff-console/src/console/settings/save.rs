//! What becomes of the settings' form when it is sent.

use axum::{Form, extract::State, response::Response};
use serde_json::{Map, Value};
use usher_api::settings::SettingsBody;
use usher_console::{
    ConsolePages, Fields, MergePage, PageError, Said, Staff, Tone, document, merge, mistakes, own,
    read,
};
use usher_domain::{Precondition, authoring::built_in_too_long, settings::Settings};
use usher_flows::{App, manage};
use usher_web::{Problem, ProblemKind, Role};

use super::{PATH, Page, as_document};
use crate::console::Console;

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
    let problem = match put(&app, &staff, &v, version).await {
        Ok(settings) => return Ok(pages.done(PATH, outcome(&settings, version))),
        Err(problem) => problem,
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let mine = with_unasked(&fields, v, &base);
        return merge_with_theirs(&app, &pages, &staff, &base, &mine).await;
    }
    let mut page = Page::new(&staff, &v, &base, version);
    page.errors = mistakes(&problem);
    Ok(pages.page_with(problem.kind().status(), "settings.html", &staff, page))
}

/// Saves what was filled in.
async fn put(app: &App, staff: &Staff, v: &Value, version: u64) -> Result<Settings, Problem> {
    let body = read::<SettingsBody>(v)?;
    let before = Precondition::Version(version);
    let now = app.clock.now();
    let saved = manage::put_settings(app, &body.into(), before, &staff.actor(), now).await;
    Ok(saved?)
}

/// Shows what was filled in beside what others saved meanwhile.
async fn merge_with_theirs(
    app: &App,
    pages: &ConsolePages,
    staff: &Staff,
    base: &Value,
    mine: &Value,
) -> Result<Response, PageError> {
    let settings = app.settings().await?;
    let theirs = as_document(&settings);
    let mut merge = merge(base, mine, &theirs);
    let form = Page::new(staff, &theirs, &theirs, settings.version);
    pages.labels("settings.html", staff, form).name(&mut merge);
    let page = MergePage {
        here: "settings",
        action: PATH.to_owned(),
        version: settings.version,
        base: theirs.to_string(),
        merge,
        own: false,
    };
    Ok(page.show(pages, staff))
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
