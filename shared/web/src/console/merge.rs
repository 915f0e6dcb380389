//! Two people edited the same thing: what each of them changed, and what only they can
//! settle between them.

use std::collections::{BTreeMap, BTreeSet};

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
pub struct Conflict {
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
    pub conflicts: Vec<Conflict>,
}

/// Merges what I made of `base` with what was meanwhile made of it by others, field by
/// field. Nobody's change is lost: what both changed differently is a conflict.
pub fn merge(base: &Value, mine: &Value, theirs: &Value) -> Merge {
    let [base, mine, theirs] = [base, mine, theirs].map(leaves);
    let places: BTreeSet<&String> = base
        .keys()
        .chain(mine.keys())
        .chain(theirs.keys())
        .collect();
    let mut merge = Merge {
        settled: Vec::new(),
        news: Vec::new(),
        conflicts: Vec::new(),
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
            merge.conflicts.push(Conflict {
                mine: field(my),
                theirs: field(their),
            });
        }
    }
    merge
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
            ":flag"
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
fn leaves(document: &Value) -> BTreeMap<String, Value> {
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
    use crate::console::document;

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

    fn document_of_fields() -> impl Strategy<Value = Value> {
        let text = "[a-z]{1,3}";
        (text, 0..5_i64, any::<bool>(), prop::option::of(text), prop::collection::vec(text, 1..3))
            .prop_map(|(a, n, f, o, l)| json!({"a": a, "n": n, "f": f, "o": o, "l": l, "r": [{"x": "y"}]}))
    }

    proptest! {
        #[test]
        fn no_change_is_lost(base in document_of_fields(), mine in document_of_fields(), theirs in document_of_fields()) {
            let merge = merge(&base, &mine, &theirs);
            let [base, mine, theirs] = [&base, &mine, &theirs].map(leaves);
            let settled = leaves(&posted(&merge.settled));
            for place in base.keys().chain(mine.keys()).chain(theirs.keys()) {
                let asked = merge.conflicts.iter().any(|each| each.mine.name.split(':').next() == Some(place.as_str()));
                let now = settled.get(place);
                prop_assert!(asked || mine.get(place) == base.get(place) || now == mine.get(place));
                prop_assert!(asked || theirs.get(place) == base.get(place) || now == theirs.get(place));
            }
        }

        #[test]
        fn fields_make_the_document_again(document in document_of_fields()) {
            prop_assert_eq!(leaves(&posted(&fields(&document))), leaves(&document));
        }
    }
}
