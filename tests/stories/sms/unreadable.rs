//! A question that cannot be read may be the one that is answered: a text never becomes
//! the answer to another one because of it (S5).

use aws_sdk_dynamodb::types::AttributeValue;
use rstest::rstest;
use serde_json::json;
use usher_tests::Town;

use super::{asked, asked_about, status, the_reply};
use crate::unreadable::alter;

/// Ann is asked about two meetings, and something of the first cannot be read.
async fn asked_about_what_is_unreadable(partition: &str, kind: &str, field: &str) -> Town {
    let town = Town::new().await;
    asked(&town).await;
    asked_about(&town, "m-2", "Roof check", "2026-01-20T09:00:00").await;
    let broken = alter(&town, |pk, sk, item| {
        let of_first = pk == "MEETING#m-1" || sk.contains("m-1");
        let it = of_first && pk.starts_with(partition) && sk.starts_with(kind);
        if it {
            item.insert(field.to_owned(), AttributeValue::Bool(true));
        }
        it
    });
    assert_eq!(broken.await, 1);
    town
}

#[rstest]
#[case::its_message("MEETING#", "N#", "type")]
#[case::its_meeting("MEETING#", "MEETING", "status")]
#[case::the_question_itself("CONTACT#", "PROMPT#", "codes")]
#[case::and_when_it_expires("CONTACT#", "PROMPT#", "expires_at")]
#[tokio::test]
async fn a_question_that_cannot_be_read_leaves_none_to_be_guessed(
    #[case] partition: &str,
    #[case] kind: &str,
    #[case] field: &str,
) {
    let town = asked_about_what_is_unreadable(partition, kind, field).await;
    town.reply_sms("1").await;
    if field == "expires_at" {
        // The question itself can be read: which one is meant is asked back.
        assert!(the_reply(&town).contains("Reply 1A to confirm"));
    } else {
        let inbox = town.get("/v1/inbound-messages").await.ok();
        assert_eq!(inbox["inbound_messages"][0]["text"], "1", "for staff");
        let told = &town.timeline("m-2").await[0];
        assert!(
            told.contains("may answer another message that cannot be read"),
            "{told}"
        );
        let attention = town.page("/console").await.text;
        assert!(attention.contains("+1 202-555-0123") || attention.contains("+12025550123"));
    }
    assert_eq!(status(&town, "m-2").await, "INVITED", "it was not guessed");
    town.reply_sms("STOP").await;
    // With one of the two, whichever wrote last.
    let told = town.timeline("m-1").await;
    let told = told.into_iter().chain(town.timeline("m-2").await);
    let stops = told.filter(|text| text.contains("texted STOP, which opts"));
    assert_eq!(stops.count(), 1);
}

#[tokio::test]
async fn an_answer_to_a_message_that_cannot_be_read_answers_no_other() {
    let town = Town::new().await;
    let first = asked(&town).await;
    asked_about(&town, "m-2", "Roof check", "2026-01-20T09:00:00").await;
    let broken = alter(&town, |pk, sk, item| {
        let message = pk == "MEETING#m-1" && sk.starts_with("N#");
        if message {
            item.insert("details".to_owned(), AttributeValue::Bool(true));
        }
        message
    });
    assert_eq!(broken.await, 1);
    // What leads to the question is gone as well.
    alter(&town, |pk, sk, item| {
        let prompt = pk.starts_with("CONTACT#") && sk.starts_with("PROMPT#m-1");
        if prompt {
            item.insert("expires_at".to_owned(), AttributeValue::N("1".to_owned()));
        }
        prompt
    })
    .await;
    town.reply_to(&first, "1").await;
    assert_eq!(status(&town, "m-2").await, "INVITED");
    let inbox = town.get("/v1/inbound-messages").await.ok();
    assert_eq!(inbox["inbound_messages"][0]["text"], json!("1"));
}
