//! A reminder to a crowd that outlasts its invocation.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, as_many_as};

use super::{all_of, arrived, assert_told_once, crowd, email, rows};

/// A town where so many were asked whether they come to a meeting, and whose reminder has
/// `wave_time` in an invocation.
async fn asked(size: usize, wave_time: Duration) -> Town {
    let town = Town::in_a_hurry(wave_time).await;
    let template = json!({
        "name": "Visit", "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = crowd(size);
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    let ask = json!({"type": "confirmation_request"});
    let begun = town.send_as("ask", "m-1", &ask).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    town.advance(TimeDelta::hours(24)).await;
    town
}

/// When the reminder is due.
fn due() -> DateTime<Utc> {
    "2026-01-14T19:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_to_a_crowd_goes_on_in_another_invocation_and_nobody_fails() {
    let size = as_many_as("USHER_CROWD", 60, 120);
    let town = asked(size, Duration::from_millis(200)).await;
    assert_told_once(&arrived(&town), 0..size);
    town.advance_to(due()).await;
    let first = arrived(&town);
    assert!(first.len() < 2 * size, "it outlasts its invocation");
    assert!(
        rows(&town, "reminder")
            .await
            .keys()
            .all(|status| status == "sent")
    );
    town.advance(TimeDelta::minutes(i64::try_from(size).unwrap()))
        .await;
    let mut all = first;
    for (to, times) in arrived(&town) {
        *all.entry(to).or_default() += times;
    }
    assert_told_once(&all, 0..size);
    assert_eq!(rows(&town, "reminder").await, all_of("sent", size));
    let plan = town.reminders("m-1").await;
    assert_eq!(plan[0]["state"], "sent", "{plan:?}");
}

/// A crowd takes its time: who is left is reminded later than a reminder may begin, where
/// others were not long before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_left_of_a_reminder_is_reminded_while_it_gets_on() {
    let size = 60;
    let town = asked(size, Duration::ZERO).await;
    town.post();
    town.advance_to(due()).await;
    let mut all = arrived(&town);
    // Whatever goes on with it is late, each time by almost half an hour.
    for late in [29, 58] {
        let event = town.stack().schedules()[0].input.clone();
        town.break_call(Service::Scheduler, Effect::Never, 0);
        town.advance_to(due() + TimeDelta::minutes(late)).await;
        town.stack().faults().clear();
        assert!(arrived(&town).is_empty());
        town.wake(&event).await.unwrap();
        for (to, times) in arrived(&town) {
            *all.entry(to).or_default() += times;
        }
    }
    assert_told_once(&all, 0..size);
    let plan = town.reminders("m-1").await;
    assert_eq!(plan[0]["state"], "sent", "{plan:?}");
    assert_eq!(town.meeting("m-1").await["missed_reminders"], json!([]));
}

/// Who was reminded and then declines was reminded; who declines before it is their turn was
/// not, and the timeline says so of them alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_between_two_invocations_counts_for_those_who_are_not_reminded_yet() {
    let size = 40;
    let town = asked(size, Duration::ZERO).await;
    let post = town.post();
    let token = |i: usize| Town::token(post.iter().find(|message| message.to == email(i)).unwrap());
    let (early, late) = (token(1), token(size - 1));
    town.advance_to(due()).await;
    let mut all = arrived(&town);
    assert!(all.contains_key(&email(1)) && !all.contains_key(&email(size - 1)));
    for token in [early, late] {
        let answer = town.answer(&token, 1, "decline").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    town.post();
    town.advance(TimeDelta::minutes(40)).await;
    for (to, times) in arrived(&town) {
        *all.entry(to).or_default() += times;
    }
    assert_told_once(&all, 0..size - 1);
    let timeline = town.timeline("m-1").await;
    let left_out: Vec<_> = timeline
        .iter()
        .filter(|text| text.contains("was not sent"))
        .collect();
    let who = format!(
        "Reminder day was not sent to Guest {}, who declined",
        size - 1
    );
    assert_eq!(left_out, [&who]);
}
