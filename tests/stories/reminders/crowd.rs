//! Hundreds of attendees; a thousand in `.ci/long`.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Fault, Service};
use usher_tests::{Town, as_many_as};

use super::{before, cancel_quietly, entry, lose_schedules_until, plan, template, visit};

fn many() -> usize {
    as_many_as("USHER_CROWD", 100, 300)
}

/// The usual meeting with so many attendees.
fn crowd_of(size: usize) -> Value {
    let mut visit = visit();
    visit["attendees"] = (0..size)
        .map(|i| json!({"id": format!("a{i}"), "name": format!("Guest {i}"), "email": format!("g{i}@example.com")}))
        .collect();
    visit
}

/// A town whose usual meeting has so many attendees, who were all told of it.
async fn crowded(size: usize) -> Town {
    let town = Town::new().await;
    let mut once = template();
    once["reminder_triggers"]
        .as_array_mut()
        .unwrap()
        .truncate(1);
    town.put("/v1/templates/visit", &once).await.ok();
    town.book("m-1", &crowd_of(size)).await;
    // In parts that one request has time for, however busy the machine is.
    let all: Vec<_> = (0..size).map(|i| format!("a{i}")).collect();
    for (i, part) in all.chunks(60).enumerate() {
        let body = json!({"type": "confirmation", "attendees": part});
        town.send_as(&format!("part-{i}"), "m-1", &body).await.ok();
    }
    assert_eq!(town.post().len(), size);
    town
}

/// Every tenth call of SES is throttled.
fn throttle_every_tenth(town: &Town) {
    for call in (9..2_000).step_by(10) {
        town.break_call(Service::Ses, Effect::Throttle, call);
    }
}

/// Who got the reminder; everyone once at most.
fn reached(town: &Town) -> BTreeSet<String> {
    let post = town.post();
    let reached: BTreeSet<_> = post.iter().map(|message| message.to.clone()).collect();
    assert_eq!(reached.len(), post.len(), "somebody was written to twice");
    reached
}

/// The rows of the log, by status.
async fn rows(town: &Town, status: &str) -> usize {
    let mut count = 0;
    let mut cursor = String::new();
    loop {
        let query = format!("/v1/notifications?type=reminder&status={status}&limit=100{cursor}");
        let page = town.get(&query).await.ok();
        count += page["notifications"].as_array().unwrap().len();
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return count,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_reminded_although_every_tenth_call_is_throttled() {
    let crowd = many();
    let town = crowded(crowd).await;
    throttle_every_tenth(&town);
    // A busy machine may need a second invocation, a minute later.
    town.advance_to(before(1435)).await;
    assert_eq!(reached(&town).len(), crowd);
    let sends = u64::try_from(crowd + crowd + crowd / 10).unwrap();
    assert!(
        town.calls(Service::Ses)["SendEmail"] > sends,
        "it was throttled"
    );
    assert_eq!(rows(&town, "sent").await, crowd);
    assert_eq!(plan(&town).await, [entry("day", "sent", "")]);
    town.stack().faults().clear();
    town.advance(TimeDelta::minutes(20)).await;
    assert!(town.post().is_empty());
    cancel_quietly(&town).await;
}

/// The table fails in the middle, for longer than anyone tries again; the second
/// firing reaches the rest, and nobody twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_in_the_middle_and_a_second_firing_reach_everyone_once() {
    let crowd = as_many_as("USHER_CROWD", 100, 500);
    let town = crowded(crowd).await;
    throttle_every_tenth(&town);
    let outage = Fault {
        service: Service::Dynamodb,
        operation: None,
        to: None,
        effect: Effect::Refuse,
        skip: u32::try_from(crowd).unwrap() * 90 / 1_000,
        count: 100,
    };
    town.stack().faults().arm(outage).unwrap();
    town.expect_dead_letters();
    town.advance_to(before(1440)).await;
    assert_eq!(town.dead_letters().len(), 1, "the sweep that ran into it");
    let mut all = reached(&town);
    assert!(
        (crowd / 10..crowd * 9 / 10).contains(&all.len()),
        "in the middle: {}",
        all.len()
    );
    town.stack().faults().clear();
    // A busy machine may need another try for the rest.
    town.advance(TimeDelta::minutes(10)).await;
    let rest = reached(&town);
    assert!(all.is_disjoint(&rest), "somebody was written to twice");
    all.extend(rest);
    assert_eq!(all.len(), crowd);
    assert_eq!(plan(&town).await, [entry("day", "sent", "")]);
    let (sent, doubtful) = (rows(&town, "sent").await, rows(&town, "pending").await);
    assert_eq!(sent + doubtful, crowd);
    assert!(doubtful <= 24, "one wave at most is in doubt: {doubtful}");
    cancel_quietly(&town).await;
}

/// A process that is killed leaves what it was just sending in doubt, for staff to
/// see; everyone else is reached by the next firing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_one_wave_in_doubt_at_most() {
    let crowd = many();
    let town = std::sync::Arc::new(crowded(crowd).await);
    let event = town.stack().schedules()[0].input.clone();
    lose_schedules_until(&town, before(1440)).await;
    let killed = tokio::spawn({
        let (town, event) = (town.clone(), event.clone());
        async move { town.wake(&event).await }
    });
    // In the second wave, or a later one.
    let by_then = u64::try_from(crowd + crowd * 2 / 3).unwrap();
    while town.calls(Service::Ses)["SendEmail"] < by_then {
        tokio::task::yield_now().await;
    }
    killed.abort();
    let _ = killed.await;
    let mut all = reached(&town);
    assert!(all.len() < crowd, "nobody was left for another firing");
    for _ in 0..2 {
        // The sweep comes once a move; a busy machine may need two.
        town.advance(TimeDelta::minutes(3)).await;
    }
    let rest = reached(&town);
    assert!(all.is_disjoint(&rest), "somebody was written to twice");
    all.extend(rest);
    let (sent, doubtful) = (rows(&town, "sent").await, rows(&town, "pending").await);
    assert_eq!(sent + doubtful, crowd, "everyone is on record");
    assert!(
        doubtful <= 24 && all.len() >= sent,
        "{sent} sent, {doubtful} in doubt"
    );
    let town = std::sync::Arc::into_inner(town).unwrap();
    cancel_quietly(&town).await;
}

/// A crowd's meeting is moved while its reminder goes out: whoever was not written
/// to yet hears nothing of the old time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_in_the_middle_stops_the_rest() {
    let crowd = as_many_as("USHER_CROWD", 100, 240);
    let town = std::sync::Arc::new(crowded(crowd).await);
    let event = town.stack().schedules()[0].input.clone();
    lose_schedules_until(&town, before(1440)).await;
    let told = town.calls(Service::Ses)["SendEmail"];
    let mut moved = crowd_of(crowd);
    moved["starts_at"] = json!("2026-01-16T14:00:00");
    let sending = tokio::spawn({
        let (town, event) = (town.clone(), event.clone());
        async move { town.wake(&event).await }
    });
    while town
        .calls(Service::Ses)
        .get("SendEmail")
        .copied()
        .unwrap_or(0)
        < told + 30
    {
        tokio::task::yield_now().await;
    }
    town.book("m-1", &moved).await;
    let calls = town.calls(Service::Ses)["SendEmail"];
    assert!(
        sending.await.unwrap().is_err(),
        "not everyone was written to"
    );
    let reached = reached(&town).len();
    assert!(reached < crowd, "{reached}");
    let wave = 24;
    assert!(
        u64::try_from(reached).unwrap() <= calls - told + wave,
        "the wave under way at most"
    );
    town.advance(TimeDelta::minutes(5)).await;
    assert!(town.post().is_empty());
    assert_eq!(town.wake(&event).await.unwrap()["reason"], "older_revision");
    let town = std::sync::Arc::into_inner(town).unwrap();
    cancel_quietly(&town).await;
}
