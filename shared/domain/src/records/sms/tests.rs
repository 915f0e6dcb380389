//! What is kept of a text that was delivered.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::{Inbound, ReceivedText};
use crate::sample;

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn delivered() -> ReceivedText {
    ReceivedText {
        id: Some("in-1".to_owned()),
        from: "+12025550123".to_owned(),
        to: "+12025550199".to_owned(),
        text: "1".to_owned(),
        previous: Some("out-1".to_owned()),
    }
}

fn read(change: impl Fn(&mut ReceivedText)) -> Inbound {
    let mut text = delivered();
    change(&mut text);
    Inbound::received(text, "all that was delivered", at(0))
}

#[test]
fn a_text_is_read_with_both_numbers_and_what_it_answers() {
    let text = read(|_| {});
    assert_eq!((text.id.as_str(), text.text.as_str()), ("in-1", "1"));
    assert_eq!(text.previous.as_deref(), Some("out-1"));
    assert_eq!((text.received_at, text.handled), (at(0), false));
    assert!(text.dealt_with.is_none());
    let numbers = text.numbers().unwrap();
    assert_eq!(numbers.from.as_str(), "+12025550123");
    assert_eq!(numbers.to.as_str(), "+12025550199");
    let short = read(|text| "12345".clone_into(&mut text.from));
    assert!(short.numbers().is_none(), "a short code cannot be texted");
}

#[rstest]
#[case(1, true)]
#[case(200, true)]
#[case(201, false)]
#[case(0, false)]
fn an_id_that_a_key_cannot_hold_is_not_kept(#[case] length: usize, #[case] kept: bool) {
    let id = "x".repeat(length);
    let text = read(|text| {
        text.id = Some(id.clone());
        text.previous = Some(id.clone());
    });
    assert_eq!(text.previous.is_some(), kept);
    assert_eq!(text.id == id, kept);
}

#[test]
fn a_text_without_a_usable_id_is_known_by_all_that_was_delivered() {
    let id = |delivered_text: &str, minutes| {
        let text = ReceivedText {
            id: Some("a b".to_owned()),
            ..delivered()
        };
        Inbound::received(text, delivered_text, at(minutes)).id
    };
    assert_eq!(id("one", 0), id("one", 0));
    assert_ne!(id("one", 0), id("one", 1));
    assert_ne!(id("one", 0), id("another", 0));
    assert_eq!(id("one", 0).len(), 64);
}

#[test]
fn a_long_text_is_cut() {
    let text = read(|text| text.text = "é".repeat(5_001));
    assert_eq!(text.text.chars().count(), 5_000);
}
