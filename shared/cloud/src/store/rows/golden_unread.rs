//! What golden items say that this release does not understand: it is read over, and written
//! back as it was.

use aws_sdk_dynamodb::types::AttributeValue;
use usher_domain::{meeting::Meeting, notification::Notification, unread::Unread};

use super::{
    Kind,
    golden::{REWRITTEN, items, record_of, rewritten, written},
};
use crate::store::{
    codec::{from_item, to_item},
    compressed,
    item::{Item, Key},
};

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
