//! From a function's answer to the response that the gateway gives.

use std::collections::BTreeMap;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

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
    let mut headers = answer.own_headers()?;
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
    let status = StatusCode::from_u16(answer.status_code)?;
    let mut response = Response::new(answer.into_body()?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

impl FunctionAnswer {
    fn own_headers(&self) -> anyhow::Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes())?,
                HeaderValue::from_str(value)?,
            );
        }
        for cookie in &self.cookies {
            headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie)?);
        }
        Ok(headers)
    }

    fn into_body(self) -> anyhow::Result<Bytes> {
        Ok(match (self.body, self.is_base64_encoded) {
            (None, _) => Bytes::new(),
            (Some(body), false) => body.into(),
            (Some(body), true) => STANDARD.decode(body)?.into(),
        })
    }
}
