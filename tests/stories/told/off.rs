//! Who knows that a meeting is off: in doubt, taken back, and not by everybody.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::Town;

use super::{ann, bob, knows, resolve, send, told, with};
use crate::calendars::{carried, sequence, value};

/// What was sent to whom: the receiver and the subject.
fn subjects(town: &Town) -> Vec<(String, String)> {
    let post = town.post();
    post.into_iter()
        .map(|m| (m.to, m.subject.unwrap_or_default()))
        .collect()
}

/// Case 12: a cancellation in doubt stops reminders and answers until it is settled.
#[rstest]
#[case::it_went_out("sent", "CANCELLED")]
#[case::it_did_not("failed", "BOOKED")]
#[tokio::test]
async fn a_cancellation_in_doubt_is_neither_contradicted_nor_relied_on(
    #[case] outcome: &str,
    #[case] status: &str,
) {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [
            {"id": "soon", "type": "reminder"},
            {"id": "ask", "type": "confirmation", "buttons": {"accept": true, "decline": true}},
        ],
        "reminder_triggers": [{"id": "hour", "config_id": "soon", "minutes_before": 60}],
    });
    town.put("/v1/templates/visit", &template).await.ok();
    let mut visit = with(&[ann()]);
    visit["template_id"] = json!("visit");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    let token = Town::token(&town.the_message());

    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let sent = send(&town, "cancel", "cancellation", None, true).await.ok();
    town.post();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");
    assert_eq!(knows(&town, "ann").await, ("current".to_owned(), true));

    let page = town.visit(&token).await.text;
    assert!(page.contains("may have been cancelled"), "{page}");
    assert_eq!(town.answer(&token, 1, "accept").await.status, 409);
    for kind in ["confirmation", "confirmation_request", "update"] {
        let refused = send(&town, &format!("{kind}-held"), kind, None, true).await;
        assert_eq!(refused.refusal(), "cancellation_in_doubt");
    }
    // Its reminder's moment passes, and nothing goes out.
    town.advance_to(
        usher_tests::now() + TimeDelta::days(10) + TimeDelta::hours(3) + TimeDelta::minutes(5),
    )
    .await;
    assert!(town.post().is_empty());

    resolve(&town, &id, outcome).await;
    assert_eq!(town.meeting("m-1").await["status"], status);
    town.advance(TimeDelta::minutes(6)).await;
    let reminded = town.post().len();
    let expected = usize::from(outcome == "failed");
    assert_eq!(
        reminded, expected,
        "a reminder still within its grace goes out"
    );
}

/// Case 13: a text that comes while the cancellation's email is still under way.
#[tokio::test]
async fn cancelling_again_ends_a_doubt() {
    let town = told(&[ann()]).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    send(&town, "cancel", "cancellation", None, true).await.ok();
    town.post();
    send(&town, "again", "cancellation", None, true).await.ok();
    town.the_message();
    assert_eq!(town.meeting("m-1").await["status"], "CANCELLED");
    assert_eq!(knows(&town, "ann").await, ("cancelled".to_owned(), false));
}

/// Case 22.
#[tokio::test]
async fn a_cancellation_by_mistake_is_taken_back_with_a_word() {
    let town = told(&[ann()]).await;
    send(&town, "cancel", "cancellation", None, true).await.ok();
    let off = carried(&town.the_message());
    let unsure = send(&town, "back", "confirmation", None, false).await;
    assert!(
        unsure.json()["would"]
            .as_str()
            .unwrap()
            .contains("takes place after all")
    );
    send(&town, "back", "confirmation", None, true).await.ok();
    let on = carried(&town.the_message());
    assert_eq!(value(&off, "UID:"), value(&on, "UID:"));
    assert!(sequence(&on) > sequence(&off));
    let meeting = town.meeting("m-1").await;
    assert_eq!(
        (&meeting["status"], &meeting["notification_state"]),
        (&json!("BOOKED"), &json!("confirmed"))
    );
}

/// N16: a cancellation goes again to those who do not know of it, and to no other.
#[tokio::test]
async fn a_cancellation_reaches_those_whom_it_did_not_reach() {
    let town = told(&[ann(), bob()]).await;
    town.break_message(Service::Ses, Effect::Refuse, "bob@example.com");
    send(&town, "cancel", "cancellation", None, true).await.ok();
    assert_eq!(subjects(&town).len(), 1);
    assert_eq!(town.meeting("m-1").await["status"], "CANCELLED");
    send(&town, "again", "cancellation", None, true).await.ok();
    assert_eq!(subjects(&town).len(), 1);
    let again = send(&town, "third", "cancellation", None, true).await;
    assert_eq!(again.refusal(), "cancelled");
}
