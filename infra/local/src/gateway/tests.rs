//! What a function behind the gateway sees, and what becomes of its answer.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::extract::Request as AxumRequest;
use axum::response::IntoResponse;
use axum::routing::any;
use http::{Method, StatusCode, header};
use http_body_util::BodyExt;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use serde_json::json;

use super::*;
use crate::disk::Disk;
use crate::functions::{Handler, MAX_PAYLOAD};

/// Tells back what it was given.
async fn mirror(request: AxumRequest) -> impl IntoResponse {
    let RequestContext::ApiGatewayV2(context) = request.request_context() else {
        panic!("not format 2.0")
    };
    let claims = context.authorizer.and_then(|a| a.jwt).map(|jwt| jwt.claims);
    let id = request.path_parameters().first("id").map(str::to_owned);
    let lambda = request.lambda_context();
    let (parts, body) = request.into_parts();
    let headers: BTreeMap<_, _> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = body.collect().await.unwrap().to_bytes();
    axum::Json(json!({
        "method": parts.method.as_str(), "path": parts.uri.path(), "query": parts.uri.query(),
        "headers": headers, "body": String::from_utf8_lossy(&body), "bytes": body.to_vec(),
        "claims": claims, "id": id, "route": context.route_key, "deadline": lambda.deadline,
    }))
}

async fn odd() -> impl IntoResponse {
    let headers = [
        (header::SET_COOKIE, "a=1"),
        (header::SET_COOKIE, "b=2"),
        (header::CONTENT_TYPE, "image/png"),
    ];
    (
        StatusCode::IM_A_TEAPOT,
        axum::response::AppendHeaders(headers),
        axum::body::Body::from(vec![0_u8, 159, 255]),
    )
}

/// Answers with as many bytes as the query says.
async fn large(request: AxumRequest) -> String {
    "x".repeat(request.uri().query().unwrap().parse().unwrap())
}

async fn fails() {
    panic!("on purpose");
}

fn gateway() -> Gateway {
    let router = Router::new()
        .route("/odd", any(odd))
        .route("/fails", any(fails))
        .route("/large", any(large))
        .fallback(mirror);
    let route = |method: Method, path: &str, authorized| Route {
        method: Some(method),
        path: path.into(),
        function: 0,
        authorized,
    };
    Gateway {
        routes: vec![
            route(Method::PUT, "/v1/meetings/{id}", true),
            route(Method::GET, "/v1/meetings/special", true),
            route(Method::GET, "/v1/meetings/{id}", true),
            route(Method::GET, "/meeting/landing", false),
            route(Method::POST, "/meeting/respond", false),
            route(Method::GET, "/odd", false),
            route(Method::GET, "/fails", false),
            route(Method::GET, "/large", false),
        ],
        functions: vec![Function {
            name: "mirror".into(),
            handler: Handler::Http(router),
            timeout: Duration::from_secs(5),
        }],
        clock: LocalClock::open(Disk::none(), None).unwrap(),
        session_key: SessionKey::derive(&"s".repeat(32)).unwrap(),
    }
}

async fn send(
    request: http::request::Builder,
    body: impl Into<Bytes>,
    caller: &Caller,
) -> (StatusCode, Value) {
    let request = request
        .header("host", "127.0.0.1:7447")
        .body(body.into())
        .unwrap();
    let response = gateway().call(request, caller).await;
    (
        response.status(),
        serde_json::from_slice(response.body()).unwrap(),
    )
}

#[tokio::test]
async fn path_query_headers_and_cookies_reach_the_function() {
    let request = Request::put("/v1/meetings/a%20b?x=1&x=2&empty=&y=%26")
        .header("X-Thing", "one")
        .header("X-Thing", "two")
        .header("cookie", "a=1; b=2")
        .header("content-type", "application/json");
    let (status, seen) = send(request, "{\"é\":1}", &Caller::LocalAdmin).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(seen["path"], "/v1/meetings/a%20b");
    assert_eq!(seen["id"], "a b");
    assert_eq!(seen["query"], "x=1&x=2&empty=&y=%26");
    assert_eq!(seen["headers"]["x-thing"], "one,two");
    assert_eq!(seen["headers"]["cookie"], "a=1; b=2");
    assert_eq!(seen["headers"]["x-forwarded-for"], "127.0.0.1");
    assert_eq!(seen["body"], "{\"é\":1}");
    assert_eq!(seen["route"], "PUT /v1/meetings/{id}");
    assert!(seen["deadline"].as_u64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn the_more_literal_route_wins() {
    let (_, seen) = send(
        Request::get("/v1/meetings/special"),
        "",
        &Caller::LocalAdmin,
    )
    .await;
    assert_eq!(seen["route"], "GET /v1/meetings/special");
}

#[tokio::test]
async fn a_form_and_bytes_that_are_no_text_survive_base64() {
    let form = Request::post("/meeting/respond")
        .header("content-type", "application/x-www-form-urlencoded");
    let (_, seen) = send(form, "token=a%2Bb&action=accept", &Caller::Anonymous).await;
    assert_eq!(seen["body"], "token=a%2Bb&action=accept");
    let broken = Request::post("/meeting/respond").header("content-type", "application/json");
    let (_, seen) = send(broken, vec![0xff, 0x00], &Caller::Anonymous).await;
    assert_eq!(seen["bytes"], json!([255, 0]));
}

#[tokio::test]
async fn claims_are_the_callers_and_only_where_an_authorizer_stands() {
    let get = || Request::get("/v1/meetings/m1");
    let (_, admin) = send(get(), "", &Caller::LocalAdmin).await;
    assert_eq!(admin["claims"]["roles"], "[admin]");
    let member = Caller::Claims([("roles".to_owned(), "[member]".to_owned())].into());
    assert_eq!(
        send(get(), "", &member).await.1["claims"],
        json!({ "roles": "[member]" })
    );
    let (status, body) = send(get(), "", &Caller::Anonymous).await;
    assert_eq!(
        (status, body),
        (
            StatusCode::UNAUTHORIZED,
            json!({ "message": "Unauthorized" })
        )
    );
    let (_, open) = send(Request::get("/meeting/landing"), "", &Caller::LocalAdmin).await;
    assert_eq!(open["claims"], Value::Null);
}

#[tokio::test]
async fn an_undeclared_path_or_method_is_not_found() {
    for request in [
        Request::get("/nothing"),
        Request::head("/meeting/landing"),
        Request::delete("/v1/meetings/m1"),
    ] {
        let (status, body) = send(request, "", &Caller::LocalAdmin).await;
        assert_eq!(
            (status, body),
            (StatusCode::NOT_FOUND, json!({ "message": "Not Found" }))
        );
    }
}

#[tokio::test]
async fn status_cookies_and_bytes_come_back() {
    let request = Request::get("/odd").body(Bytes::new()).unwrap();
    let response = gateway().call(request, &Caller::Anonymous).await;
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    let cookies: Vec<_> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
    assert_eq!(response.body().as_ref(), [0, 159, 255]);
    assert!(response.headers().contains_key("apigw-requestid"));
}

#[tokio::test]
async fn a_function_that_panics_is_an_internal_error() {
    let (status, body) = send(Request::get("/fails"), "", &Caller::Anonymous).await;
    assert_eq!(
        (status, body["message"].as_str()),
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            Some("Internal Server Error")
        )
    );
}

#[tokio::test]
async fn the_gateways_limits_are_kept() {
    let long = Request::get("/meeting/landing").header("x-long", "a".repeat(10_240));
    assert_eq!(
        send(long, "", &Caller::Anonymous).await.0,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let big = send(
        Request::post("/meeting/respond"),
        vec![b'a'; MAX_BODY + 1],
        &Caller::Anonymous,
    )
    .await;
    assert_eq!(big.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_answer_that_lambda_does_not_take_is_an_internal_error() {
    // Around the body stand the status, the headers and the quotes.
    for (size, status) in [(MAX_PAYLOAD - 1_000, 200), (MAX_PAYLOAD + 1, 500)] {
        let request = Request::get(format!("/large?{size}"));
        let request = request.header("host", "127.0.0.1:7447").body(Bytes::new());
        let answer = gateway().call(request.unwrap(), &Caller::Anonymous).await;
        assert_eq!(answer.status(), status, "{size}");
    }
}

#[tokio::test]
async fn a_request_that_lambda_does_not_take_is_too_large() {
    let body = vec![b'a'; MAX_PAYLOAD];
    let post = Request::post("/meeting/respond").header("content-type", "text/plain");
    let (status, _) = send(post, body, &Caller::Anonymous).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}
