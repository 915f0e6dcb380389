//! Requests that cannot be read: bodies that are no JSON, too large or declared
//! as something else, and ids that are none.

use http::Method;
use serde_json::json;
use usher_local::Caller;
use usher_tests::{Town, meeting};

use super::{JSON, bad_request, with};

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let town = Town::new().await;
    let whole = meeting().to_string();
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"title\": {}{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    for path in ["/v1/meetings/m-1", "/v1/templates/t", "/v1/settings"] {
        for (what, body) in [
            ("empty", Vec::new()),
            ("cut", whole.as_bytes()[..whole.len() / 2].to_vec()),
            ("trailing", format!("{whole}{whole}").into_bytes()),
            ("nested arrays", deep("[", "]").into_bytes()),
            ("nested objects", deep("{\"a\":", "").into_bytes()),
            (
                "a duplicate key",
                br#"{"title": "a", "title": "b"}"#.to_vec(),
            ),
            (
                "a duplicate key, escaped",
                br#"{"title": "a", "t\u0069tle": "b"}"#.to_vec(),
            ),
            (
                "a duplicate key below",
                br#"{"location": {"address": "a", "address": "b"}}"#.to_vec(),
            ),
            ("NUL", b"{\"title\": \"a\0b\"}".to_vec()),
            ("NUL, escaped", br#"{"title": "a\u0000b"}"#.to_vec()),
            (
                "a bare control character",
                b"{\"title\": \"a\x01b\"}".to_vec(),
            ),
            ("bad UTF-8", b"{\"title\": \"\xff\xfe\"}".to_vec()),
            ("half a surrogate pair", br#"{"title": "\ud83d"}"#.to_vec()),
        ] {
            let reply = town
                .request(&Caller::LocalAdmin, Method::PUT, path, &[JSON], body)
                .await;
            assert_eq!(
                reply.problem(),
                ("malformed-json".to_owned(), 400),
                "{what} to {path}"
            );
        }
    }
    assert_eq!(town.get("/v1/meetings/m-1").await.status, 404);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_not_declared_as_json_is_not_read() {
    let town = Town::new().await;
    let large = with(meeting(), "/description", json!("x".repeat(256 * 1024)));
    assert_eq!(
        town.put("/v1/meetings/m-1", &large).await.problem(),
        ("too-large".to_owned(), 413)
    );
    let larger = with(
        meeting(),
        "/description",
        json!("x".repeat(10 * 1024 * 1024)),
    );
    assert_eq!(
        town.put("/v1/meetings/m-1", &larger).await.status,
        413,
        "by the gateway"
    );
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/json",
        "",
    ] {
        let headers = [("content-type", content_type)];
        let body = meeting().to_string();
        let reply = town
            .request(
                &Caller::LocalAdmin,
                Method::PUT,
                "/v1/meetings/m-1",
                &headers,
                body,
            )
            .await;
        assert_eq!(
            reply.problem(),
            ("unsupported-media-type".to_owned(), 415),
            "{content_type}"
        );
    }
    assert_eq!(town.get("/v1/meetings/m-1").await.status, 404);
}

#[tokio::test]
async fn an_id_never_leaves_its_place() {
    let town = Town::new().await;
    let long = "a".repeat(65);
    for id in [
        "..%2F..%2Fsettings",
        "..%2fx",
        ".%2e.%2Fx",
        "a%2Fb",
        "a%5Cb",
        "a%00b",
        "a%0Ab",
        "a%0D%0Ab",
        "%FF",
        "%C0%AE",
        "a%23b",
        "a%7Eb",
        "%20",
        "-a",
        "%E2%80%AEa",
        long.as_str(),
    ] {
        for (method, path) in [
            (Method::GET, format!("/v1/meetings/{id}")),
            (Method::PUT, format!("/v1/meetings/{id}")),
            (Method::GET, format!("/v1/templates/{id}")),
            (Method::PUT, format!("/v1/templates/{id}")),
            (Method::GET, format!("/v1/meetings/{id}/timeline")),
            (Method::POST, format!("/v1/meetings/{id}/archive")),
            (Method::GET, format!("/v1/notifications/{id}")),
        ] {
            let reply = town.call(method.clone(), &path, &meeting()).await;
            bad_request(&reply, &format!("{method} {path}"));
        }
    }
    for path in [
        "/v1/meetings/../settings",
        "/v1/meetings/",
        "/v1/meetings/a/b/c",
        "/v1//settings",
        "/v1/nothing",
        "/v1/meetings/%2e%2e",
        "/v1/meetings/%2E",
    ] {
        assert_eq!(town.get(path).await.status, 404, "{path}");
    }
}
