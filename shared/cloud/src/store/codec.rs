//! Records become items and items records, by way of rows.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    StoreError,
    carried::carry_over,
    compressed::{pack, unpack},
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
    let mut item = written(key, record)?;
    if let Some(stored) = stored {
        let understood: T = read(stored.clone())?;
        let mut stored = stored.clone();
        without_nulls(&mut stored);
        carry_over(&stored, &written(key, &understood)?, &mut item);
    }
    if let Some((name, value)) = record.beside() {
        item.insert(name.to_owned(), value);
    }
    T::abridge(&mut item);
    if let Some(plain) = T::PLAIN {
        pack(&mut item, |name| {
            plain.contains(&name) || is_of_every_item(name)
        });
    }
    Ok(item)
}

/// Attributes that are an item's own, whatever it holds.
fn is_of_every_item(name: &str) -> bool {
    matches!(name, "PK" | "SK" | "shape" | "version")
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
    item.insert("shape".to_owned(), number(T::SHAPE));
    item.extend(key.attributes());
    Ok(item)
}

/// The record that an item holds.
pub(super) fn from_item<T: Kind>(mut item: Item) -> Result<T, StoreError> {
    unpack(&mut item);
    T::repeat(&mut item);
    if !T::CARRIES {
        return read(item);
    }
    let mut record: T = read(item.clone())?;
    record.carry(item);
    Ok(record)
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
