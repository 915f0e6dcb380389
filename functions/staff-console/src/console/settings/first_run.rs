//! The card of a first visit.

use serde::Serialize;
use usher_console::Staff;
use usher_domain::settings::Settings;
use usher_web::Role;

use super::{
    as_document,
    choices::{Choices, choices},
    fields::{FORM, Shown},
};

/// The card that a console begins with before any settings were saved.
#[derive(Serialize)]
pub(in super::super) struct FirstRun {
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
    pub(in super::super) fn of(settings: &Settings, staff: &Staff) -> Option<Self> {
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
