//! The templates: their list, what texts can name, and copies.

use axum::{extract::State, response::Response};
use serde::Serialize;
use usher_api::template::{Reference, TemplateBody};
use usher_console::{PageError, Said, Staff, read};
use usher_domain::{Precondition, id::TemplateId, template::Template};
use usher_flows::{manage, queries};
use usher_web::{ApiPath, Problem, Role};

use super::{Console, editor::as_document};

#[derive(Serialize)]
struct List {
    here: &'static str,
    may: bool,
    templates: Vec<Listed>,
    unreadable: usize,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    body: TemplateBody,
    damaged: bool,
}

#[derive(Serialize)]
struct ReferencePage {
    here: &'static str,
    #[serde(flatten)]
    reference: Reference,
}

/// `GET /console/templates`
pub(crate) async fn list(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let templates = queries::templates(&app).await?;
    let page = List {
        here: "templates",
        may: staff.require(Role::Manager).is_ok(),
        unreadable: templates.unreadable,
        templates: templates.rows.iter().map(Listed::new).collect(),
    };
    Ok(pages.page("templates.html", &staff, page))
}

impl Listed {
    fn new(template: &Template) -> Self {
        Self {
            body: template.into(),
            damaged: template.damaged,
        }
    }
}

/// `GET /console/template-variables`: what texts can name.
pub(crate) async fn reference(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
) -> Result<Response, PageError> {
    let language = app.settings().await?.locale.language();
    let page = ReferencePage {
        here: "templates",
        reference: Reference::in_language(language),
    };
    Ok(pages.page("variables.html", &staff, page))
}

/// `POST /console/templates/{id}/duplicate`
pub(crate) async fn duplicate(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
) -> Result<Response, PageError> {
    staff.require(Role::Manager)?;
    let mut v = as_document(&queries::template(&app, &id).await?);
    let name = v["name"].as_str().unwrap_or_default();
    v["name"] = format!("{name} (copy)").into();
    let copy = app.random_id();
    let fresh = TemplateId::parse(&copy).map_err(|_| Problem::internal())?;
    let body = read::<TemplateBody>(&v)?;
    let (before, actor, now) = (Precondition::Absent, staff.actor(), app.clock.now());
    manage::put_template(&app, &fresh, &body.into(), before, &actor, now).await?;
    let done = Said::good("This is the copy. Give it a name of its own.");
    Ok(pages.done(&format!("/console/templates/{copy}"), done))
}
