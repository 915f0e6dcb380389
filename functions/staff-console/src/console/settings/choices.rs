//! What is usual in some of the settings' fields.

use chrono_tz::TZ_VARIANTS;
use serde::Serialize;
use usher_domain::language::Language;

/// What is usual in a field; anything else may be typed.
#[derive(Serialize)]
pub(super) struct Choices {
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

/// The lists that the form refers to.
pub(super) fn choices() -> [Choices; 3] {
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
                .iter()
                .copied()
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
