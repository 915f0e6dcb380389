//! The settings' form.

mod choices;
mod fields;
mod first_run;
mod save;

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::Value;
use usher_api::settings::SettingsBody;
use usher_console::{Mistake, PageError, Staff, filled_up};
use usher_domain::settings::Settings;
use usher_flows::queries;
use usher_web::Role;

use super::Console;
use choices::{Choices, choices};
use fields::{Entry, FORM, Shown};
pub(super) use first_run::FirstRun;
pub(super) use save::save;

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

/// The settings as their form has them: what is empty is left out.
fn as_document(settings: &Settings) -> Value {
    let mut v = serde_json::to_value(SettingsBody::from(settings)).unwrap_or_default();
    if let Some(entries) = v.as_object_mut() {
        entries.retain(|_, entry| !entry.is_null());
    }
    v
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
