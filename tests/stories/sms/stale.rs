//! Answers that no longer apply get to know how things stand, and change nothing.

use chrono::TimeDelta;
use serde_json::json;
use usher_local::Text;
use usher_tests::{Town, meeting};

use super::{asked, status, the_reply};

async fn last_answer(town: &Town) -> serde_json::Value {
    let row = &town.log("?type=confirmation_request").await[0];
    row["answers"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn an_answer_to_older_details_is_asked_again() {
    let town = Town::new().await;
    asked(&town).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &visit).await;
    town.reply_sms("1").await;
    assert_eq!(
        the_reply(&town),
        "This has changed: \"Window measuring\". It is now on Jan 16 at 10:30 AM (was Jan 15 at 2:00 PM). Your answer was for the old details, so it was not taken. Reply 1 to confirm, 2 to reschedule, 3 to decline."
    );
    assert_eq!(status(&town, "m-1").await, "INVITED");
    assert_eq!(last_answer(&town).await["stale"], true);
    assert!(
        town.news().is_empty(),
        "staff are told of answers that count"
    );
    town.reply_sms("1").await;
    assert_eq!(status(&town, "m-1").await, "CONFIRMED");
    the_reply(&town);
}

#[tokio::test]
async fn a_cancelled_a_started_and_a_closed_meeting_take_no_answer() {
    for (what, expected) in [
        ("cancel", "has been cancelled"),
        ("start", "has already started"),
        ("archive", "is no longer open for answers"),
    ] {
        let town = Town::new().await;
        asked(&town).await;
        match what {
            "cancel" => {
                let cancel = json!({"type": "cancellation", "confirm": true});
                town.send_as("c", "m-1", &cancel).await.ok();
                town.post();
            }
            "start" => {
                town.advance_to("2026-01-15T19:01:00Z".parse().unwrap())
                    .await;
            }
            _ => {
                let path = "/v1/meetings/m-1/archive";
                town.call(http::Method::POST, path, &json!({})).await.ok();
            }
        }
        let before = status(&town, "m-1").await;
        town.reply_sms("1").await;
        let reply = the_reply(&town);
        assert!(
            reply.contains(expected) && reply.contains("\"Window measuring\" on Jan 15"),
            "{reply}"
        );
        assert_eq!(status(&town, "m-1").await, before);
        assert_eq!(last_answer(&town).await["stale"], true);
    }
}

#[tokio::test]
async fn of_two_answers_the_later_one_stands_in_whatever_order_they_come() {
    let town = Town::new().await;
    asked(&town).await;
    let text = |body: &str| Text {
        from: "+12025550123".to_owned(),
        to: "+12065550100".to_owned(),
        body: body.to_owned(),
        previous_message_id: None,
    };
    let earlier = town.stack().sms_event(&text("1"));
    town.advance(TimeDelta::minutes(1)).await;
    town.reply_sms("3").await;
    the_reply(&town);
    town.stack()
        .invoke_function("inbound-sms", earlier)
        .await
        .unwrap();
    assert_eq!(status(&town, "m-1").await, "DECLINED");
    assert_eq!(
        the_reply(&town),
        "Your later answer stands for \"Window measuring\" on Jan 15 at 2:00 PM: you declined."
    );
    assert_eq!(last_answer(&town).await["stale"], true);
}
