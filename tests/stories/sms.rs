//! Answering by SMS (S2–S6): a text is an answer, an opt-out, or for people to read.

mod faults;
mod matching;
mod nearly;
mod opt_outs;
mod revocations;
mod senders;
mod staff;
mod stale;
mod unreadable;

use serde_json::{Value, json};
use usher_local::Message;
use usher_tests::{Town, meeting};

/// A request that goes by SMS and may be answered by codes.
fn asking() -> Value {
    json!({
        "id": "ask", "type": "confirmation_request", "channel_mode": "sms",
        "reply_codes": {"enabled": true},
    })
}

/// Books a meeting of this title and start, and asks Ann by SMS.
async fn asked_about(town: &Town, id: &str, title: &str, starts_at: &str) -> Message {
    town.template("t", asking()).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["title"] = json!(title);
    visit["starts_at"] = json!(starts_at);
    town.book(id, &visit).await;
    town.send(id, "confirmation_request").await.ok();
    town.the_message()
}

/// Ann is asked about the usual meeting.
async fn asked(town: &Town) -> Message {
    asked_about(town, "m-1", "Window measuring", "2026-01-15T14:00:00").await
}

async fn status(town: &Town, id: &str) -> Value {
    town.meeting(id).await["status"].clone()
}

/// The text of the one SMS that arrived.
fn the_reply(town: &Town) -> String {
    town.the_message().text.unwrap()
}

#[tokio::test]
async fn a_code_is_an_answer_and_is_answered() {
    let town = Town::new().await;
    let request = asked(&town).await.text.unwrap();
    assert!(request.contains("Reply 1 to confirm, 2 to reschedule, 3 to decline"));
    for (code, answer, status_then, reply) in [
        (
            " 1 ",
            "accept",
            "CONFIRMED",
            "Confirmed! We'll see you at 123 Main St, Springfield on Jan 15 at 2:00 PM.",
        ),
        (
            "2\n",
            "reschedule",
            "RESCHEDULE_REQUESTED",
            "Noted: you need another time than Jan 15 at 2:00 PM for \"Window measuring\". We will get back to you.",
        ),
        (
            "3",
            "decline",
            "DECLINED",
            "Noted: you declined \"Window measuring\" on Jan 15 at 2:00 PM.",
        ),
    ] {
        town.reply_sms(code).await;
        assert_eq!(status(&town, "m-1").await, status_then);
        assert_eq!(the_reply(&town), reply);
        let row = &town.log("?type=confirmation_request").await[0];
        let last = row["answers"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&last["answer"], &last["channel"]),
            (&json!(answer), &json!("sms_reply"))
        );
    }
    let replies = town.log("?type=auto_reply").await;
    assert_eq!(replies.len(), 3, "automatic replies are logged");
    assert_eq!(replies[0]["deliveries"][0]["status"], "sent");
}

#[tokio::test]
async fn codes_and_replies_are_the_configs_own() {
    let town = Town::new().await;
    let mut config = asking();
    config["reply_codes"] = json!({
        "enabled": true, "accept": "YES", "reschedule": "OTHER", "decline": "NO",
        "auto_replies": {"accept": "Thanks {{ attendee.first_name }}! Details: {{ link }}"},
    });
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.the_message();
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "INVITED");
    town.reply_sms("yes").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    let reply = town.the_message();
    assert!(
        reply
            .text
            .as_deref()
            .unwrap()
            .starts_with("Thanks Ann! Details: http")
    );
    let page = town.visit(&Town::token(&reply)).await;
    assert_eq!(page.status, 200, "its link opens the meeting");
    let id = town.log("?type=auto_reply").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let kept = town.get(&format!("/v1/notifications/{id}")).await.ok();
    let kept = kept["content"]["sms"].as_str().unwrap();
    assert!(
        !kept.contains(&Town::token(&reply)),
        "its token is not kept: {kept}"
    );
}

#[tokio::test]
async fn what_is_not_one_code_word_is_for_people_to_read() {
    let town = Town::new().await;
    asked(&town).await;
    for text in ["12", "👍", "Ok thanks", "No problem", "at 1", "1A", "HELP"] {
        town.reply_sms(text).await;
        let kept = format!("Ann Lee texted: {text}");
        assert!(town.timeline("m-1").await.contains(&kept), "{text}");
    }
    town.reply_sms("").await;
    let timeline = town.timeline("m-1").await;
    assert!(timeline.contains(&"Ann Lee sent an empty text".to_owned()));
    assert_eq!(status(&town, "m-1").await, "INVITED");
    assert!(town.post().is_empty(), "nothing is answered");
}

#[tokio::test]
async fn a_code_is_none_where_none_was_offered() {
    let town = Town::new().await;
    let mut config = asking();
    config["reply_codes"] = json!({"enabled": false});
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.the_message();
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "INVITED");
    assert_eq!(town.timeline("m-1").await[0], "Ann Lee texted: 1");
}

#[tokio::test]
async fn two_machines_that_text_each_other_come_to_an_end() {
    let town = Town::new().await;
    asked(&town).await;
    for _ in 0..6 {
        town.advance(chrono::TimeDelta::seconds(5)).await;
        town.reply_sms("1").await;
    }
    assert_eq!(town.post().len(), 3, "three automatic replies in an hour");
    assert!(town.timeline("m-1").await[0].starts_with("No automatic reply was sent"));
    town.advance(chrono::TimeDelta::minutes(61)).await;
    town.reply_sms("3").await;
    assert_eq!(status(&town, "m-1").await, "DECLINED");
    the_reply(&town);
}
