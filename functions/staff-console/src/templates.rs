//! Templates with their configs and triggers.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use usher_domain::{
    id::TemplateId,
    template::{Template, TemplateBody},
};
use usher_flows::{App, look, manage};
use usher_web::{ApiJson, ApiPath, Conditional, ETag, Identity, Manager, Problem};
use utoipa::ToSchema;

/// All templates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateList {
    /// By sequence, then by name.
    templates: Vec<TemplateBody>,
    /// Always null: templates are few, and all of them are here.
    next_cursor: Option<String>,
}

/// List the templates
#[utoipa::path(
    get,
    path = "/v1/templates",
    operation_id = "list_templates",
    tag = "Templates",
    responses(
        (status = 200, description = "All of them", body = TemplateList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
) -> Result<Json<TemplateList>, Problem> {
    let templates = look::templates(&app).await?;
    let templates = templates.iter().map(Template::view).collect();
    Ok(Json(TemplateList {
        templates,
        next_cursor: None,
    }))
}

/// Read a template
#[utoipa::path(
    get,
    path = "/v1/templates/{id}",
    operation_id = "get_template",
    tag = "Templates",
    params(("id" = String, Path, description = "The template's id")),
    responses(
        (status = 200, description = "The template", body = TemplateBody, headers(("ETag" = String, description = "The version"))),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _: Identity,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, Problem> {
    let template = look::template(&app, &id).await?;
    Ok((ETag(template.version), Json(template.view())).into_response())
}

/// Save a template
///
/// Creates it under the id you choose, or replaces it. What would fail at send
/// time is refused, with the place and the reason. Meetings that customers were
/// told of keep the reminders they had, unless `apply_to_upcoming` says otherwise;
/// the answer then says to how many it was applied. For managers.
#[utoipa::path(
    put,
    path = "/v1/templates/{id}",
    operation_id = "put_template",
    tag = "Templates",
    params(
        ("id" = String, Path, description = "The template's id; yours to choose: 1 to 64 characters of A-Z a-z 0-9 . _ -"),
        ("If-Match" = Option<String>, Header, description = "Only replace this version"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only create"),
    ),
    request_body = TemplateBody,
    responses(
        (status = 200, description = "Saved over the one there was", body = TemplateBody, headers(("ETag" = String, description = "The version"))),
        (status = 201, description = "Created", body = TemplateBody, headers(("ETag" = String, description = "The version"))),
        (status = "default", description = "Not saved", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn put(
    State(app): State<App>,
    _: Manager,
    ApiPath(id): ApiPath<TemplateId>,
    Conditional(precondition): Conditional,
    ApiJson { value: body, .. }: ApiJson<TemplateBody>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let (template, applied) = manage::put_template(&app, &id, body, precondition, now).await?;
    let status = if template.version == 1 {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let answer = TemplateBody {
        applied,
        ..template.view()
    };
    Ok((status, ETag(template.version), Json(answer)).into_response())
}
