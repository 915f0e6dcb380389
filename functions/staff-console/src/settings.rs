//! The business's settings.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use usher_api::settings::SettingsBody;
use usher_domain::{Failure, settings::Settings};
use usher_flows::{App, manage};
use usher_web::{Admin, ApiJson, Conditional, ETag, Identity, NoQuery, Problem};

fn answer(settings: &Settings) -> Response {
    (ETag(settings.version), Json(SettingsBody::from(settings))).into_response()
}

/// Read the settings
///
/// Who sends, from which number, in which colours, and the defaults of all meetings.
#[utoipa::path(
    get,
    path = "/v1/settings",
    operation_id = "get_settings",
    tag = "Settings",
    responses(
        (status = 200, description = "The settings; the defaults before any were saved", body = SettingsBody, headers(("ETag" = String, description = "The version"))),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if settings.damaged {
        return Err(Failure::Unreadable.into());
    }
    Ok(answer(&settings))
}

/// Save the settings
///
/// Replaces all of them; what is left out gets its default. For admins.
#[utoipa::path(
    put,
    path = "/v1/settings",
    operation_id = "put_settings",
    tag = "Settings",
    params(("If-Match" = Option<String>, Header, description = "Only replace this version")),
    request_body = SettingsBody,
    responses(
        (status = 200, description = "Saved", body = SettingsBody, headers(("ETag" = String, description = "The version"))),
        (status = "default", description = "Not saved", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn put(
    State(app): State<App>,
    Admin(identity): Admin,
    _: NoQuery,
    Conditional(precondition): Conditional,
    ApiJson { value: input, .. }: ApiJson<SettingsBody>,
) -> Result<Response, Problem> {
    let (actor, now) = (identity.actor(), app.clock.now());
    let saved = manage::put_settings(&app, &input.into(), precondition, &actor, now).await?;
    Ok(answer(&saved))
}
