//! The promises of the sending protocol: never lost, never twice, every doubt
//! visible.

mod agreement;
mod keys;
mod pairs;
mod settling;
mod walk;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting, some_of};

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
    for k in some_of(0..u32::try_from(usual).unwrap(), 2) {
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
    // Behind two reads come a claim and a record of each wave.
    for k in some_of((2..9).chain(0..2), 3) {
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
    for k in some_of(0..12, 3) {
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
