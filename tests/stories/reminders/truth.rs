//! What is true when a reminder is due decides, whatever its schedule does (R3, R4).

use chrono::TimeDelta;
use http::Method;
use rstest::rstest;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::Town;

use super::{armed, before, booked, cancel, confirmed, entry, plan, start, template, visit};

/// What ends a meeting or puts it off, and why its reminders then say they are off.
#[rstest]
#[case("cancel", "cancelled")]
#[case("archive", "archived")]
#[case("decline", "declined")]
#[case("reschedule", "reschedule_requested")]
#[tokio::test]
async fn what_ends_a_meeting_takes_its_reminders_away(#[case] what: &str, #[case] reason: &str) {
    let town = booked(&template()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    assert_eq!(armed(&town).len(), 2);
    match what {
        "cancel" => {
            cancel(&town).await;
            town.the_message();
        }
        "archive" => {
            let path = "/v1/meetings/m-1/archive";
            town.call(Method::POST, path, &json!({})).await.ok();
        }
        answer => assert_eq!(town.answer(&token, 1, answer).await.status, 200),
    }
    assert!(armed(&town).is_empty(), "at once");
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", reason),
            entry("hour", "skipped", reason)
        ]
    );
    town.advance_to(start()).await;
    assert!(town.post().is_empty());
}

#[tokio::test]
async fn a_customer_who_changes_their_mind_is_reminded_again() {
    let town = booked(&template()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    town.answer(&token, 1, "decline").await;
    // No schedule is left to come for it: the sweep notes it a little later.
    town.advance_to(before(1435)).await;
    assert_eq!(
        town.timeline("m-1").await[0],
        "Reminder day was not sent: The lead attendee has declined."
    );
    town.answer(&token, 1, "accept").await;
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", "declined"),
            entry("hour", "armed", "")
        ]
    );
    town.advance_to(before(60)).await;
    town.the_message();
}

#[tokio::test]
async fn a_booking_that_is_late_already_says_so_or_sends_at_once() {
    let mut late = template();
    late["reminder_triggers"][1]["if_late"] = json!("send_now");
    let town = booked(&late).await;
    town.advance_to(before(30)).await;
    town.send("m-1", "confirmation").await.ok();
    let post = town.post();
    assert_eq!(
        post.len(),
        2,
        "the confirmation, and the reminder that is sent at once"
    );
    assert!(armed(&town).is_empty());
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", "late_booking"),
            entry("hour", "sent", "")
        ]
    );
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline.iter().any(
            |text| text.starts_with("Reminder day was not sent: Its moment had passed already")
        ),
        "{timeline:?}"
    );
    town.advance_to(start()).await;
    assert!(town.post().is_empty());
}

/// What the scheduler does with the schedule of the day before.
#[rstest]
#[case(Effect::Twice)]
#[case(Effect::Late)]
#[case(Effect::Never)]
#[tokio::test]
async fn a_reminder_goes_out_once_whatever_the_scheduler_does(#[case] effect: Effect) {
    let town = confirmed(&template()).await;
    town.break_call(Service::Scheduler, effect, 0);
    town.advance_to(before(1440)).await;
    let on_time = usize::from(effect == Effect::Twice);
    assert_eq!(town.post().len(), on_time);
    town.advance(TimeDelta::minutes(15)).await;
    assert_eq!(
        on_time + town.post().len(),
        1,
        "by the late schedule, or by the sweep"
    );
    assert_eq!(town.log("?type=reminder").await.len(), 1);
    assert_eq!(plan(&town).await[0], entry("day", "sent", ""));
    town.advance_to(start()).await;
    town.the_message();
}

#[tokio::test]
async fn a_reminder_that_would_come_too_late_is_left_out_with_its_reason() {
    let town = confirmed(&template()).await;
    town.break_call(Service::Scheduler, Effect::Never, 0);
    town.advance_to(before(1440) + TimeDelta::minutes(45)).await;
    assert!(town.post().is_empty());
    assert_eq!(plan(&town).await[0], entry("day", "skipped", "missed"));
    assert!(
        town.timeline("m-1").await[0]
            .starts_with("Reminder day was not sent: Its moment had passed")
    );
    town.advance_to(start()).await;
    town.the_message();
}

/// A schedule that nobody could remove fires, and finds another truth.
#[tokio::test]
async fn an_orphaned_schedule_sends_nothing_and_says_why() {
    let town = confirmed(&template()).await;
    let orphan = town.stack().schedules()[0].input.clone();
    let mut moved = visit();
    moved["starts_at"] = json!("2026-01-16T14:00:00");
    town.book("m-1", &moved).await;
    town.send("m-1", "update").await.ok();
    town.the_message();
    town.advance_to(before(1440)).await;
    for _ in 0..2 {
        let came = town.wake(&orphan).await.unwrap();
        assert_eq!(came["reason"], "older_revision");
    }
    assert!(town.post().is_empty());
    let told =
        "Reminder day was not sent: The meeting has changed since this reminder was planned.";
    let timeline = town.timeline("m-1").await;
    assert_eq!(
        timeline.iter().filter(|text| *text == told).count(),
        1,
        "once: {timeline:?}"
    );
    cancel(&town).await;
    town.the_message();
    let came = town.wake(&orphan).await.unwrap();
    assert_eq!(came["reason"], "cancelled");
}

#[tokio::test]
async fn a_reminder_of_a_change_nobody_was_told_of_waits_for_the_update() {
    let town = confirmed(&template()).await;
    let mut moved = visit();
    moved["starts_at"] = json!("2026-01-16T14:00:00");
    town.book("m-1", &moved).await;
    assert!(armed(&town).is_empty());
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", "update_due"),
            entry("hour", "skipped", "update_due")
        ]
    );
    town.advance_to(start() + TimeDelta::minutes(5)).await;
    assert!(
        town.post().is_empty(),
        "neither of the old time nor of the new one"
    );
    assert!(town.timeline("m-1").await[0].contains("send the update first"));
    town.send("m-1", "update").await.ok();
    town.the_message();
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", "late_booking"),
            entry("hour", "armed", "")
        ]
    );
    town.advance_to(start() + TimeDelta::hours(24)).await;
    let text = town.the_message().text.unwrap();
    assert!(text.contains("January 16"), "{text}");
}

#[tokio::test]
async fn an_attendee_who_cannot_be_reached_is_on_record_and_stops_nobody() {
    let mut both = template();
    both["configs"][0]["channel_mode"] = json!("sms");
    let town = Town::new().await;
    town.put("/v1/templates/visit", &both).await.ok();
    let mut pair = visit();
    pair["attendees"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "bob", "name": "Bob Lee", "email": "bob@example.com"}));
    town.book("m-1", &pair).await;
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.post().len(), 2);
    let planned = &town.reminders("m-1").await[0]["attendees"];
    assert_eq!(planned[1]["reason"], "The attendee has no phone number.");
    town.advance_to(before(1440)).await;
    assert_eq!(town.the_message().to, "+12025550123");
    let failed = town.log("?type=reminder&status=failed").await;
    assert_eq!(
        (failed.len(), &failed[0]["attendee"]["id"]),
        (1, &json!("bob"))
    );
    assert_eq!(plan(&town).await[0], entry("day", "sent", ""));
    cancel(&town).await;
    town.post();
}

#[tokio::test]
async fn reminders_go_to_the_lead_only_or_to_all_but_those_who_declined() {
    for lead_only in [true, false] {
        let mut template = template();
        template["lead_only_reminders"] = json!(lead_only);
        let town = Town::new().await;
        town.put("/v1/templates/visit", &template).await.ok();
        let mut trio = visit();
        for (id, name) in [("bob", "Bob Lee"), ("cat", "Cat Lee")] {
            let more = json!({"id": id, "name": name, "email": format!("{id}@example.com")});
            trio["attendees"].as_array_mut().unwrap().push(more);
        }
        town.book("m-1", &trio).await;
        town.send("m-1", "confirmation_request").await.ok();
        town.post();
        let declined = json!({"attendee_id": "cat", "answer": "decline"});
        town.call(Method::POST, "/v1/meetings/m-1/responses", &declined)
            .await
            .ok();
        town.advance_to(before(1440)).await;
        let mut reminded: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
        reminded.sort();
        if lead_only {
            assert_eq!(reminded, ["ann@example.com"], "R5");
        } else {
            assert_eq!(reminded, ["ann@example.com", "bob@example.com"]);
            let timeline = town.timeline("m-1").await;
            assert!(
                timeline
                    .iter()
                    .any(|text| text.contains("Cat Lee, who declined")),
                "{timeline:?}"
            );
        }
        cancel(&town).await;
        town.post();
    }
}
