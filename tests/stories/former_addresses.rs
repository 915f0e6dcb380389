//! A calendar behind an email address that somebody has left still has the meeting: an
//! update asks it, by a neutral message, to take it out (N7).

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Message, Service};
use usher_tests::Town;

use crate::{
    calendars::{carried, sequence, value},
    told::{ann, bob, knows, resolve, send, state, told, with, would},
};

const LEFT: &str = "ann@example.com";
const RIGHT: &str = "right@example.com";

/// Ann as she is reached at another address.
fn moved_to(address: &str) -> Value {
    let mut moved = ann();
    moved["email"] = json!(address);
    moved
}

/// A town where Ann was told at an address that is not hers any more, with what came there.
async fn left() -> (Town, Message) {
    let town = Town::new().await;
    town.book("m-1", &with(&[ann(), bob()])).await;
    town.send("m-1", "confirmation").await.ok();
    let mut post = town.post().into_iter();
    let before = post.find(|message| message.to == LEFT).unwrap();
    town.book("m-1", &with(&[moved_to(RIGHT), bob()])).await;
    (town, before)
}

fn receivers(town: &Town) -> Vec<String> {
    let mut to: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
    to.sort();
    to
}

/// The calendar file that came to an address.
fn file_to(post: &[Message], address: &str) -> String {
    carried(post.iter().find(|message| message.to == address).unwrap())
}

/// Updates without asking the calendars behind former addresses.
async fn update_alone(town: &Town, key: &str) -> Value {
    let body = json!({"type": "update", "former_addresses": false});
    town.send_as(key, "m-1", &body).await.ok()
}

#[tokio::test]
async fn the_calendar_behind_a_replaced_address_is_asked_to_take_the_meeting_out() {
    let (town, before) = left().await;
    let [to_ann, to_calendar] = <[_; 2]>::try_from(would(&town, "update").await).unwrap();
    assert_eq!((&*to_ann.0, &*to_ann.1), ("ann", "confirmation"));
    assert_eq!(
        (&*to_calendar.0, &*to_calendar.1),
        ("ann", "calendar_removal")
    );
    assert!(
        to_calendar.2.contains("no longer their address"),
        "{to_calendar:?}"
    );
    town.send("m-1", "update").await.ok();
    let post = town.post();
    let to = |address: &str| post.iter().find(|message| message.to == address).unwrap();
    let (asked, told) = (to(LEFT), to(RIGHT));
    let (first, off, on) = (carried(&before), carried(asked), carried(told));
    assert_eq!(value(&off, "METHOD:"), "CANCEL");
    for property in ["UID:", "DTSTART:", "DTEND:", "ORGANIZER;"] {
        assert_eq!(value(&off, property), value(&first, property), "{property}");
    }
    assert!(sequence(&off) > sequence(&first));
    assert!(off.contains(&format!("mailto:{LEFT}")), "{off}");
    assert_eq!(value(&on, "METHOD:"), "REQUEST");
    assert_eq!(state(&town).await, "confirmed");
    let log = town.log("?type=calendar_removal").await;
    assert_eq!((log.len(), &log[0]["status"]), (1, &json!("sent")));
}

/// Whoever reads it may be a stranger: the address may have been mistyped.
#[tokio::test]
async fn what_a_former_address_reads_is_neutral() {
    let (town, _) = left().await;
    town.send("m-1", "update").await.ok();
    let post = town.post();
    let asked = post.iter().find(|message| message.to == LEFT).unwrap();
    let calendar = carried(asked);
    let raw = asked.raw.as_ref().unwrap();
    let texts = [&asked.subject, &asked.text, &asked.html].map(|text| text.clone().unwrap());
    for text in texts.iter().chain([&calendar]) {
        for word in ["Ann", "Window measuring", "123 Main", "cancelled", "token="] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    assert!(
        !raw.contains("List-Unsubscribe:") && !raw.contains("Ann Lee"),
        "{raw}"
    );
    assert!(
        texts[1].contains("no longer meant for this address"),
        "{}",
        texts[1]
    );
}

#[tokio::test]
async fn leaving_a_calendar_out_counts_as_dealt_with() {
    let (town, _) = left().await;
    update_alone(&town, "k").await;
    assert_eq!(receivers(&town), [RIGHT]);
    assert_eq!(state(&town).await, "confirmed");
    assert_eq!(town.send("m-1", "update").await.refusal(), "in_sync");
}

/// Nothing else is owed, and nobody is written to.
#[tokio::test]
async fn a_calendar_alone_can_be_left_out() {
    let (town, _) = left().await;
    town.break_message(Service::Ses, Effect::Refuse, LEFT);
    town.send("m-1", "update").await.ok();
    assert_eq!(receivers(&town), [RIGHT]);
    assert_eq!(
        state(&town).await,
        "update_due",
        "the calendar was not asked"
    );
    let [only] = <[_; 1]>::try_from(would(&town, "update").await).unwrap();
    assert_eq!(only.1, "calendar_removal");
    let sent = update_alone(&town, "k").await;
    assert_eq!(sent["notifications"], json!([]));
    assert_eq!(
        (receivers(&town), state(&town).await.as_str()),
        (Vec::new(), "confirmed")
    );
}

#[tokio::test]
async fn a_calendar_that_could_not_be_asked_is_asked_by_the_next_update() {
    let (town, _) = left().await;
    town.break_message(Service::Ses, Effect::Refuse, LEFT);
    let sent = town.send("m-1", "update").await.ok();
    assert_eq!(receivers(&town), [RIGHT]);
    let failed = sent["notifications"].as_array().unwrap();
    let failed = failed.iter().find(|row| row["status"] == "failed").unwrap();
    assert_eq!(failed["type"], "calendar_removal");
    let again = town.retry("again", failed["id"].as_str().unwrap()).await;
    assert_eq!(again.refusal(), "not_sent_again");
    send(&town, "k", "update", None, false).await.ok();
    assert_eq!(receivers(&town), [LEFT]);
    assert_eq!(state(&town).await, "confirmed");
}

#[tokio::test]
async fn a_calendar_that_was_perhaps_asked_is_not_asked_again_until_that_is_settled() {
    let (town, _) = left().await;
    town.break_message(Service::Ses, Effect::DropAnswer, LEFT);
    let sent = town.send("m-1", "update").await.ok();
    town.post();
    let doubtful = sent["notifications"].as_array().unwrap();
    let doubtful = doubtful
        .iter()
        .find(|row| row["type"] == "calendar_removal")
        .unwrap();
    assert_eq!(doubtful["deliveries"][0]["status"], "unknown");
    assert_eq!(
        state(&town).await,
        "confirmed",
        "nothing more can be said to anybody"
    );
    resolve(&town, doubtful["id"].as_str().unwrap(), "failed").await;
    assert_eq!(state(&town).await, "update_due");
    send(&town, "k", "update", None, false).await.ok();
    assert_eq!(receivers(&town), [LEFT]);
}

#[tokio::test]
async fn an_address_that_is_taken_back_is_told_anew_once_its_calendar_was_asked() {
    let (town, _) = left().await;
    town.book("m-1", &with(&[ann(), bob()])).await;
    assert_eq!(
        state(&town).await,
        "confirmed",
        "nothing has happened to it"
    );
    town.book("m-1", &with(&[moved_to(RIGHT), bob()])).await;
    town.send("m-1", "update").await.ok();
    let off = file_to(&town.post(), LEFT);
    town.book("m-1", &with(&[ann(), bob()])).await;
    assert_eq!(knows(&town, "ann").await.0, "untold");
    send(&town, "back", "update", None, false).await.ok();
    let post = town.post();
    assert_eq!(post.len(), 2, "the other calendar is asked");
    let on = file_to(&post, LEFT);
    assert_eq!(value(&on, "METHOD:"), "REQUEST");
    assert!(
        sequence(&on) > sequence(&off),
        "no calendar takes it for old"
    );
    assert_eq!(state(&town).await, "confirmed");
}

#[tokio::test]
async fn a_cancellation_takes_the_meeting_out_of_former_calendars_too() {
    let (town, _) = left().await;
    send(&town, "off", "cancellation", None, true).await.ok();
    assert_eq!(receivers(&town), [LEFT, "bob@example.com", RIGHT]);
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["status"], "CANCELLED");
}

/// Nobody tells Ann that she is not expected by telling an address that is not hers.
#[tokio::test]
async fn a_calendar_of_the_lead_attendee_that_is_asked_moves_no_status() {
    let (town, _) = left().await;
    town.break_message(Service::Ses, Effect::Refuse, RIGHT);
    town.send("m-1", "update").await.ok();
    assert_eq!(receivers(&town), [LEFT]);
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["status"], "BOOKED");
    assert_eq!(state(&town).await, "update_due", "Ann is still to be told");
}

/// The send dies at any of its calls, and the same key finishes it.
#[tokio::test]
async fn a_calendar_is_asked_once_wherever_the_update_dies() {
    for calls in 0.. {
        let (town, _) = left().await;
        let faults = town.stack().faults();
        faults.cut_off_after(calls);
        let first = send(&town, "k", "update", None, false).await;
        faults.clear();
        town.advance(TimeDelta::minutes(2)).await;
        send(&town, "k", "update", None, false).await.ok();
        let to = receivers(&town);
        let asked = to.iter().filter(|to| *to == LEFT).count();
        let log = town.log("?type=calendar_removal").await;
        let doubts = log
            .iter()
            .filter(|row| row["deliveries"][0]["status"] == "unknown");
        assert!(asked <= 1, "{calls}: {to:?}");
        assert!(asked + doubts.count() >= 1, "{calls}: {log:?}");
        assert_eq!(log.len(), 1, "{calls}");
        if first.status.is_success() {
            assert!(calls > 5, "it makes some calls");
            return;
        }
    }
}

/// The page of the update lists the calendar, and its box leaves it out.
#[tokio::test]
async fn staff_see_which_calendars_are_asked_and_may_leave_them_out() {
    let (town, _) = left().await;
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["attendees"][0]["former_addresses"], json!([LEFT]));
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(
        page.contains("Still in the calendar at ann@example.com"),
        "{page}"
    );
    let path = "/console/meetings/m-1/send/update";
    let page = town.page(path).await.text;
    assert!(
        page.contains("Taken out of a calendar") && page.contains(LEFT),
        "{page}"
    );
    let form = town.page(path).await.form(path);
    let mut fields = form.pairs();
    fields.retain(|(name, _)| *name != "former");
    assert_eq!(fields.len() + 1, form.fields.len(), "it is ticked");
    town.form(path, &fields).await;
    assert_eq!(receivers(&town), [RIGHT]);
    assert_eq!(state(&town).await, "confirmed");
}

#[tokio::test]
async fn the_language_is_that_of_whose_address_it_was() {
    let mut german = ann();
    german["language"] = json!("de-DE");
    let town = told(&[german.clone()]).await;
    german["email"] = json!(RIGHT);
    town.book("m-1", &with(&[german])).await;
    let body = json!({"type": "update"});
    let preview = town
        .call(Method::POST, "/v1/meetings/m-1/preview", &body)
        .await
        .ok();
    assert_eq!(preview["recipients"][1]["email_language"], "de");
    town.send("m-1", "update").await.ok();
    let post = town.post();
    let asked = post.iter().find(|message| message.to == LEFT).unwrap();
    assert!(asked.text.as_ref().unwrap().starts_with("Dieser Termin"));
}
