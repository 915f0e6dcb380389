//! Who wants no SMS gets none, and staff see why (S6, C2).

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::{Town, meeting};

use super::{asked, asking, status, the_reply};

const ANN: &str = "+12025550123";

fn texts_sent(town: &Town) -> u64 {
    town.calls(Service::Sns)
        .get("Publish")
        .copied()
        .unwrap_or(0)
}

async fn preview(town: &Town, id: &str) -> Value {
    let body = json!({"type": "confirmation_request"});
    let path = format!("/v1/meetings/{id}/preview");
    town.call(http::Method::POST, &path, &body).await.ok()["recipients"][0].clone()
}

#[tokio::test]
async fn stop_stops_and_start_brings_back() {
    let town = Town::new().await;
    asked(&town).await;
    let before = texts_sent(&town);
    town.reply_sms("Stop.").await;
    assert!(town.timeline("m-1").await[0].starts_with("Ann Lee texted STOP, which opts"));
    let warnings = preview(&town, "m-1").await["warnings"].to_string();
    assert!(warnings.contains("opted out of SMS"), "{warnings}");
    let again = json!({"type": "confirmation_request", "confirm": true});
    let sent = town.send_as("again", "m-1", &again).await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed");
    assert!(delivery["reason"].as_str().unwrap().contains("opted out"));
    town.reply_sms("1").await;
    assert_eq!(
        status(&town, "m-1").await,
        "CONFIRMED",
        "they may still answer"
    );
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline
            .iter()
            .any(|entry| entry.starts_with("No automatic reply"))
    );
    assert_eq!(texts_sent(&town), before, "the number is never called");

    town.reply_sms("start").await;
    assert!(town.timeline("m-1").await[0].starts_with("Ann Lee opted in again"));
    town.reply_sms("1").await;
    the_reply(&town);
}

#[tokio::test]
async fn cancel_opts_out_and_tells_staff_that_the_meeting_may_be_meant() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("CANCEL").await;
    assert!(town.timeline("m-1").await[0].contains("may have meant the meeting"));
    assert_eq!(status(&town, "m-1").await, "INVITED");
}

#[tokio::test]
async fn the_preferred_sms_falls_back_to_email() {
    let town = Town::new().await;
    let mut config = asking();
    config["channel_mode"] = json!("follow_preference");
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"][0]["preferred_confirmation_method"] = json!("sms");
    town.book("m-1", &visit).await;
    town.text_from(ANN, "STOP").await;
    let sent = town.send("m-1", "confirmation_request").await.ok();
    let deliveries = &sent["notifications"][0]["deliveries"];
    assert_eq!(
        (&deliveries[0]["status"], &deliveries[1]["status"]),
        (&json!("skipped"), &json!("sent"))
    );
    assert!(
        deliveries[1]["fallback_reason"]
            .as_str()
            .unwrap()
            .contains("opted out")
    );
    assert_eq!(town.the_message().to, "ann@example.com");
    let inbox = town.get("/v1/inbound-messages").await.ok();
    assert_eq!(
        inbox["inbound_messages"][0]["text"], "STOP",
        "before anything was sent"
    );
}

#[tokio::test]
async fn an_armed_sms_turns_into_skipped() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder", "channel_mode": "sms"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let planned = |plan: Vec<Value>| (plan[0]["state"].clone(), plan[0]["reason"].clone());
    assert_eq!(
        planned(town.reminders("m-1").await),
        (json!("armed"), Value::Null)
    );
    town.reply_sms("STOP").await;
    assert_eq!(
        planned(town.reminders("m-1").await),
        (json!("skipped"), json!("opted_out"))
    );
    town.advance_to("2026-01-14T19:30:00Z".parse().unwrap())
        .await;
    assert!(town.post().is_empty() && texts_sent(&town) == 0);
    assert_eq!(
        planned(town.reminders("m-1").await),
        (json!("skipped"), json!("opted_out"))
    );
    assert!(town.timeline("m-1").await[0].contains("has opted out of SMS"));
}

#[tokio::test]
async fn the_accounts_own_list_is_followed_both_ways() {
    let town = Town::new().await;
    asked(&town).await;
    town.stack().opt_out_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
    let warned = |preview: Value| preview["warnings"].to_string().contains("opted out");
    assert!(warned(preview(&town, "m-1").await));
    town.stack().opt_in_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
    assert!(!warned(preview(&town, "m-1").await));

    town.stack().opt_out_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
    town.reply_sms("START").await;
    assert!(
        town.stack().opted_out_at_account().is_empty(),
        "taken off the account's list"
    );
    assert!(!warned(preview(&town, "m-1").await));
    // Who told us so stays opted out, though the account knows nothing of it.
    town.reply_sms("STOP").await;
    town.advance(TimeDelta::hours(2)).await;
    assert!(warned(preview(&town, "m-1").await));
}

fn list_read(town: &Town) -> u64 {
    let calls = town.calls(Service::Sns);
    calls.get("ListPhoneNumbersOptedOut").copied().unwrap_or(0)
}

#[tokio::test]
async fn an_account_that_refuses_its_list_fails_no_sweep_and_staff_are_told() {
    let town = Town::new().await;
    asked(&town).await;
    let told = |page: String| page.contains("opt-out list cannot be read");
    assert!(!told(town.page("/console/settings").await.text));
    town.refuse_opt_out_list(2);
    town.advance(TimeDelta::minutes(5)).await;
    assert_eq!(list_read(&town), 1);
    assert!(told(town.page("/console/settings").await.text));
    for _ in 0..5 {
        town.advance(TimeDelta::minutes(5)).await;
    }
    assert_eq!(list_read(&town), 1, "it is left alone for an hour");
    town.advance(TimeDelta::hours(1)).await;
    assert_eq!(list_read(&town), 2);
    assert!(told(town.page("/console/settings").await.text));
    // Once it is allowed, it is followed and the note is gone.
    town.stack().opt_out_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(1)).await;
    assert_eq!(list_read(&town), 3);
    assert!(!told(town.page("/console/settings").await.text));
    let warnings = preview(&town, "m-1").await["warnings"].to_string();
    assert!(warnings.contains("opted out"), "{warnings}");
}

#[tokio::test]
async fn an_account_without_sms_is_not_asked_for_its_list() {
    let town = Town::without_sms().await;
    town.refuse_opt_out_list(9);
    for _ in 0..3 {
        town.advance(TimeDelta::hours(2)).await;
    }
    assert_eq!(list_read(&town), 0);
    town.put("/v1/settings", &json!({"sms_sender_id": "PROGRID"}))
        .await
        .ok();
    town.advance(TimeDelta::hours(2)).await;
    assert_eq!(list_read(&town), 1, "with a sender id there is SMS");
}

#[rstest]
#[case::the_last_of_a_day(29)]
#[case::one_more(30)]
#[tokio::test]
async fn a_wish_is_heard_however_many_texts_came_before(#[case] before: usize) {
    for (texts, opted_out) in [(["Hello", "STOP"], true), (["STOP", "START"], false)] {
        let town = Town::new().await;
        asked(&town).await;
        for i in 0..before {
            // The wish that is taken back comes first: a text of its own counts, too.
            let text = if i == 0 { texts[0] } else { "Hello" };
            town.reply_sms(text).await;
        }
        town.reply_sms(texts[1]).await;
        let warnings = preview(&town, "m-1").await["warnings"].to_string();
        assert_eq!(warnings.contains("opted out"), opted_out, "{texts:?}");
        let last = town.timeline("m-1").await;
        let last = last
            .iter()
            .find(|text| text.contains("30 texts within a day"));
        assert!(last.is_some(), "{texts:?}");
    }
}

#[tokio::test]
async fn a_wish_is_heard_at_a_number_of_ours_that_is_none() {
    let town = Town::new().await;
    asked(&town).await;
    for (text, opted_out) in [("STOP", true), ("START", false)] {
        let text = usher_local::Text {
            from: ANN.to_owned(),
            to: "68849".to_owned(),
            body: text.to_owned(),
            previous_message_id: None,
        };
        town.text(&text).await;
        let warnings = preview(&town, "m-1").await["warnings"].to_string();
        assert_eq!(warnings.contains("opted out"), opted_out, "{}", text.body);
    }
}

#[tokio::test]
async fn an_opt_out_that_cannot_be_read_outlives_the_accounts_list() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("STOP").await;
    let broken = crate::unreadable::alter(&town, |_, sk, item| {
        let opt_out = sk == "OPT-OUT";
        if opt_out {
            let source = aws_sdk_dynamodb::types::AttributeValue::S("pigeon".to_owned());
            item.insert("source".to_owned(), source);
        }
        opt_out
    });
    assert_eq!(broken.await, 1);
    town.stack().opt_out_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(2)).await;
    town.stack().opt_in_at_account(ANN).unwrap();
    town.advance(TimeDelta::hours(2)).await;
    let warnings = preview(&town, "m-1").await["warnings"].to_string();
    assert!(warnings.contains("opted out"), "{warnings}");
    town.reply_sms("START").await;
    let warnings = preview(&town, "m-1").await["warnings"].to_string();
    assert!(!warnings.contains("opted out"), "{warnings}");
}

#[tokio::test]
async fn where_sms_can_come_from_nowhere_none_is_sent() {
    let town = Town::without_sms().await;
    town.template("t", asking()).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    let sent = town.send("m-1", "confirmation_request").await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed");
    let why = delivery["reason"].as_str().unwrap();
    assert!(why.contains("neither a number nor a sender id"), "{why}");
    assert_eq!(texts_sent(&town), 0);
}
