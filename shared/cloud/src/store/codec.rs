//! Records become items and items records, by way of rows.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize as _;
use serde_json::Value;

use super::{
    StoreError,
    carried::{carry_over, is_own},
    compressed::{Entries, all_entries, into_attributes, into_entries, packed_item, unpack},
    item::{Item, Key, UNKNOWN_WORD, label, number, what_is_wrong},
    rows::Kind,
};

/// A record as the item under its key, with what the item said that it was read from and
/// this release does not understand.
pub(super) fn to_item<T: Kind>(key: &Key, record: &T) -> Result<Item, StoreError> {
    to_item_over(key, record, record.stored())
}

/// As [`to_item`], of a record that keeps elsewhere the item that it was read from.
pub(super) fn to_item_over<T: Kind>(
    key: &Key,
    record: &T,
    stored: Option<&Item>,
) -> Result<Item, StoreError> {
    let mut item = match T::PLAIN {
        Some(plain) => packed(key, record, stored, plain)?,
        None => attributes(key, record, stored)?,
    };
    item.insert("shape".to_owned(), number(T::SHAPE));
    item.extend(key.attributes());
    if let (Some(name), Some(value)) = (T::BESIDE, record.beside()) {
        item.insert(name.to_owned(), value);
    }
    Ok(item)
}

/// A record packed, but for the attributes that are `plain`: without the detour over
/// attributes where nothing has to be carried.
fn packed<T: Kind>(
    key: &Key,
    record: &T,
    stored: Option<&Item>,
    plain: &[&str],
) -> Result<Item, StoreError> {
    let whole = stored.is_none().then(|| entries(record)).flatten();
    let (mut entries, rest) = match whole {
        Some(entries) => (entries, Item::new()),
        None => into_entries(attributes(key, record, stored)?),
    };
    T::abridge(&mut entries);
    let mut item = packed_item(entries, |name| plain.contains(&name) || is_own(name));
    item.extend(rest);
    Ok(item)
}

/// A record as attributes, with what this release does not understand of what is stored.
fn attributes<T: Kind>(key: &Key, record: &T, stored: Option<&Item>) -> Result<Item, StoreError> {
    let written = |record: &T| {
        written(record).map_err(|error| StoreError::corrupt(&key.attributes(), &error))
    };
    let mut item = written(record)?;
    let Some(stored) = stored else {
        return Ok(item);
    };
    let understood: T = read(stored.clone())?;
    let mut stored = stored.clone();
    without_nulls(&mut stored);
    carry_over(&stored, &written(&understood)?, &mut item);
    Ok(item)
}

/// Leaves out what has no value: a write costs by the size of the whole item.
fn without_nulls(entries: &mut Item) {
    entries.retain(|_, value| {
        leave_out_nulls(value);
        !value.is_null()
    });
}

fn leave_out_nulls(value: &mut AttributeValue) {
    match value {
        AttributeValue::M(entries) => without_nulls(entries),
        AttributeValue::L(values) => values.iter_mut().for_each(leave_out_nulls),
        _ => {}
    }
}

/// A record as this release writes it.
fn written<T: Kind>(record: &T) -> Result<Item, serde_dynamo::Error> {
    let mut item: Item = serde_dynamo::to_item(record.write())?;
    without_nulls(&mut item);
    Ok(item)
}

/// As [`written`], as JSON.
fn entries<T: Kind>(record: &T) -> Option<Entries> {
    match serde_json::to_value(record.write()) {
        Ok(Value::Object(mut entries)) => {
            without_json_nulls(&mut entries);
            Some(entries)
        }
        _ => None,
    }
}

fn without_json_nulls(entries: &mut Entries) {
    entries.retain(|_, value| {
        leave_out_json_nulls(value);
        !value.is_null()
    });
}

fn leave_out_json_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => without_json_nulls(entries),
        Value::Array(values) => values.iter_mut().for_each(leave_out_json_nulls),
        _ => {}
    }
}

/// The record that an item holds.
pub(super) fn from_item<T: Kind>(mut item: Item) -> Result<T, StoreError> {
    let beside = T::BESIDE.and_then(|name| item.remove(name));
    if let Some(mut record) = understood::<T>(&item) {
        record.carry(None, beside);
        return Ok(record);
    }
    unpack(&mut item);
    if T::PLAIN.is_some() {
        item = repeated::<T>(item);
    }
    if !T::CARRIES {
        return read(item);
    }
    let mut record: T = read(item.clone())?;
    record.carry(Some(item), beside);
    Ok(record)
}

/// An item with what was left out of it because it stands elsewhere in it.
fn repeated<T: Kind>(item: Item) -> Item {
    let (mut entries, mut item) = into_entries(item);
    T::repeat(&mut entries);
    item.extend(into_attributes(entries));
    item
}

/// The record that a packed item holds, if it says nothing that this release would not
/// write. As a rule it does not; then nothing of it has to be carried.
fn understood<T: Kind>(item: &Item) -> Option<T> {
    let mut stored = all_entries(item)?;
    T::repeat(&mut stored);
    let stored = Value::Object(stored);
    let record = T::read(T::Row::deserialize(&stored).ok()?)?;
    let written = entries(&record)?;
    says_no_more(stored.as_object()?, |name| written.get(name)).then_some(record)
}

/// An item that is not packed, if it says anything that this release would not write of the
/// record that was read from it.
pub(super) fn unread<T: Kind>(item: Item, record: &T) -> Option<Item> {
    let written = written(record).unwrap_or_default();
    let no_more = says_no_more(&item, |name| written.get(name));
    (!no_more).then_some(item)
}

/// Whether all that is said, but for what each item has of its own, would be written so.
fn says_no_more<'a, V: PartialEq + 'a>(
    said: impl IntoIterator<Item = (&'a String, &'a V)>,
    written: impl Fn(&str) -> Option<&'a V>,
) -> bool {
    let mut said = said.into_iter().filter(|(name, _)| !is_own(name));
    said.all(|(name, value)| written(name) == Some(value))
}

fn read<T: Kind>(item: Item) -> Result<T, StoreError> {
    let label = label(&item);
    let corrupt = |why: String| StoreError::Corrupt {
        item: label.clone(),
        why,
    };
    let row = serde_dynamo::from_item(item).map_err(|error| corrupt(what_is_wrong(&error)))?;
    T::read(row).ok_or_else(|| corrupt(UNKNOWN_WORD.to_owned()))
}
