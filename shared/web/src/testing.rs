//! What the unit tests of this crate share: requests in, documents out.

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    response::Response,
};
use http_body_util::BodyExt;
use serde_json::Value;

use crate::Problem;

/// The whole body as text.
pub(crate) async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The whole body as JSON.
pub(crate) async fn body(response: Response) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

/// What an extractor makes of a request with these headers.
pub(crate) async fn extract<T>(headers: &[(&str, &str)]) -> Result<T, Problem>
where
    T: FromRequestParts<(), Rejection = Problem>,
{
    let request = headers
        .iter()
        .fold(Request::builder(), |request, (name, value)| {
            request.header(*name, *value)
        })
        .body(Body::empty())
        .unwrap();
    T::from_request_parts(&mut request.into_parts().0, &()).await
}
