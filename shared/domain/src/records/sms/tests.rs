//! How a text is read from what the SMS service delivers.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};

use super::Inbound;
use crate::sample;

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn payload(change: impl Fn(&mut Value)) -> String {
    let mut payload = json!({
        "originationNumber": "+12025550123",
        "destinationNumber": "+12025550199",
        "messageBody": "1",
        "inboundMessageId": "in-1",
        "previousPublishedMessageId": "out-1",
    });
    change(&mut payload);
    payload.to_string()
}

fn read(change: impl Fn(&mut Value)) -> Inbound {
    Inbound::parse(&payload(change), at(0)).unwrap()
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
    let short = read(|payload| payload["originationNumber"] = json!("12345"));
    assert!(short.numbers().is_none(), "a short code cannot be texted");
}

#[rstest]
#[case("not json", false)]
#[case("{}", false)]
#[case(r#"{"messageBody": "Hi"}"#, true)]
#[case(r#"{"originationNumber": "+12025550123"}"#, true)]
fn a_payload_is_of_a_text_if_it_has_a_sender_or_says_something(
    #[case] payload: &str,
    #[case] ok: bool,
) {
    assert_eq!(Inbound::parse(payload, at(0)).is_ok(), ok);
}

#[rstest]
#[case(1, true)]
#[case(200, true)]
#[case(201, false)]
#[case(0, false)]
fn an_id_that_a_key_cannot_hold_is_not_kept(#[case] length: usize, #[case] kept: bool) {
    let id = "x".repeat(length);
    let text = read(|payload| {
        payload["inboundMessageId"] = json!(id);
        payload["previousPublishedMessageId"] = json!(id);
    });
    assert_eq!(text.previous.is_some(), kept);
    assert_eq!(text.id == id, kept);
}

#[test]
fn a_text_without_a_usable_id_is_known_by_all_that_was_delivered() {
    let without = payload(|payload| payload["inboundMessageId"] = json!("a b"));
    let id = |payload: &str, minutes| Inbound::parse(payload, at(minutes)).unwrap().id;
    assert_eq!(id(&without, 0), id(&without, 0));
    assert_ne!(id(&without, 0), id(&without, 1));
    let other = payload(|payload| {
        payload["inboundMessageId"] = json!("a b");
        payload["messageBody"] = json!("2");
    });
    assert_ne!(id(&without, 0), id(&other, 0));
    assert_eq!(id(&without, 0).len(), 64);
}

#[test]
fn a_long_text_is_cut() {
    let text = read(|payload| payload["messageBody"] = json!("é".repeat(5_001)));
    assert_eq!(text.text.chars().count(), 5_000);
}
