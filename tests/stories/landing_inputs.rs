//! What strangers, scanners and mistaken forms send to the public pages: one and
//! the same page for every link that opens nothing, and no change but by a form
//! of our own.

mod closed;
mod forms;
mod links;

use http::Method;
use serde_json::Value;
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

/// Books a meeting, asks Ann by email, and takes the token from her email.
async fn asked(town: &Town, id: &str, visit: &Value) -> String {
    town.book(id, visit).await;
    town.send(id, "confirmation_request").await.ok();
    Town::token(&town.the_message())
}

/// A town in which Ann was asked about the usual meeting, and her token.
async fn asked_town() -> (Town, String) {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    (town, token)
}

/// Everything that an answer moves.
async fn standing(town: &Town) -> (Value, Vec<Value>, Vec<String>) {
    (
        town.meeting("m-1").await,
        town.log("").await,
        town.timeline("m-1").await,
    )
}

/// Everything that an answer moves, and from here on every write is counted.
async fn watched(town: &Town) -> (Value, Vec<Value>, Vec<String>) {
    let before = standing(town).await;
    town.stack().reset_capacity();
    before
}

/// Asserts that nothing was written since `before`: not in what staff see, and
/// not in the store.
async fn untouched(town: &Town, before: &(Value, Vec<Value>, Vec<String>), by: &str) {
    let written = town.stack().capacity().write;
    assert!(written == 0.0, "{by} wrote {written} units");
    assert_eq!(&standing(town).await, before, "{by}");
    assert!(town.post().is_empty(), "{by}");
    town.stack().reset_capacity();
}

/// Somebody posts an answer from our own page, with whatever body.
async fn posted(town: &Town, content_type: &str, body: String) -> Reply {
    let headers = [
        ("content-type", content_type),
        ("sec-fetch-site", "same-origin"),
    ];
    town.request(
        &Caller::Anonymous,
        Method::POST,
        "/meeting/respond",
        &headers,
        body,
    )
    .await
}
