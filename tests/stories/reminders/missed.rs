//! Reminders that were missed need a person until a person has dealt with them (G10).

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::Town;

use super::{armed, before, cancel, confirmed, entry, lose_schedules_until, plan, start, template};

/// Time passes until three hours after a reminder was due a day before; neither a schedule
/// nor the sweep comes through on the way.
async fn everything_is_away(town: &Town) {
    town.break_call(Service::Scheduler, Effect::Never, 0);
    town.advance_to(before(1440 - 180)).await;
    town.stack().faults().clear();
}

/// What the calendar says needs attention.
async fn attention(town: &Town) -> String {
    let page = town.page("/console").await.text;
    let list = page.split_once("Needs attention").map(|(_, list)| list);
    let list = list.and_then(|list| list.split_once("</section>"));
    list.map(|(list, _)| list.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_reminder_that_was_missed_needs_attention_until_it_is_dealt_with() {
    let town = confirmed(&template()).await;
    // All schedules are lost, and the sweep comes three hours too late.
    everything_is_away(&town).await;
    assert!(town.post().is_empty());
    assert_eq!(plan(&town).await[0], entry("day", "skipped", "missed"));
    assert!(attention(&town).await.contains("Reminder missed"));
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["needs_attention"], true);
    let missed = &meeting["missed_reminders"];
    assert_eq!(
        (&missed[0]["trigger_id"], &missed[0]["reason"]),
        (&json!("day"), &json!("missed"))
    );
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("The reminder day, due"), "{page}");
    assert!(page.contains("Its moment had passed before it could be sent"));
    // However late anybody looks.
    town.advance_to(start() + TimeDelta::days(40)).await;
    town.post();
    assert!(attention(&town).await.contains("Reminder missed"));
    let dealt = json!({"note": "I phoned her"});
    let dismiss = "/v1/meetings/m-1/dismiss";
    let now = town.call(Method::POST, dismiss, &dealt).await.ok();
    assert_eq!(now["dealt_with"]["note"], "I phoned her");
    assert_eq!(now["needs_attention"], false);
    town.call(Method::POST, dismiss, &dealt).await.ok();
    assert!(!attention(&town).await.contains("Reminder missed"));
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("has dealt with the reminder that was missed"));
    assert!(town.timeline("m-1").await[0].ends_with("the reminder that was missed: I phoned her"));
}

#[tokio::test]
async fn a_reminder_whose_meeting_had_begun_before_anybody_came_was_missed_too() {
    let town = confirmed(&template()).await;
    town.advance_to(before(1440)).await;
    town.the_message();
    lose_schedules_until(&town, start() + TimeDelta::minutes(5)).await;
    assert!(town.post().is_empty());
    assert_eq!(plan(&town).await[1], entry("hour", "skipped", "started"));
    assert!(attention(&town).await.contains("Reminder missed"));
    let missed = &town.meeting("m-1").await["missed_reminders"];
    assert_eq!(missed[0]["reason"], "started");
}

/// What somebody wished so, or what is right so, asks for nobody.
#[tokio::test]
async fn reminders_that_are_rightly_not_sent_need_no_attention() {
    for action in ["cancel", "decline", "move", "opt out"] {
        let town = confirmed(&template()).await;
        match action {
            "cancel" => cancel(&town).await,
            "decline" => {
                let answer = json!({"attendee_id": "ann", "answer": "decline"});
                let path = "/v1/meetings/m-1/responses";
                town.call(Method::POST, path, &answer).await.ok();
            }
            "move" => {
                let mut moved = super::visit();
                moved["starts_at"] = json!("2026-01-05T10:30:00");
                town.book("m-1", &moved).await;
                town.send("m-1", "update").await.ok();
            }
            _ => {
                let mut by_sms = super::visit();
                by_sms["attendees"][0]["email"] = json!(null);
                town.book("m-1", &by_sms).await;
                let again = json!({"type": "confirmation", "confirm": true});
                town.send_as("by-sms", "m-1", &again).await.ok();
                town.reply_sms("STOP").await;
            }
        }
        town.post();
        everything_is_away(&town).await;
        town.advance_to(start() + TimeDelta::minutes(5)).await;
        town.post();
        let missed = &town.meeting("m-1").await["missed_reminders"];
        assert_eq!(missed, &json!([]), "{action}: {:?}", plan(&town).await);
        assert!(
            !attention(&town).await.contains("Reminder missed"),
            "{action}"
        );
        assert!(armed(&town).is_empty());
    }
}
