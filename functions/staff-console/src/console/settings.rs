//! The settings' form.

use axum::{Form, extract::State, http::StatusCode, response::Response};
use chrono_tz::TZ_VARIANTS;
use serde::Serialize;
use serde_json::{Map, Value};
use usher_domain::{
    Precondition,
    language::Language,
    settings::{SEGMENTS, Settings, SettingsBody},
};
use usher_flows::{look, manage};
use usher_web::{
    Problem, ProblemKind, Role,
    console::{
        Fields, Merge, Mistake, PageError, Said, Staff, document, filled_up, merge, mistakes, own,
        read,
    },
};

use super::Console;

/// The address of the page.
const PATH: &str = "/console/settings";

/// A field of the form: its name in the document, what it is called, what it holds and
/// what helps to fill it in; `{}` in that is what holds when it is left empty.
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
                "zone",
                "The one staff think in, like Europe/Berlin. {} if left empty.",
            ),
            (
                "language",
                "Language",
                "language",
                "Of customers who have named none, and of templates; with a region where dates are written so, like en-GB. {} if left empty.",
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
            (
                "button_color",
                "Colour of buttons",
                "colour",
                "{} if left empty.",
            ),
            (
                "calendar_color",
                "Colour of the calendar block",
                "colour",
                "{} if left empty.",
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
                "region",
                "Two letters: of numbers without a country code. {} if left empty.",
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
                "{segments}. {} if left empty.",
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

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    label: String,
    kind: &'static str,
    hint: String,
    value: String,
    /// The list of what is usual in it, by its id.
    list: Option<&'static str>,
}

/// What is usual in a field; anything else may be typed.
#[derive(Serialize)]
struct Choices {
    id: &'static str,
    /// Each value, and what it means.
    options: Vec<(String, String)>,
}

/// Languages with a region that writes dates its own way, besides those without one.
const REGIONAL: [(&str, &str); 9] = [
    ("en-US", "English (United States)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-CA", "English (Canada)"),
    ("de-AT", "German (Austria)"),
    ("de-CH", "German (Switzerland)"),
    ("es-MX", "Spanish (Mexico)"),
    ("es-US", "Spanish (United States)"),
    ("fr-CA", "French (Canada)"),
    ("fr-CH", "French (Switzerland)"),
];

/// The regions that most businesses of our languages are in.
const REGIONS: [(&str, &str); 14] = [
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("BE", "Belgium"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("DE", "Germany"),
    ("ES", "Spain"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("IE", "Ireland"),
    ("LU", "Luxembourg"),
    ("MX", "Mexico"),
    ("NZ", "New Zealand"),
    ("US", "United States"),
];

fn choices() -> [Choices; 3] {
    let named = |(value, name): &(&str, &str)| ((*value).to_owned(), (*name).to_owned());
    let plain = |language: Language| (language.code().to_owned(), language.name().to_owned());
    [
        Choices {
            id: "zones",
            options: TZ_VARIANTS
                .iter()
                .map(|zone| (zone.name().to_owned(), String::new()))
                .collect(),
        },
        Choices {
            id: "languages",
            options: Language::ALL
                .into_iter()
                .map(plain)
                .chain(REGIONAL.iter().map(named))
                .collect(),
        },
        Choices {
            id: "regions",
            options: REGIONS.iter().map(named).collect(),
        },
    ]
}

/// The card that a console begins with before any settings were saved.
#[derive(Serialize)]
pub(super) struct FirstRun {
    fields: Vec<Shown>,
    lists: [Choices; 3],
    base: String,
}

/// The fields that the card asks for.
const FIRST: [&str; 5] = [
    "business_name",
    "timezone",
    "sender_name",
    "sender_email",
    "default_region",
];

impl FirstRun {
    /// The card, as long as nobody has saved any settings; for who may.
    pub(super) fn of(settings: &Settings, staff: &Staff) -> Option<Self> {
        if settings.version > 0 || staff.require(Role::Admin).is_err() {
            return None;
        }
        let v = as_document(settings);
        let entries = FORM.iter().flat_map(|(_, entries)| *entries);
        let mut fields: Vec<_> = entries
            .filter(|(name, ..)| FIRST.contains(name))
            .map(|entry| Shown::new(entry, &v))
            .collect();
        for field in &mut fields {
            if field.id == "business_name" {
                "Business’s name".clone_into(&mut field.label);
            }
        }
        Some(Self {
            fields,
            lists: choices(),
            base: v.to_string(),
        })
    }
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
    page.damaged = settings.damaged;
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
        let done = match version {
            0 => "Saved. Below, send yourself a test message to see that it arrives.",
            _ => "Saved.",
        };
        return Ok(desk.done(PATH, Said::good(done)));
    };
    if problem.kind() == ProblemKind::StaleVersion {
        let settings = app.settings().await?;
        let theirs = as_document(&settings);
        let mut merge = merge(&base, &with_unasked(&fields, v, &base), &theirs);
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

/// How many parts an SMS may have.
fn segments() -> String {
    format!("{} to {}", SEGMENTS.start(), SEGMENTS.end())
}

/// What a setting is when nobody has said it.
fn default(name: &str) -> String {
    match &as_document(&Settings::default())[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
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
            hint: hint
                .replace("{}", &default(name))
                .replace("{segments}", &segments()),
            value,
            list: match *kind {
                "zone" => Some("zones"),
                "language" => Some("languages"),
                "region" => Some("regions"),
                _ => None,
            },
        }
    }
}
