//! A day's work at the console.

use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

const BOOKED: [(&str, &str); 8] = [
    ("title", "Window measuring"),
    ("starts_at", "2026-01-15T14:00"),
    ("timezone", "America/New_York"),
    ("duration_minutes:number", "45"),
    ("location.address", "123 Main St, Springfield"),
    ("attendees.0.name", "Ann Lee"),
    ("attendees.0.email", "ann@example.com"),
    ("attendees.1.name", ""),
];

fn id_of(location: &str) -> String {
    let path = location.split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn booked_previewed_sent_answered_and_seen() {
    let town = Town::new().await;
    let form = town.page("/console/meetings/new").await;
    let mut fields = BOOKED.to_vec();
    let id = form.hidden("_id");
    fields.push(("_id", &id));
    let saved = town.form("/console/meetings/new", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(id_of(saved.header("location")), id);
    // Pressed twice: one meeting.
    assert_eq!(
        town.form("/console/meetings/new", &fields).await.status,
        303
    );
    assert!(town.post().is_empty(), "saving sends nothing");
    let calendar = town.page("/console?date=2026-01-15").await;
    assert!(
        calendar.text.contains("Window measuring"),
        "{}",
        calendar.text
    );

    let path = format!("/console/meetings/{id}/send/confirmation_request");
    let preview = town.page(&path).await;
    assert!(preview.text.contains("ann@example.com") && preview.text.contains("srcdoc="));
    assert!(
        preview
            .header("content-security-policy")
            .contains("'unsafe-hashes' 'sha256-")
    );
    assert!(town.post().is_empty(), "a preview sends nothing");
    let key = preview.hidden("key");
    let sent = town.form(&path, &[("key", &key)]).await;
    assert_eq!(sent.header("location"), format!("/console/meetings/{id}"));
    let result = town.follow(&sent).await;
    assert!(result.text.contains("Sent"), "{}", result.text);
    // Pressed twice: one message.
    town.form(&path, &[("key", &key)]).await;
    let message = town.the_message();
    town.answer(&Town::token(&message), 1, "accept").await;

    let page = town.page(&format!("/console/meetings/{id}")).await;
    assert!(
        page.text.contains("Accepted") && page.text.contains("Confirmed"),
        "{}",
        page.text
    );
    let log = town
        .page(&format!("/console/notifications?meeting={id}"))
        .await;
    assert!(log.text.contains("Accept"), "{}", log.text);
    town.news();
}

#[tokio::test]
async fn a_form_with_mistakes_comes_back_whole_and_nothing_is_saved() {
    let town = Town::new().await;
    let id = town.page("/console/meetings/new").await.hidden("_id");
    let mut fields = BOOKED.to_vec();
    fields[3].1 = "an hour";
    fields[6].1 = "no address";
    fields.push(("_id", &id));
    let reply = town.form("/console/meetings/new", &fields).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.text.contains("href=\"#duration_minutes\""),
        "{}",
        reply.text
    );
    fields[3].1 = "45";
    let reply = town.form("/console/meetings/new", &fields).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.text.contains("href=\"#attendees.0.email\""),
        "{}",
        reply.text
    );
    for (_, value) in BOOKED.iter().filter(|(_, value)| value.starts_with("Ann")) {
        assert!(reply.text.contains(value), "{value} is lost");
    }
    assert_eq!(town.get(&format!("/v1/meetings/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_template_fills_in_and_one_more_attendee_is_asked_for_without_a_script() {
    let town = Town::new().await;
    town.template("t1", json!({"id": "c", "type": "confirmation"}))
        .await;
    let id = town.page("/console/meetings/new").await.hidden("_id");
    let mut fields = BOOKED.to_vec();
    fields.extend([
        ("_id", id.as_str()),
        ("template_id", "t1"),
        ("_do", "attendee"),
    ]);
    let more = town.form("/console/meetings/new", &fields).await;
    assert!(more.text.contains("name=\"attendees.1.name\"") && more.text.contains("Ann Lee"));
    let page = town.page("/console/meetings/new?template=t1").await;
    assert!(
        page.text.contains("<option value=\"t1\" selected>"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_move_asks_for_attention_until_the_update_has_gone_out() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let form = town.page("/console/meetings/m1/edit").await;
    let (base, version) = (form.hidden("_base"), form.hidden("_version"));
    let mut fields = BOOKED.to_vec();
    fields[1].1 = "2026-01-16T10:00";
    let kept = [
        ("_base", base.as_str()),
        ("_version", version.as_str()),
        ("attendees.0.id", "ann"),
        ("attendees.0.phone", "+12025550123"),
    ];
    fields.extend(kept);
    let saved = town.form("/console/meetings/m1/edit", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let calendar = town.page("/console").await;
    assert!(calendar.text.contains("Needs attention") && calendar.text.contains("Update due"));
    let page = town.page("/console/meetings/m1").await;
    assert!(
        page.text.contains("Customers know other details"),
        "{}",
        page.text
    );
    let key = town
        .page("/console/meetings/m1/send/update")
        .await
        .hidden("key");
    town.form("/console/meetings/m1/send/update", &[("key", &key)])
        .await;
    assert!(!town.post().is_empty());
    assert!(!town.page("/console").await.text.contains("Needs attention"));
}

#[tokio::test]
async fn a_cancellation_wants_a_tick_and_can_archive() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let path = "/console/meetings/m1/send/cancellation";
    let page = town.page(path).await;
    assert!(page.text.contains("cannot be undone"), "{}", page.text);
    let (key, would) = (page.hidden("key"), page.hidden("confirm"));
    let unticked = town.form(path, &[("key", &key)]).await;
    assert_eq!(unticked.status, 428);
    assert!(town.post().is_empty());
    let fields = [
        ("key", key.as_str()),
        ("confirm", &would),
        ("archive", "true"),
    ];
    assert_eq!(town.form(path, &fields).await.status, 303);
    let meeting = town.meeting("m1").await;
    assert_eq!(
        (&meeting["status"], &meeting["archived"]),
        (&json!("CANCELLED"), &json!(true))
    );
    assert!(!town.post().is_empty());
}

#[tokio::test]
async fn two_people_edit_and_nobodys_change_is_lost() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    let form = town.page("/console/meetings/m1/edit").await;
    let (base, version) = (form.hidden("_base"), form.hidden("_version"));
    let mut theirs = meeting();
    theirs["title"] = json!("Door measuring");
    theirs["duration_minutes"] = json!(90);
    town.book("m1", &theirs).await;
    // I changed the minutes too, and the description.
    let mine = [
        ("_base", base.as_str()),
        ("_version", &version),
        ("title", "Window measuring"),
        ("starts_at", "2026-01-15T14:00"),
        ("timezone", "America/New_York"),
        ("duration_minutes:number", "60"),
        ("location.kind", "client_house"),
        ("location.address", "123 Main St, Springfield"),
        ("description:lines", "Bring a ladder."),
        ("organizer.name", "Sam Rivera"),
        ("organizer.email", "sam@progrid.example.com"),
        ("organizer.phone", "+12025550101"),
        ("attendees.0.id", "ann"),
        ("attendees.0.name", "Ann Lee"),
        ("attendees.0.email", "ann@example.com"),
        ("attendees.0.phone", "+12025550123"),
    ];
    let asked = town.form("/console/meetings/m1/edit", &mine).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    assert!(
        asked.text.contains("Door measuring")
            && asked.text.contains("value=\"60\"")
            && asked.text.contains("value=\"90\""),
        "{}",
        asked.text
    );
    assert_eq!(
        town.meeting("m1").await["duration_minutes"],
        90,
        "nothing is saved yet"
    );
    let (base, version) = (asked.hidden("_base"), asked.hidden("_version"));
    let mut merged = mine.to_vec();
    merged[0].1 = &base;
    merged[1].1 = &version;
    merged[2].1 = "Door measuring";
    let saved = town.form("/console/meetings/m1/edit", &merged).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let now = town.meeting("m1").await;
    assert_eq!(now["title"], "Door measuring");
    assert_eq!(
        (&now["duration_minutes"], &now["description"]),
        (&json!(60), &json!("Bring a ladder."))
    );
}

#[tokio::test]
async fn what_failed_is_found_retried_and_gone_from_what_needs_attention() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["phone"] = json!(null);
    town.book("m1", &booked).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = town.send("m1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        town.page("/console")
            .await
            .text
            .contains("Confirmation to Ann Lee")
    );
    let failed = town
        .page("/console/notifications?status=failed&type=&channel=&from=&to=")
        .await;
    assert!(
        failed.text.contains(&id.replace('~', "%7E")) || failed.text.contains(&id),
        "{}",
        failed.text
    );
    let one = town.page(&format!("/console/notifications/{id}")).await;
    assert!(one.text.contains("Retry what failed"), "{}", one.text);
    let retried = town
        .form(&format!("/console/notifications/{id}/retry"), &[])
        .await;
    assert_eq!(retried.status, 303, "{}", retried.text);
    assert!(!town.post().is_empty());
    assert!(!town.page("/console").await.text.contains("Needs attention"));
}

#[tokio::test]
async fn a_doubt_is_settled_on_its_page() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["phone"] = json!(null);
    town.book("m1", &booked).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let sent = town.send("m1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        town.page(&format!("/console/notifications/{id}"))
            .await
            .text
            .contains("It arrived")
    );
    let path = format!("/console/notifications/{id}/resolve");
    assert_eq!(town.form(&path, &[("outcome", "sent")]).await.status, 303);
    assert_eq!(town.meeting("m1").await["status"], "BOOKED");
    town.post();
}

#[tokio::test]
async fn filters_that_cannot_be_read_are_said_and_kept() {
    let town = Town::new().await;
    let page = town
        .page("/console/notifications?recipient=nobody&status=failed")
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("recipient must be") && page.text.contains("value=\"nobody\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn the_log_is_exported_as_filtered_and_no_cell_is_a_formula() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["name"] = json!("=HYPERLINK(\"https://evil.example\")");
    town.book("m1", &booked).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let csv = town.page("/console/notifications.csv?status=sent").await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.text.contains("\"'=HYPERLINK(\"\"https"), "{}", csv.text);
    assert!(csv.text.contains("+12025550123"));
    let none = town.page("/console/notifications.csv?status=failed").await;
    assert_eq!(none.text.lines().count(), 1);
}

#[tokio::test]
async fn a_text_of_nobody_waits_until_it_is_dealt_with() {
    let town = Town::new().await;
    town.text_from("+12025550199", "Who is this?").await;
    assert!(town.page("/console").await.text.contains("Unmatched SMS"));
    let inbox = town.page("/console/inbox").await;
    assert!(inbox.text.contains("Who is this?"));
    let id = inbox.hidden("id");
    assert_eq!(
        town.form("/console/inbox", &[("id", &id), ("note", "A wrong number")])
            .await
            .status,
        303
    );
    assert!(!town.page("/console").await.text.contains("Unmatched SMS"));
    assert!(
        town.page("/console/inbox")
            .await
            .text
            .contains("by Local admin: A wrong number")
    );
}

#[tokio::test]
async fn staff_answer_for_a_customer() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation_request").await.ok();
    town.post();
    let fields = [
        ("attendee_id", "ann"),
        ("answer", "decline"),
        ("reason", "On holiday"),
    ];
    let reply = town.form("/console/meetings/m1/answer", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    assert!(
        town.page("/console/meetings/m1")
            .await
            .text
            .contains("On holiday")
    );
    town.news();
}

#[tokio::test]
async fn a_customer_is_found_by_any_part_of_name_address_or_number() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    for (search, found) in [
        ("ANN", true),
        ("lee", true),
        ("example.com", true),
        ("202-555-0123", true),
        ("bob", false),
    ] {
        let page = town.page(&format!("/console?view=list&q={search}")).await;
        assert_eq!(page.text.contains("Window measuring"), found, "{search}");
    }
}

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

#[tokio::test]
async fn what_a_form_has_done_is_said_once() {
    let town = Town::new().await;
    town.template("t1", json!({"id": "c", "type": "confirmation"}))
        .await;
    town.book("m1", &meeting()).await;
    let page = "/console/meetings/m1";
    let key = town
        .page(&format!("{page}/send/confirmation"))
        .await
        .hidden("key");
    let settings = town.page("/console/settings").await;
    let (base, version) = (settings.hidden("_base"), settings.hidden("_version"));
    for (form, fields) in [
        (
            format!("{page}/send/confirmation"),
            vec![("key", key.as_str())],
        ),
        (
            format!("{page}/answer"),
            vec![("attendee_id", "ann"), ("answer", "decline")],
        ),
        (format!("{page}/archive"), vec![]),
        (
            "/console/settings".to_owned(),
            vec![
                ("_base", base.as_str()),
                ("_version", &version),
                ("timezone", "UTC"),
            ],
        ),
        ("/console/templates/t1/duplicate".to_owned(), vec![]),
    ] {
        let done = town.form(&form, &fields).await;
        assert_eq!(done.status, 303, "{form}: {}", done.text);
        assert!(!done.header("location").contains('?'), "{form}");
        let first = town.follow(&done).await;
        let said = |page: &usher_tests::Reply| page.text.contains("class=\"notice good said\"");
        assert!(said(&first), "{form}: {}", first.text);
        // The browser forgets the cookie now: reload, Back and bookmarks say nothing.
        assert!(
            first.cookies().contains(&"__Host-usher-said=".to_owned()),
            "{form}"
        );
        assert!(!said(&town.page(done.header("location")).await), "{form}");
    }
    // Another page, opened first, neither says nor forgets it.
    let done = town.form("/console/templates/t1/duplicate", &[]).await;
    let cookies = done.cookies().join("; ");
    let elsewhere = town
        .request(
            &usher_local::Caller::LocalAdmin,
            http::Method::GET,
            "/console",
            &[("cookie", &cookies)],
            "",
        )
        .await;
    assert!(!elsewhere.text.contains(" said\"") && elsewhere.cookies().is_empty());
    town.post();
    town.news();
}
