//! A meeting that was announced changes, or ends.

use http::Method;
use serde_json::json;
use usher_tests::{Town, meeting};

#[tokio::test]
async fn an_update_tells_what_was_and_what_is_and_asks_anew() {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "u", "type": "update", "buttons": {"accept": true, "decline": true}}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    town.answer(&token, 1, "accept").await;
    assert_eq!(town.send("m-1", "update").await.refusal(), "in_sync");

    visit["starts_at"] = json!("2026-01-16T10:30:00");
    let moved = town.book("m-1", &visit).await;
    assert_eq!(moved["notification_state"], "update_due");
    assert_eq!(
        moved["status"], "CONFIRMED",
        "until they are told, their answer stands"
    );
    town.send("m-1", "update").await.ok();
    let text = town.the_message().text.unwrap();
    assert!(
        text.contains("2:00 PM") && text.contains("10:30 AM"),
        "was and is: {text}"
    );
    let told = town.meeting("m-1").await;
    assert_eq!(
        (&told["notification_state"], &told["status"]),
        (&json!("confirmed"), &json!("INVITED"))
    );
    assert_eq!(told["attendees"][0]["answer"], "needs_action", "L9");
    let row = &town.log("?type=confirmation_request").await[0];
    assert_eq!(
        row["answers"][0]["answer"], "accept",
        "the old answer stays in the log"
    );
}

#[tokio::test]
async fn a_cancellation_is_confirmed_told_and_final() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    assert_eq!(
        town.send("m-1", "cancellation").await.refusal(),
        "not_announced"
    );
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    let unsure = town.send("m-1", "cancellation").await;
    assert_eq!(unsure.problem(), ("needs-confirmation".to_owned(), 428));
    assert!(
        unsure.json()["would"]
            .as_str()
            .unwrap()
            .contains("cannot be undone")
    );

    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &body).await.ok();
    let html = town.the_message().html.unwrap();
    assert!(!html.contains("action=accept"), "nothing is left to answer");
    assert_eq!(town.meeting("m-1").await["status"], "CANCELLED");
    assert_eq!(
        town.answer(&token, 1, "accept").await.status,
        409,
        "cancel wins"
    );
    assert_eq!(town.meeting("m-1").await["status"], "CANCELLED");
    assert!(town.visit(&token).await.text.contains("cancelled"));
    assert_eq!(
        town.send_as("again", "m-1", &body).await.refusal(),
        "cancelled"
    );
    assert_eq!(
        town.send("m-1", "confirmation").await.problem().0,
        "needs-confirmation",
        "taken back with a word only (N16)"
    );

    let mut later = meeting();
    later["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &later).await;
    assert_eq!(
        town.send("m-1", "update").await.refusal(),
        "needs_confirmation_first"
    );
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.post().len(), 1);
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED", "N8");
}

/// A meeting that was moved, called off at its new time, and is to be at its old
/// one again: that is news, and calendars take it for that.
#[tokio::test]
async fn a_meeting_that_comes_back_at_its_old_time_is_news_to_calendars() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let mut other = meeting();
    other["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &other).await;
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &body).await.ok();
    let taken = town.the_message().raw.unwrap();
    assert!(taken.contains("SEQUENCE:3"), "{taken}");
    assert_eq!(
        town.book("m-1", &other).await["revision"],
        2,
        "as it was cancelled"
    );
    assert_eq!(town.book("m-1", &meeting()).await["revision"], 3);
    town.send("m-1", "confirmation").await.ok();
    let token = Town::token(&town.the_message());
    let path = format!("/meeting/calendar.ics?token={token}");
    let anew = town.open(&path).await.text;
    assert!(anew.contains("SEQUENCE:4"), "{anew}");
}

#[tokio::test]
async fn an_archived_meeting_rests() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let archived = town
        .call(Method::POST, "/v1/meetings/m-1/archive", &json!({}))
        .await
        .ok();
    assert_eq!(archived["archived"], true);
    town.call(Method::POST, "/v1/meetings/m-1/archive", &json!({}))
        .await
        .ok();
    assert_eq!(town.send("m-1", "confirmation").await.refusal(), "archived");
    assert_eq!(
        town.put("/v1/meetings/m-1", &meeting()).await.refusal(),
        "archived"
    );
    assert_eq!(town.timeline("m-1").await, ["Archived", "Meeting created"]);
}
