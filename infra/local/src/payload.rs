//! HTTP to API Gateway's payload, format 2.0, and back. It renders what API Gateway
//! renders ("Create AWS Lambda proxy integrations for HTTP APIs"), its losses
//! included: repeated headers are joined, and cookies travel apart.

use std::collections::BTreeMap;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the gateway knows beside the request.
#[derive(Debug)]
pub(crate) struct Routed<'a> {
    /// `PUT /v1/meetings/{id}`.
    pub route_key: &'a str,
    /// Path parameters, percent-encoded.
    pub parameters: &'a [(&'a str, &'a str)],
    /// Claims that the authorizer found, on routes that have one.
    pub claims: Option<&'a BTreeMap<String, String>>,
    /// The request's id.
    pub request_id: &'a str,
    /// When it arrived.
    pub now: DateTime<Utc>,
}

/// The event that a function is called with.
pub(crate) fn event(request: &Request<Bytes>, routed: &Routed<'_>) -> Value {
    let headers = request.headers();
    // A request made in this process may name no host; the gateway always has one.
    let host = Some(text(headers, header::HOST))
        .filter(|host| !host.is_empty())
        .unwrap_or("localhost");
    let (body, is_base64) = encode_body(headers, request.body());
    let mut context = json!({
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.split(['.', ':']).next(),
        "http": {
            "method": request.method().as_str(),
            "path": request.uri().path(),
            "protocol": format!("{:?}", request.version()),
            "sourceIp": "127.0.0.1",
            "userAgent": text(headers, header::USER_AGENT),
        },
        "requestId": routed.request_id,
        "routeKey": routed.route_key,
        "stage": "$default",
        "time": routed.now.format("%d/%b/%Y:%H:%M:%S %z").to_string(),
        "timeEpoch": routed.now.timestamp_millis(),
    });
    if let Some(claims) = routed.claims {
        context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": routed.route_key,
        "rawPath": request.uri().path(),
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": joined_headers(headers),
        "requestContext": context,
        "isBase64Encoded": is_base64,
    });
    // Absent rather than empty, as in the cloud.
    let cookies: Vec<_> = cookies(headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    let query = joined_query(request.uri().query().unwrap_or_default());
    if !query.is_empty() {
        event["queryStringParameters"] = query.into();
    }
    if !routed.parameters.is_empty() {
        let decode = |value: &str| Value::from(percent_decode_str(value).decode_utf8_lossy());
        let parameters = routed
            .parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), decode(value)));
        event["pathParameters"] = Map::from_iter(parameters).into();
    }
    if let Some(body) = body {
        event["body"] = body.into();
    }
    event
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Names in lower case, repeated values joined by commas, with what the gateway adds.
fn joined_headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers.keys().filter(|name| **name != header::COOKIE) {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        joined.insert(name.as_str().to_owned(), values.join(",").into());
    }
    let port = text(headers, header::HOST)
        .rsplit_once(':')
        .map_or("80", |(_, port)| port);
    joined.insert("x-forwarded-for".to_owned(), "127.0.0.1".into());
    joined.insert("x-forwarded-port".to_owned(), port.into());
    joined.insert("x-forwarded-proto".to_owned(), "http".into());
    joined
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split("; ").map(str::to_owned))
        .collect()
}

fn joined_query(query: &str) -> Map<String, Value> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
        joined
            .entry(name)
            .and_modify(|present| {
                present.push(',');
                present.push_str(&value);
            })
            .or_insert(value);
    }
    joined
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect()
}

/// The body as the gateway hands it over: as it is for the few types that count as
/// text, else in base64. A posted form is not one of those types.
fn encode_body(headers: &HeaderMap, body: &Bytes) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let kind = text(headers, header::CONTENT_TYPE).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = kind.starts_with("text/")
        || matches!(
            kind,
            "application/json" | "application/javascript" | "application/xml"
        );
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

/// A function's answer, as far as format 2.0 has it. `multiValueHeaders` is not part
/// of that format: a function that repeats a header other than Set-Cookie loses it
/// here as it does in the cloud.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionAnswer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The HTTP response that the gateway makes of a function's answer.
pub(crate) fn response(answer: Value, request_id: &str) -> anyhow::Result<Response<Bytes>> {
    let answer: FunctionAnswer =
        serde_json::from_value(answer).context("not an answer in format 2.0")?;
    let body = match (answer.body, answer.is_base64_encoded) {
        (None, _) => Bytes::new(),
        (Some(body), false) => body.into(),
        (Some(body), true) => STANDARD.decode(body)?.into(),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status_code)?;
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        headers.insert(
            HeaderName::from_bytes(name.as_bytes())?,
            HeaderValue::from_str(value)?,
        );
    }
    for cookie in &answer.cookies {
        headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie)?);
    }
    if !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    headers.insert("apigw-requestid", HeaderValue::from_str(request_id)?);
    // The gateway sets these itself.
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::TRANSFER_ENCODING);
    Ok(response)
}
