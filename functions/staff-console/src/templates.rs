//! Templates with their configs and triggers.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use usher_api::{
    preview::MessagePreview,
    query::{Paging, Reader},
    template::{Applied, Reference, TemplateBody, TemplateList, Trial},
};
use usher_domain::{Failure, id::TemplateId, template::TemplateDraft};
use usher_flows::{
    App, manage, queries,
    try_template::{self, try_template},
};
use usher_web::{
    ApiJson, ApiPath, ApiQuery, Conditional, ETag, Identity, Manager, NoQuery, Problem,
};

use crate::paging::{cursor, page_size};

/// List the templates
///
/// What staff may choose from for a meeting, whole, by sequence and name.
#[utoipa::path(
    get,
    path = "/v1/templates",
    operation_id = "list_templates",
    tag = "Templates",
    params(Paging),
    responses(
        (status = 200, description = "One page", body = TemplateList),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Identity,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<TemplateList>, Problem> {
    let cursor = cursor(paging.cursor.as_deref())?;
    let limit = page_size(paging.limit)?;
    let page = queries::template_page(&app, cursor.as_ref(), limit).await?;
    // Part of one is not what it says: whoever wrote it back would lose the rest.
    let whole = page.rows.iter().filter(|template| !template.damaged);
    let templates: Vec<_> = whole.map(TemplateBody::from).collect();
    Ok(Json(TemplateList {
        unreadable: page.unreadable + page.rows.len() - templates.len(),
        templates,
        next_cursor: page.next.map(|cursor| cursor.encode()),
    }))
}

/// Read a template
///
/// With its notification configs and reminder triggers.
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
    _: NoQuery,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, Problem> {
    let template = queries::template(&app, &id).await?;
    if template.damaged {
        return Err(Failure::Unreadable.into());
    }
    Ok((ETag(template.version), Json(TemplateBody::from(&template))).into_response())
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
    Manager(identity): Manager,
    _: NoQuery,
    ApiPath(id): ApiPath<TemplateId>,
    Conditional(precondition): Conditional,
    ApiJson { value: body, .. }: ApiJson<TemplateBody>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let actor = identity.actor();
    let saved = manage::put_template(&app, &id, &body.into(), precondition, &actor, now).await?;
    let (template, applied) = saved;
    let status = if template.version == 1 {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let answer = TemplateBody {
        applied: applied.map(Applied::from),
        ..TemplateBody::from(&template)
    };
    Ok((status, ETag(template.version), Json(answer)).into_response())
}

/// Preview a template
///
/// What one of its configs makes of a sample meeting, which an update finds moved by an
/// hour, or of one of yours. A template that comes along need not be saved, but is
/// held against the same rules. Changes nothing.
#[utoipa::path(
    post,
    path = "/v1/templates/{id}/preview",
    operation_id = "preview_template",
    tag = "Templates",
    params(("id" = String, Path, description = "The template's id; any, when the template comes along")),
    request_body = Trial,
    responses(
        (status = 200, description = "What one attendee would get", body = MessagePreview),
        (status = "default", description = "Nothing can be made of it", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    _: Identity,
    _: NoQuery,
    ApiPath(id): ApiPath<TemplateId>,
    ApiJson { value: trial, .. }: ApiJson<Trial>,
) -> Result<Json<MessagePreview>, Problem> {
    let now = app.clock.now();
    let preview = try_template(&app, &id, &tried(trial), now).await?;
    Ok(Json(preview.into()))
}

/// What is asked of the flow.
pub(crate) fn tried(trial: Trial) -> try_template::Trial {
    try_template::Trial {
        template: trial.template.map(TemplateDraft::from),
        kind: trial.kind.0,
        config_id: trial.config_id,
        language: trial.language,
        meeting_id: trial.meeting_id,
    }
}

/// List what template texts may name
///
/// Subjects, email bodies, SMS and automatic replies are text with `{{ variable }}`,
/// `{{ variable|filter }}` and `{% if variable %}…{% else %}…{% endif %}`, nothing else.
/// What is absent is empty.
#[utoipa::path(
    get,
    path = "/v1/template-variables",
    operation_id = "list_template_variables",
    tag = "Templates",
    params(Reader),
    responses(
        (status = 200, description = "All of them, each with an example", body = Reference),
        (status = "default", description = "Not read", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn reference(_: Identity, ApiQuery(reader): ApiQuery<Reader>) -> Json<Reference> {
    Json(Reference::in_language(reader.language.0))
}
