//! One channel's trouble is its own (C5): what cannot be rendered, is too long or too
//! dear fails where it stands, with the reason, and the other channel goes out.

use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// A meeting whose SMS takes more than one part.
async fn booked(town: &Town, kind: &str, mode: &str) {
    let long = "One two three four five six seven eight nine ten. ".repeat(6);
    town.template(
        "t",
        json!({"id": "c", "type": kind, "channel_mode": mode, "sms_text": long}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
}

/// Has SMS cost more than may be.
async fn too_dear(town: &Town) {
    let settings = json!({
        "sender_email": "notifications@progrid.example.com",
        "sms_prices_usd": {"US": 0.01}, "sms_max_price_usd": 0.015,
    });
    town.put("/v1/settings", &settings).await.ok();
}

fn delivery<'a>(notification: &'a Value, channel: &str) -> &'a Value {
    let deliveries = notification["deliveries"].as_array().unwrap();
    let found = deliveries.iter().find(|each| each["channel"] == channel);
    found.unwrap_or_else(|| panic!("no {channel}: {notification}"))
}

#[tokio::test]
async fn an_sms_that_is_too_dear_fails_and_the_email_goes_out() {
    let town = Town::new().await;
    booked(&town, "confirmation", "both").await;
    too_dear(&town).await;

    let request = json!({"type": "confirmation"});
    let preview = town
        .call(Method::POST, "/v1/meetings/m-1/preview", &request)
        .await
        .ok();
    assert_eq!(preview["allowed"], true);
    let ann = &preview["recipients"][0];
    assert_eq!(ann["problems"][0]["channel"], "sms", "{ann}");
    assert_eq!(ann["problems"][0]["code"], "sms_too_dear", "{ann}");
    assert!(ann["html"].as_str().unwrap().contains("Ann"), "{ann}");
    let channels = ann["channels"].as_array().unwrap();
    assert_eq!(channels.len(), 1, "{ann}");
    assert_eq!(channels[0]["channel"], "email");
    assert!(ann["warnings"].to_string().contains("costs about"), "{ann}");

    let sent = town.send("m-1", "confirmation").await.ok();
    let row = &sent["notifications"][0];
    assert_eq!(delivery(row, "email")["status"], "sent");
    assert_eq!(delivery(row, "sms")["status"], "failed");
    assert_eq!(
        delivery(row, "sms")["reason"],
        ann["problems"][0]["reason"],
        "the preview said the same"
    );
    assert_eq!(town.post().len(), 1);
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");

    // Retried as things stand, it fails with the same reason; the email stays sent.
    let id = row["id"].as_str().unwrap();
    let again = town.retry("again-1", id).await.ok();
    assert_eq!(delivery(&again, "sms")["status"], "failed");
    assert_eq!(
        delivery(&again, "sms")["reason"],
        ann["problems"][0]["reason"]
    );
    assert_eq!(delivery(&again, "email")["status"], "sent");
    assert_eq!(town.post().len(), 0);

    let settings = json!({"sender_email": "notifications@progrid.example.com"});
    town.put("/v1/settings", &settings).await.ok();
    let again = town.retry("again-2", id).await.ok();
    assert_eq!(delivery(&again, "sms")["status"], "sent", "{again}");
    assert_eq!(town.post().len(), 1);
}

#[tokio::test]
async fn where_the_preference_decides_the_other_channel_is_used_instead() {
    let town = Town::new().await;
    booked(&town, "confirmation", "follow_preference").await;
    let mut visit = town.meeting("m-1").await;
    visit["attendees"][0]["preferred_confirmation_method"] = json!("sms");
    town.put("/v1/meetings/m-1", &visit).await.ok();
    too_dear(&town).await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let row = &sent["notifications"][0];
    assert_eq!(delivery(row, "sms")["status"], "skipped");
    assert_eq!(delivery(row, "email")["status"], "sent");
    let why = delivery(row, "email")["fallback_reason"].to_string();
    assert!(why.contains("costs about"), "{why}");
    assert_eq!(town.post().len(), 1);
}

#[tokio::test]
async fn a_reminder_whose_sms_cannot_go_reaches_by_email() {
    let town = Town::new().await;
    let long = "One two three four five six seven eight nine ten. ".repeat(6);
    let body = json!({
        "name": "T",
        "configs": [{"id": "soon", "type": "reminder", "channel_mode": "both", "sms_text": long}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    too_dear(&town).await;
    town.post();
    town.advance(chrono::TimeDelta::hours(9 * 24 + 5)).await;
    let plan = town.reminders("m-1").await;
    let reminder = town.the_message();
    assert!(reminder.subject.is_some(), "it is the email: {plan:?}");
}

#[tokio::test]
async fn an_sms_in_place_of_an_email_that_cannot_be_made_is_sent_again() {
    let town = Town::new().await;
    let config = json!({"id": "c", "type": "confirmation", "email_body": "Hello"});
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    // The template as an earlier release let it be saved.
    crate::unreadable::alter(&town, |pk, sk, item| {
        let template = pk == "TEMPLATE" && sk == "t";
        if template {
            crate::unreadable::replace_texts(item, "Hello", "{{ undefined }}");
        }
        template
    })
    .await;
    town.break_call(Service::Sns, Effect::Refuse, 0);
    let sent = town.send("m-1", "confirmation").await.ok();
    let row = &sent["notifications"][0];
    assert_eq!(delivery(row, "email")["status"], "skipped", "{row}");
    assert_eq!(delivery(row, "sms")["status"], "failed", "{row}");

    // It is sent again, whatever the customer prefers by now.
    let id = row["id"].as_str().unwrap();
    visit["attendees"][0]["preferred_confirmation_method"] = json!("email");
    town.book("m-1", &visit).await;
    let again = town.retry("again", id).await.ok();
    assert_eq!(delivery(&again, "sms")["status"], "sent", "{again}");
    assert!(town.the_message().subject.is_none(), "an SMS");
}
