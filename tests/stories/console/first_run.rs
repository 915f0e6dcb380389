//! The first minutes of a console: the card, and the test message.

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, claims};

const CARD: &str = "First, who you are";
const PATH: &str = "/console/test-message";

/// Sends the form and opens the page that it leads to.
async fn test_message(town: &Town, fields: &[(&str, &str)]) -> String {
    let reply = town.form(PATH, fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    town.follow(&reply).await.text
}

#[tokio::test]
async fn a_console_begins_with_a_card_until_settings_were_saved() {
    let town = Town::new().await;
    let first = town.page("/console").await;
    assert!(first.text.contains(CARD), "{}", first.text);
    let member = town
        .request(&claims("manager"), Method::GET, "/console", &[], "")
        .await;
    assert!(!member.text.contains(CARD), "only admins can fill it in");
    let card = first
        .form("/console/settings")
        .with("business_name", "Progrid")
        .with("timezone", "America/New_York")
        .with("default_region", "CA");
    let wrong = card.clone().with("timezone", "Mars/Olympus");
    let refused = town.form("/console/settings", &wrong.pairs()).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let whole = refused
        .form("/console/settings")
        .with("timezone", "America/New_York");
    assert_eq!(
        whole.value("sms_transliterate:flag"),
        Some("true"),
        "what the card does not ask keeps its default"
    );
    let saved = town.form("/console/settings", &card.pairs()).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert!(
        town.follow(&saved)
            .await
            .text
            .contains("send yourself a test message")
    );
    let settings = town.get("/v1/settings").await.ok();
    assert_eq!(settings["business_name"], "Progrid");
    assert_eq!(settings["timezone"], "America/New_York");
    assert_eq!(settings["default_region"], "CA");
    assert_eq!(settings["sms_transliterate"], true);
    assert!(!town.page("/console").await.text.contains(CARD));
}

#[tokio::test]
async fn a_test_message_is_the_sample_on_each_channel_and_says_what_became_of_it() {
    let town = Town::new().await;
    let fields = [
        ("email", "me@example.com"),
        ("phone", "+1 202 555 0123"),
        ("body", "Buy!"),
    ];
    let said = test_message(&town, &fields).await;
    assert_eq!(said.matches("Accepted").count(), 2, "{said}");
    let post = town.post();
    let to: Vec<_> = post.iter().map(|message| message.to.as_str()).collect();
    assert!(
        to.contains(&"me@example.com") && to.contains(&"+12025550123"),
        "{to:?}"
    );
    for message in &post {
        let text = message.text.clone().unwrap_or_default();
        assert!(
            text.contains("Window measuring") && text.contains("Jan"),
            "{text}"
        );
        assert!(!text.contains("Buy!"), "{text}");
        let token = Town::token(message);
        assert_eq!(
            town.visit(&token).await.status,
            404,
            "its link opens nothing"
        );
    }
    assert!(town.log("").await.is_empty(), "it is no notification");
}

#[tokio::test]
async fn there_is_one_test_message_a_minute() {
    let town = Town::new().await;
    let fields = [("email", "me@example.com"), ("first_run", "true")];
    assert!(test_message(&town, &fields).await.contains("Accepted"));
    town.the_message();
    let said = test_message(&town, &fields).await;
    assert!(said.contains("less than a minute ago"), "{said}");
    assert!(town.post().is_empty());
    town.advance(TimeDelta::seconds(61)).await;
    assert!(test_message(&town, &fields).await.contains("Accepted"));
    town.the_message();
}

#[tokio::test]
async fn a_test_message_that_does_not_go_out_says_why_on_its_channel() {
    let town = Town::new().await;
    let both = [("email", "me@example.com"), ("phone", "+12025550123")];
    town.break_call(Service::Sns, Effect::DropAnswer, 0);
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let said = test_message(&town, &both).await;
    assert!(
        said.contains("Refused") && said.contains("Email: SES refused it"),
        "{said}"
    );
    assert!(
        said.contains("In doubt") && said.contains("may or may not"),
        "{said}"
    );
    town.post();

    town.text_from("+12025550123", "STOP").await;
    town.post();
    town.advance(TimeDelta::minutes(2)).await;
    let said = test_message(&town, &[("phone", "+12025550123")]).await;
    assert!(said.contains("opted out"), "{said}");

    for (fields, says) in [
        ([("email", ""), ("phone", "")], "give an address"),
        ([("email", "nobody"), ("phone", "")], "The address:"),
        ([("email", ""), ("phone", "12")], "The number:"),
    ] {
        let said = test_message(&town, &fields).await;
        assert!(said.contains(says), "{says}: {said}");
    }
    assert!(town.post().is_empty());
}

#[tokio::test]
async fn a_test_message_is_for_admins() {
    let town = Town::new().await;
    let same = [("sec-fetch-site", "same-origin")];
    let fields = [("email", "me@example.com")];
    let reply = town.form_of(&claims("manager"), PATH, &fields, &same).await;
    assert_eq!(reply.status, 403, "{}", reply.text);
    let other = [("sec-fetch-site", "cross-site")];
    let reply = town.form_of(&claims("admin"), PATH, &fields, &other).await;
    assert_eq!(reply.status, 403, "{}", reply.text);
}

#[tokio::test]
async fn hints_in_settings_are_the_defaults_that_hold() {
    let town = Town::new().await;
    town.put("/v1/settings", &json!({"button_color": "#123456"}))
        .await
        .ok();
    let page = town.page("/console/settings").await.text;
    for default in [
        "#1f5fbf if left empty",
        "#243b53 if left empty",
        "UTC if left empty",
        "US if left empty",
        "4 if left empty",
    ] {
        assert!(page.contains(default), "{default}: {page}");
    }
    assert!(!page.contains("#1c6250") && page.contains("value=\"America&#x2f;New_York\""));
}

#[tokio::test]
async fn a_card_filled_in_after_others_saved_changes_what_it_asks_and_nothing_else() {
    let town = Town::new().await;
    let card = town.page("/console").await;
    let card = card
        .form("/console/settings")
        .with("business_name", "Progrid")
        .with("sender_name", "Ann of Progrid");
    let theirs = json!({"sender_name": "Progrid", "business_phone": "+12025550100",
        "button_color": "#123456", "sms_transliterate": false});
    town.put("/v1/settings", &theirs).await.ok();
    let asked = town.form("/console/settings", &card.pairs()).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    let main = asked.text.split("<main").nth(1).unwrap();
    assert_eq!(main.matches("<legend>").count(), 1, "{main}");
    assert!(main.contains("<legend>Sender’s name</legend>"), "{main}");
    let merged = asked
        .form("/console/settings")
        .with("sender_name", "Progrid");
    let saved = town.form("/console/settings", &merged.pairs()).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let settings = town.get("/v1/settings").await.ok();
    assert_eq!(settings["business_name"], "Progrid");
    assert_eq!(settings["business_phone"], "+12025550100");
    assert_eq!(settings["button_color"], "#123456");
    assert_eq!(settings["sms_transliterate"], false);
}
