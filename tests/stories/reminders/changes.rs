//! A meeting's schedules follow it, wherever it goes (R2).

use chrono::TimeDelta;
use serde_json::json;
use usher_tests::Town;

use super::{armed, before, cancel, confirmed, entry, plan, start, template, visit};

#[tokio::test]
async fn a_moved_meeting_is_reminded_of_at_its_new_time_only() {
    let town = confirmed(&template()).await;
    let mut moved = visit();
    moved["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &moved).await;
    town.send("m-1", "update").await.ok();
    town.the_message();
    let later = start() + TimeDelta::minutes(20 * 60 + 30);
    assert_eq!(
        armed(&town),
        [later - TimeDelta::days(1), later - TimeDelta::hours(1)]
    );
    town.advance_to(before(0)).await;
    let text = town.the_message().text.unwrap();
    assert!(
        text.contains("10:30 AM") && !text.contains("2:00 PM"),
        "{text}"
    );
    town.advance_to(later).await;
    assert_eq!(town.post().len(), 1);
    assert_eq!(town.log("?type=reminder").await.len(), 2);
}

#[tokio::test]
async fn a_change_that_is_taken_back_leaves_the_plan_as_it_was() {
    let town = confirmed(&template()).await;
    let mut moved = visit();
    moved["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &moved).await;
    assert!(armed(&town).is_empty());
    town.book("m-1", &visit()).await;
    assert_eq!(armed(&town), [before(1440), before(60)]);
    town.advance_to(start()).await;
    assert_eq!(town.post().len(), 2);
}

#[tokio::test]
async fn a_change_after_the_reminder_does_not_send_it_a_second_time() {
    for if_late in ["skip", "send_now"] {
        let mut template = template();
        template["reminder_triggers"][0]["if_late"] = json!(if_late);
        let town = confirmed(&template).await;
        town.advance_to(before(1440)).await;
        town.the_message();
        let mut elsewhere = visit();
        elsewhere["location"]["address"] = json!("9 Side St, Springfield");
        town.book("m-1", &elsewhere).await;
        town.advance_to(before(1200)).await;
        town.send("m-1", "update").await.ok();
        town.the_message();
        assert_eq!(
            plan(&town).await,
            [
                entry("day", "skipped", "already_sent"),
                entry("hour", "armed", "")
            ]
        );
        town.advance_to(start()).await;
        assert!(town.the_message().text.unwrap().contains("9 Side St"));
    }
}

#[tokio::test]
async fn a_cancelled_meeting_with_a_new_time_is_reminded_of_anew() {
    let town = confirmed(&template()).await;
    cancel(&town).await;
    town.the_message();
    let mut anew = visit();
    anew["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &anew).await;
    assert!(armed(&town).is_empty());
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let start = start() + TimeDelta::days(5);
    assert_eq!(
        armed(&town),
        [start - TimeDelta::days(1), start - TimeDelta::hours(1)]
    );
    town.advance_to(start).await;
    assert_eq!(town.post().len(), 2);
}

/// N8: what was cancelled is what the cancellation told of.
#[tokio::test]
async fn a_meeting_that_was_moved_and_then_cancelled_is_not_confirmed_anew_as_it_is() {
    let town = confirmed(&template()).await;
    let mut moved = visit();
    moved["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &moved).await;
    cancel(&town).await;
    town.the_message();
    assert_eq!(
        town.send("m-1", "confirmation").await.problem().0,
        "needs-confirmation",
        "taken back with a word only (N16)"
    );
    assert_eq!(town.send("m-1", "update").await.refusal(), "cancelled");
    moved["starts_at"] = json!("2026-01-17T10:30:00");
    town.book("m-1", &moved).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    cancel_again(&town).await;
}

async fn cancel_again(town: &Town) {
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel-again", "m-1", &body).await.ok();
    town.the_message();
    assert!(armed(town).is_empty());
}
