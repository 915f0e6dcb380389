//! What was saved is kept, and nobody's change is lost.

use http::Method;
use serde_json::json;
use usher_local::Caller;
use usher_tests::{Town, meeting};

#[tokio::test]
async fn nothing_is_lost_over_a_restart() {
    let folder = std::env::temp_dir().join(format!("usher-story-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let token = {
        let town = Town::kept_in(folder.clone()).await;
        town.book("m-1", &meeting()).await;
        town.send_as("key", "m-1", &json!({"type": "confirmation_request"}))
            .await
            .ok();
        Town::token(&town.the_message())
    };
    {
        let town = Town::kept_in(folder.clone()).await;
        assert_eq!(town.post().len(), 1, "the outbox is kept");
        assert_eq!(town.meeting("m-1").await["status"], "INVITED");
        town.send_as("key", "m-1", &json!({"type": "confirmation_request"}))
            .await
            .ok();
        assert!(town.post().is_empty(), "and so is the key");
        assert_eq!(
            town.answer(&token, 1, "accept").await.status,
            200,
            "and the link"
        );
        assert_eq!(town.log("").await.len(), 1);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A crash leaves the last line of the outbox torn; what is sent after the next start
/// is there after the one after that.
#[tokio::test]
async fn a_torn_outbox_is_mended_at_the_start() {
    let folder = std::env::temp_dir().join(format!("usher-torn-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let outbox = folder.join("outbox.jsonl");
    {
        let town = Town::kept_in(folder.clone()).await;
        for id in ["m-1", "m-2"] {
            town.book(id, &meeting()).await;
            town.send(id, "confirmation").await.ok();
            town.the_message();
        }
    }
    let bytes = std::fs::read(&outbox).unwrap();
    std::fs::write(&outbox, &bytes[..bytes.len() - 9]).unwrap();
    {
        let town = Town::kept_in(folder.clone()).await;
        assert_eq!(town.post().len(), 1);
        town.book("m-3", &meeting()).await;
        let body = json!({"type": "confirmation"});
        town.send_as("of-this-start", "m-3", &body).await.ok();
        town.the_message();
    }
    {
        let town = Town::kept_in(folder.clone()).await;
        assert_eq!(town.post().len(), 2, "nothing behind the torn line is lost");
    }
    let aside = std::fs::read(folder.join("outbox.jsonl.torn")).unwrap();
    assert!(
        bytes
            .windows(aside.len() - 1)
            .any(|part| part == &aside[..aside.len() - 1])
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_write_over_an_older_version_is_refused() {
    let town = Town::new().await;
    let path = "/v1/meetings/m-1";
    let first = town.put(path, &meeting()).await;
    assert_eq!(
        (first.status.as_u16(), first.header("etag")),
        (201, "\"1\"")
    );
    let mut renamed = meeting();
    renamed["title"] = json!("Another");
    let conditional = |tag: &'static str| {
        let (town, body) = (&town, renamed.to_string());
        async move {
            let headers = [("content-type", "application/json"), ("if-match", tag)];
            town.request(&Caller::LocalAdmin, Method::PUT, path, &headers, body)
                .await
        }
    };
    assert_eq!(conditional("\"1\"").await.header("etag"), "\"2\"");
    let stale = conditional("\"1\"").await;
    assert_eq!(stale.problem(), ("stale-version".to_owned(), 412));
    assert_eq!(town.get(path).await.header("etag"), "\"2\"");
}

#[tokio::test]
async fn saving_the_same_again_changes_nothing() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let again = town.put("/v1/meetings/m-1", &meeting()).await;
    assert_eq!(
        (again.status.as_u16(), again.header("etag")),
        (200, "\"1\"")
    );
    let read = town.meeting("m-1").await;
    let sent_back = town.put("/v1/meetings/m-1", &read).await;
    assert_eq!(
        sent_back.header("etag"),
        "\"1\"",
        "what was read may be sent back: {}",
        sent_back.text
    );
    assert_eq!(town.timeline("m-1").await, ["Meeting created"]);
}

#[tokio::test]
async fn defaults_come_from_the_template() {
    let town = Town::new().await;
    let template = json!({
        "name": "Visit", "duration_minutes": 90, "location_kind": "jobsite", "require_address": true,
        "title_format": "{title} ({status})",
    });
    town.put("/v1/templates/visit", &template).await.ok();
    let bare = json!({
        "title": "Roof", "starts_at": "2026-01-15T14:00:00", "timezone": "America/New_York",
        "template_id": "visit", "attendees": [{"name": "Ann Lee", "email": "ann@example.com"}],
    });
    let refused = town.put("/v1/meetings/m-1", &bare).await;
    assert_eq!(refused.invalid_fields(), ["/location/address"]);
    let mut whole = bare;
    whole["location"] = json!({"address": "1 Elm St"});
    let booked = town.book("m-1", &whole).await;
    assert_eq!(
        (&booked["duration_minutes"], &booked["location"]["kind"]),
        (&json!(90), &json!("jobsite"))
    );
    assert_eq!(booked["shown_title"], "Roof (Draft)");
}

#[tokio::test]
async fn an_attendee_without_an_id_keeps_their_answer_when_saved_again() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["attendees"] = json!([{"name": "Ann Lee", "email": "ann@example.com"}]);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    town.answer(&token, 1, "accept").await;
    visit["attendees"] = json!([
        {"name": "Ann M. Lee", "email": "ANN@example.com"}, {"name": "Bob", "email": "bob@example.com"},
    ]);
    let saved = town.book("m-1", &visit).await;
    assert_eq!(saved["attendees"][0]["answer"], "accepted");
    visit["attendees"] = json!([{"name": "Bob", "email": "bob@example.com"}]);
    let saved = town.book("m-1", &visit).await;
    assert_ne!(
        saved["status"], "CONFIRMED",
        "the lead who accepted is gone"
    );
    assert_eq!(town.visit(&token).await.status, 404, "and so is their link");
}
