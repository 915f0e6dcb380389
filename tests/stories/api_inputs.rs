//! What the staff's API answers to what it must not accept: for each input its
//! status, its kind of problem and the place that is wrong. Nothing of it is
//! stored, and the API goes on answering.

mod access;
mod conflicts;
mod lists;
mod meetings;
mod requests;
mod settings;
mod shapes;
mod templates;

use http::Method;
use serde_json::{Value, json};
use usher_tests::{Reply, Town, meeting};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The document with the member at `pointer` put in or replaced.
fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

/// Every request of the API that has a body, with one that is taken and has every part.
pub(crate) async fn requests(town: &Town) -> Vec<(Method, String, Value)> {
    town.book("m-1", &meeting()).await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let notification = sent["notifications"][0]["id"].as_str().unwrap();
    let attendee = &sent["notifications"][0]["attendee"]["id"];
    town.post();
    town.text_from("+12025550188", "Who is this?").await;
    let texts = town.get("/v1/inbound-messages").await.ok();
    let text = texts["inbound_messages"][0]["id"].as_str().unwrap();
    let template = json!({
        "name": "Visit", "sequence": 1, "duration_minutes": 45,
        "configs": [{
            "id": "r", "type": "reminder", "subject": "Soon",
            "colors": {"button": "#112233"}, "buttons": {"accept": true},
            "reply_codes": {"enabled": true, "auto_replies": {"accept": "Thanks"}},
            "translations": {"de": {"subject": "Termin", "auto_replies": {}}},
        }],
        "reminder_triggers": [{"id": "d", "config_id": "r", "minutes_before": 60}],
    });
    let mut whole = meeting();
    whole["organizer"] = json!({"name": "Oda"});
    whole["followers"] = json!(["fay@example.com"]);
    let (put, post) = (Method::PUT, Method::POST);
    vec![
        (put.clone(), "/v1/meetings/m-1".into(), whole),
        (put.clone(), "/v1/templates/t".into(), template.clone()),
        (
            put.clone(),
            "/v1/suppressions/bob@example.com".into(),
            json!({"reason": "He asked for it"}),
        ),
        (
            put,
            "/v1/settings".into(),
            json!({
                "business_name": "Progrid", "allowed_countries": ["US"],
                "sms_prices_usd": {"US": 0.01},
            }),
        ),
        (
            post.clone(),
            "/v1/templates/t/preview".into(),
            json!({"type": "reminder", "template": template}),
        ),
        (
            post.clone(),
            "/v1/meetings/m-1/preview".into(),
            json!({"type": "confirmation", "attendees": [attendee]}),
        ),
        (
            post.clone(),
            "/v1/meetings/m-1/notifications".into(),
            json!({"type": "confirmation", "attendees": [attendee]}),
        ),
        (
            post.clone(),
            "/v1/meetings/m-1/responses".into(),
            json!({"attendee_id": attendee, "answer": "accept"}),
        ),
        (
            post.clone(),
            "/v1/meetings/m-1/dismiss".into(),
            json!({"note": "Rang her"}),
        ),
        (
            post.clone(),
            format!("/v1/notifications/{notification}/dismiss"),
            json!({"note": "Rang her"}),
        ),
        (
            post.clone(),
            format!("/v1/inbound-messages/{text}/dismiss"),
            json!({"note": "A wrong number"}),
        ),
        (
            post,
            format!("/v1/notifications/{notification}/resolve"),
            json!({"outcome": "sent"}),
        ),
    ]
}

/// Asserts that a document was refused for the field at `pointer` alone, and
/// hands out the sentence that says why.
#[track_caller]
fn refused_at(reply: &Reply, pointer: &str, input: &str) -> String {
    assert_eq!(reply.status, 422, "{input}: {}", reply.text);
    assert_eq!(reply.invalid_fields(), [pointer], "{input}: {}", reply.text);
    let detail = reply.json()["errors"][0]["detail"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        detail.len() > 10,
        "{input}: a sentence is expected: {detail}"
    );
    detail
}

/// Asserts that a request was refused because it cannot be read.
#[track_caller]
pub(crate) fn bad_request(reply: &Reply, input: &str) {
    assert_eq!(reply.problem(), ("bad-request".to_owned(), 400), "{input}");
}
