//! The API's own description, of this function's routes and of the others'.
//!
//! No function knows the others' code, so the document is put together from all
//! of them by the workspace's tests, which also keep the file in step with the
//! code.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

/// Serves the OpenAPI 3.1 document.
pub(crate) async fn document() -> Response {
    (
        [(CONTENT_TYPE, "application/json")],
        include_str!("openapi.json"),
    )
        .into_response()
}
