//! The same request again, and others at the same time.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

use super::{agreement::unfinished_keys, confirmation, ready};

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

/// DynamoDB deletes what has expired days later; here never.
#[tokio::test]
async fn a_key_that_has_expired_is_free() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let wanted = json!({"type": "confirmation", "confirm": true});
    town.send_as("key", "m-1", &wanted).await.ok();
    town.the_message();
    town.advance(TimeDelta::days(6)).await;
    town.send_as("key", "m-1", &wanted).await.ok();
    assert!(town.post().is_empty(), "the first outcome again");
    town.advance(TimeDelta::days(2)).await;
    let unasked = town.send_as("key", "m-1", &confirmation()).await;
    assert_eq!(unasked.problem().0, "needs-confirmation");
    town.send_as("key", "m-1", &wanted).await.ok();
    town.the_message();
    town.send_as("key", "m-1", &wanted).await.ok();
    assert!(town.post().is_empty(), "it is taken anew");
}

#[tokio::test]
async fn a_meeting_whose_automatic_confirmation_failed_can_be_saved_for_good() {
    let town = Town::new().await;
    let template = json!({"name": "Visit", "manual_confirmation_only": false});
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!("2026-03-15T14:00:00");
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.book("m-1", &visit).await;
    town.the_message();
    for days in [1, 8, 30] {
        town.advance(TimeDelta::days(days)).await;
        visit["title"] = json!(format!("After {days} days more"));
        town.book("m-1", &visit).await;
        assert!(town.post().is_empty(), "what is in doubt is not sent again");
    }
    assert_eq!(town.log("?meeting=m-1").await.len(), 1);
}

/// What was sent by itself is in doubt, the meeting is moved far away, and its key is long
/// forgotten by then.
#[tokio::test]
async fn a_meeting_that_moved_away_from_its_automatic_confirmation_can_be_saved() {
    let town = Town::new().await;
    let template = json!({"name": "Visit", "manual_confirmation_only": false});
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.book("m-1", &visit).await;
    town.the_message();
    visit["starts_at"] = json!("2026-05-15T14:00:00");
    for days in [1, 30, 30] {
        town.book("m-1", &visit).await;
        town.advance(TimeDelta::days(days)).await;
        visit["title"] = json!(format!("After {days} days more"));
        town.book("m-1", &visit).await;
        assert!(town.post().is_empty(), "what is in doubt is not sent again");
    }
}

/// A save was cut off before its automatic confirmation was begun; a send by staff was then,
/// behind its claim.
#[tokio::test]
async fn of_two_sends_that_were_cut_off_both_are_finished() {
    let town = accepted_and_not_begun().await;
    let faults = town.stack().faults();
    for calls in 1.. {
        faults.cut_off_after(calls);
        town.send("m-1", "confirmation_request").await;
        faults.clear();
        if !town.log("").await.is_empty() {
            break;
        }
    }
    assert_eq!(unfinished_keys(&town).await.len(), 2);
    // A sweep each time; both may come for the one that holds the meeting.
    for _ in 0..3 {
        town.advance(TimeDelta::minutes(5)).await;
    }
    town.post();
    assert_eq!(unfinished_keys(&town).await, [""; 0]);
    let rows = town.log("").await;
    let on_its_way = |row: &&Value| row["deliveries"][0]["status"] == "dispatching";
    assert_eq!(rows.iter().filter(on_its_way).count(), 0, "{rows:#?}");
}

/// A town with a meeting whose automatic confirmation was accepted by a save that died.
async fn accepted_and_not_begun() -> Town {
    for calls in 0.. {
        let town = Town::new().await;
        let template = json!({"name": "Visit", "manual_confirmation_only": false});
        town.put("/v1/templates/t", &template).await.ok();
        let mut visit = meeting();
        visit["template_id"] = json!("t");
        town.stack().faults().cut_off_after(calls);
        town.put("/v1/meetings/m-1", &visit).await;
        town.stack().faults().clear();
        if unfinished_keys(&town).await.len() == 1 && town.log("").await.is_empty() {
            return town;
        }
        town.advance(TimeDelta::minutes(15)).await;
        town.post();
    }
    unreachable!("some number of calls saves the meeting and does no more")
}
