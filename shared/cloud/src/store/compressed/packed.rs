//! Items packed: what no condition asks for and no index lists, in one compressed attribute.
//!
//! A meeting and a row of the log are a kilobyte and a half each, most of it names of
//! attributes, and are written with every step of every message: a write unit for each
//! kilobyte, two in a transaction.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::zlib::{Dictionary, deflate, inflate};
use crate::store::item::Item;

/// The attribute that holds the others.
const PACKED: &str = "packed";

/// How the name begins of what JSON has no value for: a text that stands in an object alone.
const TYPED: char = '\0';

/// What an item says, as JSON. `serde_json` has its names in their order, so that the same
/// item is packed into the same bytes.
pub(in crate::store) type Entries = Map<String, Value>;

/// The item that these entries make, packed but for those that are `plain`.
pub(in crate::store) fn packed_item(mut entries: Entries, plain: impl Fn(&str) -> bool) -> Item {
    let mut item = Item::new();
    let names: Vec<_> = entries.keys().filter(|name| plain(name)).cloned().collect();
    for name in names {
        if let Some(value) = entries.remove(&name) {
            item.insert(name, from_json(value));
        }
    }
    match packed(&entries) {
        Some(packed) => {
            item.insert(PACKED.to_owned(), packed);
        }
        None => item.extend(into_attributes(entries)),
    }
    item
}

fn packed(entries: &Entries) -> Option<AttributeValue> {
    let json = serde_json::to_vec(entries).ok()?;
    let deflated = deflate(&json, Dictionary::Rows).ok()?;
    Some(AttributeValue::B(Blob::new(deflated)))
}

/// Unpacks an item. What is torn stays as it is: the item cannot be read then.
pub fn unpack(item: &mut Item) {
    if let Some(entries) = packed_entries(item) {
        item.remove(PACKED);
        item.extend(into_attributes(entries));
    }
}

/// What an item has packed; none where nothing is, or it is torn.
fn packed_entries(item: &Item) -> Option<Entries> {
    let json = inflate(item.get(PACKED)?.as_b().ok()?.as_ref())?;
    serde_json::from_slice(&json).ok()
}

/// All that an item says, of which the packed is unpacked; none where nothing is packed,
/// it is torn, or JSON does not hold the rest.
pub(in crate::store) fn all_entries(item: &Item) -> Option<Entries> {
    let mut packed = packed_entries(item)?;
    let mut entries = Entries::new();
    for (name, value) in item.iter().filter(|(name, _)| *name != PACKED) {
        entries.insert(name.clone(), to_json(value)?);
    }
    entries.append(&mut packed);
    Some(entries)
}

/// Entries as attributes.
pub(in crate::store) fn into_attributes(
    entries: Entries,
) -> impl Iterator<Item = (String, AttributeValue)> {
    entries
        .into_iter()
        .map(|(name, json)| (name, from_json(json)))
}

/// An item's attributes as entries, and apart what JSON does not hold.
pub(in crate::store) fn into_entries(item: Item) -> (Entries, Item) {
    let mut entries = Entries::new();
    let mut rest = Item::new();
    for (name, value) in item {
        match to_json(&value) {
            Some(json) => {
                entries.insert(name, json);
            }
            None => {
                rest.insert(name, value);
            }
        }
    }
    (entries, rest)
}

/// A value as JSON; none of a set, and of what is no value of this release.
fn to_json(value: &AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => match number.parse::<i64>() {
            Ok(whole) if whole.to_string() == *number => json!(whole),
            _ => typed("N", number),
        },
        AttributeValue::Bool(truth) => json!(truth),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::B(bytes) => typed("B", &STANDARD.encode(bytes)),
        AttributeValue::L(values) => {
            Value::Array(values.iter().map(to_json).collect::<Option<_>>()?)
        }
        AttributeValue::M(entries) => {
            let sorted: BTreeMap<_, _> = entries.iter().collect();
            let entry = |(name, value): (&String, &AttributeValue)| {
                let name = Some(name.clone()).filter(|name| !name.starts_with(TYPED));
                Some((name?, to_json(value)?))
            };
            Value::Object(sorted.into_iter().map(entry).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn typed(of: &str, text: &str) -> Value {
    json!({ format!("{TYPED}{of}"): text })
}

fn from_json(json: Value) -> AttributeValue {
    match json {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(truth),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(values) => AttributeValue::L(values.into_iter().map(from_json).collect()),
        Value::Object(entries) => untyped(&entries).unwrap_or_else(|| {
            let entry = |(name, value)| (name, from_json(value));
            AttributeValue::M(entries.into_iter().map(entry).collect())
        }),
    }
}

/// What stands in an object of its type; none of any other object.
fn untyped(entries: &Map<String, Value>) -> Option<AttributeValue> {
    let (name, value) = entries.iter().next()?;
    let text = value.as_str()?;
    match name.strip_prefix(TYPED)? {
        "N" => Some(AttributeValue::N(text.to_owned())),
        "B" => Some(AttributeValue::B(Blob::new(STANDARD.decode(text).ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*};

    use super::*;

    /// Any value that a row may have, or one of a later release.
    fn values() -> impl Strategy<Value = AttributeValue> {
        let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,6})?|0{2}7|1e3|-0";
        let leaf = prop_oneof![
            any::<String>().prop_map(AttributeValue::S),
            number.prop_map(AttributeValue::N),
            any::<bool>().prop_map(AttributeValue::Bool),
            Just(AttributeValue::Null(true)),
            any::<Vec<u8>>().prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
            any::<Vec<String>>().prop_map(AttributeValue::Ss),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                collection::vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
                collection::hash_map(".{0,9}|\\PC{0,2}|\0[NBM]", inner, 0..4)
                    .prop_map(AttributeValue::M),
            ]
        })
    }

    fn pack(item: &Item, plain: impl Fn(&str) -> bool) -> Item {
        let (entries, rest) = into_entries(item.clone());
        let mut packed = packed_item(entries, plain);
        packed.extend(rest);
        packed
    }

    proptest! {
        #[test]
        fn whatever_is_packed_is_unpacked_as_it_was(
            item in collection::hash_map("[a-z]{1,6}", values(), 0..6),
        ) {
            let plain = |name: &str| name < "c";
            let mut packed = pack(&item, plain);
            for (name, value) in item.iter().filter(|(name, _)| plain(name)) {
                prop_assert_eq!(&packed[name], value);
            }
            unpack(&mut packed);
            prop_assert_eq!(packed, item);
        }
    }

    #[test]
    fn what_is_torn_is_left_packed() {
        let item = Item::from([("name".to_owned(), AttributeValue::S("Ann".to_owned()))]);
        let mut item = pack(&item, |_| false);
        let mut bytes = item[PACKED].as_b().unwrap().clone().into_inner();
        bytes.pop();
        let torn = AttributeValue::B(Blob::new(bytes));
        item.insert(PACKED.to_owned(), torn);
        let before = item.clone();
        unpack(&mut item);
        assert_eq!(item, before);
    }
}
