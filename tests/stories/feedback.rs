//! What became of a message, as its provider reports it (G6).

mod at_once;
mod doubts;
mod failover;
mod order;
mod suppressed;

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Message, Service};
use usher_tests::{Town, meeting};

use crate::unsubscribing::by_email_only;

/// Books Ann's visit, who is reached by email alone.
async fn book(town: &Town) {
    let mut visit = meeting();
    by_email_only(&mut visit);
    town.book("m-1", &visit).await;
}

/// Ann's visit, of which it is in doubt whether its confirmation went out, and the email.
async fn in_doubt(town: &Town) -> Message {
    book(town).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(status(town).await, "unknown");
    town.the_message()
}

/// Ann's visit, confirmed by email alone, and the email.
async fn confirmed(town: &Town) -> Message {
    book(town).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message()
}

/// The provider reports this of a message.
pub(crate) async fn report(town: &Town, message: &Message, event: FeedbackEvent) {
    town.stack().report(&message.id, event).await.unwrap();
}

/// The meeting is confirmed; before this call of the send, these events are reported of whatever
/// is out by then. Returns that; none where the send has ended by then.
async fn reported_amid(town: &Town, call: u32, events: &[FeedbackEvent]) -> Option<Vec<Message>> {
    let send = async { town.send("m-1", "confirmation").await.ok() };
    let reports = async {
        let sent = town.post();
        for message in &sent {
            for event in events {
                report(town, message, *event).await;
            }
        }
        sent
    };
    town.held_up(call, send, reports).await
}

/// The delivery of the log's newest row that was tried; the one by email where none was.
async fn delivery(town: &Town) -> Value {
    let rows = town.log("?meeting=m-1").await;
    let deliveries = rows[0]["deliveries"].as_array().unwrap();
    let tried = deliveries.iter().find(|each| each["attempt"] != 0);
    tried.unwrap_or(&deliveries[0]).clone()
}

async fn status(town: &Town) -> String {
    let delivery = delivery(town).await;
    delivery["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn that_a_message_arrived_costs_one_read_and_one_write() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    let before = town.timeline("m-1").await;
    for (event, writes) in [
        // That SES has taken it is what the call itself said.
        (FeedbackEvent::Send, 0.0),
        (FeedbackEvent::Delivery, 1.0),
        (FeedbackEvent::Delivery, 0.0),
    ] {
        town.stack().reset_capacity();
        town.stack().faults().reset_calls();
        report(&town, &mail, event).await;
        let calls: u64 = town.calls(Service::Dynamodb).values().sum();
        assert_eq!(calls, 1 + u64::from(writes > 0.0), "{event:?}");
        assert_eq!(town.stack().capacity().write, writes, "{event:?}");
    }
    let delivery = delivery(&town).await;
    assert_eq!(delivery["status"], "delivered");
    assert_eq!(delivery["meaning"], "It arrived.");
    assert_eq!(
        town.timeline("m-1").await,
        before,
        "that it arrived is no news to staff"
    );
}

#[tokio::test]
async fn what_came_back_for_good_told_nobody_anything() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
    town.advance(TimeDelta::hours(1)).await;
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let delivery = delivery(&town).await;
    assert_eq!(delivery["status"], "bounced");
    assert_eq!(delivery["reason"], "smtp; 550 5.1.1 user unknown");
    assert!(!delivery["next_step"].is_null());
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["notification_state"], "none", "{meeting}");
    let attention = town.log("?status=needs_attention").await;
    assert_eq!(attention.len(), 1);
    let said = "Confirmation to Ann Lee by email came back (smtp; 550 5.1.1 user unknown)";
    assert_eq!(town.timeline("m-1").await[0], said);
    // However often it is reported, and whatever is reported late.
    for event in [
        FeedbackEvent::Bounce,
        FeedbackEvent::Delivery,
        FeedbackEvent::Send,
    ] {
        report(&town, &mail, event).await;
        assert_eq!(status(&town).await, "bounced");
    }
    assert_eq!(town.timeline("m-1").await[0], said);
}

#[tokio::test]
async fn what_came_back_takes_back_nothing_that_was_told_before() {
    let town = Town::new().await;
    let first = confirmed(&town).await;
    report(&town, &first, FeedbackEvent::Delivery).await;
    // The same once more, and then other details, come back.
    let body = json!({"type": "confirmation", "confirm": true});
    town.send_as("again", "m-1", &body).await.ok();
    let again = town.the_message();
    report(&town, &again, FeedbackEvent::Bounce).await;
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
    let lift = json!({"reason": "The mailbox works"});
    let ann = "/v1/suppressions/ann@example.com";
    town.call(Method::DELETE, ann, &lift).await.ok();
    let mut moved = meeting();
    by_email_only(&mut moved);
    moved["starts_at"] = json!("2026-01-16T14:00:00");
    town.book("m-1", &moved).await;
    town.send("m-1", "update").await.ok();
    let update = town.the_message();
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
    report(&town, &update, FeedbackEvent::Bounce).await;
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["notification_state"], "update_due", "{meeting}");
}

#[tokio::test]
async fn an_out_of_office_note_is_no_bounce() {
    for events in [
        [FeedbackEvent::Delivery, FeedbackEvent::OutOfOffice],
        [FeedbackEvent::OutOfOffice, FeedbackEvent::Delivery],
    ] {
        let town = Town::new().await;
        let mail = confirmed(&town).await;
        for event in events {
            report(&town, &mail, event).await;
        }
        assert_eq!(status(&town).await, "delivered");
        assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
        assert!(town.log("?status=needs_attention").await.is_empty());
    }
}

#[tokio::test]
async fn a_doubt_ends_with_the_evidence() {
    for (event, after, known) in [
        (FeedbackEvent::Send, "sent", "confirmed"),
        (FeedbackEvent::Delivery, "delivered", "confirmed"),
        (FeedbackEvent::Bounce, "bounced", "none"),
        (FeedbackEvent::Reject, "failed", "none"),
    ] {
        let town = Town::new().await;
        let mail = in_doubt(&town).await;
        report(&town, &mail, event).await;
        assert_eq!(status(&town).await, after, "{event:?}");
        let meeting = town.meeting("m-1").await;
        assert_eq!(meeting["notification_state"], known, "{event:?}");
        let provider = delivery(&town).await["provider_message_id"].clone();
        assert_eq!(provider, json!(mail.id), "{event:?}");
    }
}

#[tokio::test]
async fn a_receipt_says_what_became_of_an_sms() {
    for (event, after, meaning) in [
        (
            FeedbackEvent::CarrierDelivery,
            "sent",
            "The phone carrier has taken it",
        ),
        (FeedbackEvent::Delivery, "delivered", "It arrived."),
        (FeedbackEvent::Bounce, "failed", "It did not arrive"),
    ] {
        let town = Town::new().await;
        let mut visit = meeting();
        visit["attendees"][0]["email"] = Value::Null;
        town.book("m-1", &visit).await;
        town.send("m-1", "confirmation").await.ok();
        let sms = town.the_message();
        report(&town, &sms, event).await;
        let delivery = delivery(&town).await;
        assert_eq!(delivery["status"], after, "{event:?}");
        let said = delivery["meaning"].as_str().unwrap();
        assert!(said.starts_with(meaning), "{said}");
        // What did not arrive can be sent again.
        let id = town.log("?meeting=m-1").await[0]["id"].clone();
        let again = town.retry("again", id.as_str().unwrap()).await;
        assert_eq!(again.status == 200, after == "failed", "{}", again.text);
        assert_eq!(town.post().len(), usize::from(after == "failed"));
    }
}

#[tokio::test]
async fn a_report_of_another_attempt_is_none_of_this_one() {
    let town = Town::new().await;
    let first = in_doubt(&town).await;
    let id = town.log("?meeting=m-1").await[0]["id"].clone();
    let id = id.as_str().unwrap();
    let resolve = format!("/v1/notifications/{id}/resolve");
    let not_sent = json!({"outcome": "failed"});
    town.call(Method::POST, &resolve, &not_sent).await.ok();
    town.retry("again", id).await.ok();
    town.the_message();
    report(&town, &first, FeedbackEvent::Bounce).await;
    assert_eq!(status(&town).await, "sent", "the second attempt stands");
}

#[tokio::test]
async fn what_came_back_is_sent_again_once_the_address_is_right() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let id = town.log("?meeting=m-1").await[0]["id"].clone();
    let id = id.as_str().unwrap();
    let held_back = town.retry("too-early", id).await;
    assert_eq!(held_back.status, 409, "{}", held_back.text);
    assert!(held_back.text.contains("held back"), "{}", held_back.text);
    let page = town
        .page(&format!("/console/notifications/{id}"))
        .await
        .text;
    assert!(page.contains("Retry what failed"), "{page}");
    let mut visit = meeting();
    by_email_only(&mut visit);
    visit["attendees"][0]["email"] = json!("ann.lee@example.com");
    town.book("m-1", &visit).await;
    town.retry("again", id).await.ok();
    let again = town.the_message();
    assert_eq!(again.to, "ann.lee@example.com");
    assert_eq!(status(&town).await, "sent");
    // What is reported late of the first attempt is not of this one.
    report(&town, &mail, FeedbackEvent::Bounce).await;
    report(&town, &again, FeedbackEvent::Delivery).await;
    assert_eq!(status(&town).await, "delivered");
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
}

#[tokio::test]
async fn hostile_reports_leave_the_rest_of_their_batch() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    let event = |event| town.stack().report_event(&mail.id, event).unwrap();
    let mut batch = event(FeedbackEvent::Send);
    let record = batch["Records"][0].clone();
    let message = |message: String| {
        let mut record = record.clone();
        record["Sns"]["Message"] = json!(message);
        record
    };
    let good = event(FeedbackEvent::Delivery)["Records"][0].clone();
    let of = |path: &str, value: Value| {
        let said = record["Sns"]["Message"].as_str().unwrap();
        let mut said: Value = serde_json::from_str(said).unwrap();
        *said.pointer_mut(path).unwrap() = value;
        message(said.to_string())
    };
    batch["Records"] = json!([
        message("[".repeat(200_000)),
        of("/mail/timestamp", json!("2999-01-01T00:00:00Z")),
        of("/mail/tags/usher-meeting", json!(["not hex"])),
        {"EventSource": "aws:sns"},
        // Of a meeting that there is not: another deployment's, or one that was deleted.
        of("/mail/tags/usher-meeting", json!([hex("m-2")])),
        good,
    ]);
    let told = town.stack().invoke_function("track-delivery", batch).await;
    let told = told.unwrap_err().to_string();
    assert!(told.starts_with("4 of 6 reports were not taken"), "{told}");
    assert!(!told.contains("ann@example.com"), "{told}");
    assert_eq!(status(&town).await, "delivered");
    for neither in [json!({}), json!({"awslogs": {"data": "?"}}), Value::Null] {
        let told = town.stack().invoke_function("track-delivery", neither);
        assert!(told.await.is_err());
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn the_page_of_a_doubt_says_how_old_it_is_and_that_of_a_message_whether_it_is_charged_for() {
    let town = Town::new().await;
    in_doubt(&town).await;
    town.advance(TimeDelta::minutes(70)).await;
    let id = town.log("?meeting=m-1").await[0]["id"].clone();
    let path = format!("/console/notifications/{}", id.as_str().unwrap());
    let page = town.page(&path).await.text;
    let said = "Nobody knows whether it went out. That has been so for 1 hour.";
    assert!(page.contains(said), "{page}");
    assert!(!page.contains("harged for"), "{page}");
    let resolve = format!("/v1/notifications/{}/resolve", id.as_str().unwrap());
    town.call(Method::POST, &resolve, &json!({"outcome": "sent"}))
        .await
        .ok();
    let page = town.page(&path).await.text;
    assert!(page.contains("Charged for"), "{page}");
    assert!(!page.contains("That has been so"), "{page}");
}
