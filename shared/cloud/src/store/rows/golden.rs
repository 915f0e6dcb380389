//! Golden items: one of each kind and shape that was ever stored, read for ever.
//!
//! The story `golden` writes them, from what a whole town leaves in the table.

use std::{collections::BTreeMap, path::Path};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use usher_domain::{
    contact::{OptOut, Unsubscription},
    meeting::{Attendee, Meeting},
    notification::Notification,
    sms::{Conversation, Inbound, Prompt},
    timeline::TimelineEntry,
    token::Grant,
    unread::Unread,
};

use super::{Kind, Pointer, SeenInbound, read_fanout_input};
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

fn items() -> impl Iterator<Item = (String, u32, Item)> {
    let items = golden().into_iter();
    let items = items.filter(|(kind, ..)| kind != "schedule_input");
    items.map(|(kind, shape, item)| (kind, shape, to_entries(item["M"].as_object().unwrap())))
}

/// Reads an item of a kind, writes what was read of it, and unpacks that. Packed, as it
/// stands in the table, it says the same.
fn rewritten(kind: &str, item: Item) -> Result<Item, StoreError> {
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
fn written(kind: &str, item: Item) -> Result<Item, StoreError> {
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
        "message" => again::<Pointer>(item),
        "seen_inbound" => again::<SeenInbound>(item),
        "inbound" => again::<Inbound>(item),
        "account_list" => again::<AccountList>(item),
        "key" => again::<KeyRecord>(item),
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
fn record_of(mut item: Item) -> Item {
    let own = |name: &str| {
        matches!(
            name,
            "expires_at" | "version" | "changed_by" | "shape" | "place" | "no_longer_expected"
        ) || name.starts_with("GSI")
    };
    item.retain(|name, _| !own(name));
    item
}

/// The kinds that are written again from what was read of them. The others are made anew
/// where they are written at all: a wish, a question, the account's list.
const REWRITTEN: [&str; 8] = [
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
    assert_eq!(newest.len(), 18, "one of each kind");
    for (kind, (_, item, written)) in newest {
        assert_eq!(record_of(written), record_of(item), "{kind}");
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

/// Has every map of an item say something that nobody knows; a table has one more entry,
/// but for the one of countries, of which there are no others.
fn extend(entries: &mut Item) {
    for (name, value) in entries.iter_mut() {
        match (name.as_str(), value) {
            ("prices_usd", _) => {}
            ("sent" | "translations", AttributeValue::M(table)) => {
                if let Some(entry) = table.values().next().cloned() {
                    table.insert("of_a_later_release".to_owned(), entry);
                }
            }
            (_, AttributeValue::M(entries)) => extend(entries),
            (_, AttributeValue::L(values)) => {
                for value in values {
                    if let AttributeValue::M(entries) = value {
                        extend(entries);
                    }
                }
            }
            _ => {}
        }
    }
    let later = AttributeValue::S("later".to_owned());
    entries.insert("of_a_later_release".to_owned(), later);
}

#[test]
fn what_a_later_release_has_added_is_read_over_and_written_back() {
    for (kind, _, mut item) in items() {
        extend(&mut item);
        let written = rewritten(&kind, item.clone()).unwrap_or_else(|e| panic!("{kind}: {e}"));
        if REWRITTEN.contains(&kind.as_str()) {
            assert_kept(written, item, &kind);
        }
    }
}

#[test]
fn what_has_no_value_has_no_attribute_once_it_is_written() {
    fn says_nothing(value: &AttributeValue) -> bool {
        match value {
            AttributeValue::M(entries) => entries.values().any(says_nothing),
            AttributeValue::L(values) => values.iter().any(says_nothing),
            value => value.is_null(),
        }
    }
    for (kind, _, mut item) in items() {
        item.insert("cancelled_at".to_owned(), AttributeValue::Null(true));
        item.insert("of_a_later_release".to_owned(), AttributeValue::Null(true));
        let written = rewritten(&kind, item).unwrap_or_else(|e| panic!("{kind}: {e}"));
        if REWRITTEN.contains(&kind.as_str()) {
            assert!(!written.values().any(says_nothing), "{kind}: {written:?}");
        }
    }
}

/// Nothing that an item said is lost when it is written back; where it is of the shape of
/// today, it is written as it was.
fn assert_kept(written: Item, item: Item, what: &str) {
    let today = written["shape"] == item["shape"];
    let (written, item) = (record_of(written), record_of(item));
    if today {
        assert_eq!(written, item, "{what}");
    } else {
        let kept = says_all(&AttributeValue::M(written), &AttributeValue::M(item));
        assert!(kept, "{what}");
    }
}

/// Whether a value says all that another one does.
fn says_all(value: &AttributeValue, other: &AttributeValue) -> bool {
    match (value, other) {
        (AttributeValue::M(value), AttributeValue::M(other)) => {
            other.iter().all(|(name, other)| {
                let said = value.get(name);
                said.map_or(other.is_null(), |value| says_all(value, other))
            })
        }
        (AttributeValue::L(value), AttributeValue::L(other)) => {
            let mut pairs = value.iter().zip(other);
            value.len() == other.len() && pairs.all(|(value, other)| says_all(value, other))
        }
        (value, other) => value == other,
    }
}

/// Every text that an item says, each with the way to it.
fn texts(value: &mut AttributeValue, path: &str, visit: &mut dyn FnMut(&str, &mut String)) {
    match value {
        AttributeValue::S(text) => visit(path, text),
        AttributeValue::M(entries) => {
            let mut sorted: Vec<_> = entries.iter_mut().collect();
            sorted.sort_by(|one, other| one.0.cmp(other.0));
            for (name, value) in sorted {
                texts(value, &format!("{path}.{name}"), visit);
            }
        }
        AttributeValue::L(values) => {
            for (i, value) in values.iter_mut().enumerate() {
                texts(value, &format!("{path}[{i}]"), visit);
            }
        }
        _ => {}
    }
}

/// An item with its `n`th text replaced by a word of a later release, and the way to it.
fn with_word(item: &Item, n: usize) -> Option<(String, Item)> {
    let mut value = AttributeValue::M(item.clone());
    let (mut seen, mut replaced) = (0, None);
    texts(&mut value, "", &mut |path, text| {
        if seen == n {
            "of_a_later_release".clone_into(text);
            replaced = Some(path.to_owned());
        }
        seen += 1;
    });
    let AttributeValue::M(item) = value else {
        return None;
    };
    replaced.map(|path| (path, item))
}

#[test]
fn a_word_that_nobody_knows_takes_nothing_with_it() {
    let enumerations = [
        ("meeting", ".status"),
        ("meeting", ".details.location.kind"),
        ("meeting", ".attendees[0].preference"),
        ("meeting", ".attendees[0].response.answer"),
        ("meeting", ".others.notification_state"),
        ("attendee", ".preference"),
        ("attendee", ".response.answer"),
        ("meeting", ".reminders.triggers[0].if_late"),
        ("meeting", ".reminders.marks[0].outcome"),
        ("notification", ".deliveries[0].channel"),
        ("notification", ".deliveries[0].status"),
        ("notification", ".answers[0].answer"),
        ("notification", ".answers[0].channel"),
        ("template", ".meeting_type"),
        ("template", ".location_kind"),
        ("template", ".configs[0].channel_mode"),
        ("template", ".configs[0].type"),
        ("timeline", ".kind"),
        ("timeline", ".channel"),
        ("opt_out", ".source"),
    ];
    let mut tried = Vec::new();
    for (kind, _, item) in items() {
        for n in 0.. {
            let Some((path, item)) = with_word(&item, n) else {
                break;
            };
            let Ok(written) = rewritten(&kind, item.clone()) else {
                let word = enumerations.contains(&(kind.as_str(), path.as_str()));
                assert!(!word, "{kind}{path} cannot be read");
                continue;
            };
            tried.push((kind.clone(), path.clone()));
            // What a broken setting or template lacks has its usual value.
            let usual = matches!(kind.as_str(), "settings" | "template")
                && !enumerations.contains(&(kind.as_str(), path.as_str()));
            // An address that cannot be read is nobody's: what reached it is no word.
            let address = path.ends_with("].at");
            if REWRITTEN.contains(&kind.as_str()) && !usual && !address {
                assert_kept(written, item, &format!("{kind}{path}"));
            }
        }
    }
    for (kind, path) in enumerations {
        let known = |(k, p): &(String, String)| k == kind && p == path;
        assert!(tried.iter().any(known), "{kind} has no {path}");
    }
}

#[test]
fn a_change_is_written_over_what_was_not_understood_and_the_rest_is_kept() {
    let (.., mut item) = items().find(|(kind, ..)| kind == "meeting").unwrap();
    let later = || AttributeValue::S("later".to_owned());
    item.insert("status".to_owned(), later());
    item.insert("seats".to_owned(), later());
    let mut meeting: Meeting = from_item(item.clone()).unwrap();
    let key = Key::meeting(&meeting.id);
    let to_item = |meeting: &Meeting| {
        let mut item = to_item(&key, meeting).unwrap();
        compressed::unpack(&mut item);
        item
    };
    let untouched = to_item(&meeting);
    assert_eq!(
        (&untouched["status"], &untouched["seats"]),
        (&later(), &later())
    );
    meeting.status = usher_domain::meeting::BookingStatus::Cancelled;
    let changed = to_item(&meeting);
    assert_eq!(changed["status"], AttributeValue::S("CANCELLED".to_owned()));
    assert_eq!(changed["seats"], later());
    meeting.unread = Unread::default();
    assert!(!to_item(&meeting).contains_key("seats"));
}

/// What is understood whole is not kept beside its record: each write would read and write
/// it twice more, to find that it says nothing else.
#[test]
fn nothing_is_carried_of_an_item_that_this_release_would_write_as_it_is() {
    fn carries<T: Kind>(item: &Item) -> bool {
        from_item::<T>(item.clone()).unwrap().stored().is_some()
    }
    let mut seen = 0;
    for (kind, _, item) in items() {
        let carries = match kind.as_str() {
            "meeting" => carries::<Meeting>,
            "notification" => carries::<Notification>,
            _ => continue,
        };
        let mut item = written(&kind, item).unwrap();
        assert!(!carries(&item), "{kind}");
        item.insert("seats".to_owned(), AttributeValue::N("3".to_owned()));
        assert!(carries(&item), "{kind}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}
