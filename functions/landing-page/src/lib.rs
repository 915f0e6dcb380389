//! Handler.

use axum::Router;
use usher_flows::App;

/// The function's routes.
pub fn router(_app: App) -> Router {
    Router::new()
}
