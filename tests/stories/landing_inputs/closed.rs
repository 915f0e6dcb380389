//! Answers from a page that was open too long, or that nobody asked for: the
//! meeting goes its way, and the page says why.

use chrono::TimeDelta;
use serde_json::json;
use usher_tests::{Reply, Town, meeting};

use super::{asked_town, untouched, watched};

/// Asserts that an answer was not taken, for the reason said, with nothing left
/// to press.
#[track_caller]
fn closed(page: &Reply, said: &str) {
    assert_eq!(page.status, 409, "{}", page.text);
    assert!(
        page.text.contains(said) && !page.text.contains("<button"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_kept_and_changes_nothing() {
    let (town, token) = asked_town().await;
    town.answer(&token, 1, "accept").await;
    town.advance(TimeDelta::days(10) + TimeDelta::hours(4) + TimeDelta::minutes(10))
        .await;
    let page = town.answer(&token, 1, "decline").await;
    closed(&page, "already started");
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("CONFIRMED"), &json!("accepted"))
    );
    assert_eq!(town.log("").await[0]["answers"][1]["stale"], true);
    town.advance(TimeDelta::hours(1)).await;
    assert_eq!(
        town.answer(&token, 1, "decline").await.status,
        404,
        "over, the link opens nothing"
    );
}

#[tokio::test]
async fn a_cancellation_wins_over_an_answer() {
    let (town, token) = asked_town().await;
    town.send_as(
        "c",
        "m-1",
        &json!({"type": "cancellation", "confirm": true}),
    )
    .await
    .ok();
    town.the_message();
    for action in ["accept", "decline", "reschedule"] {
        let page = town.answer(&token, 1, action).await;
        closed(&page, "cancelled");
    }
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("CANCELLED"), &json!("needs_action"))
    );
}

#[tokio::test]
async fn what_was_not_offered_cannot_be_answered() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    let token = Town::token(&town.the_message());
    let before = watched(&town).await;
    for action in ["accept", "decline", "reschedule"] {
        let page = town.answer(&token, 1, action).await;
        closed(&page, "did not ask for this answer");
        let page = town
            .open(&format!("/meeting/landing?token={token}&action={action}"))
            .await;
        assert!(
            page.status == 200 && !page.text.contains("<button"),
            "{}",
            page.text
        );
    }
    untouched(&town, &before, "an answer nobody asked for (L4)").await;
}
