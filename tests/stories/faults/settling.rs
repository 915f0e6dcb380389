//! What failed is retried, what is in doubt is settled by staff.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

use super::{confirmation, ready, statuses};
#[rstest]
#[case(Service::Ses, "email", Effect::Refuse, "failed", false)]
#[case(Service::Ses, "email", Effect::Stall, "unknown", false)]
#[case(Service::Ses, "email", Effect::DropAnswer, "unknown", true)]
#[case(Service::Ses, "email", Effect::Throttle, "sent", true)]
#[case(Service::Sns, "sms", Effect::Refuse, "failed", false)]
#[case(Service::Sns, "sms", Effect::Stall, "unknown", false)]
#[case(Service::Sns, "sms", Effect::DropAnswer, "unknown", true)]
#[case(Service::Sns, "sms", Effect::Throttle, "sent", true)]
#[tokio::test]
async fn a_channel_that_fails_is_seen_and_the_other_one_is_not_touched(
    #[case] service: Service,
    #[case] channel: &str,
    #[case] effect: Effect,
    #[case] expected: &str,
    #[case] arrived: bool,
) {
    let town = ready().await;
    town.break_call(service, effect, 0);
    let sent = town.send_as("key", "m-1", &confirmation()).await.ok();
    let row = &sent["notifications"][0];
    let other = if channel == "email" { "sms" } else { "email" };
    assert_eq!(statuses(row)[channel], expected);
    assert_eq!(statuses(row)[other], "sent");
    assert_eq!(town.post().len(), 1 + usize::from(arrived));
    if expected != "sent" {
        assert!(
            row["deliveries"].to_string().contains("SES")
                || row["deliveries"].to_string().contains("SNS")
        );
        assert_eq!(row["needs_attention"], true);
        let status = if expected == "unknown" {
            "pending"
        } else {
            "failed"
        };
        assert_eq!(
            town.log(&format!("?status={status}")).await.len(),
            1,
            "staff find it"
        );
    }
    assert_eq!(
        town.meeting("m-1").await["status"],
        "BOOKED",
        "one channel got through (N11)"
    );
    town.advance(TimeDelta::minutes(10)).await;
    town.send_as("key", "m-1", &confirmation()).await.ok();
    assert!(town.post().is_empty(), "nothing is sent again by itself");
}

#[tokio::test]
async fn what_failed_is_retried_once_and_only_that() {
    let town = ready().await;
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let sent = town.send_as("key", "m-1", &confirmation()).await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(town.post().len(), 1);

    let retried = town.retry("again", &id).await.ok();
    assert_eq!(statuses(&retried)["sms"], "sent");
    assert!(town.the_message().html.is_none(), "only the SMS went out");
    assert_eq!(town.retry("again", &id).await.ok()["status"], "sent");
    assert!(town.post().is_empty(), "the same key again sends nothing");
    assert_eq!(town.retry("another", &id).await.refusal(), "nothing_failed");
}

#[tokio::test]
async fn a_failure_on_every_channel_moves_nothing_until_a_retry_gets_through() {
    let town = ready().await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let sent = town.send_as("key", "m-1", &confirmation()).await.ok();
    assert_eq!(sent["notifications"][0]["status"], "failed");
    let unmoved = town.meeting("m-1").await;
    assert_eq!(
        (&unmoved["status"], &unmoved["notification_state"]),
        (&json!("DRAFT"), &json!("none")),
        "N11"
    );
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    town.retry("again", &id).await.ok();
    assert_eq!(town.post().len(), 2);
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");
}

#[tokio::test]
async fn what_is_in_doubt_is_settled_by_staff_before_it_is_sent_again() {
    let town = ready().await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.break_call(Service::Sns, Effect::Stall, 0);
    let sent = town.send_as("key", "m-1", &confirmation()).await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(town.post().len(), 1, "the email did go out");
    assert_eq!(
        town.meeting("m-1").await["status"],
        "DRAFT",
        "nobody knows yet"
    );
    assert_eq!(town.retry("early", &id).await.refusal(), "unknown");

    let resolve = |body: Value| {
        let (town, path) = (&town, format!("/v1/notifications/{id}/resolve"));
        async move { town.call(http::Method::POST, &path, &body).await }
    };
    let settled = resolve(json!({"channel": "email", "outcome": "sent"}))
        .await
        .ok();
    assert_eq!(statuses(&settled)["email"], "sent");
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");
    resolve(json!({"channel": "sms", "outcome": "failed"}))
        .await
        .ok();
    assert_eq!(
        resolve(json!({"outcome": "sent"})).await.refusal(),
        "nothing_unknown"
    );
    let row = town.log("").await.remove(0);
    let deliveries = row["deliveries"].as_array().unwrap();
    let sms = deliveries.iter().find(|each| each["channel"] == "sms");
    let sms = sms.unwrap();
    assert_eq!(sms["meaning"], "It was not sent, as staff found.");
    assert_eq!(sms["next_step"], "Retry it now, or phone them.");
    let retried = town.retry("now", &id).await.ok();
    assert_eq!(retried["status"], "sent");
    assert_eq!(town.post().len(), 1);
}

/// What is settled late happened early: whatever was done since then holds.
#[tokio::test]
async fn a_doubt_that_is_settled_late_takes_nothing_back() {
    let town = ready().await;
    let rsvp = json!({"id": "r", "type": "confirmation_request", "channel_mode": "both"});
    town.template("t", rsvp).await;
    let mut pair = meeting();
    pair["template_id"] = json!("t");
    let bob = json!({"id": "bob", "name": "Bob Lee", "email": "bob@example.com", "phone": "+12025550124"});
    pair["attendees"].as_array_mut().unwrap().push(bob);
    for (id, cancelled) in [("answered", false), ("cancelled", true)] {
        town.book(id, &pair).await;
        for _ in 0..2 {
            town.break_call(Service::Ses, Effect::DropAnswer, 0);
        }
        let sent = town.send(id, "confirmation_request").await.ok();
        let post = town.post();
        let token = |to: &str| Town::token(post.iter().find(|m| m.to == to).unwrap());
        town.advance(TimeDelta::minutes(5)).await;
        let expected = if cancelled {
            let body = json!({"type": "cancellation", "confirm": true});
            town.send_as("cancel", id, &body).await.ok();
            town.post();
            "CANCELLED"
        } else {
            town.answer(&token("+12025550123"), 1, "accept").await;
            "CONFIRMED"
        };
        assert_eq!(town.meeting(id).await["status"], expected);

        let bobs = sent["notifications"][1]["id"].as_str().unwrap();
        let path = format!("/v1/notifications/{bobs}/resolve");
        town.call(http::Method::POST, &path, &json!({"outcome": "sent"}))
            .await
            .ok();
        assert_eq!(
            town.meeting(id).await["status"],
            expected,
            "settled by staff"
        );
        let status = town
            .answer(&token("ann@example.com"), 1, "accept")
            .await
            .status;
        assert_eq!(status, if cancelled { 409 } else { 200 });
        assert_eq!(
            town.meeting(id).await["status"],
            expected,
            "settled by the customer"
        );
    }
}

#[tokio::test]
async fn a_link_in_doubt_does_not_bring_a_cancelled_meeting_back() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.advance(TimeDelta::minutes(5)).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    town.advance(TimeDelta::minutes(5)).await;
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &body).await.ok();
    town.the_message();
    assert_eq!(town.answer(&token, 1, "accept").await.status, 409);
    assert_eq!(
        town.meeting("m-1").await["status"],
        "CANCELLED",
        "cancel wins"
    );
}

#[tokio::test]
async fn a_retry_tells_nothing_old() {
    let town = ready().await;
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let sent = town.send_as("key", "m-1", &confirmation()).await.ok();
    assert_eq!(town.post().len(), 1);
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    let mut visit = meeting();
    visit["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &visit).await;
    assert_eq!(town.retry("again", &id).await.refusal(), "meeting_changed");
    town.advance(TimeDelta::days(20)).await;
    assert_eq!(town.retry("later", &id).await.refusal(), "started");
}
