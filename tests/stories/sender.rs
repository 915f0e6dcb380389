//! The sender, which SES must let us use (E4).

use chrono::TimeDelta;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

const REASON: &str = "SES does not let us send from the settings' sender address: neither it nor its domain is a verified identity.";

/// A town whose sender was verified when it was saved.
async fn with_sender() -> Town {
    let town = Town::new().await;
    let settings = json!({"sender_email": "office@shop.example.org"});
    town.put("/v1/settings", &settings).await.ok();
    town.book("m-1", &meeting()).await;
    town
}

fn questions(town: &Town) -> u64 {
    let calls = town.calls(Service::Ses);
    calls.get("GetEmailIdentity").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_sender_that_is_verified_no_longer_sends_nothing_and_says_so() {
    let town = with_sender().await;
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.stack().take_back_identity("shop.example.org");
    town.advance(TimeDelta::minutes(6)).await;

    let preview = town
        .call(
            http::Method::POST,
            "/v1/meetings/m-1/preview",
            &json!({"type": "confirmation"}),
        )
        .await
        .json();
    let ann = &preview["recipients"][0];
    assert_eq!(ann["channels"].as_array().unwrap().len(), 1, "{ann}");
    assert_eq!(ann["warnings"][0], REASON);

    let sent = town.send("m-1", "confirmation").await.ok();
    let deliveries = &sent["notifications"][0]["deliveries"];
    assert_eq!(deliveries[0]["status"], "failed");
    assert_eq!(deliveries[0]["reason"], REASON);
    assert_eq!(deliveries[1]["status"], "sent");
    town.the_message();
    assert_eq!(
        town.calls(Service::Ses).get("SendEmail"),
        None,
        "never tried"
    );
}

#[tokio::test]
async fn who_prefers_email_gets_an_sms_instead_with_the_reason() {
    let town = with_sender().await;
    town.stack().take_back_identity("shop.example.org");
    town.advance(TimeDelta::minutes(6)).await;
    town.send("m-1", "confirmation").await.ok();
    let sms = town.the_message();
    assert_eq!(sms.to, "+12025550123");
    let row = &town.log("?type=confirmation").await[0];
    assert_eq!(row["deliveries"][0]["reason"], REASON);
}

#[tokio::test]
async fn ses_is_asked_once_for_many_sends() {
    let town = with_sender().await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let before = questions(&town);
    for i in 0..5 {
        let body = json!({"type": "confirmation", "confirm": true});
        town.send_as(&format!("again-{i}"), "m-1", &body).await.ok();
        town.the_message();
    }
    assert_eq!(questions(&town), before);
    town.advance(TimeDelta::minutes(6)).await;
    let body = json!({"type": "confirmation", "confirm": true});
    town.send_as("later", "m-1", &body).await.ok();
    town.the_message();
    assert!(questions(&town) > before, "its word grows old");
}

#[tokio::test]
async fn emails_go_out_when_ses_does_not_tell() {
    let town = with_sender().await;
    town.break_verification(Effect::Throttle);
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.the_message().to, "ann@example.com");
}

#[tokio::test]
async fn the_timeline_shows_who_customers_saw_it_from() {
    let town = with_sender().await;
    let settings = json!({
        "sender_email": "office@shop.example.org", "sender_name": "The Shop",
        "sender_image_url": "https://shop.example.org/face.png",
    });
    town.put("/v1/settings", &settings).await.ok();
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let timeline = town.get("/v1/meetings/m-1/timeline").await.ok();
    let entries = timeline["entries"].as_array().unwrap();
    let of = |kind: &str| entries.iter().find(|entry| entry["kind"] == kind).unwrap();
    assert_eq!(
        of("notification")["sender"],
        json!({"name": "The Shop", "image_url": "https://shop.example.org/face.png"})
    );
    assert!(of("created").get("sender").is_none());
}
