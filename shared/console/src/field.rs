//! A document as its fields: where each stands, what it says, and what people call it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime};
use serde::Serialize;
use serde_json::Value;

/// One field of a document, as a form names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in a form: place and kind.
    pub name: String,
    /// What a person calls it.
    pub label: String,
    /// What it says; empty when it was left out.
    pub value: String,
    /// That as staff read it.
    pub shown: String,
}

/// A field that both changed, each in their own way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldConflict {
    /// What it says in mine.
    pub mine: Field,
    /// What it says in theirs.
    pub theirs: Field,
}

/// The fields that a document's form has.
pub fn fields(document: &Value) -> Vec<Field> {
    let leaves = leaves(document);
    let field = |(place, value): (&String, &Value)| Field::new(place, &[Some(value)], Some(value));
    leaves.iter().map(field).collect()
}

impl Field {
    pub(crate) fn new(place: &str, kinds: &[Option<&Value>], value: Option<&Value>) -> Self {
        let any = |is: fn(&Value) -> bool| kinds.iter().flatten().any(|kind| is(kind));
        let suffix = if any(|kind| kind.as_str().is_some_and(|text| text.contains('\n'))) {
            ":lines"
        } else if any(Value::is_array) {
            ":list"
        } else if any(Value::is_boolean) {
            // Not ":flag": what nobody has said is not "off".
            ":choice"
        } else if any(Value::is_number) {
            ":number"
        } else {
            ""
        };
        let value = match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(rows)) => {
                let rows = rows.iter().map(|row| row.as_str().unwrap_or_default());
                rows.collect::<Vec<_>>().join(", ")
            }
            Some(other) => other.to_string(),
        };
        Self {
            name: format!("{place}{suffix}"),
            label: label(place),
            shown: shown(&value),
            value,
        }
    }
}

/// A value as staff read it: a time as they write it.
fn shown(value: &str) -> String {
    let format = "%a %-d %b %Y, %H:%M";
    if let Ok(local) = NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M") {
        return local.format(format).to_string();
    }
    DateTime::parse_from_rfc3339(value).map_or_else(
        |_| value.to_owned(),
        |instant| instant.format(&format!("{format} (UTC%:z)")).to_string(),
    )
}

/// A place in a document as a person calls it: rows are counted from one.
pub fn label(place: &str) -> String {
    let words: Vec<String> = place
        .split(['.', '/'])
        .filter(|step| !step.is_empty())
        .map(|step| match step.parse::<usize>() {
            Ok(index) => (index + 1).to_string(),
            Err(_) => step.replace('_', " "),
        })
        .collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// The values of a document by their places. A list of words is one value.
pub(crate) fn leaves(document: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect(document, String::new(), &mut found);
    found
}

fn collect(value: &Value, place: String, found: &mut BTreeMap<String, Value>) {
    let step = |step: &str| match place.as_str() {
        "" => step.to_owned(),
        place => format!("{place}.{step}"),
    };
    match value {
        Value::Object(entries) => {
            for (name, entry) in entries {
                collect(entry, step(name), found);
            }
        }
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            for (index, row) in rows.iter().enumerate() {
                collect(row, step(&index.to_string()), found);
            }
        }
        Value::Null => {}
        leaf => {
            found.insert(place, leaf.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_staff_write_it() {
        for (value, read) in [
            ("2026-11-29T13:00", "Sun 29 Nov 2026, 13:00"),
            (
                "2026-11-01T01:30:00-04:00",
                "Sun 1 Nov 2026, 01:30 (UTC-04:00)",
            ),
            ("2026", "2026"),
        ] {
            assert_eq!(shown(value), read);
        }
    }
}
