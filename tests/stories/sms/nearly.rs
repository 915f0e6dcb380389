//! What is nearly an answer is taken for none, and never met with silence (S9).

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::json;
use usher_tests::{Town, meeting};

use super::{asked, asked_about, asking, status, the_reply};

const AGAIN: &str = "We could not read your answer about \"Window measuring\" on Jan 15 at 2:00 PM. Reply 1 to confirm, 2 to reschedule, 3 to decline.";

async fn in_the_inbox(town: &Town) -> usize {
    let inbox = town.get("/v1/inbound-messages").await.ok();
    inbox["inbound_messages"].as_array().unwrap().len()
}

#[rstest]
#[case("1.")]
#[case("1!")]
#[case("１")]
#[case("👍 1")]
#[case("yes please 1")]
#[case("1 or 2")]
#[tokio::test]
async fn it_is_asked_again_once_and_staff_are_told(#[case] text: &str) {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms(text).await;
    assert_eq!(the_reply(&town), AGAIN);
    let kept = format!("Ann Lee texted: {text}");
    assert!(town.timeline("m-1").await.contains(&kept), "as it came");
    assert_eq!(
        (status(&town, "m-1").await, in_the_inbox(&town).await),
        (json!("INVITED"), 0)
    );
    town.advance(TimeDelta::hours(2)).await;
    town.reply_sms(text).await;
    assert!(town.post().is_empty(), "once");
    let told = town.timeline("m-1").await;
    assert!(told[0].contains("nearly an answer"), "{told:?}");
    assert_eq!(in_the_inbox(&town).await, 1, "a person must read it");
    assert!(town.page("/console").await.text.contains("Unmatched SMS"));
    assert_eq!(status(&town, "m-1").await, "INVITED");
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    the_reply(&town);
}

#[tokio::test]
async fn of_several_questions_it_is_asked_once_which_is_meant() {
    let town = Town::new().await;
    asked(&town).await;
    asked_about(&town, "m-2", "Roof check", "2026-01-20T09:00:00").await;
    town.reply_sms("3!").await;
    assert!(the_reply(&town).starts_with("Which one? Reply 3A to decline"));
    town.reply_sms("3!").await;
    assert!(town.post().is_empty());
    assert_eq!(in_the_inbox(&town).await, 1);
    assert_eq!(status(&town, "m-1").await, "INVITED");
    town.reply_sms("3A").await;
    assert_eq!(status(&town, "m-1").await, "DECLINED");
    the_reply(&town);
}

#[tokio::test]
async fn of_a_meeting_that_has_changed_since_it_is_asked_as_it_is_now() {
    let town = Town::new().await;
    asked(&town).await;
    let mut moved = meeting();
    moved["template_id"] = json!("t");
    moved["title"] = json!("Window measuring");
    moved["starts_at"] = json!("2026-01-16T14:00:00");
    town.book("m-1", &moved).await;
    town.reply_sms("1.").await;
    let reply = the_reply(&town);
    assert!(
        reply.contains("Jan 16") && reply.contains("Reply 1 to confirm"),
        "{reply}"
    );
    town.reply_sms("1.").await;
    assert!(town.post().is_empty(), "it is the same question");
}

#[tokio::test]
async fn it_is_asked_in_the_customers_language() {
    let town = Town::new().await;
    town.template("t", asking()).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"][0]["language"] = json!("de");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.the_message();
    town.reply_sms("1 bitte").await;
    let reply = the_reply(&town);
    assert!(reply.starts_with("Ihre Antwort zu"), "{reply}");
    assert!(reply.contains("Antworten Sie 1 zum Zusagen"), "{reply}");
}

#[tokio::test]
async fn who_may_not_be_texted_is_not_asked_and_staff_must_read_it() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("STOPP").await;
    town.reply_sms("1.").await;
    assert!(town.post().is_empty());
    assert_eq!(in_the_inbox(&town).await, 1);
    // It was not asked again, so it may be, once it can be.
    town.reply_sms("START").await;
    town.reply_sms("1.").await;
    assert_eq!(the_reply(&town), AGAIN);
}
