//! The form of a meeting: a new one, made from a template, or one that is changed.

use axum::{Form, extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use usher_domain::{
    Precondition,
    id::MeetingId,
    local_time,
    meeting::{Meeting, MeetingInput, MeetingView},
    template::Template,
};
use usher_flows::{
    App,
    console::{MeetingForm, meeting_form},
    manage::{self, Confirmation, Saved},
};
use usher_web::{
    ApiPath, ApiQuery, Problem, ProblemKind,
    console::{
        Desk, Fields, Merge, Mistake, PageError, Said, SaidLine, Staff, Tone, filled_up, merge,
        mistakes, own, read,
    },
};

use super::{
    Console,
    fields::{Start, in_words, posted},
    result::outcome,
};

/// What is said of a save that did nothing else.
const SAVED: &str = "Saved. Nothing was sent.";

/// How many attendees a form takes: more than these do not fit what a form may send.
const ATTENDEES: usize = 300;

/// How many rows "Add five" adds.
const SEVERAL: usize = 5;

/// What a new meeting starts from.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    template: Option<String>,
    date: Option<String>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    action: String,
    back: String,
    new: bool,
    /// The document that the form shows.
    v: Value,
    base: String,
    version: u64,
    id: String,
    templates: Vec<Choice>,
    require_address: bool,
    zones: Vec<&'static str>,
    there: Option<String>,
    start: Start,
    /// Whether it takes no more attendees.
    full: bool,
    /// The attendee whose row was asked for.
    added: Option<usize>,
    errors: Vec<Mistake>,
}

/// A template to choose.
#[derive(Serialize)]
struct Choice {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct MergePage {
    here: &'static str,
    action: String,
    version: u64,
    base: String,
    merge: Merge,
    /// Whether it was this very form that made the meeting.
    own: bool,
}

/// `GET /console/meetings/new`
pub(crate) async fn new(
    State(Console { app, desk }): State<Console>,
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
    let page = Page::new(&app, &form, None, app.word(), v);
    Ok(desk.page("edit.html", &staff, page))
}

/// `POST /console/meetings/new`
pub(crate) async fn create(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let id = MeetingId::parse(own(&fields, "_id").unwrap_or_default());
    let id = id.map_err(|_| {
        Problem::new(
            ProblemKind::BadRequest,
            "This form is incomplete. Open the calendar and begin again.",
        )
    })?;
    let v = posted(&fields);
    let pressed = own(&fields, "_do").unwrap_or("save");
    if pressed != "save" {
        let form = meeting_form(&app, None).await?;
        let v = pressed_in(&form, v, pressed);
        let page = Page::new(&app, &form, None, id.to_string(), v).with_row(pressed);
        return Ok(desk.page("edit.html", &staff, page));
    }
    let saved = match read::<MeetingInput>(&v) {
        Ok(input) => {
            let now = app.clock.now();
            let saved = manage::put_meeting(&app, &id, &input, Precondition::Absent, now).await;
            saved.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    match saved {
        Ok(saved) => {
            let page = format!("/console/meetings/{id}");
            Ok(desk.done(&page, said(&saved, app.clock.now())))
        }
        Err(problem) if problem.kind() == ProblemKind::StaleVersion => {
            made_already(&app, &desk, &staff, &id, v).await
        }
        Err(problem) => {
            let form = meeting_form(&app, None).await?;
            let page = Page::new(&app, &form, None, id.to_string(), v).refused(&problem);
            Ok(desk.page_with(problem.kind().status(), "edit.html", &staff, page))
        }
    }
}

/// The same form of a new meeting, sent twice: by a double click, or by Back, with other
/// words in it. Then nothing of them is lost.
async fn made_already(
    app: &App,
    desk: &Desk,
    staff: &Staff,
    id: &MeetingId,
    v: Value,
) -> Result<Response, PageError> {
    let form = meeting_form(app, Some(id)).await?;
    let Some(meeting) = &form.meeting else {
        return Err(Problem::internal().into());
    };
    let stored = as_document(meeting);
    let v = paired(v, &stored);
    let input = read::<MeetingInput>(&v)?;
    if manage::says_the_same(app, id, &input, app.clock.now()).await? {
        let said = Said::good("It was saved already, as it stands here.");
        return Ok(desk.done(&format!("/console/meetings/{id}"), said));
    }
    let merged = merge(&json!({}), &v, &stored);
    Ok(merge_page(app, desk, staff, &form, meeting, merged, true))
}

/// The typed attendees with the ids of those that are stored: of whoever has the same
/// address, number or name, else of whoever is left, in their order.
fn paired(mut v: Value, stored: &Value) -> Value {
    let mut left: Vec<&Value> = stored["attendees"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let same = |row: &Value, other: &Value| {
        let says = |field: &&str| !row[*field].is_null() && row[*field] == other[*field];
        ["email", "phone", "name"].iter().any(says)
    };
    let mut rows: Vec<_> = v["attendees"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .collect();
    for by_place in [false, true] {
        for row in rows.iter_mut().filter(|row| row["id"].is_null()) {
            let found = left.iter().position(|each| by_place || same(row, each));
            if let Some(found) = found {
                row["id"] = left.remove(found)["id"].clone();
            }
        }
    }
    v
}

/// The page on which two versions of a meeting become one.
fn merge_page(
    app: &App,
    desk: &Desk,
    staff: &Staff,
    form: &MeetingForm,
    meeting: &Meeting,
    mut merge: Merge,
    own: bool,
) -> Response {
    let (id, stored) = (&meeting.id, as_document(meeting));
    let merged = merge.document();
    let shown = Page::new(app, form, Some(&stored), id.to_string(), merged);
    desk.labels("edit.html", staff, shown).name(&mut merge);
    let page = MergePage {
        here: "calendar",
        action: format!("/console/meetings/{id}/edit"),
        version: meeting.version,
        base: stored.to_string(),
        merge,
        own,
    };
    desk.page_with(StatusCode::CONFLICT, "merge.html", staff, page)
}

/// `GET /console/meetings/{id}/edit`
pub(crate) async fn edit(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    let form = meeting_form(&app, Some(&id)).await?;
    let v = form.meeting.as_ref().map(as_document).unwrap_or_default();
    let page = Page::new(&app, &form, Some(&v), id.to_string(), v.clone());
    Ok(desk.page("edit.html", &staff, page))
}

/// `POST /console/meetings/{id}/edit`
pub(crate) async fn save(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let v = posted(&fields);
    let base = own(&fields, "_base").and_then(|base| serde_json::from_str::<Value>(base).ok());
    let version = own(&fields, "_version").and_then(|version| version.parse().ok());
    let (Some(base), Some(version)) = (base, version) else {
        let detail = "This form is incomplete. Open the meeting and begin again.";
        return Err(Problem::new(ProblemKind::BadRequest, detail).into());
    };
    let pressed = own(&fields, "_do").unwrap_or("save");
    let saved = if pressed == "save" {
        match read::<MeetingInput>(&v) {
            Ok(input) => {
                let (now, before) = (app.clock.now(), Precondition::Version(version));
                let saved = manage::put_meeting(&app, &id, &input, before, now).await;
                saved.map(Some).map_err(Problem::from)
            }
            Err(problem) => Err(problem),
        }
    } else {
        Ok(None)
    };
    if let Ok(Some(saved)) = &saved {
        let page = format!("/console/meetings/{id}");
        return Ok(desk.done(&page, said(saved, app.clock.now())));
    }
    let form = meeting_form(&app, Some(&id)).await?;
    if let (Err(problem), Some(meeting)) = (&saved, &form.meeting)
        && problem.kind() == ProblemKind::StaleVersion
    {
        let merged = merge(&base, &v, &as_document(meeting));
        return Ok(merge_page(
            &app, &desk, &staff, &form, meeting, merged, false,
        ));
    }
    let v = pressed_in(&form, v, pressed);
    let mut page = Page::new(&app, &form, Some(&base), id.to_string(), v).with_row(pressed);
    page.version = version;
    Ok(match saved {
        Ok(_) => desk.page("edit.html", &staff, page),
        Err(problem) => {
            let page = page.refused(&problem);
            desk.page_with(problem.kind().status(), "edit.html", &staff, page)
        }
    })
}

/// What a save has done, with what may be a mistake about the meeting.
fn said(saved: &Saved, now: DateTime<Utc>) -> Said {
    let mut said = match &saved.confirmation {
        Confirmation::NotDue => Said::good(SAVED),
        Confirmation::UnderWay => Said::good("Saved. The confirmation is being sent right now."),
        Confirmation::Tried(sent) => {
            let said = outcome(sent);
            let text = format!("Saved. Its confirmation: {}", said.text);
            Said { text, ..said }
        }
        Confirmation::Refused(why) => {
            let text = format!("Saved, but its confirmation was not sent: {why}");
            Said::new(Tone::Warn, text)
        }
    };
    let warning = |text| SaidLine {
        tone: Tone::Warn,
        mark: "Look again".to_owned(),
        text,
        page: None,
    };
    // Before what was sent: of many lines the last are left out.
    let warnings = saved.world.meeting.warnings(now);
    let mut lines: Vec<_> = warnings.into_iter().map(warning).collect();
    if !lines.is_empty() {
        said.tone = said.tone.max(Tone::Warn);
    }
    lines.append(&mut said.lines);
    said.lines = lines;
    said
}

/// What a button in the form makes of what was filled in: a template fills in what it
/// says, and nothing else is lost.
fn pressed_in(form: &MeetingForm, mut v: Value, pressed: &str) -> Value {
    if pressed == "template" {
        let chosen = v["template_id"].as_str();
        let template = form
            .templates
            .iter()
            .find(|each| Some(each.id.as_str()) == chosen);
        if let (Some(own), Value::Object(defaults)) = (v.as_object_mut(), defaults(template)) {
            own.extend(defaults.into_iter().filter(|(name, _)| name != "attendees"));
        }
    }
    v
}

/// Everything the form shows, empty.
fn blank() -> Value {
    json!({
        "title": "", "starts_at": "", "timezone": "", "duration_minutes": "", "template_id": "",
        "description": "", "location": {"kind": "", "address": "", "video_url": ""},
        "organizer": {"name": "", "email": "", "phone": ""}, "followers": [],
        "attendees": [{
            "id": "", "name": "", "email": "", "phone": "", "timezone": "", "language": "",
            "preferred_confirmation_method": "",
        }],
    })
}

/// What a template says of its meetings.
fn defaults(template: Option<&Template>) -> Value {
    let Some(template) = template else {
        return json!({});
    };
    let body = serde_json::to_value(template.view()).unwrap_or_default();
    let mut v = json!({
        "template_id": template.id.as_str(),
        "title": body["name"],
        "duration_minutes": body["duration_minutes"],
    });
    if !body["location_kind"].is_null() {
        v["location"] = json!({"kind": body["location_kind"]});
    }
    v
}

/// What staff can edit of a meeting, as the form has it.
fn as_document(meeting: &Meeting) -> Value {
    let mut v = serde_json::to_value(MeetingView::new(meeting, None)).unwrap_or_default();
    let kept = [
        "title",
        "starts_at",
        "timezone",
        "duration_minutes",
        "template_id",
        "location",
        "description",
        "organizer",
        "followers",
        "attendees",
    ];
    if let Some(entries) = v.as_object_mut() {
        entries.retain(|name, _| kept.contains(&name.as_str()));
    }
    for attendee in v["attendees"].as_array_mut().into_iter().flatten() {
        if let Some(entries) = attendee.as_object_mut() {
            entries.remove("answer");
            entries.remove("reschedule_requested");
        }
    }
    let starts_at = v["starts_at"].as_str().unwrap_or_default().to_owned();
    let local = starts_at.get(..16).unwrap_or_default();
    // Where clocks go back, the hour that comes twice needs its offset.
    if local_time::instant(local, meeting.details.timezone).is_ok() {
        v["starts_at"] = local.into();
    }
    v
}

impl Page {
    fn new(app: &App, form: &MeetingForm, base: Option<&Value>, id: String, v: Value) -> Self {
        let chosen = v["template_id"].as_str();
        let template = form
            .templates
            .iter()
            .find(|each| Some(each.id.as_str()) == chosen);
        let attendees = v["attendees"].as_array().map_or(0, Vec::len);
        let listed = |each: &&Template| each.body().active || Some(each.id.as_str()) == chosen;
        let choice = |each: &Template| Choice {
            id: each.id.to_string(),
            name: each.body().name.to_string(),
        };
        let new = base.is_none();
        let mut v = filled_up(&v, &blank());
        let row = &blank()["attendees"][0];
        if let (0, Some(rows)) = (attendees, v["attendees"].as_array_mut()) {
            rows.push(row.clone());
        }
        Self {
            here: "calendar",
            action: if new {
                "/console/meetings/new".to_owned()
            } else {
                format!("/console/meetings/{id}/edit")
            },
            back: if new {
                "/console".to_owned()
            } else {
                format!("/console/meetings/{id}")
            },
            new,
            base: base.map(Value::to_string).unwrap_or_default(),
            version: form.meeting.as_ref().map_or(0, |meeting| meeting.version),
            id,
            templates: form.templates.iter().filter(listed).map(choice).collect(),
            require_address: template.is_some_and(|template| template.body().require_address),
            zones: TZ_VARIANTS.iter().map(|zone| zone.name()).collect(),
            there: there(&v, app.clock.now()),
            start: Start::of(&v),
            full: attendees >= ATTENDEES,
            added: None,
            errors: Vec::new(),
            v,
        }
    }

    /// More rows for attendees, where they were asked for.
    fn with_row(mut self, pressed: &str) -> Self {
        let more = match pressed {
            "attendee" => 1,
            "attendees" => SEVERAL,
            _ => return self,
        };
        if let Some(rows) = self.v["attendees"].as_array_mut() {
            self.added = Some(rows.len());
            let row = blank()["attendees"][0].clone();
            let room = ATTENDEES.saturating_sub(rows.len());
            rows.extend(std::iter::repeat_n(row, more.min(room)));
            self.full = rows.len() >= ATTENDEES;
        }
        self
    }

    fn refused(mut self, problem: &Problem) -> Self {
        let v = &self.v;
        let errors = mistakes(problem).into_iter();
        self.errors = errors.map(|each| in_words(v, each)).collect();
        self
    }
}

/// What time it is now where the meeting is.
fn there(v: &Value, now: DateTime<Utc>) -> Option<String> {
    let zone: Tz = v["timezone"].as_str()?.parse().ok()?;
    Some(now.with_timezone(&zone).format("%a %H:%M").to_string())
}
