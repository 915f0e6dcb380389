//! Which channel a message takes, and what staff read about it (C1, C2).

use rstest::rstest;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

/// Sends a confirmation to Ann in this mode, and says of each delivery its
/// channel, its status and whether it stands in for another.
async fn deliveries(
    town: &Town,
    mode: &str,
    preference: Option<&str>,
    email: bool,
    phone: bool,
) -> Vec<(String, String, bool)> {
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": mode}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    let ann = &mut visit["attendees"][0];
    ann["preferred_confirmation_method"] = json!(preference);
    if !email {
        ann["email"] = Value::Null;
    }
    if !phone {
        ann["phone"] = Value::Null;
    }
    town.book("m-1", &visit).await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let deliveries = sent["notifications"][0]["deliveries"].as_array().unwrap();
    deliveries
        .iter()
        .map(|d| {
            (
                text(&d["channel"]),
                text(&d["status"]),
                d["fallback_reason"].is_string(),
            )
        })
        .collect()
}

#[rstest]
#[case("follow_preference", None, true, true, &[("email", "sent", false)])]
#[case("follow_preference", Some("email"), true, true, &[("email", "sent", false)])]
#[case("follow_preference", Some("sms"), true, true, &[("sms", "sent", false)])]
#[case("follow_preference", Some("both"), true, true, &[("email", "sent", false), ("sms", "sent", false)])]
#[case("follow_preference", None, false, true, &[("email", "skipped", false), ("sms", "sent", true)])]
#[case("follow_preference", Some("sms"), true, false, &[("sms", "skipped", false), ("email", "sent", true)])]
#[case("follow_preference", Some("both"), false, true, &[("email", "skipped", false), ("sms", "sent", false)])]
#[case("email", Some("sms"), true, true, &[("email", "sent", false)])]
#[case("sms", Some("email"), true, true, &[("sms", "sent", false)])]
#[case("both", None, true, true, &[("email", "sent", false), ("sms", "sent", false)])]
#[case("both", None, true, false, &[("email", "sent", false), ("sms", "failed", false)])]
#[tokio::test]
async fn a_message_takes_the_channel_that_is_meant(
    #[case] mode: &str,
    #[case] preference: Option<&str>,
    #[case] email: bool,
    #[case] phone: bool,
    #[case] expected: &[(&str, &str, bool)],
) {
    let town = Town::new().await;
    let found = deliveries(&town, mode, preference, email, phone).await;
    let found: Vec<_> = found
        .iter()
        .map(|(c, s, f)| (c.as_str(), s.as_str(), *f))
        .collect();
    assert_eq!(found, expected);
    let sent = expected
        .iter()
        .filter(|(_, status, _)| *status == "sent")
        .count();
    assert_eq!(town.post().len(), sent);
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");
}

#[rstest]
#[case("follow_preference", false, false)]
#[case("email", false, true)]
#[case("sms", true, false)]
#[tokio::test]
async fn who_cannot_be_reached_is_seen_and_moves_nothing(
    #[case] mode: &str,
    #[case] email: bool,
    #[case] phone: bool,
) {
    let town = Town::new().await;
    let found = deliveries(&town, mode, None, email, phone).await;
    assert!(
        found.iter().all(|(_, status, _)| status == "failed"),
        "{found:?}"
    );
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["notification_state"]),
        (&json!("DRAFT"), &json!("none")),
        "N11"
    );
    let row = &town.log("?status=failed").await[0];
    assert!(
        row["deliveries"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("has no"),
        "{row}"
    );
    assert_eq!(row["needs_attention"], true);
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline[0].contains("Confirmation not sent to Ann Lee"),
        "{timeline:?}"
    );
}

#[tokio::test]
async fn a_preview_says_who_cannot_be_reached_and_why_a_channel_is_used() {
    let town = Town::new().await;
    let mut group = meeting();
    group["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "preferred_confirmation_method": "sms", "email": "ann@example.com"},
        {"id": "bob", "name": "Bob Lee"},
    ]);
    town.book("m-1", &group).await;
    let body = json!({"type": "confirmation"});
    let preview = town
        .call(http::Method::POST, "/v1/meetings/m-1/preview", &body)
        .await
        .ok();
    let [ann, bob] = [&preview["recipients"][0], &preview["recipients"][1]];
    assert_eq!(ann["channels"][0]["channel"], "email");
    assert!(
        ann["channels"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("no phone number"),
        "{ann}"
    );
    assert_eq!(bob["channels"], json!([]));
    let warnings = bob["warnings"].to_string();
    assert!(
        warnings.contains("cannot be reached") && warnings.contains("no email"),
        "{warnings}"
    );
}

#[tokio::test]
async fn a_number_of_a_country_that_is_not_allowed_is_not_texted() {
    let town = Town::new().await;
    let settings =
        json!({"allowed_countries": ["DE"], "sender_email": "office@progrid.example.com"});
    town.put("/v1/settings", &settings).await.ok();
    let found = deliveries(&town, "both", None, true, true).await;
    assert_eq!(found[1], ("sms".to_owned(), "failed".to_owned(), false));
    assert_eq!(
        town.the_message().from.as_deref(),
        Some("office@progrid.example.com")
    );
    let row = &town.log("").await[0];
    assert!(
        row["deliveries"][1]["reason"]
            .as_str()
            .unwrap()
            .contains("country"),
        "{row}"
    );
}

#[tokio::test]
async fn an_sms_says_what_the_settings_say() {
    let town = Town::new().await;
    let settings = json!({
        "sms_origination_number": "+12025550199", "sms_sender_id": "Progrid", "sms_max_price_usd": 0.5,
    });
    town.put("/v1/settings", &settings).await.ok();
    deliveries(&town, "sms", None, true, true).await;
    let attributes = town.the_message().attributes;
    let attribute = |name: &str| attributes.get(name).map(String::as_str);
    assert_eq!(attribute("AWS.SNS.SMS.SMSType"), Some("Transactional"));
    assert_eq!(
        attribute("AWS.MM.SMS.OriginationNumber"),
        Some("+12025550199")
    );
    assert_eq!(attribute("AWS.SNS.SMS.SenderID"), Some("Progrid"));
    assert_eq!(attribute("AWS.SNS.SMS.MaxPrice"), Some("0.5"));
}
