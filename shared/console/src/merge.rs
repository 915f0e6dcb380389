//! Two people edited the same thing: what each of them changed, and what only they can
//! settle between them.

use std::collections::{BTreeMap, BTreeSet};

use axum::{http::StatusCode, response::Response};
use chrono::{DateTime, NaiveDateTime};
use serde::Serialize;
use serde_json::Value;

use crate::{
    form::document,
    pages::{ConsolePages, Staff},
    rows::align,
};

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

/// What becomes of two changes to one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// Every field on which there is nothing to settle.
    pub settled: Vec<Field>,
    /// Those only somebody else changed, for me to know.
    pub news: Vec<Field>,
    /// Those both changed.
    pub conflicts: Vec<FieldConflict>,
}

/// The page on which two versions of a document become one.
#[derive(Serialize)]
pub struct MergePage {
    /// The part of the console it belongs to, as the navigation names it.
    pub here: &'static str,
    /// Where the form it makes is sent to, which is also where it is read anew.
    pub action: String,
    /// The version that is stored.
    pub version: u64,
    /// What is stored, as JSON: what the next form is made of.
    pub base: String,
    /// What became of the two.
    pub merge: Merge,
    /// Whether it was this very form that made what is stored.
    pub own: bool,
}

impl MergePage {
    /// The page, as a 409.
    pub fn show(self, pages: &ConsolePages, staff: &Staff) -> Response {
        pages.page_with(StatusCode::CONFLICT, "merge.html", staff, self)
    }
}

/// Merges what I made of `base` with what was meanwhile made of it by others, field by
/// field, and rows of a list by their ids. Nobody's change is lost: what both changed
/// differently is a conflict.
pub fn merge(base: &Value, mine: &Value, theirs: &Value) -> Merge {
    let (sides, rows) = align([base, mine, theirs]);
    let [base, mine, theirs] = sides.each_ref().map(leaves);
    let places: BTreeSet<&String> = base
        .keys()
        .chain(mine.keys())
        .chain(theirs.keys())
        .collect();
    let mut merge = Merge {
        settled: Vec::new(),
        news: rows.removed,
        conflicts: rows.conflicts,
    };
    for place in places {
        let [was, my, their] = [&base, &mine, &theirs].map(|leaves| leaves.get(place));
        // One name for all of them, or a form would not know them for one field.
        let kinds = [my, their, was];
        let field = |value: Option<&Value>| Field::new(place, &kinds, value);
        if my == their || their == was {
            merge.settled.push(field(my));
        } else if my == was {
            merge.settled.push(field(their));
            merge.news.push(field(their));
        } else {
            merge.conflicts.push(FieldConflict {
                mine: field(my),
                theirs: field(their),
            });
        }
    }
    merge
}

impl Merge {
    /// The document that would be saved if others had their way in every conflict: what
    /// the form would show, whose labels name the fields.
    pub fn document(&self) -> Value {
        let theirs = self.conflicts.iter().map(|conflict| &conflict.theirs);
        let fields = self.settled.iter().chain(theirs);
        let fields = fields.map(|field| (field.name.clone(), field.value.clone()));
        document(&fields.collect::<Vec<_>>())
    }
}

/// The fields that a document's form has.
pub fn fields(document: &Value) -> Vec<Field> {
    let leaves = leaves(document);
    let field = |(place, value): (&String, &Value)| Field::new(place, &[Some(value)], Some(value));
    leaves.iter().map(field).collect()
}

impl Field {
    fn new(place: &str, kinds: &[Option<&Value>], value: Option<&Value>) -> Self {
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
pub(super) fn leaves(document: &Value) -> BTreeMap<String, Value> {
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
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn posted(fields: &[Field]) -> Value {
        let fields: Vec<_> = fields
            .iter()
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect();
        document(&fields)
    }

    #[test]
    fn what_each_changed_alone_is_kept_and_what_both_changed_is_asked() {
        let base = json!({"title": "Visit", "duration_minutes": 30, "location": {"address": "1 A St"}, "attendees": [{"name": "Ada"}]});
        let mine = json!({"title": "Visit", "duration_minutes": 45, "location": {"address": "2 B St"}, "attendees": [{"name": "Ada"}]});
        let theirs = json!({"title": "Call", "duration_minutes": 30, "location": {"address": "3 C St"}, "attendees": [{"name": "Ada"}, {"name": "Bo"}]});
        let merge = merge(&base, &mine, &theirs);
        assert_eq!(
            posted(&merge.settled),
            json!({"title": "Call", "duration_minutes": 45, "attendees": [{"name": "Ada"}, {"name": "Bo"}]})
        );
        let labels: Vec<_> = merge
            .news
            .iter()
            .map(|field| field.label.as_str())
            .collect();
        assert_eq!(labels, ["Attendees 2 name", "Title"]);
        let [conflict] = merge.conflicts.as_slice() else {
            panic!("{merge:?}")
        };
        assert_eq!(
            (conflict.mine.value.as_str(), conflict.theirs.value.as_str()),
            ("2 B St", "3 C St")
        );
        assert_eq!(conflict.mine.name, "location.address");
    }

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

    #[test]
    fn a_field_that_i_emptied_stays_empty() {
        let base = json!({"description": "old", "title": "T"});
        let merge = merge(&base, &json!({"title": "T"}), &base);
        assert_eq!(posted(&merge.settled), json!({"title": "T"}));
        assert!(merge.conflicts.is_empty() && merge.news.is_empty());
    }

    #[test]
    fn a_row_that_moved_keeps_what_is_its_own() {
        let base = json!({"attendees": [
            {"id": "ann", "name": "Ann", "phone": "1"}, {"id": "bo", "name": "Bo", "phone": "2"},
            {"id": "cy", "name": "Cy", "phone": "3"},
        ]});
        // I removed the first, others the last, and added one; I wrote another number.
        let mine = json!({"attendees": [
            {"id": "bo", "name": "Bo", "phone": "22"}, {"id": "cy", "name": "Cy", "phone": "3"},
            {"name": "New", "phone": "9"},
        ]});
        let theirs = json!({"attendees": [
            {"id": "dee", "name": "Dee"}, {"id": "ann", "name": "Ann", "phone": "1"},
            {"id": "bo", "name": "Bo", "phone": "2", "language": "de"},
        ]});
        let merge = merge(&base, &mine, &theirs);
        assert_eq!(
            posted(&merge.settled),
            json!({"attendees": [
                {"id": "dee", "name": "Dee"},
                {"id": "bo", "name": "Bo", "phone": "22", "language": "de"},
                {"name": "New", "phone": "9"},
            ]})
        );
        assert!(merge.conflicts.is_empty(), "{merge:?}");
        let removed = merge.news.iter().find(|field| field.shown == "Cy: removed");
        assert_eq!(removed.unwrap().name, "attendees");
    }

    #[test]
    fn a_row_that_one_removed_and_the_other_changed_is_asked_about_as_a_whole() {
        let base = json!({"rows": [{"id": "a", "name": "Ann", "phone": "1"}]});
        let gone = json!({});
        let changed = json!({"rows": [{"id": "a", "name": "Ann", "phone": "2"}]});
        for (mine, theirs) in [(&gone, &changed), (&changed, &gone)] {
            let merge = merge(&base, mine, theirs);
            let [conflict] = merge.conflicts.as_slice() else {
                panic!("{merge:?}")
            };
            for (field, wanted) in [(&conflict.mine, mine), (&conflict.theirs, theirs)] {
                let mut fields = merge.settled.clone();
                fields.push(field.clone());
                assert_eq!(&posted(&fields), wanted);
            }
        }
    }

    #[test]
    fn a_flag_that_nobody_has_said_is_not_off() {
        let merge = merge(&json!({"f": true}), &json!({}), &json!({"f": true}));
        assert_eq!(posted(&merge.settled), json!({}));
    }

    fn rows() -> impl Strategy<Value = Value> {
        let row = ("[a-d]", "[x-z]", prop::option::of("[x-z]"));
        prop::collection::vec(row, 0..4).prop_map(|rows| {
            let mut seen = BTreeSet::new();
            let rows = rows.into_iter().filter(|(id, ..)| seen.insert(id.clone()));
            rows.map(|(id, name, phone)| json!({"id": id, "name": name, "phone": phone}))
                .collect()
        })
    }

    fn document_of_fields() -> impl Strategy<Value = Value> {
        let text = "[a-z]{1,3}";
        let flag = prop::option::of(any::<bool>());
        (
            text,
            0..5_i64,
            flag,
            prop::option::of(text),
            prop::collection::vec(text, 1..3),
            rows(),
        )
            .prop_map(|(a, n, f, o, l, r)| json!({"a": a, "n": n, "f": f, "o": o, "l": l, "r": r}))
    }

    /// The rows of a document by their ids, without what is empty.
    fn by_id(document: &Value) -> BTreeMap<String, BTreeMap<String, Value>> {
        let rows = document["r"].as_array().into_iter().flatten();
        rows.map(|row| (row["id"].as_str().unwrap().to_owned(), leaves(row)))
            .collect()
    }

    proptest! {
        #[test]
        fn no_change_is_lost(base in document_of_fields(), mine in document_of_fields(), theirs in document_of_fields()) {
            let merge = merge(&base, &mine, &theirs);
            let settled = posted(&merge.settled);
            let asked: BTreeSet<_> = merge.conflicts.iter().map(|each| each.mine.name.split(':').next().unwrap().to_owned()).collect();
            let [was, my, their, now] = [&base, &mine, &theirs, &settled].map(|document| {
                let mut fields = leaves(document);
                fields.retain(|place, _| place != "r" && !place.starts_with("r."));
                fields
            });
            for place in was.keys().chain(my.keys()).chain(their.keys()) {
                let asked = asked.contains(place);
                prop_assert!(asked || my.get(place) == was.get(place) || now.get(place) == my.get(place));
                prop_assert!(asked || their.get(place) == was.get(place) || now.get(place) == their.get(place));
            }
            // Each row by its id, wherever it stands.
            let ids: Vec<_> = merge.settled.iter().filter(|field| field.name.ends_with(".id")).collect();
            let place = |id: &str| ids.iter().find(|field| field.value == id).map(|field| field.name.trim_end_matches(".id").to_owned());
            let [was, my, their, now] = [&base, &mine, &theirs, &settled].map(by_id);
            for id in was.keys().chain(my.keys()).chain(their.keys()) {
                let row = place(id);
                if row.as_ref().is_some_and(|row| asked.contains(row)) {
                    prop_assert!(my.contains_key(id) != their.contains_key(id));
                    continue;
                }
                let field = |side: &BTreeMap<String, BTreeMap<String, Value>>, name: &str| {
                    side.get(id).and_then(|row| row.get(name)).cloned()
                };
                for name in ["id", "name", "phone"] {
                    let asked = row.as_ref().is_some_and(|row| asked.contains(&format!("{row}.{name}")));
                    let [was, my, their, now] = [&was, &my, &their, &now].map(|side| field(side, name));
                    prop_assert!(asked || my == was || now == my, "{} of {}", name, id);
                    prop_assert!(asked || their == was || now == their, "{} of {}", name, id);
                }
            }
        }

        #[test]
        fn fields_make_the_document_again(document in document_of_fields()) {
            prop_assert_eq!(leaves(&posted(&fields(&document))), leaves(&document));
        }
    }
}
