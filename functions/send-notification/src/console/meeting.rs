//! The form of a meeting: a new one, made from a template, or one that is changed.

use axum::{Form, extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use usher_api::meeting::MeetingInput;
use usher_console::{Fields, PageError, Said, SaidLine, Staff, Tone, merge, own, read};
use usher_domain::{Precondition, id::MeetingId};
use usher_flows::{
    App,
    console::meeting_form,
    manage::{self, Confirmation, Saved},
};
use usher_web::{ApiPath, ApiQuery, Problem, ProblemKind};

use super::{
    Console,
    fields::posted,
    merging::{made_already, merge_page},
    page::{Page, as_document, defaults, pressed_in},
    result::send_outcome,
};

/// What is said of a save that did nothing else.
const SAVED: &str = "Saved. Nothing was sent.";

/// What a new meeting starts from.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    template: Option<String>,
    date: Option<String>,
}

/// `GET /console/meetings/new`
pub(crate) async fn new(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let form = meeting_form(&app, None).await?;
    let chosen = asked.template.as_deref().filter(|id| !id.is_empty());
    let template = form
        .templates
        .iter()
        .find(|each| Some(each.id.as_str()) == chosen);
    let day = asked.date.filter(|date| date.len() == 10);
    let mut v = defaults(template);
    v["timezone"] = form.settings.timezone.to_string().into();
    if let Some(day) = day {
        v["starts_at"] = format!("{day}T09:00").into();
    }
    let page = Page::new(&app, &form, None, app.random_id(), v);
    Ok(pages.page("edit.html", &staff, page))
}

/// `POST /console/meetings/new`
pub(crate) async fn create(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let id = MeetingId::parse(own(&fields, "_id").unwrap_or_default());
    let id = id.map_err(|_| incomplete("calendar"))?;
    let v = posted(&fields);
    let pressed = own(&fields, "_do").unwrap_or("save");
    if pressed != "save" {
        let form = meeting_form(&app, None).await?;
        let v = pressed_in(&form, v, pressed);
        let page = Page::new(&app, &form, None, id.to_string(), v).with_row(pressed);
        return Ok(pages.page("edit.html", &staff, page));
    }
    match put(&app, &staff, &id, &v, Precondition::Absent).await {
        Ok(saved) => {
            let page = format!("/console/meetings/{id}");
            Ok(pages.done(&page, said(&saved, app.clock.now())))
        }
        Err(problem) if problem.kind() == ProblemKind::StaleVersion => {
            made_already(&app, &pages, &staff, &id, v).await
        }
        Err(problem) => {
            let form = meeting_form(&app, None).await?;
            let page = Page::new(&app, &form, None, id.to_string(), v).refused(&problem);
            Ok(pages.page_with(problem.kind().status(), "edit.html", &staff, page))
        }
    }
}

/// `GET /console/meetings/{id}/edit`
pub(crate) async fn edit(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    let form = meeting_form(&app, Some(&id)).await?;
    let v = form.meeting.as_ref().map(as_document).unwrap_or_default();
    let page = Page::new(&app, &form, Some(&v), id.to_string(), v.clone());
    Ok(pages.page("edit.html", &staff, page))
}

/// `POST /console/meetings/{id}/edit`
pub(crate) async fn save(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let v = posted(&fields);
    let (base, version) = loaded(&fields)?;
    let pressed = own(&fields, "_do").unwrap_or("save");
    let mut refusal = None;
    if pressed == "save" {
        match put(&app, &staff, &id, &v, Precondition::Version(version)).await {
            Ok(saved) => {
                let page = format!("/console/meetings/{id}");
                return Ok(pages.done(&page, said(&saved, app.clock.now())));
            }
            Err(problem) => refusal = Some(problem),
        }
    }
    let form = meeting_form(&app, Some(&id)).await?;
    if let (Some(problem), Some(meeting)) = (&refusal, &form.meeting)
        && problem.kind() == ProblemKind::StaleVersion
    {
        let merged = merge(&base, &v, &as_document(meeting));
        return Ok(merge_page(
            &app, &pages, &staff, &form, meeting, merged, false,
        ));
    }
    let v = pressed_in(&form, v, pressed);
    let mut page = Page::new(&app, &form, Some(&base), id.to_string(), v).with_row(pressed);
    page.version = version;
    Ok(match refusal {
        None => pages.page("edit.html", &staff, page),
        Some(problem) => {
            let page = page.refused(&problem);
            pages.page_with(problem.kind().status(), "edit.html", &staff, page)
        }
    })
}

/// What the form was made of: a document and its version.
fn loaded(fields: &Fields) -> Result<(Value, u64), Problem> {
    let base = own(fields, "_base").and_then(|base| serde_json::from_str(base).ok());
    let version = own(fields, "_version").and_then(|version| version.parse().ok());
    base.zip(version).ok_or_else(|| incomplete("meeting"))
}

fn incomplete(open: &str) -> Problem {
    let detail = format!("This form is incomplete. Open the {open} and begin again.");
    Problem::new(ProblemKind::BadRequest, detail)
}

/// Saves what was filled in.
async fn put(
    app: &App,
    staff: &Staff,
    id: &MeetingId,
    v: &Value,
    before: Precondition,
) -> Result<Saved, Problem> {
    let input = read::<MeetingInput>(v)?.into();
    let now = app.clock.now();
    Ok(manage::put_meeting(app, id, &input, before, &staff.actor(), now).await?)
}

/// What a save has done, with what may be a mistake about the meeting.
fn said(saved: &Saved, now: DateTime<Utc>) -> Said {
    let mut said = confirmed(&saved.confirmation);
    let warning = |text| SaidLine {
        tone: Tone::Warn,
        mark: "Look again".to_owned(),
        text,
        page: None,
    };
    // Before what was sent: of many lines the last are left out.
    let warnings = saved.context.meeting.warnings(now);
    let mut lines: Vec<_> = warnings.into_iter().map(warning).collect();
    if !lines.is_empty() {
        said.tone = said.tone.max(Tone::Warn);
    }
    lines.append(&mut said.lines);
    said.lines = lines;
    said
}

/// What came of the confirmation that a save sends by itself.
fn confirmed(confirmation: &Confirmation) -> Said {
    match confirmation {
        Confirmation::NotDue => Said::good(SAVED),
        Confirmation::UnderWay => Said::good("Saved. The confirmation is being sent right now."),
        Confirmation::Tried(sent) => {
            let said = send_outcome(sent);
            let text = format!("Saved. Its confirmation: {}", said.text);
            Said { text, ..said }
        }
        Confirmation::Refused(why) => {
            let text = format!("Saved, but its confirmation was not sent: {why}");
            Said::new(Tone::Warn, text)
        }
    }
}
