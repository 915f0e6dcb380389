//! The promises of the sending protocol: never lost, never twice, every doubt
//! visible.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// A town with a meeting that is confirmed on both channels.
async fn ready() -> Town {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town
}

fn confirmation() -> Value {
    json!({"type": "confirmation"})
}

fn statuses(notification: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let deliveries = notification["deliveries"].as_array().unwrap();
    deliveries
        .iter()
        .map(|d| (text(&d["channel"]), text(&d["status"])))
        .collect()
}

#[tokio::test]
async fn one_key_fifty_times_at_once_is_one_email_and_one_sms() {
    let town = ready().await;
    let replies =
        join_all((0..50).map(|_| async { town.send_as("key", "m-1", &confirmation()).await }))
            .await;
    let mut ids: Vec<_> = Vec::new();
    for reply in &replies {
        match reply.status.as_u16() {
            200 => ids.push(reply.json()["notifications"][0]["id"].to_string()),
            409 => assert_eq!(reply.problem().0, "in-progress"),
            other => panic!("{other}: {}", reply.text),
        }
    }
    ids.dedup();
    assert_eq!(
        ids.len(),
        1,
        "everyone who was answered got the same outcome"
    );
    assert_eq!(town.post().len(), 2);
    assert_eq!(town.calls(Service::Ses)["SendEmail"], 1);
    assert_eq!(town.calls(Service::Sns)["Publish"], 1);
}

#[tokio::test]
async fn the_same_key_gives_the_first_outcome_again_and_no_other_body() {
    let town = ready().await;
    let first = town.send_as("key", "m-1", &confirmation()).await.ok();
    assert_eq!(town.post().len(), 2);
    assert_eq!(
        town.send_as("key", "m-1", &confirmation()).await.ok(),
        first
    );
    let other = json!({"type": "confirmation_request"});
    assert_eq!(
        town.send_as("key", "m-1", &other).await.problem(),
        ("key-reused".to_owned(), 422)
    );
    town.book("m-2", &meeting()).await;
    assert_eq!(
        town.send_as("key", "m-2", &confirmation())
            .await
            .problem()
            .0,
        "key-reused"
    );
}

#[tokio::test]
async fn two_different_keys_at_once_do_not_both_send() {
    let town = ready().await;
    let body = confirmation();
    let (one, two) = tokio::join!(
        town.send_as("one", "m-1", &body),
        town.send_as("two", "m-1", &body)
    );
    assert_eq!(
        town.post().len(),
        2,
        "one email and one SMS: {} {}",
        one.text,
        two.text
    );
    let lost = if one.status == 200 { &two } else { &one };
    match lost.status.as_u16() {
        409 => assert_eq!(lost.refusal(), "sending"),
        _ => assert_eq!(
            lost.problem().0,
            "needs-confirmation",
            "the other was done already"
        ),
    }
}

/// What a provider does, what staff then see, and whether the message went out.
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

/// Every call a send makes to the store fails once, in each way. Whatever
/// happens then, the same key is used until it answers, and time passes.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::Throttle)]
#[case(Effect::DropAnswer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_store_fails_nothing_is_lost_sent_twice_or_hidden(#[case] effect: Effect) {
    let usual = {
        let town = ready().await;
        town.stack().faults().reset_calls();
        town.send_as("key", "m-1", &confirmation()).await.ok();
        town.post();
        town.calls(Service::Dynamodb).values().sum::<u64>()
    };
    assert!(usual >= 4, "a send reads, claims and records: {usual}");
    for k in 0..u32::try_from(usual).unwrap() {
        let town = ready().await;
        town.break_call(Service::Dynamodb, effect, k);
        let first = town.send_as("key", "m-1", &confirmation()).await;
        town.stack().faults().clear();
        let second = town.send_as("key", "m-1", &confirmation()).await;
        // Whoever held the lease is gone by now.
        town.advance(TimeDelta::minutes(2)).await;
        let last = town.send_as("key", "m-1", &confirmation()).await.ok();
        let context = format!(
            "{effect:?} at call {k}: {} then {}",
            first.text, second.text
        );

        let rows = town.log("?meeting=m-1").await;
        assert_eq!(rows.len(), 1, "one notification is in the log: {context}");
        assert_eq!(last["notifications"][0]["id"], rows[0]["id"], "{context}");
        let post = town.post();
        let emails = post.iter().filter(|message| message.html.is_some()).count();
        assert!(
            emails <= 1 && post.len() - emails <= 1,
            "sent twice: {context}"
        );
        for (channel, status) in statuses(&rows[0]) {
            let arrived = post
                .iter()
                .any(|m| (channel == "email") == m.html.is_some());
            match status.as_str() {
                "sent" => assert!(arrived, "said to be sent, and was not: {context}"),
                "unknown" => assert_eq!(rows[0]["needs_attention"], true, "{context}"),
                other => panic!("{channel} is {other}: {context}"),
            }
        }
        let meeting = town.meeting("m-1").await;
        let sent = rows[0]["status"] == "sent";
        assert_eq!(
            meeting["status"] == "BOOKED",
            sent,
            "the meeting follows the log: {context}"
        );
    }
}

/// A crowd is claimed in several transactions. If one of them fails, nobody is
/// written to before all are claimed; the same key later reaches those who were
/// not claimed, and nobody twice.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::DropAnswer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_reached_once_wherever_its_claim_fails(#[case] effect: Effect) {
    for k in 0..9 {
        let town = Town::new().await;
        let mut crowd = meeting();
        crowd["attendees"] = (0..15)
            .map(|i| json!({"id": format!("a{i}"), "name": format!("Guest {i}"), "email": format!("g{i}@example.com")}))
            .collect();
        town.book("m-1", &crowd).await;
        town.break_call(Service::Dynamodb, effect, k);
        town.send_as("key", "m-1", &confirmation()).await;
        town.stack().faults().clear();
        town.advance(TimeDelta::minutes(2)).await;
        let last = town.send_as("key", "m-1", &confirmation()).await.ok();
        assert_eq!(
            last["notifications"].as_array().unwrap().len(),
            15,
            "{effect:?} at call {k}"
        );

        let rows = town.log("?meeting=m-1&limit=100").await;
        assert_eq!(rows.len(), 15, "{effect:?} at call {k}");
        let post = town.post();
        for row in &rows {
            let to = row["attendee"]["email"].as_str().unwrap();
            let got = post.iter().filter(|message| message.to == to).count();
            match statuses(row)["email"].as_str() {
                "sent" => assert_eq!(got, 1, "{to}: {effect:?} at call {k}"),
                "unknown" => assert!(got <= 1, "{to}: {effect:?} at call {k}"),
                other => panic!("{to} is {other}: {effect:?} at call {k}"),
            }
        }
    }
}

/// The same walk over a customer's answer: it is stored wholly or not at all,
/// and pressing the button again puts it right.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::DropAnswer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_store_fails_an_answer_is_whole(#[case] effect: Effect) {
    for k in 0..12 {
        let town = Town::new().await;
        town.book("m-1", &meeting()).await;
        town.send("m-1", "confirmation_request").await.ok();
        let token = Town::token(&town.the_message());
        town.break_call(Service::Dynamodb, effect, k);
        town.answer(&token, 1, "accept").await;
        town.stack().faults().clear();
        let applied = town.meeting("m-1").await["status"] == "CONFIRMED";
        let logged = town.log("").await[0]["answers"].as_array().unwrap().len();
        assert_eq!(
            logged,
            usize::from(applied),
            "log and meeting agree at call {k}"
        );
        assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
        assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
        assert_eq!(
            town.log("").await[0]["answers"].as_array().unwrap().len(),
            1
        );
    }
}

#[tokio::test]
async fn an_answer_that_comes_while_a_send_is_recorded_loses_nothing() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    let again = json!({"type": "confirmation_request", "confirm": true});
    let (sent, answered) = tokio::join!(
        town.send_as("again", "m-1", &again),
        town.answer(&token, 1, "accept")
    );
    assert_eq!((sent.status.as_u16(), answered.status.as_u16()), (200, 200));
    assert_eq!(town.post().len(), 1);
    let rows = town.log("?meeting=m-1").await;
    assert!(rows.iter().all(|row| row["status"] == "sent"));
    assert_eq!(
        rows.iter()
            .map(|row| row["answers"].as_array().unwrap().len())
            .sum::<usize>(),
        1
    );
    assert_eq!(
        town.meeting("m-1").await["attendees"][0]["answer"],
        "accepted"
    );
}
