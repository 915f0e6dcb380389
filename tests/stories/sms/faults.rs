//! Texts that come twice, in part, or while something is out of order.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Service, Text};
use usher_tests::{Town, some_of};

use super::{asked, status};

fn event(town: &Town, body: &str) -> Value {
    town.stack().sms_event(&Text {
        from: "+12025550123".to_owned(),
        to: "+12065550100".to_owned(),
        body: body.to_owned(),
        previous_message_id: None,
    })
}

async fn answers(town: &Town) -> usize {
    let row = &town.log("?type=confirmation_request").await[0];
    row["answers"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_delivered_ten_times_at_once_is_taken_once() {
    let town = Town::new().await;
    asked(&town).await;
    let event = event(&town, "1");
    let deliveries = (0..10).map(|_| town.stack().invoke_function("inbound-sms", event.clone()));
    for delivered in join_all(deliveries).await {
        delivered.unwrap();
    }
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    assert_eq!(answers(&town).await, 1, "one answer");
    assert_eq!(town.post().len(), 1, "one automatic reply");
    assert_eq!(town.news().len(), 1, "one email to staff");
    assert_eq!(town.log("").await.len(), 2, "the request and the reply");
    assert_eq!(town.log("?type=answer_notice").await.len(), 1);
}

/// Nothing but the text's own id holds these apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_people_to_read_is_kept_once_too() {
    let town = Town::new().await;
    asked(&town).await;
    let event = event(&town, "Ok thanks");
    let deliveries = (0..10).map(|_| town.stack().invoke_function("inbound-sms", event.clone()));
    for delivered in join_all(deliveries).await {
        delivered.unwrap();
    }
    let timeline = town.timeline("m-1").await;
    let kept = timeline.iter().filter(|entry| entry.contains("Ok thanks"));
    assert_eq!(kept.count(), 1, "{timeline:?}");
}

/// A walk over every call to the table: a text is taken wholly or not at all, and
/// its redelivery puts that right. What went out is never sent again.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::DropAnswer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_store_fails_a_text_is_taken_whole(#[case] effect: Effect) {
    for k in some_of(0..16, 3) {
        let town = Town::new().await;
        asked(&town).await;
        let event = event(&town, "1");
        town.break_call(Service::Dynamodb, effect, k);
        let first = town
            .stack()
            .invoke_function("inbound-sms", event.clone())
            .await;
        town.stack().faults().clear();
        let applied = status(&town, "m-1").await == "CONFIRMED";
        assert_eq!(
            answers(&town).await,
            usize::from(applied),
            "call {k}: {first:?}"
        );
        town.stack()
            .invoke_function("inbound-sms", event)
            .await
            .unwrap();
        assert_eq!(status(&town, "m-1").await, "CONFIRMED");
        assert_eq!(answers(&town).await, 1);
        assert_eq!(town.post().len(), 1, "call {k}");
        assert_eq!(town.news().len(), 1, "call {k}");
    }
}

#[rstest]
#[case(Effect::Refuse, "failed")]
#[case(Effect::DropAnswer, "unknown")]
#[tokio::test]
async fn what_becomes_of_an_automatic_reply_is_on_record(
    #[case] effect: Effect,
    #[case] expected: &str,
) {
    let town = Town::new().await;
    asked(&town).await;
    town.break_call(Service::Sns, effect, 0);
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    let reply = &town.log("?type=auto_reply").await[0];
    assert_eq!(reply["deliveries"][0]["status"], expected);
    town.post();
}

#[tokio::test]
async fn what_cannot_be_read_is_given_up_with_its_reason_and_the_rest_is_done() {
    let town = Town::new().await;
    asked(&town).await;
    let mut batch = event(&town, "1");
    let mut garbled = batch["Records"][0].clone();
    garbled["Sns"]["Message"] = json!("{\"originationNumber\":\"+1202");
    let mut nobody = batch["Records"][0].clone();
    nobody["Sns"]["Message"] = json!(
        json!({"originationNumber": "BANK", "destinationNumber": "+12065550100",
               "messageBody": "hi", "inboundMessageId": "x"})
        .to_string()
    );
    batch["Records"].as_array_mut().unwrap().insert(0, garbled);
    batch["Records"].as_array_mut().unwrap().push(nobody);
    let given_up = town.stack().invoke_function("inbound-sms", batch).await;
    let reason = given_up.unwrap_err().to_string();
    assert_eq!(
        reason,
        "1 of 3 texts were not taken: record 1: its Message is not the JSON of a text"
    );
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    town.the_message();
    let none = town.stack().invoke_function("inbound-sms", json!({})).await;
    assert!(none.is_err());
}

#[tokio::test]
async fn ten_texts_in_one_event_are_ten_texts() {
    let town = Town::new().await;
    asked(&town).await;
    let records: Vec<_> = (0..10)
        .map(|i| event(&town, &format!("Hello {i}"))["Records"][0].clone())
        .collect();
    let all = json!({ "Records": records });
    town.stack()
        .invoke_function("inbound-sms", all)
        .await
        .unwrap();
    let timeline = town.timeline("m-1").await;
    let texts = timeline
        .iter()
        .filter(|entry| entry.starts_with("Ann Lee texted: Hello"));
    assert_eq!(texts.count(), 10);
}

#[tokio::test]
async fn a_text_whose_id_was_used_a_month_ago_is_taken() {
    let town = Town::new().await;
    let event = event(&town, "Hello");
    let deliver = || town.stack().invoke_function("inbound-sms", event.clone());
    deliver().await.unwrap();
    deliver().await.unwrap();
    let kept = async || town.get("/v1/inbound-messages").await.ok()["inbound_messages"].clone();
    assert_eq!(kept().await.as_array().unwrap().len(), 1);
    // Its note has expired, though nothing has deleted it.
    town.advance(chrono::TimeDelta::days(31)).await;
    deliver().await.unwrap();
    assert_eq!(
        kept().await.as_array().unwrap().len(),
        1,
        "it is the same text"
    );
}

#[tokio::test]
async fn a_text_that_answers_a_message_of_an_impossible_name_is_taken() {
    let town = Town::new().await;
    asked(&town).await;
    let text = Text {
        from: "+12025550123".to_owned(),
        to: "+12065550100".to_owned(),
        body: "Ok thanks".to_owned(),
        previous_message_id: Some("x".repeat(5_000)),
    };
    town.text(&text).await;
    assert!(town.timeline("m-1").await[0].contains("Ok thanks"));
}

/// A number can be forged: who does so uses up no answers of the customer's link, and
/// neither staff's mailbox nor the timeline fills.
#[tokio::test]
async fn sixty_texts_of_a_forged_number_come_to_an_end_and_the_link_still_answers() {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "ask", "type": "confirmation_request", "channel_mode": "both",
               "reply_codes": {"enabled": true}}),
    )
    .await;
    let mut visit = usher_tests::meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    let post = town.post();
    let token = Town::token(
        post.iter()
            .find(|message| message.to.contains('@'))
            .unwrap(),
    );
    for i in 0..60 {
        town.reply_sms(if i % 2 == 0 { "1" } else { "3" }).await;
    }
    assert_eq!(town.post().len(), 3, "automatic replies");
    assert_eq!(town.news().len(), 5, "emails to staff");
    let timeline = town.timeline("m-1").await;
    let more = timeline
        .iter()
        .filter(|text| text.contains("emailed of 5 answers"));
    assert_eq!(more.count(), 15, "{timeline:#?}");
    // All of them are of one instant.
    let last = timeline
        .iter()
        .filter(|text| text.contains("has sent 30 texts within a day"));
    assert_eq!(last.count(), 1, "{timeline:#?}");
    assert_eq!(town.answer(&token, 1, "reschedule").await.status, 200);
    assert_eq!(
        town.news().len(),
        1,
        "staff hear of what the customer's own link says"
    );
    assert_eq!(status(&town, "m-1").await, "RESCHEDULE_REQUESTED");
    // What nobody may be kept from still works, and nothing more is kept.
    let before = town.timeline("m-1").await.len();
    town.reply_sms("STOP").await;
    town.reply_sms("1").await;
    assert_eq!(town.timeline("m-1").await.len(), before);
    let preview = json!({"type": "confirmation_request"});
    let path = "/v1/meetings/m-1/preview";
    let preview = town.call(http::Method::POST, path, &preview).await.text;
    assert!(preview.contains("opted out"), "{preview}");
    // The next day is another.
    town.advance(chrono::TimeDelta::hours(25)).await;
    town.reply_sms("START").await;
    town.reply_sms("Hello again").await;
    let timeline = town.timeline("m-1").await;
    let heard = timeline.iter().any(|text| text.contains("Hello again"));
    assert!(heard, "{timeline:#?}");
}

#[tokio::test]
async fn a_strangers_texts_come_to_an_end() {
    let town = Town::new().await;
    for i in 0..60 {
        town.text_from("+12025550199", &format!("Hello {i}")).await;
    }
    let inbox = town.get("/v1/inbound-messages?limit=100").await.ok();
    assert_eq!(inbox["inbound_messages"].as_array().unwrap().len(), 30);
}
