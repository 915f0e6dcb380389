//! Golden items: one of each kind and shape that was ever stored, read for ever.
//!
//! The story `golden` writes them, from what a whole town leaves in the table.

use std::{collections::BTreeMap, path::Path};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use usher_domain::{
    contact::Unsubscription,
    figures::DailyFigures,
    linked_message::LinkedMessage,
    meeting::{Attendee, Meeting},
    notification::Notification,
    opt_out::OptOut,
    sms::{Conversation, Inbound, Prompt},
    suppression::AddressSuppression,
    timeline::TimelineEntry,
    token::Grant,
};

use super::{Kind, SeenInbound, TestMessage, read_fanout_input};
use crate::store::{
    AccountList, KeptAttendee, KeyRecord, StoreError,
    codec::{from_item, to_item, to_item_over, unread},
    compressed,
    item::{Item, Key},
    records,
};

/// The golden items: kind, shape, item.
fn golden() -> Vec<(String, u32, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/rows/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|file| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (kind, shape) = name.split_once('.').unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let item = serde_json::from_str(&text).unwrap();
        (kind.to_owned(), shape.parse().unwrap_or_default(), item)
    });
    let mut golden: Vec<_> = files.collect();
    golden.sort_by_key(|(kind, shape, _)| (kind.clone(), *shape));
    golden
}

pub(super) fn items() -> impl Iterator<Item = (String, u32, Item)> {
    let items = golden().into_iter();
    let items = items.filter(|(kind, ..)| kind != "schedule_input");
    items.map(|(kind, shape, item)| (kind, shape, to_entries(item["M"].as_object().unwrap())))
}

/// Reads an item of a kind, writes what was read of it, and unpacks that. Packed, as it
/// stands in the table, it says the same.
pub(super) fn rewritten(kind: &str, item: Item) -> Result<Item, StoreError> {
    let again = |item| {
        let mut written = written(kind, item)?;
        compressed::unpack(&mut written);
        Ok::<_, StoreError>(written)
    };
    let plainly = again(item.clone());
    if matches!(kind, "meeting" | "notification") {
        let (entries, mut packed) = compressed::into_entries(item);
        packed.extend(compressed::packed_item(entries, |name| {
            matches!(name, "PK" | "SK" | "content")
        }));
        let packed = again(packed);
        assert_eq!(packed.as_ref().ok(), plainly.as_ref().ok(), "{kind}");
    }
    plainly
}

fn to_value(json: &Value) -> AttributeValue {
    let (name, value) = json.as_object().unwrap().iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    match name.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "B" => AttributeValue::B(Blob::new(STANDARD.decode(text()).unwrap())),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(to_value).collect()),
        "M" => AttributeValue::M(to_entries(value.as_object().unwrap())),
        other => panic!("{other}"),
    }
}

fn to_entries(json: &Map<String, Value>) -> Item {
    json.iter()
        .map(|(name, value)| (name.clone(), to_value(value)))
        .collect()
}

/// Reads an item of a kind and writes what was read of it, without the attributes that
/// only the store has: indexes and expiry.
pub(super) fn written(kind: &str, item: Item) -> Result<Item, StoreError> {
    match kind {
        "settings" => {
            let settings = records::settings(item)?;
            to_item(&Key::settings(), &settings)
        }
        "template" => {
            let template = records::template(item)?;
            to_item_over(
                &Key::template(&template.id),
                template.body(),
                template.unread.stored(),
            )
        }
        "meeting" => again::<Meeting>(item),
        "attendee" => {
            let attendee = from_item::<Attendee>(item.clone())?;
            let key = key_of(&item);
            to_item_over(&key, &attendee, unread(item, &attendee).as_ref())
        }
        "kept_attendees" => {
            let kept: Vec<KeptAttendee> = compressed::decompress(&item).unwrap();
            assert!(kept.len() > 60);
            Ok(item)
        }
        "notification" => again::<Notification>(item),
        "timeline" => again::<TimelineEntry>(item),
        "grant" => again::<Grant>(item),
        "prompt" => again::<Prompt>(item),
        "conversation" => again::<Conversation>(item),
        "opt_out" => again::<OptOut>(item),
        "unsubscription" => again::<Unsubscription>(item),
        "address_suppression" => again::<AddressSuppression>(item),
        "seen_inbound" => again::<SeenInbound>(item),
        "test_message" => again::<TestMessage>(item),
        "inbound" => again::<Inbound>(item),
        "account_list" => again::<AccountList>(item),
        "key" => again::<KeyRecord>(item),
        "daily_figures" => again::<DailyFigures>(item),
        "content" => {
            assert!(records::content_of(&item).is_some());
            Ok(item)
        }
        other => panic!("no way to read a {other}"),
    }
}

fn again<T: Kind>(item: Item) -> Result<Item, StoreError> {
    to_item(&key_of(&item), &from_item::<T>(item)?)
}

fn key_of(item: &Item) -> Key {
    Key {
        pk: item["PK"].as_s().unwrap().clone(),
        sk: item["SK"].as_s().unwrap().clone(),
    }
}

/// Without what the store adds to an item beside its record.
pub(super) fn record_of(mut item: Item) -> Item {
    let own = |name: &str| {
        matches!(
            name,
            "expires_at"
                | "version"
                | "changed_by"
                | "shape"
                | "place"
                | "no_longer_expected"
                | "holds"
        ) || name.starts_with("GSI")
    };
    item.retain(|name, _| !own(name));
    item
}

/// The kinds that are written again from what was read of them. The others are made anew
/// where they are written at all: a wish, a question, the account's list.
pub(super) const REWRITTEN: [&str; 10] = [
    "opt_out",
    "address_suppression",
    "attendee",
    "conversation",
    "inbound",
    "key",
    "meeting",
    "notification",
    "settings",
    "template",
];

#[test]
fn every_shape_is_read_and_the_newest_is_written_as_it_was() {
    let mut newest = BTreeMap::new();
    for (kind, shape, item) in items() {
        let written = rewritten(&kind, item.clone()).unwrap_or_else(|e| panic!("{kind}: {e}"));
        newest.insert(kind, (shape, item, written));
    }
    assert_eq!(newest.len(), 20, "one of each kind");
    for (kind, (_, item, written)) in newest {
        assert_eq!(record_of(written), record_of(item), "{kind}");
    }
}

#[test]
fn a_row_says_its_links_to_whoever_reads_no_more_of_it() {
    let rows = items().filter(|(kind, ..)| kind == "notification");
    for (_, _, mut item) in rows {
        let row: Notification = from_item(item.clone()).unwrap();
        assert!(!row.links.is_empty());
        let unknown = AttributeValue::S("telepathy".to_owned());
        item.insert("type".to_owned(), unknown);
        assert!(from_item::<Notification>(item.clone()).is_err());
        let linked: LinkedMessage = from_item(item).unwrap();
        assert_eq!((linked.id, linked.links), (row.id, row.links));
        assert_eq!(linked.recipient, row.recipient);
    }
}

#[test]
fn every_input_of_a_schedule_is_read_and_so_is_one_that_says_more() {
    let inputs = golden()
        .into_iter()
        .filter(|(kind, ..)| kind == "schedule_input");
    let mut read = 0;
    for (_, _, mut input) in inputs {
        let known = read_fanout_input(input.clone()).unwrap();
        input["reminder"]["of_a_later_release"] = true.into();
        assert_eq!(read_fanout_input(input).unwrap(), known);
        read += 1;
    }
    assert!(read > 0);
}
