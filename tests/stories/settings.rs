//! Settings and templates, and who may change them.

use http::Method;
use serde_json::json;
use usher_local::{Caller, Effect};
use usher_tests::{Town, claims};

#[tokio::test]
async fn settings_begin_with_what_the_deployment_knows_and_are_replaced_whole() {
    let town = Town::new().await;
    let first = town.get("/v1/settings").await;
    assert_eq!(first.header("etag"), "\"0\"");
    assert!(first.json()["sender_email"].is_string(), "{}", first.text);
    let settings = json!({
        "business_name": "Progrid", "sender_name": "Progrid Notifications",
        "sender_email": "hello@progrid.example.com", "default_region": "de",
        "business_phone": "030 901820", "button_color": "#FF0000",
    });
    let saved = town.put("/v1/settings", &settings).await;
    assert_eq!(saved.header("etag"), "\"1\"");
    let saved = saved.ok();
    assert_eq!(
        saved["business_phone"], "+4930901820",
        "read with the region given with it"
    );
    assert_eq!(
        (&saved["default_region"], &saved["button_color"]),
        (&json!("DE"), &json!("#ff0000"))
    );
    town.put("/v1/settings", &town.get("/v1/settings").await.json())
        .await
        .ok();
}

#[tokio::test]
async fn a_sender_is_verified_with_ses_when_it_is_saved() {
    let town = Town::new().await;
    let save = |sender: &'static str| {
        let town = &town;
        async move {
            town.put("/v1/settings", &json!({"sender_email": sender}))
                .await
        }
    };
    let refused = save("office@progrid.invalid").await;
    assert_eq!(refused.invalid_fields(), ["/sender_email"]);
    assert!(refused.text.contains("verified"), "{}", refused.text);
    save("office@mail.progrid.example.com").await.ok();
    town.break_verification(Effect::DropAnswer);
    assert_eq!(save("other@progrid.example.com").await.status, 503);
    let kept = town.get("/v1/settings").await.json();
    assert_eq!(kept["sender_email"], "office@mail.progrid.example.com");
}

/// Case 38: what a template must keep when it is saved, settings must keep for it.
#[tokio::test]
async fn settings_that_a_template_does_not_fit_are_refused_and_name_it() {
    let town = Town::new().await;
    let visit = json!({"name": "Visit", "configs": [
        {"id": "ask", "type": "confirmation_request", "sms_text": "x".repeat(336)},
    ]});
    town.put("/v1/templates/visit", &visit).await.ok();
    let kept = town.get("/v1/settings").await.json();
    let mut fewer = kept.clone();
    fewer["sms_max_segments"] = json!(2);
    let refused = town.put("/v1/settings", &fewer).await;
    assert_eq!(refused.invalid_fields(), ["/sms_max_segments"]);
    for said in ["“Visit”", "ask, SMS text", "takes 4 parts", "allow 2"] {
        assert!(refused.text.contains(said), "{}", refused.text);
    }
    assert_eq!(town.get("/v1/settings").await.json(), kept, "as before");
    fewer["sms_short_links"] = json!(true);
    fewer["sms_max_segments"] = json!(3);
    town.put("/v1/settings", &fewer).await.ok();
    fewer["sms_short_links"] = json!(false);
    let refused = town.put("/v1/settings", &fewer).await;
    assert_eq!(refused.invalid_fields(), ["/sms_short_links"]);
    let mut shorter = visit;
    shorter["configs"][0]["sms_text"] = json!("x");
    town.put("/v1/templates/visit", &shorter).await.ok();
    town.put("/v1/settings", &fewer).await.ok();
}

/// Nobody wrote the built-in texts, so that nothing is refused for them; it is said.
#[tokio::test]
async fn who_saves_settings_that_built_in_texts_do_not_fit_is_told() {
    let town = Town::new().await;
    let form = town.page("/console/settings").await;
    let form = form.form("/console/settings");
    let one = form.with("sms_max_segments:number", "1");
    let saved = town.form("/console/settings", &one.pairs()).await;
    let said = town.follow(&saved).await;
    assert!(
        said.text
            .contains("takes more parts than the settings allow"),
        "{}",
        said.text
    );
    let kept = town.get("/v1/settings").await.json();
    assert_eq!(kept["sms_max_segments"], 1);
}

#[tokio::test]
async fn templates_are_kept_listed_and_versioned() {
    let town = Town::new().await;
    for (id, sequence) in [("b", 2), ("a", 3), ("c", 1)] {
        let body = json!({"name": format!("Template {id}"), "sequence": sequence});
        let saved = town.put(&format!("/v1/templates/{id}"), &body).await;
        assert_eq!(
            (saved.status.as_u16(), saved.header("etag")),
            (201, "\"1\"")
        );
    }
    let list = town.get("/v1/templates").await.ok();
    let ids: Vec<_> = list["templates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["id"].clone())
        .collect();
    assert_eq!(ids, [json!("c"), json!("b"), json!("a")], "by sequence");
    let read = town.get("/v1/templates/a").await.ok();
    let sent_back = town.put("/v1/templates/a", &read).await;
    assert_eq!(
        (sent_back.status.as_u16(), sent_back.header("etag")),
        (200, "\"2\"")
    );
    assert_eq!(
        town.get("/v1/templates/none").await.problem(),
        ("not-found".to_owned(), 404)
    );
}

#[tokio::test]
async fn each_role_may_do_its_part() {
    let town = Town::new().await;
    let template = json!({"name": "Visit"}).to_string();
    let settings = json!({}).to_string();
    let json_body = [("content-type", "application/json")];
    for (roles, may_write_templates, may_write_settings) in [
        ("[member]", false, false),
        ("[manager]", true, false),
        ("[admin]", true, true),
        ("[other member]", false, false),
    ] {
        let who = claims(roles);
        let read = town
            .request(&who, Method::GET, "/v1/meetings", &[], "")
            .await;
        assert_eq!(read.status, 200, "{roles} may look");
        let write = town
            .request(
                &who,
                Method::PUT,
                "/v1/templates/t",
                &json_body,
                template.clone(),
            )
            .await;
        assert_eq!(
            write.status.is_success(),
            may_write_templates,
            "{roles}: {}",
            write.text
        );
        let write = town
            .request(
                &who,
                Method::PUT,
                "/v1/settings",
                &json_body,
                settings.clone(),
            )
            .await;
        assert_eq!(
            write.status.is_success(),
            may_write_settings,
            "{roles}: {}",
            write.text
        );
    }
    let nobody = town
        .request(&claims("[visitor]"), Method::GET, "/v1/meetings", &[], "")
        .await;
    assert_eq!(nobody.problem(), ("forbidden".to_owned(), 403));
    let anonymous = town
        .request(&Caller::Anonymous, Method::GET, "/v1/meetings", &[], "")
        .await;
    assert_eq!(anonymous.status, 401);
}
