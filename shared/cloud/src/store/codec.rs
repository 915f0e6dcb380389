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
    let mut item = match (T::PLAIN, stored) {
        (Some(plain), None) => {
            let unwritable = || StoreError::wrong(&key.attributes(), "it cannot be written");
            packed::<T>(entries(record).ok_or_else(unwritable)?, plain)
        }
        (Some(plain), Some(stored)) => {
            let (entries, rest) = into_entries(carrying(key, record, stored)?);
            let mut item = packed::<T>(entries, plain);
            item.extend(rest);
            item
        }
        (None, Some(stored)) => carrying(key, record, stored)?,
        (None, None) => written(key, record)?,
    };
    item.insert("shape".to_owned(), number(T::SHAPE));
    item.extend(key.attributes());
    if let (Some(name), Some(value)) = (T::BESIDE, record.beside()) {
        item.insert(name.to_owned(), value);
    }
    Ok(item)
}

/// The item of a kind that is packed.
fn packed<T: Kind>(mut entries: Entries, plain: &[&str]) -> Item {
    T::abridge(&mut entries);
    packed_item(entries, |name| plain.contains(&name) || is_own(name))
}

/// A record as this release writes it, with what it does not understand of what is stored.
fn carrying<T: Kind>(key: &Key, record: &T, stored: &Item) -> Result<Item, StoreError> {
    let mut item = written(key, record)?;
    let understood: T = read(stored.clone())?;
    let mut stored = stored.clone();
    without_nulls(&mut stored);
    carry_over(&stored, &written(key, &understood)?, &mut item);
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
fn written<T: Kind>(key: &Key, record: &T) -> Result<Item, StoreError> {
    let written = serde_dynamo::to_item(record.write());
    let mut item: Item = written.map_err(|error| StoreError::corrupt(&key.attributes(), &error))?;
    without_nulls(&mut item);
    Ok(item)
}

/// As [`written`], as what is packed: without the detour over attributes.
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
    let mut said = stored.as_object()?.iter().filter(|(name, _)| !is_own(name));
    said.all(|(name, value)| written.get(name) == Some(value))
        .then_some(record)
}

/// An item that is not packed, if it says anything that this release would not write of the
/// record that was read from it.
pub(super) fn unread<T: Kind>(item: Item, record: &T) -> Option<Item> {
    let mut written: Item = serde_dynamo::to_item(record.write()).unwrap_or_default();
    without_nulls(&mut written);
    let mut said = item.iter().filter(|(name, _)| !is_own(name));
    let says_more = said.any(|(name, value)| written.get(name) != Some(value));
    says_more.then_some(item)
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
