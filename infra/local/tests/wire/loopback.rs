//! The stack's address as a browser or curl meets it: who is let in, and what the
//! switches under `/_local/` do.

use http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use usher_local::Stack;

use super::stack;

pub async fn send(
    stack: &Stack,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, String) {
    let mut request = http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", stack.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(bytes::Bytes::copy_from_slice(body.as_bytes())))
        .unwrap();
    let response = Client::builder(TokioExecutor::new())
        .build_http()
        .request(request)
        .await
        .unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn only_our_own_hosts_are_served() {
    let stack = stack().await;
    let port = stack.url().rsplit_once(':').unwrap().1;
    for (host, status) in [
        (format!("127.0.0.1:{port}"), StatusCode::OK),
        (format!("localhost:{port}"), StatusCode::OK),
        ("evil.example".to_owned(), StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1".to_owned(), StatusCode::MISDIRECTED_REQUEST),
        (
            format!("localhost.evil.example:{port}"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
    ] {
        assert_eq!(
            send(&stack, "GET", "/_local/clock", &[("host", &host)], "")
                .await
                .0,
            status,
            "{host}"
        );
    }
}

#[tokio::test]
async fn a_write_from_another_origin_is_refused() {
    let stack = stack().await;
    let own = stack.url().to_owned();
    let local = own.replace("127.0.0.1", "localhost");
    let body = "{\"advance\":\"PT0S\"}";
    for origin in [own.as_str(), &local] {
        assert_eq!(
            send(&stack, "POST", "/_local/clock", &[("origin", origin)], body)
                .await
                .0,
            StatusCode::OK
        );
    }
    let secure = own.replace("http:", "https:");
    for origin in ["null", "http://evil.example", "http://127.0.0.1:1", &secure] {
        for path in ["/_local/clock", "/v1/meetings/m/notifications"] {
            let (status, _) = send(&stack, "POST", path, &[("origin", origin)], body).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{origin} {path}");
        }
        assert_eq!(
            send(&stack, "GET", "/_local/clock", &[("origin", origin)], "")
                .await
                .0,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn the_clock_moves_forward_on_request_only() {
    let stack = stack().await;
    let (status, body) = send(
        &stack,
        "POST",
        "/_local/clock",
        &[],
        "{\"advance\":\"PT23H\"}",
    )
    .await;
    assert_eq!(
        (status, json(&body)),
        (StatusCode::OK, json!({ "now": "2026-01-16T13:00:00Z" }))
    );
    let (_, body) = send(
        &stack,
        "POST",
        "/_local/clock",
        &[],
        "{\"now\":\"2026-01-17T00:00:00+02:00\"}",
    )
    .await;
    assert_eq!(json(&body)["now"], "2026-01-16T22:00:00Z");
    for wrong in [
        "{\"now\":\"2026-01-01T00:00:00Z\"}",
        "{\"advance\":\"-PT1H\"}",
        "{\"advance\":\"P1M\"}",
        "{}",
        "{\"later\":1}",
        "{\"now\":\"x\"}",
        "[",
    ] {
        assert_eq!(
            send(&stack, "POST", "/_local/clock", &[], wrong).await.0,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    assert_eq!(
        json(&send(&stack, "GET", "/_local/clock", &[], "").await.1)["now"],
        "2026-01-16T22:00:00Z"
    );
}

#[tokio::test]
async fn faults_are_armed_and_cleared_over_http() {
    let stack = stack().await;
    let fault = r#"{"service":"sns","effect":"drop_answer","skip":2}"#;
    let (status, body) = send(&stack, "POST", "/_local/faults", &[], fault).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        json(&body)["armed"],
        json!([{ "service": "sns", "effect": "drop_answer", "skip": 2, "count": 1 }])
    );
    let clear = r#"{"service":"sns","effect":"drop_answer","count":0}"#;
    assert_eq!(
        json(&send(&stack, "POST", "/_local/faults", &[], clear).await.1)["armed"],
        json!([])
    );
    for wrong in [
        r#"{"service":"sqs","effect":"stall"}"#,
        r#"{"service":"ses","effect":"explode"}"#,
        r#"{"service":"ses","effect":"stall","count":-1}"#,
        r#"{"service":"ses","effect":"twice"}"#,
        r#"{"service":"sns","effect":"late"}"#,
        r#"{"service":"dynamodb","effect":"never","count":0}"#,
    ] {
        let (status, body) = send(&stack, "POST", "/_local/faults", &[], wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(
            body.contains("for the service scheduler alone"),
            ["twice", "late", "never"]
                .iter()
                .any(|effect| wrong.contains(effect)),
            "{body}"
        );
    }
    let late = r#"{"service":"scheduler","effect":"late"}"#;
    let (status, body) = send(&stack, "POST", "/_local/faults", &[], late).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(json(&body)["armed"][0]["effect"], "late");
}

#[tokio::test]
async fn pages_and_lists_are_there_and_nothing_else_is() {
    let stack = stack().await;
    for (path, text) in [
        ("/", "Usher on this machine"),
        ("/_local/outbox", "Nothing has been sent"),
        ("/_local/outbox.json", "[]"),
        ("/_local/schedules", "[]"),
        ("/_local/dead-letters", "[]"),
    ] {
        let (status, body) = send(&stack, "GET", path, &[], "").await;
        assert!(
            status == StatusCode::OK && body.contains(text),
            "{path}: {status} {body}"
        );
    }
    for (method, path, status) in [
        ("GET", "/_local/sms", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/_local/nothing", StatusCode::NOT_FOUND),
        ("DELETE", "/_local/outbox", StatusCode::METHOD_NOT_ALLOWED),
        (
            "POST",
            "/_local/dead-letters",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("GET", "/_local/outbox/none.eml", StatusCode::NOT_FOUND),
        ("GET", "/elsewhere", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(
            send(&stack, method, path, &[], "").await.0,
            status,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_body_over_ten_megabytes_is_refused_as_the_gateway_refuses_it() {
    let stack = stack().await;
    let body = "a".repeat(10 * 1024 * 1024 + 1);
    let request = http::Request::post(stack.url().to_owned() + "/meeting/respond")
        .body(bytes::Bytes::from(body))
        .unwrap();
    let response = stack.call(request, &usher_local::Caller::Anonymous).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        response.body().as_ref(),
        br#"{"message":"Request Entity Too Large"}"#
    );
}
