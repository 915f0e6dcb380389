//! Texts of senders that are no phone numbers, and ids longer than any provider's (S11):
//! all are taken, and nothing is tried again.

use rstest::rstest;
use serde_json::{Value, json};
use usher_tests::Town;

use super::{asked, status};

/// What SNS delivers of a text with these parts.
fn event(text: &Value) -> Value {
    json!({"Records": [{
        "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:us-east-1:1:t:s",
        "EventSource": "aws:sns",
        "Sns": {
            "Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:us-east-1:1:t",
            "Subject": null, "Message": text.to_string(), "Timestamp": "2026-01-05T15:00:00.000Z",
            "SignatureVersion": "1", "Signature": "s", "SigningCertUrl": "https://x.example",
            "UnsubscribeUrl": "https://x.example", "MessageAttributes": {},
        },
    }]})
}

async fn inbox(town: &Town) -> Vec<Value> {
    let list = town.get("/v1/inbound-messages").await.ok();
    list["inbound_messages"].as_array().unwrap().clone()
}

#[rstest]
#[case(json!("68849"), "68849")]
#[case(json!("SUPPORT"), "SUPPORT")]
#[case(json!(""), "")]
#[case(Value::Null, "")]
#[tokio::test]
async fn a_text_of_a_sender_that_is_no_number_is_in_the_inbox(
    #[case] from: Value,
    #[case] shown: &str,
) {
    let town = Town::new().await;
    let text = event(&json!({
        "originationNumber": from, "destinationNumber": "+12065550100",
        "messageBody": "STOP", "inboundMessageId": "i-1",
    }));
    for _ in 0..2 {
        let taken = town.stack().invoke_function("inbound-sms", text.clone());
        assert_eq!(taken.await.unwrap()["taken"], 1);
    }
    let texts = inbox(&town).await;
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert_eq!(texts[0]["from"], shown);
    assert_eq!(texts[0]["text"], "STOP");
    assert!(town.post().is_empty(), "nobody can be answered");
    let page = town.page("/console/inbox").await.text;
    assert!(page.contains(if shown.is_empty() {
        "Sender unknown"
    } else {
        shown
    }));
    assert!(!page.contains("Find the customer"));
}

#[rstest]
#[case("previousPublishedMessageId")]
#[case("inboundMessageId")]
#[tokio::test]
async fn an_id_of_any_length_is_bounded_and_the_text_is_taken_once(#[case] id: &str) {
    let town = Town::new().await;
    asked(&town).await;
    let mut text = json!({
        "originationNumber": "+12025550123", "destinationNumber": "+12065550100",
        "messageBody": "1", "inboundMessageId": "i-1",
    });
    text[id] = json!("x".repeat(5_000));
    for _ in 0..2 {
        let taken = town.stack().invoke_function("inbound-sms", event(&text));
        assert_eq!(taken.await.unwrap()["taken"], 1);
    }
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    assert_eq!(town.post().len(), 1, "one reply");
}

#[tokio::test]
async fn a_text_to_a_short_code_or_without_an_id_is_kept_too() {
    let town = Town::new().await;
    for to in [json!("68849"), Value::Null] {
        let text = event(&json!({
            "originationNumber": "+12025550199", "destinationNumber": to, "messageBody": "Hello",
        }));
        for _ in 0..2 {
            let taken = town.stack().invoke_function("inbound-sms", text.clone());
            assert_eq!(taken.await.unwrap()["taken"], 1);
        }
    }
    assert_eq!(inbox(&town).await.len(), 2);
}
