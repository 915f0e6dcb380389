//! Bodies whose parts have another form than the API describes: lists where objects are
//! meant, above all, which serde would take by position.

use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

use super::{refused_at, requests};

/// The pointers to every object in a document, the document itself first.
fn objects(document: &Value, at: &str, found: &mut Vec<String>) {
    match document {
        Value::Object(entries) => {
            found.push(at.to_owned());
            for (name, value) in entries {
                objects(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                objects(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

async fn call(town: &Town, method: &Method, path: &str, body: &Value) -> Reply {
    let key = ("idempotency-key", "shapes");
    let headers = [super::JSON, key];
    let (caller, body) = (&Caller::LocalAdmin, body.to_string());
    town.request(caller, method.clone(), path, &headers, body)
        .await
}

#[tokio::test]
async fn nothing_but_an_object_is_taken_where_an_object_is_meant() {
    let town = Town::new().await;
    let mut tried = 0;
    for (method, path, body) in requests(&town).await {
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        for place in places {
            let object = body.pointer(&place).unwrap().as_object().unwrap();
            let by_position: Value = object.values().cloned().collect();
            for instead in [by_position, json!([]), json!("x"), json!(1)] {
                let mut sent = body.clone();
                *sent.pointer_mut(&place).unwrap() = instead.clone();
                let reply = call(&town, &method, &path, &sent).await;
                let input = format!("{method} {path}: {instead} at {place:?}");
                super::bad_request(&reply, &input);
                assert_eq!(reply.fields_named(), [place.as_str()], "{input}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
    assert!(town.post().is_empty());
}

#[tokio::test]
async fn case_72_a_list_is_no_preview_request() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let list = json!(["confirmation"]);
    let reply = call(&town, &Method::POST, "/v1/meetings/m-1/preview", &list).await;
    super::bad_request(&reply, "a list");
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(detail, "The body must be an object { … }, is a list");
}

#[tokio::test]
async fn a_value_of_another_form_is_named_in_words() {
    let town = Town::new().await;
    let requests = requests(&town).await;
    for (path, at, value, said) in [
        (
            "/v1/templates/t",
            "/duration_minutes",
            json!("45"),
            "must be a whole number, is a text",
        ),
        (
            "/v1/templates/t",
            "/active",
            json!("true"),
            "must be true or false, without quotes, is a text",
        ),
        (
            "/v1/templates/t",
            "/name",
            json!(7),
            "must be a text in quotes, is the number 7",
        ),
        (
            "/v1/templates/t",
            "/configs/0/type",
            json!({"reminder": null}),
            "is an object",
        ),
        (
            "/v1/templates/t",
            "/configs/0/typ",
            json!("reminder"),
            "is not a field here",
        ),
        (
            "/v1/templates/t",
            "/configs/0/channelMode",
            json!("both"),
            "write channel_mode",
        ),
        (
            "/v1/templates/t",
            "/configs",
            json!({}),
            "must be a list [ … ], is an object",
        ),
        (
            "/v1/meetings/m-1",
            "/attendees/0/phone",
            json!(12_025_550_123_u64),
            "must be a text in quotes, is the number 12025550123",
        ),
        (
            "/v1/meetings/m-1",
            "/duration_minutes",
            json!("45"),
            "must be a whole number, is a text",
        ),
        (
            "/v1/settings",
            "/sms_short_links",
            json!(1),
            "must be true or false, without quotes, is the number 1",
        ),
        (
            "/v1/meetings/m-1/notifications",
            "/confirm",
            json!("yes"),
            "must be true or false",
        ),
    ] {
        let (method, _, body) = requests.iter().find(|(_, other, _)| other == path).unwrap();
        let reply = call(&town, method, path, &super::with(body.clone(), at, value)).await;
        let detail = refused_at(&reply, at, path);
        assert!(detail.contains(said), "{at}: {detail}");
    }
    // 30.0 is the number 30.
    let (method, path, body) = &requests[1];
    let body = super::with(body.clone(), "/duration_minutes", json!(30.0));
    assert_eq!(
        call(&town, method, path, &body).await.ok()["duration_minutes"],
        30
    );
}
