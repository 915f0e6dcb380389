//! A day's work at the console.

use serde_json::json;
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
