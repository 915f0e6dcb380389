//! A form as the JSON document that the API would have been sent.
//!
//! A field is named by its place in the document, `attendees.0.name`, and by what it
//! holds when that is no text: `duration_minutes:number`, `active:flag`,
//! `followers:list`. So pages and programs go through the same parsing, and what is
//! refused is named by the same place (RFC 6901).

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use usher_web::{InvalidField, Problem};

use crate::field::label;

/// How deep and how long a document from a form may be: more than any of ours.
const DEPTH: usize = 8;
const ENTRIES: usize = 2_000;

/// The fields of an `application/x-www-form-urlencoded` body, in order.
pub type Fields = Vec<(String, String)>;

/// The document that these fields describe. Names that begin with `_` are the form's
/// own and stay out. Of a name that comes twice the last counts: an unticked box
/// leaves its hidden `false` alone. `attendees.2:row`, left empty, takes the row out.
pub fn document(fields: &[(String, String)]) -> Value {
    let mut document = Value::Object(Map::new());
    let read = |(name, text): &(String, String)| {
        let (path, kind) = name.split_once(':').unwrap_or((name, "text"));
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        let meant = !name.starts_with('_') && steps.len() <= DEPTH;
        meant.then(|| (steps, kind.to_owned(), text.clone()))
    };
    let (rows, values): (Vec<_>, Vec<_>) = fields
        .iter()
        .filter_map(read)
        .partition(|(_, kind, _)| kind == "row");
    for (steps, kind, text) in &values {
        place(&mut document, steps, value(kind, text));
    }
    for (steps, ..) in rows.iter().filter(|(.., text)| text.is_empty()) {
        place(&mut document, steps, Value::Null);
    }
    // A document is an object, whatever its fields are called.
    if let Value::Object(entries) = &mut document {
        settle_entries(entries);
    }
    document
}

/// The document as a `T`.
///
/// # Errors
/// Which field cannot be accepted, and why.
pub fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Problem> {
    usher_web::accept(document)
}

/// Something that cannot be accepted, beside the field that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The id of the field; none when it is about no single one.
    pub field: String,
    /// What a person calls it: its place in words until [`Labels`](super::Labels) give
    /// it the name that the form has for it.
    pub label: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// What a problem says of the fields of a form.
pub fn mistakes(problem: &Problem) -> Vec<Mistake> {
    let of = |error: &InvalidField| {
        let place = error.pointer.trim_start_matches('/').replace('/', ".");
        Mistake {
            label: label(&place),
            field: place,
            detail: error.detail.clone(),
        }
    };
    let mistakes: Vec<_> = problem.errors().iter().map(of).collect();
    if mistakes.is_empty() {
        return vec![Mistake {
            field: String::new(),
            label: String::new(),
            detail: problem.spoken().to_owned(),
        }];
    }
    mistakes
}

/// What the parser of documents says of a field, to people who filled in a form: to
/// them everything is a text, and choices have other names.
pub(super) fn in_words(detail: &str) -> String {
    for (said, words) in [
        ("must be a whole number, is ", "must be a whole number"),
        ("must be a number, without quotes", "must be a number"),
        ("must be 0 or more, is ", "must be 0 or more"),
        ("must be smaller, is ", "is too large"),
        ("must be one of \"", "is none of the choices"),
    ] {
        if detail.starts_with(said) {
            return words.to_owned();
        }
    }
    detail.to_owned()
}

/// A document with everything that its form shows: what it leaves out is empty. Each
/// row of a list is filled up by the one row that `blank` has of it.
pub fn filled_up(document: &Value, blank: &Value) -> Value {
    match (document, blank) {
        (Value::Object(given), Value::Object(blank)) => {
            let mut full = given.clone();
            for (name, blank) in blank {
                let given = given.get(name).unwrap_or(&Value::Null);
                full.insert(name.clone(), filled_up(given, blank));
            }
            Value::Object(full)
        }
        (Value::Array(rows), Value::Array(blank)) => match blank.first() {
            Some(blank) => rows.iter().map(|row| filled_up(row, blank)).collect(),
            None => document.clone(),
        },
        (Value::Null, Value::Object(_)) => filled_up(&Value::Object(Map::new()), blank),
        (Value::Null, Value::Array(_)) => Value::Array(Vec::new()),
        (Value::Null, blank) => blank.clone(),
        (given, _) => given.clone(),
    }
}

/// One of the form's own fields.
pub fn own<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().rev().find(|(given, _)| given == name);
    found.map(|(_, text)| text.as_str())
}

/// A value; null when the field was left empty, which leaves it out.
fn value(kind: &str, text: &str) -> Value {
    // Browsers send line ends as CRLF.
    let text = text.replace("\r\n", "\n");
    let trimmed = text.trim();
    match kind {
        "flag" => Value::Bool(trimmed == "true"),
        "choice" => match trimmed {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Null,
        },
        "list" => trimmed
            .split(['\n', ',', ';'])
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(Value::from)
            .collect(),
        _ if trimmed.is_empty() => Value::Null,
        // What is no number stays text, and is refused by name where numbers are read.
        "number" => serde_json::from_str::<serde_json::Number>(trimmed)
            .map_or_else(|_| Value::from(trimmed), Value::Number),
        "lines" => Value::from(text.trim_end()),
        _ => Value::from(trimmed),
    }
}

fn place(at: &mut Value, steps: &[String], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *at = value;
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    let Some(entries) = at.as_object_mut() else {
        return;
    };
    if entries.len() < ENTRIES || entries.contains_key(step) {
        place(entries.entry(step).or_insert(Value::Null), rest, value);
    }
}

/// Leaves out what is empty, and makes lists of what is counted.
fn settle(value: &mut Value) {
    let Value::Object(entries) = value else {
        return;
    };
    settle_entries(entries);
    let counted = !entries.is_empty() && entries.keys().all(|key| key.parse::<usize>().is_ok());
    if counted {
        let mut rows: Vec<(usize, Value)> = std::mem::take(entries)
            .into_iter()
            .filter_map(|(key, row)| Some((key.parse().ok()?, row)))
            .collect();
        rows.sort_by_key(|(index, _)| *index);
        *value = rows
            .into_iter()
            .map(|(_, row)| row)
            // A row that was left empty is no row.
            .filter(|row| row.as_object().is_none_or(|row| !row.is_empty()))
            .collect();
    }
}

fn settle_entries(entries: &mut Map<String, Value>) {
    for entry in entries.values_mut() {
        settle(entry);
    }
    entries.retain(|_, entry| {
        !entry.is_null() && entry.as_object().is_none_or(|rest| !rest.is_empty())
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fields(given: &[(&str, &str)]) -> Fields {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        given.iter().map(owned).collect()
    }

    #[test]
    fn a_form_is_the_document_that_its_names_describe() {
        let given = fields(&[
            ("_version", "3"),
            ("title", " Visit "),
            ("description:lines", "one\r\ntwo\r\n"),
            ("duration_minutes:number", "45"),
            ("active:flag", "false"),
            ("active:flag", "true"),
            ("require_address:flag", "false"),
            ("followers:list", "a@x.example; b@x.example\r\n"),
            ("location.address", ""),
            ("attendees.10.name", "Bo"),
            ("attendees.2.name", "Ada"),
            ("attendees.2.email", ""),
            ("attendees.3.name", ""),
        ]);
        assert_eq!(
            document(&given),
            json!({
                "title": "Visit",
                "description": "one\ntwo",
                "duration_minutes": 45,
                "active": true,
                "require_address": false,
                "followers": ["a@x.example", "b@x.example"],
                "attendees": [{"name": "Ada"}, {"name": "Bo"}],
            })
        );
        assert_eq!(own(&given, "_version"), Some("3"));
    }

    #[test]
    fn a_row_is_taken_out_wherever_that_is_said() {
        let given = fields(&[
            ("r.0:row", ""),
            ("r.0.id", "a"),
            ("r.1:row", "kept"),
            ("r.1.id", "b"),
        ]);
        assert_eq!(document(&given), json!({"r": [{"id": "b"}]}));
    }

    #[test]
    fn what_is_no_number_is_kept_to_be_refused() {
        let given = fields(&[("duration_minutes:number", "an hour")]);
        assert_eq!(document(&given), json!({"duration_minutes": "an hour"}));
    }

    proptest! {
        #[test]
        fn any_form_is_some_document(
            given in prop::collection::vec(("[a-c.0-9:_]{0,12}", ".{0,8}"), 0..20)
        ) {
            prop_assert!(document(&given).is_object());
        }
    }
}
