//! Doubts: an SMS that a receipt settles, and one that nothing does.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Message, Service};
use usher_tests::{Town, meeting};

use super::{
    failover::{newest, statuses},
    report,
};

/// An SMS of which nobody knows whether it went out, and the message.
async fn sms_in_doubt() -> (Town, Message) {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["attendees"][0]["preferred_confirmation_method"] = json!("sms");
    visit["attendees"][0]["email"] = Value::Null;
    town.book("m-1", &visit).await;
    town.break_call(Service::Sns, Effect::DropAnswer, 0);
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(statuses(&newest(&town).await)[0].1, "unknown");
    let sms = town.the_message();
    (town, sms)
}

async fn sole_sender(town: &Town) {
    let mut settings = town.get("/v1/settings").await.json();
    settings["sms_sole_sender"] = json!(true);
    town.call(Method::PUT, "/v1/settings", &settings).await.ok();
}

#[tokio::test]
async fn a_receipt_settles_an_sms_in_doubt_where_every_sms_is_ours() {
    let (town, sms) = sms_in_doubt().await;
    report(&town, &sms, FeedbackEvent::CarrierDelivery).await;
    assert_eq!(statuses(&newest(&town).await), [("sms", "unknown")]);
    sole_sender(&town).await;
    report(&town, &sms, FeedbackEvent::CarrierDelivery).await;
    let row = newest(&town).await;
    assert_eq!(statuses(&row), [("sms", "sent")]);
    let delivery = &row["deliveries"][0];
    assert_eq!(delivery["provider_message_id"], json!(sms.id));
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
    report(&town, &sms, FeedbackEvent::Bounce).await;
    assert_eq!(statuses(&newest(&town).await), [("sms", "failed")]);
}

#[tokio::test]
async fn a_receipt_settles_none_of_two_that_are_in_doubt() {
    let (town, sms) = sms_in_doubt().await;
    sole_sender(&town).await;
    town.break_call(Service::Sns, Effect::DropAnswer, 0);
    let again = json!({"type": "confirmation", "confirm": true});
    town.send_as("again", "m-1", &again).await.ok();
    town.post();
    report(&town, &sms, FeedbackEvent::CarrierDelivery).await;
    for row in town.log("?meeting=m-1").await {
        assert_eq!(statuses(&row), [("sms", "unknown")]);
    }
}

/// A test message has no row in the log; its receipt is its own all the same.
#[tokio::test]
async fn the_receipt_of_a_test_message_settles_nothing() {
    let (town, _) = sms_in_doubt().await;
    sole_sender(&town).await;
    let to_ann = [("email", ""), ("phone", "+12025550123")];
    let sent = town.form("/console/test-message", &to_ann).await;
    assert_eq!(sent.status, 303);
    let test = town.the_message();
    report(&town, &test, FeedbackEvent::CarrierDelivery).await;
    assert_eq!(statuses(&newest(&town).await), [("sms", "unknown")]);
}

/// Whoever runs the system is told of an old doubt for as long as it matters, and a sweep
/// with nothing to do costs as much as ever.
#[tokio::test]
async fn an_old_doubt_is_looked_at_until_the_meeting_has_begun() {
    let (town, _) = sms_in_doubt().await;
    let sweep = async |town: &Town| {
        town.stack().faults().reset_calls();
        town.advance(TimeDelta::minutes(5)).await;
        town.calls(Service::Dynamodb).values().sum::<u64>()
    };
    // The first sweep does what is done once an hour.
    town.advance(TimeDelta::minutes(5)).await;
    let quiet = sweep(&town).await;
    town.advance(TimeDelta::minutes(5)).await;
    assert!(sweep(&town).await > quiet, "it is looked at");
    let begun = "2026-01-15T19:05:00Z".parse().unwrap();
    town.advance_to(begun).await;
    town.advance(TimeDelta::minutes(10)).await;
    assert_eq!(sweep(&town).await, quiet);
    assert_eq!(statuses(&newest(&town).await), [("sms", "unknown")]);
}
