//! The rest of the staff's work, none of which sends: templates, settings,
//! meetings, their history, answers taken on the telephone, and the log.

mod console;
mod figures;
mod inbox;
mod links;
mod log;
mod meetings;
mod openapi;
mod paging;
mod reach;
mod settings;
mod sign_in;
mod suppressions;
mod templates;

use axum::{
    Router,
    routing::{get, post, put},
};
use openapi::Defaults;
pub use sign_in::SignInConfig;
use usher_flows::App;
use usher_web::RolesClaim;
use utoipa::OpenApi;

/// The function's routes. `sign_in` says who signs staff in to the console.
pub fn router(app: App, sign_in: Option<SignInConfig>) -> Router {
    let roles = RolesClaim(app.config.roles_claim.clone());
    let routes = Router::new()
        .route("/v1/templates", get(templates::list))
        .route(
            "/v1/templates/{id}",
            get(templates::get).put(templates::put),
        )
        .route("/v1/templates/{id}/preview", post(templates::preview))
        .route("/v1/template-variables", get(templates::reference))
        .route("/v1/meetings", get(meetings::list))
        .route("/v1/meetings/{id}", get(meetings::get))
        .route("/v1/meetings/{id}/archive", post(meetings::archive))
        .route("/v1/meetings/{id}/unarchive", post(meetings::unarchive))
        .route("/v1/meetings/{id}/dismiss", post(meetings::dismiss))
        .route("/v1/meetings/{id}/links/revoke", post(links::revoke_all))
        .route(
            "/v1/meetings/{id}/attendees/{attendee}/links/revoke",
            post(links::revoke_of_attendee),
        )
        .route("/v1/meetings/{id}/timeline", get(meetings::timeline))
        .route("/v1/meetings/{id}/reminders", get(meetings::reminders))
        .route("/v1/reach", get(reach::list))
        .route("/v1/inbound-messages", get(inbox::list))
        .route("/v1/inbound-messages/{id}/dismiss", post(inbox::dismiss))
        .route("/v1/notifications", get(log::list))
        .route("/v1/notifications/{id}", get(log::get))
        .route("/v1/notifications/{id}/resolve", post(log::resolve))
        .route("/v1/notifications/{id}/dismiss", post(log::dismiss))
        .route("/v1/figures", get(figures::get))
        .route("/v1/suppressions", get(suppressions::list))
        .route(
            "/v1/suppressions/{address}",
            put(suppressions::opt_out).delete(suppressions::lift),
        )
        .route("/v1/settings", get(settings::get).put(settings::put))
        .route("/v1/openapi.json", get(openapi::document))
        .with_state(app.clone());
    let api = usher_web::api(routes, roles);
    match console::router(app, sign_in) {
        Some(console) => api.merge(console),
        None => api,
    }
}

/// This function's part of the API's description.
#[derive(OpenApi)]
#[openapi(modifiers(&Defaults), paths(
    templates::list,
    templates::get,
    templates::put,
    templates::preview,
    templates::reference,
    meetings::list,
    meetings::get,
    meetings::archive,
    meetings::unarchive,
    meetings::dismiss,
    links::revoke_all,
    links::revoke_of_attendee,
    meetings::timeline,
    meetings::reminders,
    reach::list,
    inbox::list,
    inbox::dismiss,
    log::list,
    log::get,
    log::resolve,
    log::dismiss,
    figures::get,
    suppressions::list,
    suppressions::opt_out,
    suppressions::lift,
    settings::get,
    settings::put,
), components(schemas(usher_api::word::StatusFilter)))]
pub struct Api;
