//! The page on which a meeting is written: what it shows, and what its buttons make of
//! what was filled in.

use chrono::{DateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::Serialize;
use serde_json::{Value, json};
use usher_api::{meeting::MeetingView, template::TemplateBody};
use usher_console::{Mistake, filled_up, mistakes};
use usher_domain::{local_time, meeting::Meeting, template::Template};
use usher_flows::{App, console::MeetingForm};
use usher_web::Problem;

use super::fields::{Start, in_words};

/// How many attendees a form takes: more than these do not fit what a form may send.
const ATTENDEES: usize = 300;

/// How many rows "Add five" adds.
const SEVERAL: usize = 5;

/// The page.
#[derive(Serialize)]
pub(super) struct Page {
    here: &'static str,
    action: String,
    back: String,
    new: bool,
    /// The document that the form shows.
    v: Value,
    base: String,
    pub(super) version: u64,
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

/// What a button in the form makes of what was filled in: a template fills in what it
/// says, and nothing else is lost.
pub(super) fn pressed_in(form: &MeetingForm, mut v: Value, pressed: &str) -> Value {
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
pub(super) fn defaults(template: Option<&Template>) -> Value {
    let Some(template) = template else {
        return json!({});
    };
    let body = serde_json::to_value(TemplateBody::from(template)).unwrap_or_default();
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
pub(super) fn as_document(meeting: &Meeting) -> Value {
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
    pub(super) fn new(
        app: &App,
        form: &MeetingForm,
        base: Option<&Value>,
        id: String,
        v: Value,
    ) -> Self {
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
    pub(super) fn with_row(mut self, pressed: &str) -> Self {
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

    pub(super) fn refused(mut self, problem: &Problem) -> Self {
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
