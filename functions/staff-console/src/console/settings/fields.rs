//! The fields of the settings' form.

use serde::Serialize;
use serde_json::Value;
use usher_domain::settings::{SEGMENTS, Settings};

use super::as_document;

/// A field of the form: its name in the document, what it is called, what it holds and
/// what helps to fill it in; `{}` in that is what holds when it is left empty.
pub(super) type Entry = (&'static str, &'static str, &'static str, &'static str);

/// The form, in its sections.
pub(super) const FORM: [(&str, &[Entry]); 3] = [
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
            (
                "sms_sole_sender",
                "Every SMS of this AWS account and region is Usher’s",
                "flag",
                "Receipts then settle whether an SMS in doubt went out.",
            ),
        ],
    ),
];

/// A field as a page shows it.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) id: String,
    name: String,
    pub(super) label: String,
    kind: &'static str,
    hint: String,
    value: String,
    /// The list of what is usual in it, by its id.
    list: Option<&'static str>,
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

impl Shown {
    pub(super) fn new((name, label, kind, hint): &Entry, v: &Value) -> Self {
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
