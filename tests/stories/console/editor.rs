//! The template editor: parts that come and go, previews of what is half written, and
//! what a save says.

use http::Method;
use serde_json::json;
use usher_tests::{Reply, SentForm, Town, meeting};

async fn new(town: &Town) -> SentForm {
    let page = town.page("/console/templates/new").await;
    page.form("/console/templates/").with("name", "Visit")
}

async fn press(town: &Town, form: &SentForm, button: &str) -> Reply {
    let reply = town.press(form, ("_do", button)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply
}

async fn preview(town: &Town, form: &SentForm) -> String {
    let path = format!("{}/preview", form.action);
    town.form(&path, &form.pairs()).await.text
}

/// Saves by a button, and opens the page that says what was done.
async fn saved(town: &Town, form: &SentForm, button: &str) -> String {
    let reply = town.press(form, ("_do", button)).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    town.follow(&reply).await.text
}

#[tokio::test]
async fn what_is_added_is_where_the_browser_is_led_and_what_was_open_stays_open() {
    let town = Town::new().await;
    let form = new(&town).await;
    let page = town.page("/console/templates/new").await.text;
    assert!(
        page.contains("#configs.0\" formnovalidate>Confirmation</button>"),
        "{page}"
    );
    let one = press(&town, &form, "add-config:confirmation").await;
    assert!(
        one.text
            .contains("<details class=\"panel\" id=\"configs.0\""),
        "{}",
        one.text
    );
    let two = press(
        &town,
        &one.form("/console/templates/"),
        "add-config:reminder",
    )
    .await;
    let open = |reply: &Reply| reply.text.matches(" open>").count();
    assert_eq!(open(&two), 2, "without a script all are open: {}", two.text);
    let shut = two.form("/console/templates/").with("_open", "-");
    let three = press(&town, &shut, "add-config:update").await;
    assert_eq!(open(&three), 1, "what is new is open: {}", three.text);
    let fewer = press(&town, &three.form("/console/templates/"), "drop-config:1").await;
    assert!(!fewer.text.contains("id=\"configs.2\""), "{}", fewer.text);
}

#[tokio::test]
async fn reminders_are_told_apart_by_their_name_or_their_time() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [
            {"id": "reminder-1", "type": "reminder"},
            {"id": "reminder-2", "type": "reminder", "name": "The call before"},
            {"id": "reminder-3", "type": "reminder"},
        ],
        "reminder_triggers": [
            {"id": "a", "config_id": "reminder-1", "minutes_before": 2880},
            {"id": "b", "config_id": "reminder-1", "minutes_before": 60},
        ],
    });
    town.put("/v1/templates/t1", &template).await.ok();
    let page = town.page("/console/templates/t1").await;
    for label in [
        "<summary>Reminder, 2 days before and 1 hour before",
        "<summary>The call before",
        "<summary>Reminder, sent at no time yet",
        ">The call before</option>",
    ] {
        assert!(page.text.contains(label), "{label}: {}", page.text);
    }
    let form = page
        .form("/console/templates/t1")
        .with("reminder_triggers.0.before.amount:number", "3");
    saved(&town, &form, "save").await;
    let stored = town.get("/v1/templates/t1").await.ok();
    assert_eq!(stored["reminder_triggers"][0]["minutes_before"], 3 * 1_440);
    assert_eq!(stored["configs"][1]["name"], "The call before");
    let wrong = form.with("reminder_triggers.0.before.amount:number", "soon");
    let refused = town.press(&wrong, ("_do", "save")).await;
    assert!(
        refused.text.contains("#reminder_triggers.0.minutes_before")
            && refused.text.contains("value=\"soon\""),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn one_mistake_leaves_the_rest_of_a_preview_standing() {
    let town = Town::new().await;
    let form = press(&town, &new(&town).await, "add-config:confirmation").await;
    let form = form
        .form("/console/templates/")
        .with("configs.0.subject", "See you on {{ meeting.date }}")
        .with("configs.0.sms_text:lines", "Come at {{ meeting.tiem }}");
    let shown = preview(&town, &form).await;
    assert!(
        shown.contains("See you on") && shown.contains("srcdoc="),
        "{shown}"
    );
    assert!(
        shown.contains("Did you mean meeting.time?") && shown.contains("The SMS is not shown"),
        "{shown}"
    );
    let form = form
        .with("configs.0.sms_text:lines", "Come at {{ meeting.time }}")
        .with("configs.0.email_body:lines", "<p>{{ frobnicate }}</p>")
        .with("duration_minutes:number", "0");
    let shown = preview(&town, &form).await;
    assert!(
        shown.contains("Come at") && !shown.contains("srcdoc="),
        "{shown}"
    );
    assert!(
        shown.contains("there is no variable frobnicate. The list of variables has all there are."),
        "{shown}"
    );
    assert!(shown.contains("/console/template-variables") && !shown.contains("business.phone"));
}

#[tokio::test]
async fn a_preview_is_of_a_coming_meeting_and_in_a_language_that_is_chosen() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let page = town.page("/console/templates/new").await;
    assert!(
        page.text
            .contains("<option value=\"m1\">Ann Lee, Thu 15 Jan, 14:00"),
        "{}",
        page.text
    );
    let form = press(&town, &new(&town).await, "add-config:confirmation").await;
    let form = form.form("/console/templates/").with("_meeting", "m1");
    let english = preview(&town, &form).await;
    assert!(
        english.contains("Ann Lee") && english.contains("Thursday"),
        "{english}"
    );
    let german = preview(&town, &form.with("_language", "de")).await;
    assert!(german.contains("Donnerstag"), "{german}");
}

#[tokio::test]
async fn a_save_says_how_many_meetings_have_other_reminders_now() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit",
        "configs": [{"id": "r", "type": "reminder"}],
        "reminder_triggers": [{"id": "a", "config_id": "r", "minutes_before": 60}],
    });
    town.put("/v1/templates/t1", &template).await.ok();
    let mut booked = meeting();
    booked["template_id"] = json!("t1");
    for id in ["m1", "m2"] {
        town.book(id, &booked).await;
        town.send(id, "confirmation").await.ok();
    }
    town.post();
    let form = town.page("/console/templates/t1").await;
    let form = form
        .form("/console/templates/t1")
        .with("reminder_triggers.0.before.amount:number", "2")
        .with("apply_to_upcoming:choice", "true");
    let said = saved(&town, &form, "save").await;
    assert!(
        said.contains("2 coming meetings have other reminders now."),
        "{said}"
    );
    for id in ["m1", "m2"] {
        town.put(&format!("/v1/meetings/{id}"), &booked).await.ok();
        town.call(
            Method::POST,
            &format!("/v1/meetings/{id}/archive"),
            &json!({}),
        )
        .await
        .ok();
    }
}

#[tokio::test]
async fn an_archived_template_says_so_and_comes_back() {
    let town = Town::new().await;
    let form = new(&town).await;
    saved(&town, &form, "save").await;
    let page = town.page(&form.action).await;
    let said = saved(&town, &page.form(&form.action), "archive").await;
    assert!(
        said.contains("Archived. New meetings are no longer made from it"),
        "{said}"
    );
    assert!(said.contains("Use it again") && said.contains("This template is archived"));
    let page = town.page(&form.action).await;
    let said = saved(&town, &page.form(&form.action), "restore").await;
    assert!(said.contains("In use again"), "{said}");
    assert!(
        town.page("/console/meetings/new")
            .await
            .text
            .contains(">Visit<")
    );
}

#[tokio::test]
async fn buttons_as_usual_say_what_is_usual() {
    let town = Town::new().await;
    let form = new(&town).await;
    for (kind, accept) in [
        ("confirmation_request", "shown"),
        ("confirmation", "left out"),
    ] {
        let page = press(&town, &form, &format!("add-config:{kind}")).await;
        let (_, select) = page
            .text
            .split_once("id=\"configs.0.buttons.accept\"")
            .unwrap();
        let usual = format!("As usual: {accept}");
        assert!(
            select.split("</select>").next().unwrap().contains(&usual),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn what_texts_can_name_is_a_page_with_meanings_and_filters() {
    let town = Town::new().await;
    let page = town.page("/console/template-variables").await.text;
    let list = town.get("/v1/template-variables").await.ok();
    for variable in list["variables"].as_array().unwrap() {
        let id = format!("id=\"{}\"", variable["name"].as_str().unwrap());
        assert!(page.contains(&id), "{id}: {page}");
    }
    for filter in list["filters"].as_array().unwrap() {
        assert!(page.contains(filter["does"].as_str().unwrap()), "{filter}");
    }
}

fn reminding() -> serde_json::Value {
    json!({
        "name": "Visit",
        "configs": [{"id": "r", "type": "reminder"}, {"id": "s", "type": "reminder"}],
        "reminder_triggers": [{"id": "a", "config_id": "r", "minutes_before": 60}],
    })
}

#[tokio::test]
async fn a_form_with_a_mistake_keeps_its_units_and_its_wish_for_meetings_to_come() {
    let town = Town::new().await;
    town.put("/v1/templates/t1", &reminding()).await.ok();
    let form = town.page("/console/templates/t1").await;
    let form = form
        .form("/console/templates/t1")
        .with("reminder_triggers.0.before.amount:number", "soon")
        .with("reminder_triggers.0.before.unit", "days")
        .with("apply_to_upcoming:choice", "true");
    for button in ["save", "add-trigger"] {
        let again = town.press(&form, ("_do", button)).await;
        let again = again.form("/console/templates/t1");
        let value = |name: &str| again.value(name).map(str::to_owned);
        assert_eq!(
            value("reminder_triggers.0.before.amount:number").unwrap(),
            "soon"
        );
        assert_eq!(
            value("reminder_triggers.0.before.unit").unwrap(),
            "days",
            "{button}"
        );
        assert_eq!(
            value("apply_to_upcoming:choice").unwrap(),
            "true",
            "{button}"
        );
    }
    let hours = form
        .with("reminder_triggers.0.before.amount:number", "48")
        .with("reminder_triggers.0.before.unit", "hours")
        .with("duration_minutes:number", "x");
    let again = town.press(&hours, ("_do", "save")).await;
    let again = again.form("/console/templates/t1");
    assert_eq!(
        again.value("reminder_triggers.0.before.unit"),
        Some("hours")
    );
}

#[tokio::test]
async fn a_reminder_whose_text_is_removed_gets_no_other_by_itself() {
    let town = Town::new().await;
    town.put("/v1/templates/t1", &reminding()).await.ok();
    let form = town.page("/console/templates/t1").await;
    let less = press(&town, &form.form("/console/templates/t1"), "drop-config:0").await;
    assert!(
        less.text
            .contains("<option value=\"\" selected>Choose a text"),
        "{}",
        less.text
    );
    let form = less.form("/console/templates/t1");
    assert_eq!(form.value("reminder_triggers.0.config_id"), Some(""));
    let refused = town.press(&form, ("_do", "save")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains(
            "<a href=\"#reminder_triggers.0.config_id\">Reminder 1: Text</a>: is required"
        ),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_translation_into_the_businesss_own_language_stays() {
    let town = Town::new().await;
    let template = json!({"name": "Visit", "configs": [
        {"id": "c", "type": "confirmation", "translations": {"en": {"subject": "Hello"}}},
        {"id": "u", "type": "update", "translations": {"de": {"subject": "Neu"}}},
    ]});
    town.put("/v1/templates/t1", &template).await.ok();
    let form = town.page("/console/templates/t1").await;
    saved(&town, &form.form("/console/templates/t1"), "save").await;
    let stored = town.get("/v1/templates/t1").await.ok();
    assert_eq!(
        stored["configs"][0]["translations"]["en"]["subject"],
        "Hello"
    );
    assert_eq!(stored["configs"][1]["translations"]["de"]["subject"], "Neu");
}
