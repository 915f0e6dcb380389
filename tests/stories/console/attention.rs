//! What needs attention is dealt with by a person who says how.

mod wishes;

use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

async fn dismiss(town: &Town, what: &str, note: &str) -> Value {
    let path = format!("/v1/{what}/dismiss");
    town.call(Method::POST, &path, &json!({"note": note}))
        .await
        .ok()
}

/// A confirmation to Ann whose email failed, or is in doubt.
async fn troubled(effect: Effect) -> (Town, String) {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.break_call(Service::Ses, effect, 0);
    let sent = town.send("m1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    (town, id)
}

#[tokio::test]
async fn what_failed_is_dealt_with_by_somebody_who_says_how() {
    let (town, id) = troubled(Effect::Refuse).await;
    let page = format!("/console/notifications/{id}");
    assert!(
        town.page(&page)
            .await
            .text
            .contains("Dealt with in another way")
    );
    let done = town
        .form(&format!("{page}/dismiss"), &[("note", "I phoned her")])
        .await;
    let shown = town.follow(&done).await;
    assert!(
        shown.text.contains("Local admin has dealt with this")
            && shown.text.contains("I phoned her"),
        "{}",
        shown.text
    );
    assert!(!town.page("/console").await.text.contains("Needs attention"));
    let log = town.page("/console/notifications").await;
    assert!(log.text.contains("Dealt with") && log.text.contains("I phoned her"));
    let row = &town.log("").await[0];
    assert_eq!(
        (&row["status"], &row["needs_attention"]),
        (&json!("failed"), &json!(false))
    );
    assert_eq!(row["dealt_with"]["note"], "I phoned her");
    assert_eq!(row["deliveries"][0]["next_step"], Value::Null);
    let timeline = town.timeline("m1").await;
    let said = "dealt with the confirmation to Ann Lee: I phoned her";
    assert!(
        timeline.iter().any(|entry| entry.ends_with(said)),
        "{timeline:?}"
    );
    // A retry that fails needs attention anew; what got through needs none.
    town.break_call(Service::Ses, Effect::Refuse, 0);
    town.retry("k1", &id).await.ok();
    assert_eq!(town.log("").await[0]["needs_attention"], true);
    town.retry("k2", &id).await.ok();
    assert_eq!(town.log("").await[0]["needs_attention"], false);
    town.the_message();
    let path = format!("/v1/notifications/{id}/dismiss");
    let nothing = town.call(Method::POST, &path, &json!({})).await;
    assert_eq!(nothing.refusal(), "nothing_open");
}

#[tokio::test]
async fn the_log_is_filtered_by_doubt_and_by_what_needs_attention() {
    let (town, doubtful) = troubled(Effect::DropAnswer).await;
    town.post();
    town.book("m2", &meeting()).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = town.send("m2", "confirmation").await.ok();
    let failed = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    town.book("m3", &meeting()).await;
    town.send("m3", "confirmation").await.ok();
    town.post();
    let ids = async |query: &str| {
        let rows = town.log(query).await;
        let ids = rows
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids("?status=unknown").await, [doubtful.as_str()]);
    assert_eq!(
        ids("?status=needs_attention").await.len(),
        2,
        "newest first, of both kinds"
    );
    assert_eq!(
        ids("?status=needs_attention&meeting=m2").await,
        [failed.as_str()]
    );
    let page = town.page("/console/notifications?status=unknown").await;
    assert!(!page.text.contains("cannot be read") && page.text.contains("meetings/m1"));
    dismiss(&town, &format!("notifications/{failed}"), "").await;
    assert_eq!(ids("?status=needs_attention").await, [doubtful.as_str()]);
    dismiss(&town, &format!("notifications/{doubtful}"), "").await;
    assert!(ids("?status=needs_attention").await.is_empty());
    assert_eq!(
        ids("?status=unknown").await,
        [doubtful.as_str()],
        "it is in doubt still"
    );
}

#[tokio::test]
async fn every_row_that_needs_attention_is_found_page_by_page() {
    let town = Town::new().await;
    let mut expected = Vec::new();
    for i in 0..7 {
        let id = format!("m{i}");
        town.book(&id, &meeting()).await;
        let effect = [Effect::Refuse, Effect::DropAnswer][i % 2];
        if i % 3 != 2 {
            town.break_call(Service::Ses, effect, 0);
            expected.insert(0, id.clone());
        }
        town.send(&id, "confirmation").await.ok();
        town.advance(chrono::TimeDelta::seconds(1)).await;
    }
    town.post();
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/notifications?status=needs_attention&limit=2{cursor}");
        let page = town.get(&path).await.ok();
        for row in page["notifications"].as_array().unwrap() {
            found.push(row["meeting_id"].as_str().unwrap().to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_retry_that_is_not_possible_says_why_beside_what_is() {
    let town = Town::new().await;
    let both = json!({"id": "c", "type": "confirmation", "channel_mode": "both"});
    town.template("t", both).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"][0]["phone"] = Value::Null;
    town.book("m1", &visit).await;
    let sent = town.send("m1", "confirmation").await.ok();
    town.post();
    let id = sent["notifications"][0]["id"].as_str().unwrap();
    let page = town.page(&format!("/console/notifications/{id}")).await;
    assert!(
        page.text.contains("The attendee has no phone number.")
            && page
                .text
                .contains("aria-disabled=\"true\">Retry what failed")
            && page.text.contains("Dealt with in another way"),
        "{}",
        page.text
    );
    let pressed = town
        .form(&format!("/console/notifications/{id}/retry"), &[])
        .await;
    let shown = town.follow(&pressed).await;
    assert!(
        shown
            .text
            .contains("Nothing was sent: The attendee has no phone number."),
        "{}",
        shown.text
    );
    visit["attendees"][0]["phone"] = json!("+12025550123");
    town.book("m1", &visit).await;
    let page = town.page(&format!("/console/notifications/{id}")).await;
    assert!(
        page.text
            .contains("<button class=\"primary\">Retry what failed")
    );
}

#[tokio::test]
async fn what_was_never_sent_is_not_headed_as_if_it_had_been() {
    let heading = async |town: &Town, id: &str| {
        let page = town.page(&format!("/console/notifications/{id}")).await;
        let (_, rest) = page.text.split_once("<h2 id=\"content\">").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let (town, id) = troubled(Effect::Refuse).await;
    assert_eq!(heading(&town, &id).await, "As it would have been sent");
    town.retry("k", &id).await.ok();
    town.post();
    assert_eq!(heading(&town, &id).await, "As it was sent");
    let (town, id) = troubled(Effect::DropAnswer).await;
    town.post();
    assert_eq!(heading(&town, &id).await, "As it may have been sent");
}

#[tokio::test]
async fn a_cancellation_that_failed_is_shown_while_the_meeting_is_on() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation").await.ok();
    town.the_message();
    town.advance_to("2026-01-15T19:10:00Z".parse().unwrap())
        .await;
    town.post();
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("c", "m1", &body).await.ok();
    let page = town.page("/console").await.text;
    assert!(
        page.contains("Needs attention") && page.contains("Cancellation"),
        "{page}"
    );
    town.advance_to("2026-01-15T19:50:00Z".parse().unwrap())
        .await;
    assert!(!town.page("/console").await.text.contains("Needs attention"));
}

#[tokio::test]
async fn what_was_sent_anew_needs_no_attention_where_it_failed_before() {
    let (town, first) = troubled(Effect::Refuse).await;
    let again = json!({"type": "confirmation", "confirm": true});
    // It fails once more: the newer one is shown in place of the older.
    town.break_call(Service::Ses, Effect::Refuse, 0);
    town.send_as("again", "m1", &again).await.ok();
    let waiting = town.log("?status=needs_attention").await;
    assert_eq!(waiting.len(), 1);
    assert_ne!(waiting[0]["id"], json!(first));
    town.send_as("once-more", "m1", &again).await.ok();
    town.the_message();
    assert!(town.log("?status=needs_attention").await.is_empty());
    assert!(!town.page("/console").await.text.contains("Needs attention"));
    let log = town.log("?status=failed").await;
    assert_eq!(log.len(), 2, "they stand in the log");
    assert_eq!(log[0]["dealt_with"]["by"], "Usher");
}

#[tokio::test]
async fn a_text_of_nobody_is_dealt_with_from_the_list_and_by_programs() {
    let town = Town::new().await;
    town.text_from("+12025550188", "Who is this?").await;
    let page = town.page("/console").await;
    let form = page.form("/console/inbox");
    let done = town.form("/console/inbox", &form.pairs()).await;
    assert_eq!(done.header("location"), "/console");
    assert!(!town.page("/console").await.text.contains("Unmatched SMS"));
    town.text_from("+12025550189", "And this?").await;
    let list = town.get("/v1/inbound-messages").await.ok();
    let texts = list["inbound_messages"].as_array().unwrap();
    let open = texts.iter().find(|text| text["handled"] == false).unwrap();
    let id = open["id"].as_str().unwrap().to_owned();
    let now = dismiss(&town, &format!("inbound-messages/{id}"), "A wrong number").await;
    assert_eq!(
        (&now["handled"], &now["dealt_with"]["note"]),
        (&json!(true), &json!("A wrong number"))
    );
    let again = dismiss(&town, &format!("inbound-messages/{id}"), "Twice").await;
    assert_eq!(again["dealt_with"], now["dealt_with"]);
    let none = town
        .call(
            Method::POST,
            "/v1/inbound-messages/nobody/dismiss",
            &json!({}),
        )
        .await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn news_for_staff_that_failed_names_staff_and_not_the_customer() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation_request").await.ok();
    town.post();
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let accepts = json!({"attendee_id": "ann", "answer": "accept"});
    town.call(Method::POST, "/v1/meetings/m1/responses", &accepts)
        .await
        .ok();
    let whom = "News of an answer to sam@progrid.example.com";
    let calendar = town.page("/console").await;
    assert!(calendar.text.contains(whom), "{}", calendar.text);
    let row = &town.log("?type=answer_notice").await[0];
    let one = town
        .page(&format!(
            "/console/notifications/{}",
            row["id"].as_str().unwrap()
        ))
        .await;
    assert!(one.text.contains(&format!("<title>{whom}")), "{}", one.text);
    let csv = town
        .page("/console/notifications.csv?type=answer_notice")
        .await
        .text;
    let line = csv.lines().nth(1).unwrap();
    assert!(
        line.contains(",,sam@progrid.example.com,,m1,") && !line.contains("Ann"),
        "{line}"
    );
}
