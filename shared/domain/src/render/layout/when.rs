//! When a meeting is, and was before, as the layout shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::render::{MessageFields, clean::joined, dates::Dates, localized::Localized};

/// The leaf of a calendar of the day it begins, like `Jan`, `15`, `Thu`.
#[derive(Serialize)]
pub(super) struct Leaf {
    month: String,
    day: String,
    weekday: String,
}

impl Leaf {
    /// That of the day on which the reader's clock shows this instant.
    pub(super) fn of(starts_at: DateTime<Utc>, fields: &MessageFields) -> Self {
        let dates = Dates {
            locale: &fields.locale,
            zone: fields.zone.parse().unwrap_or_default(),
        };
        Self {
            month: dates.month(starts_at),
            day: dates.day_of_month(starts_at),
            weekday: dates.weekday(starts_at),
        }
    }
}

/// When and where it was, as far as that is another now: of another time on the same
/// day the time is enough.
pub(super) fn before(localized: &Localized) -> String {
    let (now, Some(before)) = (localized.fields(), &localized.told.before) else {
        return String::new();
    };
    let hours = before.hours_and_duration();
    let when = if before.date != now.date {
        format!("{}, {hours}", before.date)
    } else if hours != now.hours_and_duration() {
        hours
    } else {
        String::new()
    };
    let place = if before.location == now.location {
        ""
    } else {
        &before.location
    };
    joined(&[&when, place], ", ")
}

/// As it begins a line: several languages write days in small letters.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
