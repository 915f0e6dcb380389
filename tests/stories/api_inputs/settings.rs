//! Settings with which a message could not be sent, or would do harm: refused
//! when they are saved.

use serde_json::json;
use usher_tests::Town;

use super::refused_at;

#[tokio::test]
async fn settings_that_would_fail_later_are_refused() {
    let town = Town::new().await;
    for (field, value) in [
        ("sender_name", json!("Progrid\r\nBcc: x@example.com")),
        ("sender_email", json!("a@b.example\r\nBcc:x@b.example")),
        ("sender_email", json!("office@progrid.invalid")),
        ("sender_image_url", json!("javascript:alert(1)")),
        ("logo_url", json!("http://example.com/logo.png")),
        (
            "button_color",
            json!("red;background:url(https://evil.example)"),
        ),
        ("calendar_color", json!("#12")),
        ("sms_sender_id", json!("A!")),
        ("sms_max_segments", json!(0)),
        ("sms_max_price_usd", json!(-1)),
        ("default_region", json!("ZZ")),
        ("timezone", json!("Mars/Olympus")),
        ("business_phone", json!("+1 900 555 0123")),
        ("colour", json!("red")),
    ] {
        let reply = town.put("/v1/settings", &json!({field: value})).await;
        refused_at(&reply, &format!("/{field}"), field);
    }
    let reply = town
        .put("/v1/settings", &json!({"allowed_countries": ["US", "ZZ"]}))
        .await;
    refused_at(&reply, "/allowed_countries/1", "a country that is none");
}
