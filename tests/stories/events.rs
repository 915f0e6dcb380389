//! The payloads in `events/`, run through the deployed handlers.

use serde_json::{Value, json};
use usher_tests::{Town, meeting};

macro_rules! event {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../events/", $name))).unwrap()
    };
}

async fn run(town: &Town, event: Value) -> (u64, String) {
    let answer = town.stack().invoke(event).await.unwrap();
    let body = answer["body"].as_str().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), body)
}

#[tokio::test]
async fn staff_send_and_look_at_the_log() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["starts_at"] = json!("2026-03-10T14:00:00");
    visit["attendees"][0]["id"] = json!("lead");
    town.book("site-visit-1042", &visit).await;
    let (status, body) = run(&town, event!("apigw-send-notification.json")).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(town.the_message().to, "ann@example.com");
    let (status, body) = run(&town, event!("apigw-console-list.json")).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn a_customer_with_an_old_link_gets_a_friendly_page() {
    let town = Town::new().await;
    let (status, looked) = run(&town, event!("apigw-landing-get.json")).await;
    assert_eq!(status, 404, "{looked}");
    let (status, pressed) = run(&town, event!("apigw-landing-respond.json")).await;
    assert_eq!(status, 404, "{pressed}");
    assert!(looked.contains("<!doctype html>") && looked == pressed);
}

#[test]
fn every_event_file_is_run_here() {
    let here = include_str!("events.rs");
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../events")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(here.contains(&format!("event!(\"{name}\")")), "{name}");
    }
}
