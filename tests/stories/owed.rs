//! What each person is owed: whoever believes something else than what is so is told, with
//! the message that is true for them (N5, N7, N16).

use serde_json::{Value, json};
use usher_local::{Effect, Message, Service};
use usher_tests::Town;

use crate::{
    calendars::{carried, sequence, value},
    told::{ann, bob, knows, resolve, send, state, told, with, would},
};

/// Who is written to, and by which type.
async fn letters(town: &Town, kind: &str) -> Vec<(String, String)> {
    let would = would(town, kind).await.into_iter();
    would.map(|(who, kind, _)| (who, kind)).collect()
}

fn letter(who: &str, kind: &str) -> (String, String) {
    (who.to_owned(), kind.to_owned())
}

/// Whom messages went to.
fn receivers(town: &Town) -> Vec<String> {
    let mut to: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
    to.sort();
    to
}

async fn status(town: &Town) -> Value {
    town.meeting("m-1").await["status"].clone()
}

/// The id of the first notification of a send.
fn first(sent: &Value) -> &str {
    sent["notifications"][0]["id"].as_str().unwrap()
}

/// All that a reader sees of an email.
fn shown(message: &Message) -> String {
    let texts = [&message.subject, &message.text, &message.html];
    texts.map(|text| text.clone().unwrap_or_default()).join(" ")
}

#[tokio::test]
async fn who_was_told_that_it_is_off_is_told_that_it_takes_place() {
    let town = told(&[ann(), bob()]).await;
    send(&town, "off", "cancellation", Some(&["bob"]), true)
        .await
        .ok();
    town.post();
    assert_eq!(
        (status(&town).await, state(&town).await.as_str()),
        (json!("BOOKED"), "update_due")
    );
    let [(who, kind, why)] = <[_; 1]>::try_from(would(&town, "update").await).unwrap();
    assert_eq!((who.as_str(), kind.as_str()), ("bob", "confirmation"));
    assert!(why.contains("that it is cancelled"), "{why}");
    town.send("m-1", "update").await.ok();
    assert_eq!(receivers(&town), ["bob@example.com"]);
    assert_eq!(state(&town).await, "confirmed");
    assert_eq!(knows(&town, "bob").await.0, "current");
}

#[tokio::test]
async fn a_cancellation_goes_to_those_who_were_removed_without_a_word() {
    let town = told(&[ann(), bob()]).await;
    town.book("m-1", &with(&[ann()])).await;
    send(&town, "off", "cancellation", None, true).await.ok();
    assert_eq!(receivers(&town), ["ann@example.com", "bob@example.com"]);
    let meeting = town.meeting("m-1").await;
    assert_eq!(
        (&meeting["status"], &meeting["removed"]),
        (&json!("CANCELLED"), &json!([]))
    );
}

#[tokio::test]
async fn a_cancelled_meeting_that_somebody_expects_needs_attention() {
    let town = told(&[ann(), bob()]).await;
    let needs = async || town.meeting("m-1").await["needs_attention"].clone();
    town.break_message(Service::Ses, Effect::Refuse, "bob@example.com");
    send(&town, "off", "cancellation", None, true).await.ok();
    town.post();
    assert_eq!(
        (status(&town).await, needs().await),
        (json!("CANCELLED"), json!(true))
    );
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("Not everybody knows that it is cancelled"));
    send(&town, "again", "cancellation", None, true).await.ok();
    town.the_message();
    assert_eq!(needs().await, false);
}

#[tokio::test]
async fn a_cancellation_reaches_those_who_were_told_at_a_replaced_address() {
    let town = told(&[ann(), bob()]).await;
    let mut right = bob();
    right["email"] = json!("right@example.com");
    town.break_message(Service::Ses, Effect::Refuse, "bob@example.com");
    send(&town, "off", "cancellation", None, true).await.ok();
    town.post();
    town.book("m-1", &with(&[ann(), right])).await;
    send(&town, "again", "cancellation", None, true).await.ok();
    assert_eq!(receivers(&town), ["bob@example.com", "right@example.com"]);
}

#[tokio::test]
async fn a_cancellation_in_doubt_at_a_replaced_address_stays_in_doubt() {
    let town = told(&[ann()]).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let sent = send(&town, "off", "cancellation", None, true).await.ok();
    town.post();
    let mut right = ann();
    right["email"] = json!("right@example.com");
    town.book("m-1", &with(&[right])).await;
    let refused = send(&town, "on", "confirmation", None, true).await;
    assert_eq!(refused.refusal(), "cancellation_in_doubt");
    resolve(&town, first(&sent), "failed").await;
    send(&town, "then", "update", None, false).await.ok();
    assert_eq!(receivers(&town), ["ann@example.com", "right@example.com"]);
}

/// The message says what its reader knew, and not what they never heard of.
#[tokio::test]
async fn who_is_removed_reads_the_details_that_they_know() {
    let town = told(&[ann(), bob()]).await;
    let mut moved = with(&[ann()]);
    moved["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &moved).await;
    send(&town, "k", "update", None, true).await.ok();
    let post = town.post();
    let bobs = post
        .iter()
        .find(|each| each.to == "bob@example.com")
        .unwrap();
    let said = shown(bobs);
    assert!(
        said.contains("January 15") && !said.contains("January 20"),
        "{said}"
    );
    let file = carried(bobs);
    assert_eq!(value(&file, "METHOD:"), "CANCEL");
    assert!(value(&file, "DTSTART:").starts_with("20260115"), "{file}");
}

#[tokio::test]
async fn who_is_told_that_it_is_off_reads_the_details_that_they_know() {
    let town = told(&[ann()]).await;
    let mut moved = with(&[ann()]);
    moved["starts_at"] = json!("2026-01-20T14:00:00");
    town.book("m-1", &moved).await;
    send(&town, "off", "cancellation", None, true).await.ok();
    let message = town.the_message();
    let said = shown(&message);
    assert!(
        said.contains("January 15") && !said.contains("January 20"),
        "{said}"
    );
    assert!(value(&carried(&message), "DTSTART:").starts_with("20260115"));
    assert_eq!(knows(&town, "ann").await.0, "cancelled");
}

#[tokio::test]
async fn a_removal_that_failed_is_not_sent_to_somebody_who_is_back() {
    let town = told(&[ann(), bob()]).await;
    town.book("m-1", &with(&[ann()])).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = send(&town, "k", "update", None, true).await.ok();
    town.book("m-1", &with(&[ann(), bob()])).await;
    let again = town.retry("again", first(&sent)).await;
    assert_eq!(again.refusal(), "attendee_back");
}

#[tokio::test]
async fn an_address_that_was_replaced_is_dealt_with_on_the_channel_that_is_preferred() {
    let mut texted = ann();
    texted["phone"] = json!("+1 202 555 0123");
    let town = told(&[texted.clone()]).await;
    texted["email"] = json!("right@example.com");
    texted["preferred_confirmation_method"] = json!("sms");
    town.book("m-1", &with(&[texted])).await;
    assert_eq!(state(&town).await, "update_due");
    town.send("m-1", "update").await.ok();
    assert_eq!(receivers(&town), ["+12025550123", "ann@example.com"]);
    assert_eq!(state(&town).await, "confirmed");
}

#[tokio::test]
async fn a_newcomer_is_asked_although_those_who_were_asked_have_left() {
    let town = Town::new().await;
    town.book("m-1", &with(&[ann()])).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.post();
    let mut right = ann();
    right["email"] = json!("right@example.com");
    town.book("m-1", &with(&[right, bob()])).await;
    let mut all = ["ann", "bob"]
        .map(|who| letter(who, "confirmation_request"))
        .to_vec();
    all.push(letter("ann", "calendar_removal"));
    assert_eq!(letters(&town, "update").await, all);
}

#[tokio::test]
async fn taking_a_cancellation_back_in_vain_leaves_everything_possible() {
    let town = told(&[ann()]).await;
    send(&town, "off", "cancellation", None, true).await.ok();
    let off = carried(&town.the_message());
    town.break_call(Service::Ses, Effect::Refuse, 0);
    send(&town, "vain", "confirmation", None, true).await.ok();
    assert_eq!(status(&town).await, "CANCELLED");
    send(&town, "on", "confirmation_request", None, true)
        .await
        .ok();
    let on = carried(&town.the_message());
    assert!(sequence(&on) > sequence(&off));
    assert_eq!(status(&town).await, "INVITED");
}

#[tokio::test]
async fn what_was_taken_back_for_one_of_them_can_be_cancelled_again() {
    let town = told(&[ann(), bob()]).await;
    send(&town, "off", "cancellation", None, true).await.ok();
    town.post();
    send(&town, "on", "confirmation", Some(&["bob"]), true)
        .await
        .ok();
    let on = carried(&town.the_message());
    assert_eq!(
        (status(&town).await, state(&town).await.as_str()),
        (json!("CANCELLED"), "update_due")
    );
    send(&town, "again", "cancellation", None, true).await.ok();
    let message = town.the_message();
    assert_eq!(message.to, "bob@example.com");
    assert!(sequence(&carried(&message)) > sequence(&on));
    assert_eq!(state(&town).await, "confirmed");
}
