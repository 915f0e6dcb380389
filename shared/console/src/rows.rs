//! Rows of a list that two people changed: the same row is the one of the same id,
//! wherever it stands by now.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::field::{Field, FieldConflict, label, leaves};

/// What is to be said of whole rows.
#[derive(Default)]
pub(super) struct Rows {
    /// Those that others removed.
    pub(super) removed: Vec<Field>,
    /// Those that one removed and the other changed.
    pub(super) conflicts: Vec<FieldConflict>,
}

/// The base, mine and theirs with the rows of every list under one number each, the
/// same in all three, so that they can be compared field by field.
pub(super) fn align(sides: [&Value; 3]) -> ([Value; 3], Rows) {
    let mut rows = Rows::default();
    let aligned = aligned(sides.map(Some), "", &mut rows);
    (aligned.map(Option::unwrap_or_default), rows)
}

fn aligned(sides: [Option<&Value>; 3], place: &str, rows: &mut Rows) -> [Option<Value>; 3] {
    let has_rows = |side: &Option<&Value>| {
        let list = side.and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(Value::is_object))
    };
    if sides.iter().any(has_rows) {
        return list(sides, place, rows).map(Some);
    }
    if !sides.iter().flatten().any(|side| side.is_object()) {
        return sides.map(Option::<&Value>::cloned);
    }
    let objects = sides.map(|side| side.and_then(Value::as_object));
    let names: BTreeSet<&String> = objects
        .iter()
        .flatten()
        .flat_map(|object| object.keys())
        .collect();
    // What is no object on one side only stays what it is.
    let mut merged = sides.map(|side| match side {
        Some(Value::Object(_)) => Some(Value::Object(Map::new())),
        other => other.cloned(),
    });
    for name in names {
        let at = join(place, name);
        let values = objects.map(|object| object.and_then(|object| object.get(name)));
        let values = aligned(values, &at, rows);
        for (side, value) in merged.iter_mut().zip(values) {
            if let (Some(Value::Object(entries)), Some(value)) = (side, value) {
                entries.insert(name.clone(), value);
            }
        }
    }
    merged
}

fn join(place: &str, step: &str) -> String {
    match place {
        "" => step.to_owned(),
        place => format!("{place}.{step}"),
    }
}

/// What became of a row.
enum Fate<'a> {
    /// It is compared field by field.
    Compared([Option<&'a Value>; 3]),
    /// Others removed it, and I had not touched it.
    Removed(&'a Value),
    /// I removed it and they changed it, or the other way round: this is what is left.
    Disputed { left: &'a Value, mine: bool },
    /// It is gone.
    Gone,
}

impl<'a> Fate<'a> {
    fn of(row: [Option<&'a Value>; 3]) -> Self {
        let same = |one: &Value, other: &Value| leaves(one) == leaves(other);
        match row {
            [Some(_), None, None] => Self::Gone,
            [Some(was), None, Some(their)] if same(was, their) => Self::Gone,
            [Some(was), Some(my), None] if same(was, my) => Self::Removed(was),
            [Some(_), None, Some(left)] => Self::Disputed { left, mine: false },
            [Some(_), Some(left), None] => Self::Disputed { left, mine: true },
            row => Self::Compared(row),
        }
    }
}

/// A list of rows on each side: objects in which a row has one number for all.
fn list(sides: [Option<&Value>; 3], place: &str, rows: &mut Rows) -> [Value; 3] {
    let sides = sides.map(|side| {
        side.and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    });
    let keys = keyed(sides);
    let mut merged = [(); 3].map(|()| Map::new());
    let mut number = 0;
    for key in order(&keys) {
        let of = |side: usize| {
            let found = keys[side].iter().position(|each| each == key);
            found.and_then(|at| sides[side].get(at))
        };
        let at = join(place, &number.to_string());
        let values = match Fate::of([of(0), of(1), of(2)]) {
            Fate::Gone => continue,
            Fate::Removed(row) => {
                rows.removed.push(gone(place, row));
                continue;
            }
            Fate::Disputed { left, mine } => {
                rows.conflicts.push(disputed(&at, left, mine));
                aligned([Some(left); 3], &at, rows)
            }
            Fate::Compared(row) => aligned(row, &at, rows),
        };
        for (side, value) in merged.iter_mut().zip(values) {
            side.extend(value.map(|value| (number.to_string(), value)));
        }
        number += 1;
    }
    merged.map(Value::Object)
}

/// What each row is known by: its id. Of rows that have none, those of the base and of
/// theirs are known by their place, and mine too as long as the base has such a one;
/// else they are new.
fn keyed(sides: [&[Value]; 3]) -> [Vec<String>; 3] {
    let mut side = 0;
    let placed: BTreeSet<usize> = (0..sides[0].len())
        .filter(|at| id(&sides[0][*at]).is_none())
        .collect();
    sides.map(|rows| {
        let mine = side == 1;
        side += 1;
        let mut seen = BTreeSet::new();
        let key = |(at, row): (usize, &Value)| {
            let known = match id(row) {
                Some(id) => format!("id {id}"),
                None if mine && !placed.contains(&at) => format!("new {at}"),
                None => format!("place {at}"),
            };
            // An id that comes twice names its first row only.
            if seen.insert(known.clone()) {
                known
            } else {
                format!("again {at} of {known}")
            }
        };
        rows.iter().enumerate().map(key).collect()
    })
}

fn id(row: &Value) -> Option<&str> {
    row["id"].as_str().filter(|id| !id.is_empty())
}

/// The order of all rows: mine if I have put them into another, else theirs; what only
/// the other side has comes behind.
fn order([base, mine, theirs]: &[Vec<String>; 3]) -> Vec<&String> {
    let common = |one: &[String], other: &[String]| -> Vec<String> {
        let both = one.iter().filter(|key| other.contains(key));
        both.cloned().collect()
    };
    let moved = common(base, mine) != common(mine, base);
    let (first, second) = if moved {
        (mine, theirs)
    } else {
        (theirs, mine)
    };
    let rest = second.iter().filter(|key| !first.contains(key));
    let gone = base
        .iter()
        .filter(|key| !first.contains(key) && !second.contains(key));
    first.iter().chain(rest).chain(gone).collect()
}

/// What people call a row.
fn called(row: &Value) -> String {
    let text = |name: &str| row[name].as_str().filter(|text| !text.is_empty());
    match (text("name"), text("type"), row["minutes_before"].as_u64()) {
        (Some(name), ..) => name.to_owned(),
        (None, Some(kind), _) => label(kind),
        (None, None, Some(minutes)) => format!("{minutes} minutes before"),
        _ => "A row".to_owned(),
    }
}

/// That others removed a row, under the name of its list.
fn gone(list: &str, row: &Value) -> Field {
    Field {
        name: list.to_owned(),
        label: label(list),
        value: String::new(),
        shown: format!("{}: removed", called(row)),
    }
}

/// That one removed a row which the other changed.
fn disputed(place: &str, left: &Value, mine: bool) -> FieldConflict {
    let field = |value: &str, shown: String| Field {
        name: format!("{place}:row"),
        label: label(place),
        value: value.to_owned(),
        shown,
    };
    let kept = field("kept", format!("{}: kept, with changes", called(left)));
    let removed = field("", format!("{}: removed", called(left)));
    if mine {
        FieldConflict {
            mine: kept,
            theirs: removed,
        }
    } else {
        FieldConflict {
            mine: removed,
            theirs: kept,
        }
    }
}
