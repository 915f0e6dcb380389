//! From a request to the event that a function is called with.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, Request, header};
use percent_encoding::percent_decode_str;
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
    let (body, is_base64) = encode_body(headers, request.body());
    let mut event = json!({
        "version": "2.0",
        "routeKey": routed.route_key,
        "rawPath": request.uri().path(),
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": joined_headers(headers),
        "requestContext": request_context(request, routed),
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
        event["pathParameters"] = decoded(routed.parameters).into();
    }
    if let Some(body) = body {
        event["body"] = body.into();
    }
    event
}

fn request_context(request: &Request<Bytes>, routed: &Routed<'_>) -> Value {
    let headers = request.headers();
    // A request made in this process may name no host; the gateway always has one.
    let host = Some(text(headers, header::HOST))
        .filter(|host| !host.is_empty())
        .unwrap_or("localhost");
    let mut context = json!({
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.split(['.', ':']).next(),
        "http": http_context(request),
        "requestId": routed.request_id,
        "routeKey": routed.route_key,
        "stage": "$default",
        "time": routed.now.format("%d/%b/%Y:%H:%M:%S %z").to_string(),
        "timeEpoch": routed.now.timestamp_millis(),
    });
    if let Some(claims) = routed.claims {
        context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
    }
    context
}

fn http_context(request: &Request<Bytes>) -> Value {
    json!({
        "method": request.method().as_str(),
        "path": request.uri().path(),
        "protocol": format!("{:?}", request.version()),
        "sourceIp": "127.0.0.1",
        "userAgent": text(request.headers(), header::USER_AGENT),
    })
}

/// Path parameters, each without its percent-encoding.
fn decoded(parameters: &[(&str, &str)]) -> Map<String, Value> {
    let decode = |value: &str| Value::from(percent_decode_str(value).decode_utf8_lossy());
    parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), decode(value)))
        .collect()
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
