//! The payloads in `events/`, run through the deployed handlers.

use serde_json::{Value, json};
use usher_local::{Effect, Service};
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
    let (status, ended) = run(&town, event!("apigw-landing-unsubscribe.json")).await;
    assert_eq!(status, 404, "{ended}");
    assert!(looked.contains("<!doctype html>") && looked == pressed && looked == ended);
}

#[tokio::test]
async fn a_schedule_reminds_and_the_sweep_looks() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day-before", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/visit", &template).await.ok();
    let mut visit = meeting();
    visit["starts_at"] = json!("2026-03-10T14:00:00");
    visit["template_id"] = json!("visit");
    town.book("site-visit-1042", &visit).await;
    town.send("site-visit-1042", "confirmation").await.ok();
    town.the_message();
    let event = event!("scheduler-reminder.json");
    assert_eq!(town.stack().schedules()[0].input, event);
    town.break_call(Service::Scheduler, Effect::Never, 0);
    town.advance_to("2026-03-09T18:00:00Z".parse().unwrap())
        .await;
    assert!(town.post().is_empty());
    assert_eq!(town.wake(&event).await.unwrap()["came"], "sent");
    town.the_message();
    assert_eq!(town.wake(&event).await.unwrap()["came"], "nothing");
    let swept = town.wake(&event!("scheduler-sweep.json")).await.unwrap();
    assert_eq!(swept["came"], "swept");
}

#[tokio::test]
async fn customers_text() {
    let town = Town::new().await;
    // The events' own time.
    town.advance_to("2026-03-01T14:00:00Z".parse().unwrap())
        .await;
    let ask = json!({
        "id": "ask", "type": "confirmation_request", "channel_mode": "sms",
        "reply_codes": {"enabled": true},
    });
    town.template("visit", ask).await;
    let mut visit = meeting();
    visit["starts_at"] = json!("2026-03-10T14:00:00");
    visit["template_id"] = json!("visit");
    town.book("site-visit-1042", &visit).await;
    town.send("site-visit-1042", "confirmation_request")
        .await
        .ok();
    town.the_message();
    let text = |event| town.stack().invoke_function("inbound-sms", event);
    assert_eq!(
        text(event!("sns-inbound-sms.json")).await.unwrap()["taken"],
        1
    );
    assert_eq!(town.meeting("site-visit-1042").await["status"], "CONFIRMED");
    town.the_message();
    let reason = text(event!("sns-inbound-sms-batch.json"))
        .await
        .unwrap_err();
    assert!(reason.to_string().starts_with("1 of 3 texts"), "{reason}");
    assert!(town.timeline("site-visit-1042").await[0].contains("Ok thanks"));
}

#[tokio::test]
async fn providers_report() {
    let town = Town::new().await;
    // The events' own time, and a little later.
    town.advance_to("2026-03-01T16:30:00Z".parse().unwrap())
        .await;
    for (event, reports) in [
        (event!("sns-ses-bounce.json"), 1),
        (event!("sns-ses-each.json"), 9),
        (event!("logs-sms-receipts.json"), 3),
    ] {
        let taken = town.stack().invoke_function("track-delivery", event).await;
        assert_eq!(taken.unwrap()["taken"], reports, "of nobody's messages");
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error() {
    let town = Town::new().await;
    let cut = json!({"reminder": {"meeting_id": "m-1", "trigger_id": "day", "revision": 1}});
    for event in [json!(null), json!({}), json!({"other": {}}), cut] {
        assert!(town.wake(&event).await.is_err(), "{event}");
    }
    // What a later version adds to a schedule's input is no reason to fail.
    assert!(town.wake(&json!({"sweep": {"x": 1}})).await.is_ok());
    // Of a meeting there is none of, any more: nothing to try again for.
    let gone = json!({"reminder": {"meeting_id": "m-1", "trigger_id": "day", "revision": 1, "due_at": "2026-01-01T00:00:00Z"}});
    assert_eq!(town.wake(&gone).await.unwrap()["came"], "nothing");
}

#[test]
fn every_event_file_is_run_here() {
    let here = include_str!("events.rs");
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../events")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(here.contains(&format!("event!(\"{name}\")")), "{name}");
    }
}
