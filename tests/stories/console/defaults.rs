//! One set of defaults: what the API takes a field for that is left out is what the
//! console's forms begin with, and what the API's description says.

use serde_json::{Value, json};
use usher_domain::kind::NotificationType;
use usher_tests::{Reply, SentForm, Town};

/// The answer of a save that went well.
fn saved(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.text);
}

async fn save(town: &Town, form: &SentForm) -> String {
    saved(&town.press(form, ("_do", "save")).await);
    form.action.rsplit('/').next().unwrap().to_owned()
}

/// A template as the API answers it, but for its id.
async fn template(town: &Town, id: &str) -> Value {
    let mut template = town.get(&format!("/v1/templates/{id}")).await.ok();
    template.as_object_mut().unwrap().remove("id");
    template
}

#[tokio::test]
async fn a_new_template_saved_untouched_is_one_that_says_nothing_but_its_name() {
    let town = Town::new().await;
    let form = town.page("/console/templates/new").await;
    let form = form.form("/console/templates/").with("name", "Visit");
    let id = save(&town, &form).await;
    let says_nothing = json!({"name": "Visit"});
    town.put("/v1/templates/t1", &says_nothing).await.ok();
    assert_eq!(template(&town, &id).await, template(&town, "t1").await);
    assert_eq!(template(&town, &id).await["notify_followers"], true);
}

#[tokio::test]
async fn every_text_and_reminder_that_is_added_and_left_says_nothing_either() {
    let town = Town::new().await;
    let page = town.page("/console/templates/new").await;
    let mut form = page.form("/console/templates/").with("name", "Visit");
    for kind in NotificationType::ALL {
        let add = format!("add-config:{kind}");
        let more = town.press(&form, ("_do", &add)).await;
        form = more.form("/console/templates/");
    }
    let more = town.press(&form, ("_do", "add-trigger")).await;
    let id = save(&town, &more.form("/console/templates/")).await;
    let of_console = template(&town, &id).await;
    let required = |list: &str, names: &[&str]| -> Value {
        let rows = of_console[list].as_array().unwrap().iter();
        rows.map(|row| -> Value {
            let entries = names.iter();
            entries
                .map(|name| ((*name).to_owned(), row[*name].clone()))
                .collect()
        })
        .collect()
    };
    let says_nothing = json!({
        "name": "Visit",
        "configs": required("configs", &["id", "type"]),
        "reminder_triggers": required("reminder_triggers", &["id", "config_id", "minutes_before"]),
    });
    town.put("/v1/templates/t1", &says_nothing).await.ok();
    assert_eq!(of_console, template(&town, "t1").await);
    assert_eq!(
        of_console["configs"].as_array().unwrap().len(),
        NotificationType::ALL.len()
    );
}

#[tokio::test]
async fn a_template_opened_and_saved_again_stays_what_it_is() {
    let town = Town::new().await;
    let full = json!({
        "name": "Visit", "sequence": 3, "active": true, "duration_minutes": 45,
        "buffer_before_minutes": 5, "buffer_after_minutes": 10, "meeting_type": "hybrid",
        "location_kind": "jobsite", "video_platform": "Meet", "title_format": "{title} ({status})",
        "require_address": true, "manual_confirmation_only": false, "lead_only_reminders": true,
        "notify_followers": false, "answer_cutoff_minutes": 60,
        "configs": [{
            "id": "r", "name": "The day before", "type": "reminder", "channel_mode": "both",
            "subject": "Soon", "email_body": "<p>Soon</p>\n<p>Bye</p>", "sms_text": "Soon",
            "translations": {"de": {"subject": "Bald", "auto_replies": {"accept": "Gut."}}},
            "buttons": {"accept": true, "view_details": false},
            "colors": {"button": "#123456"},
            "reply_codes": {
                "enabled": true, "accept": "J", "reschedule": "2", "decline": "N",
                "auto_replies": {"decline": "Pity."},
            },
            "ask_decline_reason": true, "keep_answer": true,
        }],
        "reminder_triggers": [
            {"id": "a", "config_id": "r", "minutes_before": 2880, "if_late": "send_now"},
            {"id": "b", "config_id": "r", "minutes_before": 180, "if_late": "skip"},
            {"id": "c", "config_id": "r", "minutes_before": 95, "if_late": "skip"},
        ],
    });
    town.put("/v1/templates/t1", &full).await.ok();
    let before = template(&town, "t1").await;
    let page = town.page("/console/templates/t1").await;
    save(&town, &page.form("/console/templates/t1")).await;
    assert_eq!(template(&town, "t1").await, before);
    for (field, value) in full.as_object().unwrap() {
        let lost = &before[field];
        if field == "configs" {
            assert_eq!(lost[0]["name"], value[0]["name"]);
        } else {
            assert_eq!(lost, value, "{field}");
        }
    }
}

#[tokio::test]
async fn settings_saved_untouched_are_those_that_say_nothing() {
    let town = Town::new().await;
    let before = town.get("/v1/settings").await.ok();
    let form = town.page("/console/settings").await;
    let form = form.form("/console/settings");
    saved(&town.form("/console/settings", &form.pairs()).await);
    assert_eq!(town.get("/v1/settings").await.ok(), before);
    town.put("/v1/settings", &json!({})).await.ok();
    assert_eq!(town.get("/v1/settings").await.ok(), before);
}

#[tokio::test]
async fn a_meetings_form_begins_with_what_its_template_says() {
    let town = Town::new().await;
    let template = json!({"name": "Visit", "duration_minutes": 75, "location_kind": "jobsite"});
    town.put("/v1/templates/t1", &template).await.ok();
    let page = town.page("/console/meetings/new?template=t1").await;
    let form = page
        .form("/console/meetings/new")
        .with("starts_at", "2026-01-15T14:00")
        .with("attendees.0.name", "Ann Lee");
    saved(&town.press(&form, ("_do", "save")).await);
    let zone = form.value("timezone").unwrap();
    let says_nothing = json!({
        "title": "Visit", "starts_at": "2026-01-15T14:00", "timezone": zone,
        "template_id": "t1", "attendees": [{"name": "Ann Lee"}],
    });
    town.book("m1", &says_nothing).await;
    let id = form.value("_id").unwrap();
    let (mut of_console, mut of_api) = (town.meeting(id).await, town.meeting("m1").await);
    for meeting in [&mut of_console, &mut of_api] {
        meeting.as_object_mut().unwrap().remove("id");
    }
    assert_eq!(of_console, of_api);
    assert_eq!(of_api["duration_minutes"], 75);
    let settings = town.get("/v1/settings").await.ok();
    assert_eq!(
        settings["timezone"], zone,
        "a new meeting is in the business's zone"
    );
}

/// The default that the document says of a field; of what it refers to, if it refers.
fn described<'a>(document: &'a Value, property: &'a Value) -> &'a Value {
    let refers = property["$ref"].as_str();
    match refers.and_then(|path| path.rsplit('/').next()) {
        Some(name) => &document["components"]["schemas"][name]["default"],
        None => &property["default"],
    }
}

#[tokio::test]
async fn the_apis_description_says_the_defaults_that_hold() {
    let town = Town::new().await;
    let document = town.open("/v1/openapi.json").await.ok();
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "r", "type": "reminder"}],
        "reminder_triggers": [{"id": "a", "config_id": "r", "minutes_before": 60}],
    });
    let mut of_parts = town.put("/v1/templates/t1", &template).await.ok();
    let config = of_parts["configs"][0].take();
    let trigger = of_parts["reminder_triggers"][0].take();
    let whole = town
        .put("/v1/templates/t2", &json!({"name": "Visit"}))
        .await
        .ok();
    let mut settings = town.get("/v1/settings").await.ok();
    // These two the deployment knows.
    for known in ["sender_email", "sms_origination_number"] {
        settings[known] = Value::Null;
    }
    let mut told = 0;
    for (schema, held) in [
        ("TemplateBody", &whole),
        ("NotificationConfig", &config),
        ("ReplyCodes", &config["reply_codes"]),
        ("ReminderTrigger", &trigger),
        ("SettingsBody", &settings),
    ] {
        let schema = &document["components"]["schemas"][schema];
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, property) in schema["properties"].as_object().unwrap() {
            // What is required has none; what is empty by itself needs none.
            let held = &held[name];
            if required.contains(&json!(name)) || held.is_null() || held.is_object() || name == "id"
            {
                continue;
            }
            assert_eq!(described(&document, property), held, "{name}");
            told += 1;
        }
    }
    assert!(told > 30, "{told} defaults are described");
}
