//! Everything staff do that sends: preview, send, retry; saving a meeting, whose
//! template may confirm it at once; and answers taken on the telephone, of which
//! organizer and followers are told.

mod console;
mod meeting;
mod notifications;

use axum::{
    Router,
    routing::{post, put},
};
use usher_flows::App;
use usher_web::RolesClaim;
use utoipa::OpenApi;

/// The function's routes.
pub fn router(app: App) -> Router {
    let roles = RolesClaim(app.config.roles_claim.clone());
    let routes = Router::new()
        .route("/v1/meetings/{id}", put(meeting::put))
        .route("/v1/meetings/{id}/preview", post(notifications::preview))
        .route("/v1/meetings/{id}/notifications", post(notifications::send))
        .route("/v1/meetings/{id}/responses", post(meeting::respond))
        .route("/v1/notifications/{id}/retry", post(notifications::retry))
        .with_state(app.clone());
    let api = usher_web::api(routes, roles);
    match console::router(app) {
        Some(console) => api.merge(console),
        None => api,
    }
}

/// This function's part of the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    meeting::put,
    meeting::respond,
    notifications::preview,
    notifications::send,
    notifications::retry,
))]
pub struct Api;
