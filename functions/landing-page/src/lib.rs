//! What customers reach without signing in: their meeting, their answer, the
//! calendar file, and whether they want reminders by email. The token in the link is
//! the credential.
//!
//! GET and HEAD never change anything, because mail scanners and previews
//! follow links (L2); one POST commits. A link that opens nothing gets one and
//! the same page whatever the cause (L8). Nothing here logs a token, an
//! address or what a customer wrote.

mod calendar;
mod form;
mod landing;
mod respond;
mod site;
mod unsubscribe;
mod view;
mod words;

use axum::{
    Router,
    routing::{get, post},
};
use usher_flows::App;
use usher_web::{public_pages, stylesheet};

use crate::site::Site;

/// The function's routes.
///
/// # Panics
/// When a page template does not compile, which a test rules out.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/meeting/landing", get(landing::show))
        .route("/m/{token}", get(landing::show_short))
        .route(
            "/meeting/respond",
            post(respond::take).get(respond::reopened),
        )
        .route("/meeting/calendar.ics", get(calendar::file))
        .route(
            "/meeting/unsubscribe",
            get(unsubscribe::show).post(unsubscribe::choose),
        )
        .route("/meeting/style.css", get(stylesheet))
        .with_state(Site::new(app));
    public_pages(routes)
}
