//! What comes to nothing on the channel a customer prefers goes out by the other one.

use chrono::TimeDelta;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Message, Service};
use usher_tests::{Town, meeting, some_of};

use super::{report, reported_amid};

/// The usual visit, whose messages follow what Ann prefers.
async fn booked(failover: bool) -> Town {
    booked_with(&json!([]), failover).await
}

async fn booked_with(triggers: &Value, failover: bool) -> Town {
    let town = Town::new().await;
    let config = |kind: &str| json!({"id": kind, "type": kind, "failover": failover});
    let template = json!({
        "name": "Visit",
        "configs": [config("confirmation"), config("reminder"), config("cancellation")],
        "reminder_triggers": triggers,
    });
    town.put("/v1/templates/visit", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    town.book("m-1", &visit).await;
    town
}

/// The same, confirmed by email.
async fn confirmed(failover: bool) -> (Town, Message) {
    let town = booked(failover).await;
    town.send("m-1", "confirmation").await.ok();
    let mail = town.the_message();
    assert_eq!(mail.to, "ann@example.com");
    (town, mail)
}

pub(super) async fn newest(town: &Town) -> Value {
    town.log("?meeting=m-1").await.remove(0)
}

/// How a row stands, channel by channel.
pub(super) fn statuses(row: &Value) -> Vec<(&str, &str)> {
    let deliveries = row["deliveries"].as_array().unwrap().iter();
    deliveries
        .map(|each| (each["channel"].as_str(), each["status"].as_str()))
        .map(|(channel, status)| (channel.unwrap(), status.unwrap()))
        .collect()
}

#[tokio::test]
async fn a_reminder_that_bounces_goes_out_by_sms_once() {
    let hour = json!([{"id": "hour", "config_id": "reminder", "minutes_before": 60}]);
    let town = booked_with(&hour, true).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.advance_to("2026-01-15T18:00:00Z".parse().unwrap())
        .await;
    let reminder = town.the_message();
    assert_eq!(reminder.to, "ann@example.com");
    report(&town, &reminder, FeedbackEvent::Bounce).await;
    let sms = town.the_message();
    assert_eq!(sms.to, "+12025550123");
    let row = newest(&town).await;
    assert_eq!(row["type"], "reminder");
    assert_eq!(statuses(&row), [("email", "bounced"), ("sms", "sent")]);
    let by_sms = &row["deliveries"][1];
    assert_eq!(by_sms["fallback_reason"], "The email came back.");
    assert_eq!(by_sms["charged"], "yes");
    let log = town.log("").await.len();
    let told = town.timeline("m-1").await;
    assert!(
        told[0].starts_with("Reminder sent to Ann Lee by SMS"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("Reminder came back from Ann Lee by email"),
        "{told:?}"
    );
    for event in [
        FeedbackEvent::Bounce,
        FeedbackEvent::SuppressedBounce,
        FeedbackEvent::Delivery,
    ] {
        report(&town, &reminder, event).await;
        town.advance(TimeDelta::minutes(6)).await;
        assert!(town.post().is_empty(), "{event:?}");
    }
    // Nor does it go back once the SMS has failed as well.
    report(&town, &sms, FeedbackEvent::Bounce).await;
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty());
    assert_eq!(town.log("").await.len(), log, "it is one row");
    let statuses_now = newest(&town).await;
    assert_eq!(
        statuses(&statuses_now),
        [("email", "bounced"), ("sms", "failed")]
    );
}

#[tokio::test]
async fn a_confirmation_that_bounces_tells_by_sms_what_it_told_nobody() {
    let (town, mail) = confirmed(true).await;
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let sms = town.the_message();
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
    let row = newest(&town).await;
    let id = row["id"].as_str().unwrap();
    let page = town
        .page(&format!("/console/notifications/{id}"))
        .await
        .text;
    assert!(page.contains("Instead of the preferred channel: The email came back."));
    // Its link opens, and what it asks can be answered.
    assert_eq!(town.visit(&Town::token(&sms)).await.status, 200);
}

#[tokio::test]
async fn an_sms_that_is_not_taken_goes_out_by_email() {
    let town = booked(true).await;
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    visit["attendees"][0]["preferred_confirmation_method"] = json!("sms");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    let sms = town.the_message();
    report(&town, &sms, FeedbackEvent::Bounce).await;
    assert_eq!(town.the_message().to, "ann@example.com");
    let row = newest(&town).await;
    assert_eq!(statuses(&row), [("sms", "failed"), ("email", "sent")]);
    let because = &row["deliveries"][1]["fallback_reason"];
    assert_eq!(because, "The SMS did not arrive.");
}

#[tokio::test]
async fn who_switches_it_off_has_it_off() {
    let (town, mail) = confirmed(false).await;
    report(&town, &mail, FeedbackEvent::Bounce).await;
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty());
    assert_eq!(statuses(&newest(&town).await), [("email", "bounced")]);
}

#[tokio::test]
async fn a_row_says_why_the_other_channel_was_not_used() {
    let (town, mail) = confirmed(true).await;
    town.reply_sms("STOP").await;
    town.post();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    assert!(town.post().is_empty());
    let row = newest(&town).await;
    assert_eq!(statuses(&row), [("email", "bounced"), ("sms", "failed")]);
    let sms = &row["deliveries"][1];
    assert_eq!(sms["fallback_reason"], "The email came back.");
    let why = sms["reason"].as_str().unwrap();
    assert!(why.contains("opted out"), "{why}");
    let step = sms["next_step"].as_str().unwrap();
    assert!(step.contains("START"), "{step}");
}

#[tokio::test]
async fn nothing_goes_out_by_the_other_channel_once_the_meeting_has_begun() {
    let (town, mail) = confirmed(true).await;
    town.advance_to("2026-01-15T19:00:00Z".parse().unwrap())
        .await;
    town.post();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty());
}

/// Whatever call fails in whatever way after a bounce: the SMS goes out once, or is in doubt
/// and stays that.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::DropAnswer)]
#[tokio::test]
async fn it_goes_out_once_wherever_it_is_cut_off(#[case] effect: Effect) {
    let last = 20;
    for k in some_of(0..=last, 4) {
        let (town, mail) = confirmed(true).await;
        let bounce = town.stack().report_event(&mail.id, FeedbackEvent::Bounce);
        let bounce = bounce.unwrap();
        town.break_call(Service::Dynamodb, effect, k);
        town.stack().faults().reset_calls();
        for _ in 0..3 {
            // Lambda tries what failed twice more.
            let taken = town
                .stack()
                .invoke_function("track-delivery", bounce.clone());
            taken.await.ok();
        }
        let seen: u64 = town.calls(Service::Dynamodb).values().sum();
        town.stack().faults().clear();
        town.advance(TimeDelta::minutes(12)).await;
        let sent = town.post();
        let row = newest(&town).await;
        let [("email", "bounced"), ("sms", by_sms)] = statuses(&row)[..] else {
            panic!("{row}");
        };
        match by_sms {
            "sent" => assert_eq!(sent.len(), 1, "{effect:?} {k}"),
            "unknown" => assert!(sent.len() <= 1, "{effect:?} {k}"),
            other => panic!("{effect:?} {k}: {other}"),
        }
        if k == last {
            assert!(u64::from(k) > seen, "it makes {seen} calls");
        }
    }
}

/// A bounce that comes while its own send is under way waits for the end of it.
#[tokio::test]
async fn a_bounce_that_comes_before_the_end_of_its_send_waits_for_it() {
    let mut met = 0;
    for call in 1..12 {
        let town = booked(true).await;
        let Some(mails) = reported_amid(&town, call, &[FeedbackEvent::Bounce]).await else {
            town.post();
            continue;
        };
        let mut sent = town.post();
        town.advance(TimeDelta::minutes(6)).await;
        sent.extend(town.post());
        if !mails.is_empty() {
            met += 1;
            assert_eq!(sent.len(), 1, "at call {call}");
            assert_eq!(sent[0].to, "+12025550123", "at call {call}");
            let row = newest(&town).await;
            assert_eq!(statuses(&row), [("email", "bounced"), ("sms", "sent")]);
        }
    }
    assert!(met > 0, "no call of the send comes after the provider's");
}

/// Bounces that come while a crowd is being written to wait for the end of it, and do not stand
/// in each other's way then.
#[tokio::test]
async fn those_of_one_meeting_that_wait_go_out_with_the_next_sweep() {
    let guest = |i: u32| {
        let (email, phone) = (format!("g{i}@example.com"), format!("+1202555015{i}"));
        json!({"id": format!("g{i}"), "name": format!("Guest {i}"), "email": email, "phone": phone})
    };
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    visit["attendees"] = (0..6).map(guest).collect();
    let mut met = 0;
    for call in 1..12 {
        let town = booked(true).await;
        town.book("m-1", &visit).await;
        let Some(mails) = reported_amid(&town, call, &[FeedbackEvent::Bounce]).await else {
            town.post();
            continue;
        };
        let at_once = town.post().len();
        if mails.len() == 6 {
            town.advance(TimeDelta::minutes(6)).await;
            assert_eq!(at_once + town.post().len(), 6, "at call {call}");
            met += 1;
        }
    }
    assert!(met > 0, "no call comes after those of the provider");
}

/// What staff took down on the telephone holds, whatever comes back of the question.
#[tokio::test]
async fn who_has_answered_is_not_asked_by_the_other_channel() {
    let (town, mail) = confirmed(true).await;
    let declined = json!({"attendee_id": "ann", "answer": "decline"});
    let responses = "/v1/meetings/m-1/responses";
    town.call(Method::POST, responses, &declined).await.ok();
    town.post();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty());
    assert_eq!(town.meeting("m-1").await["status"], "DECLINED");
    let why = "did not go out by SMS instead: This attendee has answered already.";
    let told = town.timeline("m-1").await;
    assert!(told.iter().any(|text| text.ends_with(why)), "{told:?}");
}

/// Nobody knows whether the meeting was called off: nothing else goes out until that is
/// settled, and the row that waits stands in the log once.
#[tokio::test]
async fn it_waits_until_it_is_known_whether_the_meeting_was_called_off() {
    let (town, mail) = confirmed(true).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &cancel).await.ok();
    town.post();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    for query in ["?status=failed", "?status=needs_attention", ""] {
        let rows = town.log(query).await;
        let confirmations = rows.iter().filter(|row| row["type"] == "confirmation");
        assert_eq!(confirmations.count(), 1, "{query}");
    }
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty());
    let rows = town.log("").await;
    let doubtful = rows.iter().find(|row| row["type"] == "cancellation");
    let id = doubtful.unwrap()["id"].as_str().unwrap().to_owned();
    let resolve = format!("/v1/notifications/{id}/resolve");
    let sent = json!({"outcome": "sent"});
    town.call(Method::POST, &resolve, &sent).await.ok();
    town.advance(TimeDelta::minutes(6)).await;
    assert!(town.post().is_empty(), "it is off");
    let told = town.timeline("m-1").await;
    let why = "did not go out by SMS instead: The meeting has been cancelled since.";
    assert!(told[0].ends_with(why), "{told:?}");
}

/// A cancellation that comes back goes out by the other channel, for as long as it is of use.
#[tokio::test]
async fn a_cancellation_that_bounces_goes_out_by_sms() {
    let (town, _) = confirmed(true).await;
    town.advance_to("2026-01-15T19:10:00Z".parse().unwrap())
        .await;
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &cancel).await.ok();
    let mail = town.the_message();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    assert_eq!(town.the_message().to, "+12025550123");
    assert_eq!(town.meeting("m-1").await["status"], "CANCELLED");
}
