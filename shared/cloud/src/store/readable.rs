//! What can be read of what is stored.
//!
//! A row may be of a release that has gone further, or broken. It must take nothing
//! else with it: every list is read by [`read_all`], which passes it over, counts it and
//! names it in the log; what everything depends on, the settings and templates, is read
//! by [`salvage`], which keeps what it can.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    StoreError,
    item::{Item, label},
    rows::Kind,
};

/// What could be read of a list.
#[derive(Debug, Clone)]
pub struct Readable<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// How many rows could not be read; the log has their keys.
    pub unreadable: usize,
}

/// Reads the items of a list.
pub(super) fn read_all<T>(
    items: impl IntoIterator<Item = Item>,
    read: impl Fn(Item) -> Result<T, StoreError>,
) -> Readable<T> {
    let mut readable = Readable::default();
    for item in items {
        match read(item) {
            Ok(row) => readable.rows.push(row),
            Err(error) => {
                passed_over(&error);
                readable.unreadable += 1;
            }
        }
    }
    readable
}

/// Takes an item that cannot be read for one that is not there.
///
/// # Errors
/// As the read, unless the item is there and cannot be read.
pub fn if_readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(error @ StoreError::Corrupt { .. }) => {
            passed_over(&error);
            Ok(None)
        }
        read => read,
    }
}

pub(super) fn passed_over(error: &StoreError) {
    tracing::error!(%error, "an item cannot be read and is passed over");
}

/// Nothing.
impl<T> Default for Readable<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            unreadable: 0,
        }
    }
}

/// What could be read of an item.
pub(super) struct Salvaged<T> {
    /// What it says; where it cannot be read, what the default says.
    pub(super) record: T,
    /// The paths of what cannot be read.
    pub(super) lost: Vec<String>,
    /// The item without what cannot be read.
    pub(super) kept: Item,
}

/// As much of an item as can be read over `default`. Of a list, the rows that can be read
/// are kept; of a map, the entries.
pub(super) fn salvage<T: Kind>(default: &T, item: Item) -> Result<Salvaged<T>, StoreError> {
    let mut lost = Vec::new();
    if let Some(record) = whole(item.clone()) {
        return Ok(Salvaged {
            record,
            lost,
            kept: item,
        });
    }
    let unreadable = |error: serde_dynamo::Error| StoreError::corrupt(&item, &error);
    let base: Item = serde_dynamo::to_item(default.to_row()).map_err(unreadable)?;
    let fits = |item| whole::<T>(item).is_some();
    let kept = fitting_entries(base, &item, &fits, "", &mut lost);
    lost.sort_unstable();
    tracing::error!(
        item = label(&item),
        lost = lost.join(" "),
        "part of an item cannot be read"
    );
    let row: T::Row = serde_dynamo::from_item(kept.clone()).map_err(unreadable)?;
    let record = T::read(row).ok_or_else(|| StoreError::wrong(&item, "it lacks a word"))?;
    Ok(Salvaged { record, lost, kept })
}

/// The record of an item that can be read as it is.
fn whole<T: Kind>(item: Item) -> Option<T> {
    let row = serde_dynamo::from_item::<_, T::Row>(item);
    row.ok().and_then(T::read)
}

/// The entries of a map that fit, over those of `base`, which fits by itself.
fn fitting_entries(
    base: Item,
    entries: &Item,
    fits: &dyn Fn(Item) -> bool,
    path: &str,
    lost: &mut Vec<String>,
) -> Item {
    let mut names: Vec<_> = base.keys().chain(entries.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let mut kept = base;
    for name in names {
        let path = format!("{path}{name}");
        let Some(value) = entries.get(&name) else {
            // Where the default stands although the item should say something else.
            let mut without = kept.clone();
            without.remove(&name);
            if !fits(without) {
                lost.push(path);
            }
            continue;
        };
        let with = |value: AttributeValue| {
            let mut tried = kept.clone();
            tried.insert(name.clone(), value);
            tried
        };
        let usual = kept.get(&name);
        let fitting = fitting(usual, value, &|value| fits(with(value)), &path, lost);
        if let Some(value) = fitting {
            kept = with(value);
        }
    }
    kept
}

/// As much of a value as fits in its place, where `usual` fits as well, if there is such a
/// value; `None` where nothing of it does.
fn fitting(
    usual: Option<&AttributeValue>,
    value: &AttributeValue,
    fits: &dyn Fn(AttributeValue) -> bool,
    path: &str,
    lost: &mut Vec<String>,
) -> Option<AttributeValue> {
    if fits(value.clone()) {
        return Some(value.clone());
    }
    match value {
        AttributeValue::L(rows) => {
            let kept = AttributeValue::L(fitting_rows(rows, fits, path, lost));
            if fits(kept.clone()) {
                return Some(kept);
            }
        }
        AttributeValue::M(entries) => {
            let fits = |entries| fits(AttributeValue::M(entries));
            let base = usual.and_then(|usual| usual.as_m().ok()).cloned();
            if let Some(base) = base.or_else(|| least(entries, &fits)) {
                let path = format!("{path}.");
                let kept = fitting_entries(base, entries, &fits, &path, lost);
                return Some(AttributeValue::M(kept));
            }
        }
        _ => {}
    }
    lost.push(path.to_owned());
    None
}

/// The rows of a list that fit, each by itself.
fn fitting_rows(
    rows: &[AttributeValue],
    fits: &dyn Fn(AttributeValue) -> bool,
    path: &str,
    lost: &mut Vec<String>,
) -> Vec<AttributeValue> {
    let alone = |row| fits(AttributeValue::L(vec![row]));
    let mut kept = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let path = format!("{path}.{i}");
        kept.extend(fitting(None, row, &alone, &path, lost));
    }
    kept
}

/// The fewest entries of a map that are enough, of up to three that it must have.
fn least(entries: &Item, fits: &dyn Fn(Item) -> bool) -> Option<Item> {
    let mut names: Vec<_> = entries.keys().collect();
    names.sort_unstable();
    let mut sets = vec![Item::new()];
    let mut from = vec![0];
    for _ in 0..=3 {
        if let Some(enough) = sets.iter().find(|set| fits((*set).clone())) {
            return Some(enough.clone());
        }
        let larger = sets.iter().zip(&from).flat_map(|(set, from)| {
            let rest = names.iter().enumerate().skip(*from);
            rest.map(|(i, name)| {
                let mut set = set.clone();
                set.insert((*name).clone(), entries[*name].clone());
                (set, i + 1)
            })
        });
        (sets, from) = larger.unzip();
    }
    None
}
