//! The staff console's pages, but those with forms that send, which live in the
//! function that holds that permission.

mod calendar;
mod editor;
mod figures;
mod inbox;
mod links;
mod log;
mod meeting;
mod reach;
mod settings;
mod sign_in;
mod suppressions;
mod templates;

use secrecy::ExposeSecret as _;
use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use usher_console::{ConsolePages, PageError, SessionKey, Staff};
use usher_domain::Failure;
use usher_flows::App;
use usher_web::Pages;

use self::sign_in::Entrance;
use crate::sign_in::{IdentityProvider, SignInConfig};

/// Every address under the console's that no page has, as the gateway writes it.
const ELSEWHERE: &str = "/console/{proxy+}";

async fn nowhere(_: Staff) -> PageError {
    Failure::NotFound { what: "page" }.into()
}

/// What the pages are given.
#[derive(Clone)]
pub(crate) struct Console {
    app: App,
    pages: ConsolePages,
}

/// The pages; none without a secret to seal sessions with.
pub(crate) fn router(app: App, sign_in: Option<SignInConfig>) -> Option<Router> {
    let secret = app.config.session_secret.as_ref()?;
    let key = SessionKey::derive(secret.expose_secret())?;
    let clock = app.clock.clone();
    let public_url = app.config.public_url.clone();
    let redirect = format!("{public_url}/console/sign-in/callback");
    let pages = ConsolePages::new(pages(), key, public_url, move || clock.now());
    let provider = sign_in.map(|config| Arc::new(IdentityProvider::new(config, redirect)));
    let entrance = Entrance {
        app: app.clone(),
        pages: pages.clone(),
        provider,
    };
    let state = Console {
        app,
        pages: pages.clone(),
    };
    let inside = meetings_and_log().merge(settings_and_templates());
    let inside = inside.route("/console/sign-out", post(sign_in::end));
    let elsewhere = ELSEWHERE.replace("{proxy+}", "{*proxy}");
    let inside = inside.route(&elsewhere, get(nowhere)).with_state(state);
    let inside = usher_console::console(inside, &pages);
    let outside = usher_console::console_entrance(outside(entrance), &pages);
    Some(inside.merge(outside))
}

fn meetings_and_log() -> Router<Console> {
    Router::new()
        .route("/console", get(calendar::page))
        .route("/console/meetings/{id}", get(meeting::page))
        .route(
            "/console/meetings/{id}/archive",
            get(meeting::ask_to_archive).post(meeting::archive),
        )
        .route("/console/meetings/{id}/unarchive", post(meeting::unarchive))
        .route("/console/meetings/{id}/dismiss", post(meeting::dismiss))
        .route(
            "/console/meetings/{id}/links/revoke",
            get(links::ask).post(links::revoke),
        )
        .route("/console/notifications", get(log::page))
        .route("/console/notifications.csv", get(log::export))
        .route("/console/notifications/{id}", get(log::one))
        .route("/console/notifications/{id}/resolve", post(log::resolve))
        .route("/console/notifications/{id}/dismiss", post(log::dismiss))
        .route("/console/reach", get(reach::page))
        .route("/console/figures", get(figures::page))
        .route("/console/inbox", get(inbox::page).post(inbox::handle))
        .route(
            "/console/suppressions",
            get(suppressions::page).post(suppressions::settle),
        )
}

fn settings_and_templates() -> Router<Console> {
    Router::new()
        .route(
            "/console/settings",
            get(settings::page).post(settings::save),
        )
        .route("/console/templates", get(templates::list))
        .route("/console/template-variables", get(templates::reference))
        .route(
            "/console/templates/{id}",
            get(editor::page).post(editor::save),
        )
        .route("/console/templates/{id}/preview", post(editor::preview))
        .route(
            "/console/templates/{id}/duplicate",
            post(templates::duplicate),
        )
}

/// What nobody has to be signed in for.
fn outside(entrance: Entrance) -> Router {
    Router::new()
        .route("/console/sign-in", get(sign_in::begin))
        .route("/console/sign-in/callback", get(sign_in::finish))
        .route("/console/assets/{file}", get(usher_console::asset))
        .with_state(entrance)
}

fn pages() -> Pages {
    let templates = [
        ("calendar.html", include_str!("templates/calendar.html")),
        ("meeting.html", include_str!("templates/meeting.html")),
        ("archive.html", include_str!("templates/archive.html")),
        ("revoke.html", include_str!("templates/revoke.html")),
        ("log.html", include_str!("templates/log.html")),
        (
            "notification.html",
            include_str!("templates/notification.html"),
        ),
        ("settings.html", include_str!("templates/settings.html")),
        ("templates.html", include_str!("templates/templates.html")),
        ("template.html", include_str!("templates/template.html")),
        ("config.html", include_str!("templates/config.html")),
        ("variables.html", include_str!("templates/variables.html")),
        ("setting.html", include_str!("templates/setting.html")),
        ("first_run.html", include_str!("templates/first_run.html")),
        ("preview.html", include_str!("templates/preview.html")),
        ("signed_out.html", include_str!("templates/signed_out.html")),
        ("inbox.html", include_str!("templates/inbox.html")),
        ("reach.html", include_str!("templates/reach.html")),
        ("figures.html", include_str!("templates/figures.html")),
        (
            "suppressions.html",
            include_str!("templates/suppressions.html"),
        ),
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
