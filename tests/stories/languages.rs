//! Customers who read another language than the business writes.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

async fn book(town: &Town, language: &str, config: Option<Value>) {
    let mut visit = meeting();
    visit["attendees"][0]["language"] = json!(language);
    if let Some(config) = config {
        town.template("t", config).await;
        visit["template_id"] = json!("t");
    }
    town.book("m-1", &visit).await;
}

#[tokio::test]
async fn a_german_customer_is_asked_and_answers_in_german() {
    let town = Town::new().await;
    book(&town, "de-AT", None).await;
    town.send("m-1", "confirmation_request").await.ok();
    let email = town.the_message();
    assert!(
        email
            .subject
            .as_ref()
            .unwrap()
            .starts_with("Passt Ihnen das? "),
        "{email:?}"
    );
    let token = Town::token(&email);
    let page = town.visit(&token).await.text;
    for words in [
        "<html lang=\"de\">",
        "Sie haben noch nicht geantwortet.",
        "Zusagen",
        "Donnerstag, 15. Jänner 2026",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let thanks = town.answer(&token, 1, "accept").await.text;
    assert!(thanks.contains("Vielen Dank. Bis dann!"), "{thanks}");
}

#[tokio::test]
async fn a_text_is_replied_to_in_the_customers_language() {
    let town = Town::new().await;
    let config = json!({
        "id": "ask", "type": "confirmation_request", "channel_mode": "sms",
        "reply_codes": {"enabled": true},
    });
    book(&town, "fr", Some(config)).await;
    town.send("m-1", "confirmation_request").await.ok();
    let asked = town.the_message().text.unwrap();
    assert!(asked.contains("Répondez 1 pour confirmer"), "{asked}");
    town.reply_sms("1").await;
    let reply = town.the_message().text.unwrap();
    assert_eq!(
        reply,
        "Confirmé ! Rendez-vous le 15 janv. à 14:00 : 123 Main St, Springfield."
    );
}

#[tokio::test]
async fn a_config_is_translated_and_checked_in_every_language() {
    let town = Town::new().await;
    let config = |german: &str| {
        json!({
            "id": "c", "type": "confirmation", "subject": "Own {{ meeting.short_date }}",
            "translations": {"de": {"subject": german}},
        })
    };
    let refused = town
        .put(
            "/v1/templates/t",
            &json!({"name": "T", "configs": [config("{{ meting.title }}")]}),
        )
        .await;
    assert_eq!(
        refused.invalid_fields(),
        ["/configs/0/translations/de/subject"]
    );
    let body = json!({"name": "T", "configs": [{
        "id": "c", "type": "confirmation", "translations": {"tlh": {"subject": "nuqneH"}},
    }]});
    let refused = town.put("/v1/templates/t", &body).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    assert!(refused.text.contains("translations"), "{}", refused.text);

    book(&town, "de", Some(config("Eigen {{ meeting.short_date }}"))).await;
    let kept = town.get("/v1/templates/t").await.ok();
    assert_eq!(
        kept["configs"][0]["translations"]["de"]["subject"],
        "Eigen {{ meeting.short_date }}"
    );
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.the_message().subject.unwrap(), "Eigen 15. Jan.");
}

#[tokio::test]
async fn a_business_writes_its_own_language_where_customers_name_none() {
    let town = Town::new().await;
    let refused = town.put("/v1/settings", &json!({"language": "ja"})).await;
    assert_eq!(refused.invalid_fields(), ["/language"]);
    town.put("/v1/settings", &json!({"language": "en-GB"}))
        .await
        .ok();
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(
        town.the_message().subject.unwrap(),
        "Confirmed: Window measuring, 15 Jan at 14:00"
    );
    town.put("/v1/settings", &json!({"language": "es"}))
        .await
        .ok();
    let lost = town.visit("BwcHBwcHBwcHBwcHBwcHBw").await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
    assert!(
        lost.text.contains("Este enlace no abre ninguna cita"),
        "{}",
        lost.text
    );
}

async fn head(town: &Town, path: &str) -> Reply {
    town.request(&Caller::Anonymous, Method::HEAD, path, &[], "")
        .await
}

#[tokio::test]
async fn a_short_link_opens_the_same_page() {
    let town = Town::new().await;
    town.put("/v1/settings", &json!({"sms_short_links": true}))
        .await
        .ok();
    let ask = json!({"id": "ask", "type": "confirmation_request", "channel_mode": "sms"});
    book(&town, "en", Some(ask)).await;
    town.send("m-1", "confirmation_request").await.ok();
    let sms = town.the_message().text.unwrap();
    let (_, token) = sms.split_once("/m/").unwrap();
    let short = format!("/m/{token}");
    assert_eq!(head(&town, &short).await.status, StatusCode::OK);
    let page = town.open(&short).await;
    assert_eq!(page.text, town.visit(token).await.text);
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
    let preselected = town.open(&format!("{short}?action=decline")).await.text;
    assert!(
        preselected.contains("Decline this meeting?"),
        "{preselected}"
    );
    assert_eq!(
        town.meeting("m-1").await["status"],
        "INVITED",
        "nothing was changed"
    );
    town.answer(token, 1, "accept").await;
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");

    let unknown = town.open("/m/BwcHBwcHBwcHBwcHBwcHBw").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for none in ["/m/x", "/m/%ff"] {
        assert_eq!(town.open(none).await.text, unknown.text, "{none}");
    }
}
