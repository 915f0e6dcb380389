//! Two people edited the same thing: what each of them changed, and what only they can
//! settle between them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::{
    field::{Field, FieldConflict, leaves},
    form::document,
    rows::align,
};

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::field::fields;

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
