//! What customers were told is true person by person, and address by address.

mod off;

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Reply, Town, meeting};

use crate::calendars::{carried, value};

pub(crate) fn ann() -> Value {
    json!({"id": "ann", "name": "Ann Lee", "email": "ann@example.com"})
}

pub(crate) fn bob() -> Value {
    json!({"id": "bob", "name": "Bob Ray", "email": "bob@example.com"})
}

/// The usual meeting with these attendees.
pub(crate) fn with(attendees: &[Value]) -> Value {
    let mut meeting = meeting();
    meeting["attendees"] = json!(attendees);
    meeting
}

/// A town whose usual meeting has these attendees, who were told of it.
pub(crate) async fn told(attendees: &[Value]) -> Town {
    let town = Town::new().await;
    town.book("m-1", &with(attendees)).await;
    town.send("m-1", "confirmation").await.ok();
    town.post();
    town
}

/// Sends this type, to those who are named, with a word where it is wanted.
pub(crate) async fn send(
    town: &Town,
    key: &str,
    kind: &str,
    named: Option<&[&str]>,
    confirm: bool,
) -> Reply {
    let mut body = json!({"type": kind, "confirm": confirm});
    if let Some(named) = named {
        body["attendees"] = json!(named);
    }
    town.send_as(key, "m-1", &body).await
}

/// Whom a preview of this type would write to: who, what, and why.
pub(crate) async fn would(town: &Town, kind: &str) -> Vec<(String, String, String)> {
    let body = json!({"type": kind});
    let preview = town
        .call(http::Method::POST, "/v1/meetings/m-1/preview", &body)
        .await
        .ok();
    let each = preview["recipients"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    each.map(|r| (text(&r["attendee_id"]), text(&r["type"]), text(&r["why"])))
        .collect()
}

/// What became known to an attendee.
pub(crate) async fn knows(town: &Town, id: &str) -> (String, bool) {
    let meeting = town.meeting("m-1").await;
    let attendees = meeting["attendees"].as_array().unwrap();
    let found = attendees.iter().find(|each| each["id"] == id).unwrap();
    let knows = found["knows"].as_str().unwrap().to_owned();
    (knows, found["in_doubt"].as_bool().unwrap())
}

pub(crate) async fn state(town: &Town) -> String {
    let state = &town.meeting("m-1").await["notification_state"];
    state.as_str().unwrap().to_owned()
}

pub(crate) async fn resolve(town: &Town, id: &str, outcome: &str) {
    let path = format!("/v1/notifications/{id}/resolve");
    let body = json!({"outcome": outcome});
    town.call(http::Method::POST, &path, &body).await.ok();
}

/// Case 10.
#[tokio::test]
async fn who_came_later_is_untold_until_they_are_told() {
    let town = told(&[ann()]).await;
    assert_eq!(state(&town).await, "confirmed");
    town.book("m-1", &with(&[ann(), bob()])).await;
    assert_eq!(state(&town).await, "update_due");
    assert_eq!(knows(&town, "ann").await.0, "current");
    assert_eq!(knows(&town, "bob").await.0, "untold");
    assert_eq!(
        would(&town, "update").await,
        [(
            "bob".to_owned(),
            "confirmation".to_owned(),
            "Was never told of this meeting.".to_owned()
        )]
    );
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("Not everybody knows how it stands"));
    assert!(!page.contains("know other details"), "nobody does");
    // It is no first message again, and wants no second word.
    send(&town, "k", "confirmation", Some(&["bob"]), false)
        .await
        .ok();
    assert_eq!(town.the_message().to, "bob@example.com");
    assert_eq!(state(&town).await, "confirmed");
    assert_eq!(town.send("m-1", "update").await.refusal(), "in_sync");
}

/// Case 10: an update of a moved meeting says what is true for each.
#[tokio::test]
async fn an_update_says_to_each_what_is_true_for_them() {
    let town = told(&[ann()]).await;
    let mut moved = with(&[ann(), bob()]);
    moved["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &moved).await;
    let sent = town.send("m-1", "update").await.ok();
    let kinds: Vec<_> = sent["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["attendee"]["id"].as_str().unwrap(),
                row["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(kinds, [("ann", "update"), ("bob", "confirmation")]);
    let post = town.post();
    let to = |whom: &str| {
        post.iter()
            .find(|m| m.to == whom)
            .unwrap()
            .text
            .clone()
            .unwrap()
    };
    assert!(
        to("ann@example.com").contains("Jan 15") || to("ann@example.com").contains("January 15")
    );
    let bob = to("bob@example.com");
    assert!(
        !bob.contains("January 15") && !bob.contains("changed"),
        "{bob}"
    );
    assert_eq!(state(&town).await, "confirmed");
}

/// Case 11 and P5: a corrected address knows nothing yet, and gets no "was".
#[tokio::test]
async fn a_corrected_address_is_told_anew() {
    let town = told(&[ann()]).await;
    let mut right = ann();
    right["email"] = json!("right@example.com");
    town.book("m-1", &with(&[right])).await;
    assert_eq!(
        (state(&town).await, knows(&town, "ann").await.0),
        ("update_due".to_owned(), "untold".to_owned())
    );
    town.send("m-1", "update").await.ok();
    let mut post = town.post().into_iter();
    let message = post
        .find(|message| message.to == "right@example.com")
        .unwrap();
    let text = message.text.unwrap();
    assert!(
        !text.contains("changed") && !text.contains("was "),
        "{text}"
    );
    assert_eq!(state(&town).await, "confirmed");
}

/// R9: a reminder goes to those who know, and the plan says who is left out and why.
#[tokio::test]
async fn a_reminder_goes_to_those_who_know() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "hour", "config_id": "soon", "minutes_before": 60}],
    });
    town.put("/v1/templates/visit", &template).await.ok();
    let mut visit = with(&[ann()]);
    visit["template_id"] = json!("visit");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.post();
    visit["attendees"] = json!([ann(), bob()]);
    town.book("m-1", &visit).await;
    let plan = town.reminders("m-1").await;
    let attendees = plan[0]["attendees"].as_array().unwrap();
    let of_bob = attendees
        .iter()
        .find(|each| each["attendee_id"] == "bob")
        .unwrap();
    assert_eq!(
        of_bob["reason"],
        "This attendee was not told of the meeting yet."
    );
    town.advance(TimeDelta::days(10) + TimeDelta::hours(4))
        .await;
    let to: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
    assert_eq!(to, ["ann@example.com"]);
}

/// A removed attendee is told so, and is shown until then.
#[tokio::test]
async fn who_is_removed_is_told_that_they_are_no_longer_expected() {
    let town = told(&[ann(), bob()]).await;
    town.book("m-1", &with(&[ann()])).await;
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["notification_state"], "update_due");
    assert_eq!(meeting["removed"][0]["id"], "bob");
    assert_eq!(
        would(&town, "update").await,
        [(
            "bob".to_owned(),
            "cancellation".to_owned(),
            "Is no longer an attendee, and does not know it.".to_owned()
        )]
    );
    let unsure = send(&town, "k", "update", None, false).await;
    assert_eq!(unsure.problem().0, "needs-confirmation");
    send(&town, "k", "update", None, true).await.ok();
    let message = town.the_message();
    assert_eq!(message.to, "bob@example.com");
    let file = carried(&message);
    assert_eq!(value(&file, "METHOD:"), "CANCEL");
    assert!(
        !file.contains("\nSTATUS:"),
        "it is off for one of them only: {file}"
    );
    let meeting = town.meeting("m-1").await;
    assert_eq!(
        (&meeting["status"], &meeting["removed"]),
        (&json!("BOOKED"), &json!([]))
    );
    assert_eq!(meeting["notification_state"], "confirmed");
}

/// Case 15.
#[tokio::test]
async fn what_may_have_gone_out_is_sent_again_only_with_a_word() {
    let town = Town::new().await;
    town.book("m-1", &with(&[ann()])).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.send("m-1", "confirmation").await.ok();
    town.post();
    assert_eq!(knows(&town, "ann").await, ("untold".to_owned(), true));
    assert_eq!(state(&town).await, "none");
    let unsure = send(&town, "again", "confirmation", None, false).await;
    assert_eq!(unsure.problem(), ("needs-confirmation".to_owned(), 428));
    assert!(
        unsure.json()["would"]
            .as_str()
            .unwrap()
            .contains("in doubt")
    );
    send(&town, "again", "confirmation", None, true).await.ok();
    town.the_message();
    assert_eq!(knows(&town, "ann").await, ("current".to_owned(), false));
}

/// Case 18.
#[tokio::test]
async fn a_retry_of_what_was_announced_takes_no_answer_back() {
    let town = Town::new().await;
    let config = json!({"id": "c", "type": "confirmation_request", "channel_mode": "both"});
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    let id = sent["notifications"][0]["id"].as_str().unwrap();
    town.retry("retry", id).await.ok();
    town.post();
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
}

/// Case 19.
#[tokio::test]
async fn a_request_to_another_attendee_asks_the_lead_nothing() {
    let town = Town::new().await;
    town.book("m-1", &with(&[ann(), bob()])).await;
    send(
        &town,
        "first",
        "confirmation_request",
        Some(&["ann"]),
        false,
    )
    .await
    .ok();
    let token = Town::token(&town.the_message());
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    send(&town, "bob", "confirmation_request", Some(&["bob"]), false)
        .await
        .ok();
    town.the_message();
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
}
