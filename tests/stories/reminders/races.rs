//! Two at once, one of them held up before each of its calls while the other one runs
//! whole: schedules are what the plan says, and an answer and a reminder end as if one had
//! come after the other.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::Town;

use super::{
    armed, before, booked, cancel_quietly, confirmed, lose_schedules_until, start, template, visit,
};

/// What the plan says is armed, by when it is due, is what Scheduler has.
async fn assert_armed_as_planned(town: &Town, context: &str) {
    let plan = town.reminders("m-1").await;
    let planned = plan.iter().filter(|reminder| reminder["state"] == "armed");
    let planned: Vec<DateTime<Utc>> = planned
        .map(|reminder| reminder["due_at"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(armed(town), planned, "{context}: {plan:#?}");
}

fn moved(starts_at: &str) -> Value {
    let mut moved = visit();
    moved["starts_at"] = json!(starts_at);
    moved
}

/// The usual meeting's time, and another one.
const USUAL: &str = "2026-01-15T14:00:00";
const OTHER: &str = "2026-01-17T14:00:00";

#[tokio::test]
async fn schedules_are_what_the_plan_says_whoever_is_held_up_where() {
    let pairs = [(OTHER, USUAL), (USUAL, OTHER)];
    let (mut cells, mut scheduled) = (0, 0);
    for (first, second) in pairs {
        for k in 0.. {
            let town = confirmed(&template()).await;
            if first == USUAL {
                // Back to what was announced.
                town.book("m-1", &moved(OTHER)).await;
            }
            let (first, second) = (moved(first), moved(second));
            let path = "/v1/meetings/m-1";
            let (one, other) = (town.put(path, &first), town.put(path, &second));
            let came = town.held_up(k, one, other).await.is_some();
            scheduled += town.calls(Service::Scheduler).values().sum::<u64>();
            town.advance(TimeDelta::minutes(5)).await;
            assert_armed_as_planned(&town, &format!("call {k} of {first} before {second}")).await;
            cancel_quietly(&town).await;
            if !came {
                break;
            }
            cells += 1;
        }
    }
    assert!(cells >= 8 && scheduled > 0, "{cells} cells");
}

/// A template whose reminders ask for an answer.
fn asking() -> Value {
    let mut asking = template();
    asking["configs"][0]["buttons"] = json!({"accept": true, "decline": true});
    asking
}

/// Ann was asked whether she comes, and her reminder's moment is here: the town, her link's
/// token, and the event that would have Usher remind her.
async fn asked() -> (Town, String, Value) {
    let town = booked(&asking()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    let event = town.stack().schedules()[0].input.clone();
    lose_schedules_until(&town, before(1440)).await;
    (town, token, event)
}

/// A decline ends as one whether the reminder came before or after it.
async fn assert_declined(town: &Town, context: &str) {
    town.advance(TimeDelta::minutes(5)).await;
    let post = town.post();
    assert!(post.len() <= 1, "{context}: {post:#?}");
    let meeting = town.meeting("m-1").await;
    let answer = &meeting["attendees"][0]["answer"];
    let stands = (meeting["status"].as_str(), answer.as_str());
    assert_eq!(stands, (Some("DECLINED"), Some("declined")), "{context}");
    assert!(armed(town).is_empty(), "{context}");
    town.advance_to(start()).await;
    assert!(
        town.post().is_empty(),
        "the next one goes to nobody: {context}"
    );
}

async fn declines(town: &Town, token: &str) {
    let answered = town.answer(token, 1, "decline").await;
    assert_eq!(answered.status, 200, "{}", answered.text);
}

/// Lambda is woken, and tries as often as it does.
async fn reminds(town: &Town, event: &Value) {
    for _ in 0..3 {
        if town.wake(event).await.is_ok() {
            return;
        }
    }
}

#[tokio::test]
async fn a_decline_and_a_reminder_at_once_end_as_if_one_came_after_the_other() {
    for reminder_first in [true, false] {
        let mut cells = 0;
        for k in 0.. {
            let (town, token, event) = asked().await;
            let (reminded, declined) = (reminds(&town, &event), declines(&town, &token));
            let came = match reminder_first {
                true => town.held_up(k, reminded, declined).await,
                false => town.held_up(k, declined, reminded).await,
            };
            let came = came.is_some();
            if !came && reminder_first {
                // The reminder has run whole, and nobody has answered it.
                declines(&town, &token).await;
            }
            assert_declined(
                &town,
                &format!("call {k}, reminder held up: {reminder_first}"),
            )
            .await;
            if !came {
                break;
            }
            cells += 1;
        }
        assert!(cells >= 5, "{cells} cells");
    }
}
