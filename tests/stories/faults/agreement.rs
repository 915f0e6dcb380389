//! What log, told, meeting, timeline and outbox must agree on once everything has come to
//! its end, whatever happened on the way.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::{Town, meeting};

/// A meeting of so many, every third of whom is written to on both channels.
pub(super) fn crowd(size: usize) -> Value {
    let mut crowd = meeting();
    crowd["template_id"] = json!("t");
    crowd["attendees"] = (0..size)
        .map(|i| {
            let method = ["both", "email", "sms"][i % 3];
            json!({
                "id": format!("a{i}"), "name": format!("Guest {i}."), "email": format!("g{i}@example.com"),
                "phone": format!("+1202555{:04}", 130 + i), "preferred_confirmation_method": method,
            })
        })
        .collect();
    crowd
}

/// The same, at another time of its day.
pub(super) fn moved_to(hour: u32, size: usize) -> Value {
    let mut moved = crowd(size);
    moved["starts_at"] = json!(format!("2026-01-15T{hour}:00:00"));
    moved
}

/// The meeting's rows, newest first.
pub(super) async fn rows(town: &Town) -> Vec<Value> {
    town.log("?meeting=m-1&limit=100").await
}

/// The sentences of the meeting's timeline, newest first.
pub(super) async fn timeline(town: &Town) -> Vec<String> {
    let page = town.get("/v1/meetings/m-1/timeline?limit=100").await;
    let page = page.ok();
    let entries = page["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["text"].as_str().unwrap().to_owned())
        .collect()
}

/// What was accepted under a key and has no outcome.
pub(super) async fn unfinished_keys(town: &Town) -> Vec<String> {
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client.scan().table_name(table).send().await.unwrap();
    let items = found.items.unwrap_or_default();
    let keys = items.iter().filter(|item| {
        let asked = item.contains_key("work") || item.contains_key("saves");
        asked && item.get("done") == Some(&AttributeValue::Bool(false))
    });
    keys.map(|item| format!("{:?}", item["hash"])).collect()
}

/// How many calls of all services there were.
pub(super) fn calls(town: &Town) -> usize {
    let services = [
        Service::Dynamodb,
        Service::Ses,
        Service::Sns,
        Service::Scheduler,
    ];
    let calls = services.map(|service| town.calls(service).values().sum::<u64>());
    usize::try_from(calls.iter().sum::<u64>()).unwrap()
}

/// How many reminders the plan says are armed, and how many schedules there are.
pub(super) async fn armed_and_scheduled(town: &Town) -> [usize; 2] {
    let plan = town.reminders("m-1").await;
    let armed = plan.iter().filter(|each| each["state"] == "armed").count();
    [armed, town.stack().schedules().len()]
}
