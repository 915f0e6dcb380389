//! The settings' form.

use axum::{Form, extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use serde_json::{Map, Value};
use usher_domain::{
    Precondition,
    settings::{Settings, SettingsBody},
};
use usher_flows::{look, manage};
use usher_web::{
    Problem, ProblemKind, Role,
    console::{
        Fields, Merge, Mistake, PageError, Said, Staff, document, merge, mistakes, own, read,
    },
};

use super::Console;

/// The address of the page.
const PATH: &str = "/console/settings";

/// A field of the form: its name in the document, what it is called, what it holds and
/// what helps to fill it in.
type Entry = (&'static str, &'static str, &'static str, &'static str);

/// The form, in its sections.
const FORM: [(&str, &[Entry]); 3] = [
    (
        "Business",
        &[
            ("business_name", "Name", "text", "As customers know it."),
            (
                "business_email",
                "Email",
                "text",
                "Where customers can write to.",
            ),
            (
                "business_phone",
                "Phone",
                "text",
                "Where customers can call.",
            ),
            ("business_address", "Postal address", "text", ""),
            ("logo_url", "Logo", "text", "An https address of a picture."),
            (
                "timezone",
                "Time zone",
                "text",
                "The one staff think in, like Europe/Berlin.",
            ),
            (
                "language",
                "Language",
                "text",
                "Of customers who have named none, and of templates: en, de, es, fr, or one with a region, like en-GB.",
            ),
        ],
    ),
    (
        "Email",
        &[
            ("sender_name", "Sender’s name", "text", ""),
            (
                "sender_email",
                "Sender’s address",
                "text",
                "An identity that SES has verified, or under a verified domain.",
            ),
            (
                "sender_image_url",
                "Sender’s picture",
                "text",
                "An https address.",
            ),
            (
                "reply_to_organizer",
                "Customers’ replies go to the organizer",
                "flag",
                "",
            ),
            ("button_color", "Colour of buttons", "text", "Like #1c6250."),
            (
                "calendar_color",
                "Colour of the calendar block",
                "text",
                "Like #e4f0ec.",
            ),
        ],
    ),
    (
        "SMS",
        &[
            (
                "sms_origination_number",
                "Our number",
                "text",
                "With its country code.",
            ),
            (
                "sms_sender_id",
                "Sender ID",
                "text",
                "3 to 11 letters and digits, where countries know them.",
            ),
            (
                "default_region",
                "Default region",
                "text",
                "Two letters: of numbers without a country code.",
            ),
            (
                "allowed_countries",
                "Countries that may be texted",
                "list",
                "Two letters each, apart by commas; none means all.",
            ),
            (
                "sms_max_price_usd",
                "Most that one SMS may cost, in US dollars",
                "number",
                "SNS sends none that costs more.",
            ),
            (
                "sms_max_segments",
                "Most parts of one SMS",
                "number",
                "1 to 10.",
            ),
            (
                "sms_prices_usd",
                "Prices of one part, in US dollars",
                "prices",
                "A line for each region, like: US 0.0079",
            ),
            (
                "sms_transliterate",
                "Drop accents where that makes an SMS shorter",
                "flag",
                "",
            ),
            ("sms_short_links", "Short links", "flag", ""),
        ],
    ),
];

#[derive(Serialize)]
struct Page {
    here: &'static str,
    may: bool,
    sections: Vec<Section>,
    base: String,
    version: u64,
    errors: Vec<Mistake>,
    /// Why the account's opt-out list could not be read: SNS's error code.
    opt_outs_refused: Option<String>,
}

#[derive(Serialize)]
struct Section {
    title: &'static str,
    fields: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    label: String,
    kind: &'static str,
    hint: &'static str,
    value: String,
}

#[derive(Serialize)]
struct MergePage {
    here: &'static str,
    action: &'static str,
    version: u64,
    base: String,
    merge: Merge,
}

/// `GET /console/settings`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let (settings, list) = look::settings_and_account_list(&app).await?;
    let v = as_document(&settings);
    let mut page = Page::new(&staff, &v, &v, settings.version);
    page.opt_outs_refused = list.and_then(|list| list.refused);
    Ok(desk.page("settings.html", &staff, page))
}

/// `POST /console/settings`
pub(crate) async fn save(
    State(Console { app, desk }): State<Console>,
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
            let saved = manage::put_settings(&app, &body, before, now).await;
            saved.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let Err(problem) = saved else {
        return Ok(desk.done(PATH, Said::good("Saved.")));
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let settings = app.settings().await?;
        let theirs = as_document(&settings);
        let mut merge = merge(&base, &v, &theirs);
        let form = Page::new(&staff, &theirs, &theirs, settings.version);
        desk.labels("settings.html", &staff, form).name(&mut merge);
        let page = MergePage {
            here: "settings",
            action: PATH,
            version: settings.version,
            base: theirs.to_string(),
            merge,
        };
        return Ok(desk.page_with(StatusCode::CONFLICT, "merge.html", &staff, page));
    }
    let mut page = Page::new(&staff, &v, &base, version);
    page.errors = mistakes(&problem);
    Ok(desk.page_with(problem.kind().status(), "settings.html", &staff, page))
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
        let section = |(title, entries): (&'static str, &'static [Entry])| Section {
            title,
            fields: entries.iter().map(|entry| Shown::new(entry, v)).collect(),
        };
        Self {
            here: "settings",
            may: staff.require(Role::Admin).is_ok(),
            sections: FORM.into_iter().map(section).collect(),
            base: base.to_string(),
            version,
            errors: Vec::new(),
            opt_outs_refused: None,
        }
    }
}

impl Shown {
    fn new((name, label, kind, hint): &Entry, v: &Value) -> Self {
        let suffix = match *kind {
            "flag" | "list" | "number" => format!(":{kind}"),
            _ => String::new(),
        };
        let value = match v.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(rows)) => {
                let rows = rows.iter().filter_map(Value::as_str);
                rows.collect::<Vec<_>>().join(", ")
            }
            Some(Value::Object(prices)) => {
                let line = |(region, price): (&String, &Value)| match price {
                    Value::String(text) => format!("{region} {text}"),
                    other => format!("{region} {other}"),
                };
                prices.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Some(other) => other.to_string(),
        };
        Self {
            id: (*name).to_owned(),
            name: if *kind == "prices" {
                "_prices".to_owned()
            } else {
                format!("{name}{suffix}")
            },
            label: (*label).to_owned(),
            kind,
            hint,
            value,
        }
    }
}
