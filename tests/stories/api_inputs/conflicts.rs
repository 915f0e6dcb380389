//! Requests that are right in themselves and come at the wrong moment: a key that
//! was used, a version that is not the latest, a state that forbids it.

use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Town, meeting};

use super::{JSON, bad_request, refused_at, with};

#[tokio::test]
async fn a_key_names_one_command() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.book("m-2", &meeting()).await;
    let (path, body) = (
        "/v1/meetings/m-1/notifications",
        json!({"type": "confirmation"}),
    );
    let long = "k".repeat(256);
    for key in [
        None,
        Some(""),
        Some("two words"),
        Some("\"open"),
        Some(long.as_str()),
    ] {
        let headers: Vec<_> = [JSON]
            .into_iter()
            .chain(key.map(|key| ("idempotency-key", key)))
            .collect();
        let reply = town
            .request(
                &Caller::LocalAdmin,
                Method::POST,
                path,
                &headers,
                body.to_string(),
            )
            .await;
        bad_request(&reply, &format!("{key:?}"));
    }
    let first = town.send_as("k", "m-1", &body).await.ok();
    assert_eq!(town.post().len(), 1);
    assert_eq!(
        town.send_as("k", "m-1", &body).await.ok(),
        first,
        "the first outcome again"
    );
    let id = first["notifications"][0]["id"].as_str().unwrap();
    let reused = ("key-reused".to_owned(), 422);
    for other in [
        json!({"type": "confirmation_request"}),
        json!({"type": "confirmation", "attendees": ["ann"]}),
    ] {
        assert_eq!(
            town.send_as("k", "m-1", &other).await.problem(),
            reused,
            "{other}"
        );
    }
    assert_eq!(
        town.send_as("k", "m-2", &body).await.problem(),
        reused,
        "another meeting"
    );
    assert_eq!(
        town.retry("k", id).await.problem(),
        reused,
        "another command"
    );
    let replies =
        futures::future::join_all([1, 2, 3].map(|_| town.send_as("at-once", "m-2", &body))).await;
    for reply in &replies {
        assert!(
            matches!(reply.status.as_u16(), 200 | 409),
            "the outcome, or in progress: {}",
            reply.text
        );
    }
    assert_eq!(town.post().len(), 1, "one key, one message");
}

#[tokio::test]
async fn a_change_meant_for_another_version_is_refused() {
    let town = Town::new().await;
    for (path, body) in [
        ("/v1/meetings/m-1", meeting()),
        ("/v1/templates/t", json!({"name": "Visit"})),
    ] {
        let save = async |condition: (&str, &str), body: &Value| {
            town.request(
                &Caller::LocalAdmin,
                Method::PUT,
                path,
                &[JSON, condition],
                body.to_string(),
            )
            .await
        };
        let stale = ("stale-version".to_owned(), 412);
        assert_eq!(
            save(("if-match", "\"1\""), &body).await.problem(),
            stale,
            "there is none yet"
        );
        let created = save(("if-none-match", "*"), &body).await;
        assert_eq!(
            (created.status.as_u16(), created.header("etag")),
            (201, "\"1\"")
        );
        let exists = save(("if-none-match", "*"), &body).await;
        assert_eq!(
            (exists.problem(), exists.header("etag")),
            (stale.clone(), "\"1\"")
        );
        for tag in ["\"2\"", "W/\"1\"", "\"01\"", "\"x\""] {
            assert_eq!(
                save(("if-match", tag), &body).await.problem(),
                stale,
                "{tag}"
            );
        }
        for condition in [
            ("if-match", "1"),
            ("if-match", "\"1"),
            ("if-match", ""),
            ("if-none-match", "\"1\""),
        ] {
            let reply = save(condition, &body).await;
            bad_request(&reply, &format!("{condition:?}"));
        }
        let field = if path.contains("meetings") {
            "title"
        } else {
            "name"
        };
        let bodies =
            ["One", "Other"].map(|text| with(body.clone(), &format!("/{field}"), json!(text)));
        let [one, other] =
            futures::future::join_all(bodies.iter().map(|body| save(("if-match", "\"1\""), body)))
                .await
                .try_into()
                .unwrap();
        let (won, lost) = if one.status == 200 {
            (one, other)
        } else {
            (other, one)
        };
        assert_eq!(
            (won.ok()[field].clone(), won.header("etag")),
            (town.get(path).await.ok()[field].clone(), "\"2\"")
        );
        assert_eq!(lost.problem(), stale, "one of two wins");
    }
}

#[tokio::test]
async fn what_the_state_of_a_meeting_forbids_is_refused_and_sends_nothing() {
    let town = Town::new().await;
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.book("archived", &meeting()).await;
    town.call(Method::POST, "/v1/meetings/archived/archive", &json!({}))
        .await
        .ok();
    for kind in ["confirmation", "confirmation_request", "update"] {
        assert_eq!(town.send("archived", kind).await.refusal(), "archived");
    }
    assert_eq!(
        town.send_as("c", "archived", &cancel).await.refusal(),
        "archived"
    );
    town.book("m-1", &meeting()).await;
    assert_eq!(town.send("m-1", "update").await.refusal(), "not_announced");
    assert_eq!(
        town.send("m-1", "reminder").await.refusal(),
        "sent_by_itself"
    );
    for attendees in [json!(["zoe"]), json!(["../x"])] {
        let body = json!({"type": "confirmation", "attendees": attendees});
        refused_at(
            &town.send_as("z", "m-1", &body).await,
            "/attendees/0",
            "a stranger",
        );
    }
    let nobody = json!({"type": "confirmation", "attendees": []});
    refused_at(
        &town.send_as("n", "m-1", &nobody).await,
        "/attendees",
        "nobody",
    );
    assert!(town.post().is_empty());
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.send("m-1", "update").await.refusal(), "in_sync");
    town.send_as("cancel", "m-1", &cancel).await.ok();
    assert_eq!(
        town.send_as("cancel-again", "m-1", &cancel).await.refusal(),
        "cancelled"
    );
    assert_eq!(
        town.post().len(),
        2,
        "the confirmation and one cancellation"
    );
    assert_eq!(
        town.send("none", "confirmation").await.problem(),
        ("not-found".to_owned(), 404)
    );
}
