//! What people and their other programs write is read as it was meant, or refused in a
//! sentence that says what to write (C3, C4).

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

/// The meeting that comes of these fields of its attendee.
async fn booked(town: &Town, fields: Value) -> Value {
    let mut visit = meeting();
    for (name, value) in fields.as_object().unwrap() {
        visit["attendees"][0][name] = value.clone();
    }
    town.put("/v1/meetings/m-1", &visit).await.ok()
}

/// What is said of one field that cannot be accepted.
async fn refusal(town: &Town, field: &str, value: Value) -> String {
    let mut visit = meeting();
    visit["attendees"][0][field] = value;
    let answer = town.put("/v1/meetings/m-1", &visit).await;
    assert_eq!(answer.status, 422);
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    let error = &problem["errors"][0];
    assert_eq!(error["pointer"], format!("/attendees/0/{field}"));
    error["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_foreign_number_is_texted_and_nobody_else() {
    let town = Town::new().await;
    let number = json!({"phone": "+49 170 1234567", "preferred_confirmation_method": "SMS"});
    let booked = booked(&town, number).await;
    assert_eq!(booked["attendees"][0]["phone"], "+491701234567");
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.the_message().to, "+491701234567");
}

#[rstest]
#[case("+1 202 555 01234", "too many digits")]
#[case("(202)555-0123 (cell)", "words beside the number")]
#[case("202-555-0123/0124", "more than one number")]
#[case("442079460958", "without its +")]
#[case("2025550123.0", "spreadsheet")]
#[case("202-555-0123 ext. 4", "extension")]
#[case("555-0123", "area code")]
#[tokio::test]
async fn what_is_no_number_is_refused_with_its_cause(#[case] text: &str, #[case] cause: &str) {
    let town = Town::new().await;
    let said = refusal(&town, "phone", json!(text)).await;
    assert!(said.contains(cause), "{said}");
}

#[tokio::test]
async fn an_international_domain_is_shown_as_written_and_mailed_to_in_ascii() {
    let town = Town::new().await;
    let booked = booked(&town, json!({"email": "jo@Exämple.de"})).await;
    assert_eq!(booked["attendees"][0]["email"], "jo@exämple.de");
    let sent = town.send("m-1", "confirmation").await.ok();
    let recipient = &sent["notifications"][0]["attendee"];
    assert_eq!(recipient["email"], "jo@exämple.de");
    let mail = town.the_message();
    assert_eq!(mail.to, "jo@xn--exmple-cua.de");
    for spelling in [
        "jo@ex%C3%A4mple.de",
        "jo@xn--exmple-cua.de",
        "JO@EX%C3%84MPLE.DE",
    ] {
        let found = town.log(&format!("?recipient={spelling}")).await;
        assert_eq!(found.len(), 1, "{spelling}");
    }
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("jo@exämple.de") && !page.contains("xn--"));
}

#[tokio::test]
async fn before_the_at_sign_mail_takes_ascii_only_and_that_is_said() {
    let town = Town::new().await;
    let said = refusal(&town, "email", json!("jörg@example.com")).await;
    assert!(said.contains("before the @"), "{said}");
}

#[rstest]
#[case(json!("de_DE"), "de-DE", "Ihr Termin")]
#[case(json!("German"), "de", "Ihr Termin")]
#[case(json!("pt_BR"), "pt-BR", "appointment")]
#[tokio::test]
async fn a_language_is_read_as_systems_write_it(
    #[case] written: Value,
    #[case] kept: &str,
    #[case] says: &str,
) {
    let town = Town::new().await;
    let booked = booked(&town, json!({"language": written})).await;
    assert_eq!(booked["attendees"][0]["language"], kept);
    town.send("m-1", "confirmation").await.ok();
    let mail = town.the_message();
    assert!(mail.text.unwrap().contains(says));
}

#[rstest]
#[case("SMS", json!("sms"))]
#[case("Email", json!("email"))]
#[case(" both ", json!("both"))]
#[case("", Value::Null)]
#[tokio::test]
async fn a_preferred_method_is_read_in_any_case(#[case] written: &str, #[case] kept: Value) {
    let town = Town::new().await;
    let booked = booked(&town, json!({"preferred_confirmation_method": written})).await;
    assert_eq!(
        booked["attendees"][0]["preferred_confirmation_method"],
        kept
    );
    let said = refusal(&town, "preferred_confirmation_method", json!("fax")).await;
    assert_eq!(said, "must be email, sms or both");
}

#[tokio::test]
async fn followers_zones_and_regions_are_read_as_people_write_them() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["followers"] = json!(["a@example.com; b@example.com", "c@example.com"]);
    visit["timezone"] = json!("america/new york");
    let booked = town.put("/v1/meetings/m-1", &visit).await.ok();
    let followers = json!(["a@example.com", "b@example.com", "c@example.com"]);
    assert_eq!(booked["followers"], followers);
    assert_eq!(booked["timezone"], "America/New_York");
    let settings = json!({
        "default_region": "uk", "allowed_countries": ["gb", "US"], "language": "en_GB",
        "timezone": "EUROPE/LONDON",
    });
    let saved = town.put("/v1/settings", &settings).await.ok();
    assert_eq!(saved["default_region"], "GB");
    assert_eq!(saved["allowed_countries"], json!(["GB", "US"]));
    assert_eq!(
        (&saved["language"], &saved["timezone"]),
        (&json!("en-GB"), &json!("Europe/London"))
    );
}

#[tokio::test]
async fn staff_see_that_a_customer_will_read_another_language_than_theirs() {
    let town = Town::new().await;
    booked(&town, json!({"language": "pt_BR"})).await;
    let kind = json!({"type": "confirmation"});
    let preview = town.call(Method::POST, "/v1/meetings/m-1/preview", &kind);
    let warnings = preview.await.ok()["recipients"][0]["warnings"].to_string();
    assert!(
        warnings.contains("pt-BR") && warnings.contains("they read English"),
        "{warnings}"
    );
}
