//! Settings and templates are written at the console, mended and saved.

use serde_json::json;
use usher_tests::Town;

#[tokio::test]
async fn settings_are_saved_and_what_is_wrong_is_said() {
    let town = Town::new().await;
    let form = town.page("/console/settings").await;
    let (base, version) = (form.hidden("_base"), form.hidden("_version"));
    let fields = |price: &'static str| {
        [
            ("_base", base.clone()),
            ("_version", version.clone()),
            ("business_name", "Progrid".to_owned()),
            ("timezone", "America/New_York".to_owned()),
            ("_prices", price.to_owned()),
            ("allowed_countries:list", "US, CA".to_owned()),
            ("sms_short_links:flag", "true".to_owned()),
        ]
    };
    let send = async |price| {
        let fields = fields(price);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        town.form("/console/settings", &fields).await
    };
    let wrong = send("US cheap").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(wrong.text.contains("US cheap"), "{}", wrong.text);
    let saved = send("US 0.0079").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let settings = town.get("/v1/settings").await.ok();
    assert_eq!(settings["business_name"], "Progrid");
    assert_eq!(settings["sms_prices_usd"], json!({"US": 0.0079}));
    assert_eq!(settings["allowed_countries"], json!(["US", "CA"]));
    // A form of before that: somebody else has changed them.
    assert_eq!(send("US 0.0079").await.status, 409);
}

/// A template's form, as the page of a new one has it, with one text.
fn template_fields<'a>(version: &'a str, base: &'a str, sms: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("_version", version),
        ("_base", base),
        ("name", "Site visit"),
        ("duration_minutes:number", "60"),
        ("manual_confirmation_only:flag", "true"),
        ("configs.0.id", "ask"),
        ("configs.0.type", "confirmation_request"),
        ("configs.0.subject", "Visit on {{ meeting.date }}"),
        ("configs.0.sms_text:lines", sms),
        ("configs.0.buttons.accept:choice", "true"),
        ("configs.0.reply_codes.enabled:flag", "false"),
        (
            "configs.0.translations.de.subject",
            "Besuch am {{ meeting.date }}",
        ),
    ]
}

#[tokio::test]
async fn a_template_is_written_previewed_mended_and_saved() {
    let town = Town::new().await;
    let form = town.page("/console/templates/new").await;
    let action = form
        .text
        .split("action=\"")
        .find(|part| part.starts_with("/console/templates/"));
    let action = action.unwrap().split('"').next().unwrap().to_owned();
    let wrong = template_fields("0", "{}", "Come at {{ meeting.tiem }}");
    let shown = town.form(&format!("{action}/preview"), &wrong).await;
    assert!(
        shown.text.contains("href=\"#configs.0.sms_text\"") && shown.text.contains("tiem"),
        "{}",
        shown.text
    );
    let refused = town.form(&action, &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("Come at {{ meeting.tiem }}"),
        "{}",
        refused.text
    );

    let right = template_fields("0", "{}", "Come at {{ meeting.time }} {{ link }}");
    let shown = town.form(&format!("{action}/preview"), &right).await;
    assert!(
        shown.text.contains("srcdoc=") && shown.text.contains("Come at"),
        "{}",
        shown.text
    );
    assert!(shown.header("content-security-policy").contains("sha256-"));
    let saved = town.form(&action, &right).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let list = town.page("/console/templates").await;
    assert!(list.text.contains("Site visit"), "{}", list.text);

    // Opened and saved again as it is, it stays what it was.
    let page = town.page(&action).await;
    let (base, version) = (page.hidden("_base"), page.hidden("_version"));
    let again = template_fields(&version, &base, "Come at {{ meeting.time }} {{ link }}");
    assert_eq!(town.form(&action, &again).await.status, 303);
    let id = action.rsplit('/').next().unwrap();
    let stored = town.get(&format!("/v1/templates/{id}")).await.ok();
    assert_eq!(
        stored["configs"][0]["translations"]["de"]["subject"],
        "Besuch am {{ meeting.date }}"
    );
    assert_eq!(stored["configs"][0]["buttons"], json!({"accept": true}));

    let copied = town.form(&format!("{action}/duplicate"), &[]).await;
    let copy = town.page(copied.header("location")).await;
    assert!(copy.text.contains("Site visit (copy)"), "{}", copy.text);
    let mut put_away = again.clone();
    let (base, version) = {
        let page = town.page(&action).await;
        (page.hidden("_base"), page.hidden("_version"))
    };
    put_away[0].1 = &version;
    put_away[1].1 = &base;
    put_away.push(("_do", "archive"));
    assert_eq!(town.form(&action, &put_away).await.status, 303);
    assert!(
        !town
            .page("/console/meetings/new")
            .await
            .text
            .contains(">Site visit<")
    );
}

#[tokio::test]
async fn parts_of_a_template_come_and_go_without_a_script() {
    let town = Town::new().await;
    let mut fields = template_fields("0", "{}", "Hi {{ link }}");
    fields.push(("_do", "add-config:reminder"));
    let more = town.form("/console/templates/t1", &fields).await;
    assert!(
        more.text
            .contains("name=\"configs.1.type\" value=\"reminder\""),
        "{}",
        more.text
    );
    fields.pop();
    fields.push(("_do", "drop-config:0"));
    let less = town.form("/console/templates/t1", &fields).await;
    assert!(!less.text.contains("configs.0."), "{}", less.text);
    assert_eq!(
        town.get("/v1/templates/t1").await.status,
        404,
        "nothing is saved yet"
    );
}
