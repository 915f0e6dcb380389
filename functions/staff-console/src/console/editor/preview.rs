//! The editor's preview: what a text makes of a meeting.

use axum::{Form, extract::State, response::Response};
use serde::Serialize;
use serde_json::{Value, json};
use usher_api::{preview::MessagePreview, template::Trial};
use usher_console::{
    Fields, Mistake, PageError, Staff, Styles, document, framed, label, mistakes, own, read,
};
use usher_domain::id::TemplateId;
use usher_flows::{App, try_template::try_template};
use usher_web::{ApiPath, Problem};

use super::{in_minutes, trial::sound_part};
use crate::{console::Console, templates::tried};

#[derive(Serialize)]
struct PreviewPage {
    in_dialog: bool,
    message: Option<MessagePreview>,
    html: Option<String>,
    /// The parts that are not shown, because they have a mistake.
    missing: Vec<&'static str>,
    errors: Vec<Mistake>,
}

/// `POST /console/templates/{id}/preview`: what the form's template makes of a meeting,
/// or what is wrong with it. Changes nothing.
pub(crate) async fn preview(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<TemplateId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let v = in_minutes(&document(&fields));
    let shown: usize = own(&fields, "_show")
        .and_then(|shown| shown.parse().ok())
        .unwrap_or(0);
    let page = match try_on(&app, &id, &v, shown, &fields).await {
        Ok(message) => PreviewPage::new(Some(message), Vec::new(), Vec::new()),
        Err(problem) => {
            let errors: Vec<_> = mistakes(&problem).into_iter().map(in_form).collect();
            let (rest, missing) = sound_part(&v, shown, &errors);
            let message = try_on(&app, &id, &rest, 0, &fields).await.ok();
            PreviewPage::new(message, errors, missing)
        }
    };
    let styles = page.html.as_deref().map(Styles::of).unwrap_or_default();
    Ok(styles.allow_in(pages.page("preview.html", &staff, page)))
}

impl PreviewPage {
    fn new(
        message: Option<MessagePreview>,
        errors: Vec<Mistake>,
        missing: Vec<&'static str>,
    ) -> Self {
        let html = message
            .as_ref()
            .filter(|_| !missing.contains(&"email_body"))
            .map(|message| framed(&message.html))
            .filter(|html| !html.is_empty());
        Self {
            in_dialog: true,
            message,
            html,
            missing,
            errors,
        }
    }
}

/// What one text of a template makes of the meeting and the reader that the form names.
async fn try_on(
    app: &App,
    id: &TemplateId,
    template: &Value,
    shown: usize,
    fields: &Fields,
) -> Result<MessagePreview, Problem> {
    let chosen = |name| {
        own(fields, name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let config = &template["configs"][shown];
    let trial = json!({
        "template": template,
        "type": config.get("type").and_then(Value::as_str).unwrap_or("confirmation"),
        "config_id": config.get("id"),
        "meeting_id": chosen("_meeting"),
        "language": chosen("_language"),
    });
    let trial = read::<Trial>(&trial)?;
    Ok(try_template(app, id, &tried(trial), app.clock.now())
        .await?
        .into())
}

/// A mistake in what was tried, at its place in the form, which begins at its template.
fn in_form(mistake: Mistake) -> Mistake {
    let field = mistake.field.trim_start_matches("template.").to_owned();
    Mistake {
        label: label(&field),
        field,
        ..mistake
    }
}
