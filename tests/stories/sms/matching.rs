//! Which meeting a text is about: never a guess.

use chrono::TimeDelta;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

use super::{asked, asked_about, asking, status, the_reply};

async fn asked_twice(town: &Town) {
    asked(town).await;
    asked_about(town, "m-2", "Roof check", "2026-01-20T09:00:00").await;
}

#[tokio::test]
async fn of_two_open_meetings_neither_is_guessed_and_a_choice_word_decides() {
    let town = Town::new().await;
    asked_twice(&town).await;
    town.reply_sms("1").await;
    assert_eq!(
        (status(&town, "m-1").await, status(&town, "m-2").await),
        (json!("INVITED"), json!("INVITED"))
    );
    let question = the_reply(&town);
    assert_eq!(
        question,
        "Which one? Reply 1A to confirm \"Window measuring\" on Jan 15 at 2:00 PM, or 1B to confirm \"Roof check\" on Jan 20 at 9:00 AM."
    );
    for id in ["m-1", "m-2"] {
        assert!(
            town.timeline(id)
                .await
                .iter()
                .any(|entry| entry.contains("they are asked which"))
        );
    }
    town.reply_sms("1b").await;
    assert_eq!(
        (status(&town, "m-1").await, status(&town, "m-2").await),
        (json!("INVITED"), json!("CONFIRMED"))
    );
    the_reply(&town);
    town.reply_sms("3A").await;
    assert_eq!(
        (status(&town, "m-1").await, status(&town, "m-2").await),
        (json!("DECLINED"), json!("CONFIRMED"))
    );
    the_reply(&town);
}

#[tokio::test]
async fn a_letter_never_comes_to_stand_for_another_meeting() {
    let town = Town::new().await;
    asked_twice(&town).await;
    town.reply_sms("1").await;
    the_reply(&town);
    // Earlier than both: it comes first in the question, but gets a letter of its own.
    asked_about(&town, "m-3", "Door check", "2026-01-10T09:00:00").await;
    town.reply_sms("1").await;
    let question = the_reply(&town);
    assert!(
        question.contains("1C to confirm \"Door") && question.contains("1A to confirm \"Window"),
        "{question}"
    );
    town.reply_sms("1A").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    the_reply(&town);
}

#[tokio::test]
async fn an_answer_to_a_known_message_needs_no_question_back() {
    let town = Town::new().await;
    let first = asked(&town).await;
    asked_about(&town, "m-2", "Roof check", "2026-01-20T09:00:00").await;
    town.reply_to(&first, "1").await;
    assert_eq!(
        (status(&town, "m-1").await, status(&town, "m-2").await),
        (json!("CONFIRMED"), json!("INVITED"))
    );
    the_reply(&town);
    town.reply_to(&first, "Thank you").await;
    assert_eq!(town.timeline("m-1").await[0], "Ann Lee texted: Thank you");
}

#[tokio::test]
async fn a_known_message_to_somebody_else_tells_nothing() {
    let town = Town::new().await;
    let mut message = asked(&town).await;
    message.to = "+12025550177".to_owned();
    town.reply_to(&message, "1").await;
    assert_eq!(status(&town, "m-1").await, "INVITED");
    let inbox = town.get("/v1/inbound-messages").await.ok();
    assert_eq!(inbox["inbound_messages"][0]["text"], "1");
}

#[tokio::test]
async fn a_cancelled_meeting_does_not_stand_in_the_way_of_the_other() {
    let town = Town::new().await;
    asked_twice(&town).await;
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.send_as("c", "m-2", &cancel).await.ok();
    town.post();
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    the_reply(&town);
}

#[tokio::test]
async fn a_request_that_did_not_go_out_was_not_answered() {
    let town = Town::new().await;
    asked(&town).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &visit).await;
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let again = json!({"type": "confirmation_request", "confirm": true});
    town.send_as("again", "m-1", &again).await;
    assert!(town.post().is_empty());
    town.reply_sms("1").await;
    assert_ne!(
        status(&town, "m-1").await,
        "CONFIRMED",
        "these details were never seen"
    );
    assert!(the_reply(&town).contains("is now on Jan 16 at 10:30 AM"));
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED", "now they were");
    the_reply(&town);
}

#[tokio::test]
async fn a_stranger_and_a_stranger_number_find_nothing() {
    let town = Town::new().await;
    asked(&town).await;
    town.text_from("+12025550188", "1").await;
    town.text_from("+12025550188", "Who is this?").await;
    let inbox = town.get("/v1/inbound-messages?limit=1").await.ok();
    assert_eq!(inbox["inbound_messages"].as_array().unwrap().len(), 1);
    let cursor = inbox["next_cursor"].as_str().unwrap();
    let rest = town
        .get(&format!("/v1/inbound-messages?limit=1&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(rest["inbound_messages"].as_array().unwrap().len(), 1);
    assert!(rest["next_cursor"].is_null());
    let elsewhere = usher_local::Text {
        from: "+12025550123".to_owned(),
        to: "+12065550199".to_owned(),
        body: "1".to_owned(),
        previous_message_id: None,
    };
    town.text(&elsewhere).await;
    assert_eq!(status(&town, "m-1").await, "INVITED");
}

#[tokio::test]
async fn a_text_goes_to_the_meeting_that_last_wrote() {
    let town = Town::new().await;
    town.template("t", {
        let mut config = asking();
        config["channel_mode"] = json!("email");
        config
    })
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    town.the_message();
    town.reply_sms("Running late").await;
    assert_eq!(
        town.timeline("m-1").await[0],
        "Ann Lee texted: Running late"
    );
}

/// A reminder by email is not listed by the number of whoever gets it.
#[tokio::test]
async fn a_text_is_about_the_meeting_that_wrote_last_also_where_that_was_by_email() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "tell", "type": "confirmation"}, {"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/visit", &template).await.ok();
    for (id, starts_at) in [
        ("m-1", "2026-01-15T14:00:00"),
        ("m-2", "2026-01-20T14:00:00"),
    ] {
        let mut visit = meeting();
        visit["template_id"] = json!("visit");
        visit["starts_at"] = json!(starts_at);
        town.book(id, &visit).await;
        town.send(id, "confirmation").await.ok();
        town.the_message();
        town.advance(TimeDelta::minutes(1)).await;
    }
    town.reply_sms("The dog bites").await;
    assert!(town.timeline("m-2").await[0].contains("The dog bites"));
    town.advance_to("2026-01-14T19:10:00Z".parse().unwrap())
        .await;
    assert_eq!(town.the_message().to, "ann@example.com");
    town.reply_sms("And is ill").await;
    assert!(town.timeline("m-1").await[0].contains("And is ill"));
    let by_number = town.log("?recipient=%2B12025550123").await;
    assert_eq!(by_number.len(), 0, "nothing went to the number");
    assert_eq!(town.log("?recipient=ann@example.com").await.len(), 3);
    town.advance_to("2026-01-19T19:10:00Z".parse().unwrap())
        .await;
    assert_eq!(town.post().len(), 1, "the other reminder");
}
