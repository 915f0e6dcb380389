//! The staff console's forms that send, and the pages they stand on.

mod chosen;
mod fields;
mod meeting;
mod merging;
mod page;
mod result;
mod send;
mod test_message;

use axum::{
    Router,
    routing::{get, post},
};
use secrecy::ExposeSecret as _;
use usher_console::{ConsolePages, SessionKey};
use usher_flows::App;
use usher_web::Pages;

/// What the pages are given.
#[derive(Clone)]
pub(crate) struct Console {
    app: App,
    pages: ConsolePages,
}

/// The pages; none without a secret to seal sessions with.
pub(crate) fn router(app: App) -> Option<Router> {
    let secret = app.config.session_secret.as_ref()?;
    let key = SessionKey::derive(secret.expose_secret())?;
    let clock = app.clock.clone();
    let pages = ConsolePages::new(pages(), key, app.config.public_url.clone(), move || {
        clock.now()
    });
    let state = Console {
        app,
        pages: pages.clone(),
    };
    let routes = Router::new()
        .route(
            "/console/meetings/new",
            get(meeting::new).post(meeting::create),
        )
        .route(
            "/console/meetings/{id}/edit",
            get(meeting::edit).post(meeting::save),
        )
        .route(
            "/console/meetings/{id}/send/{type}",
            get(send::page).post(send::send),
        )
        .route("/console/meetings/{id}/answer", post(send::answer))
        .route("/console/notifications/{id}/retry", post(send::retry))
        .route("/console/test-message", post(test_message::send))
        .with_state(state);
    Some(usher_console::console(routes, &pages))
}

fn pages() -> Pages {
    let templates = [
        ("edit.html", include_str!("templates/edit.html")),
        ("send.html", include_str!("templates/send.html")),
    ];
    usher_console::with_shared(&templates)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_page_compiles() {
        super::pages().compile().unwrap();
    }
}
