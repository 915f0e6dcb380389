//! The page on which a meeting is written: what it shows, and what its buttons make of
//! what was filled in.

mod document;

use chrono::{DateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::Serialize;
use serde_json::Value;
use usher_console::{Mistake, filled_up, mistakes};
use usher_domain::template::Template;
use usher_flows::{App, console::MeetingForm};
use usher_web::Problem;

use super::fields::{Start, in_words};
pub(super) use document::{as_document, defaults, pressed_in};
use document::{blank, chosen};

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

impl Page {
    pub(super) fn new(
        app: &App,
        form: &MeetingForm,
        base: Option<&Value>,
        id: String,
        v: Value,
    ) -> Self {
        let template = chosen(form, &v);
        let attendees = v["attendees"].as_array().map_or(0, Vec::len);
        let is_listed = |each: &&Template| {
            each.body().active || template.is_some_and(|chosen| chosen.id == each.id)
        };
        let v = with_a_row(filled_up(&v, &blank()));
        let Addresses { action, back } = Addresses::of(&id, base.is_none());
        Self {
            here: "calendar",
            action,
            back,
            new: base.is_none(),
            base: base.map(Value::to_string).unwrap_or_default(),
            version: form.meeting.as_ref().map_or(0, |meeting| meeting.edits),
            id,
            templates: form
                .templates
                .iter()
                .filter(is_listed)
                .map(Choice::of)
                .collect(),
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

/// Where the form is sent, and where its page leads back to.
struct Addresses {
    action: String,
    back: String,
}

impl Addresses {
    fn of(id: &str, new: bool) -> Self {
        if new {
            return Self {
                action: "/console/meetings/new".to_owned(),
                back: "/console".to_owned(),
            };
        }
        Self {
            action: format!("/console/meetings/{id}/edit"),
            back: format!("/console/meetings/{id}"),
        }
    }
}

impl Choice {
    fn of(template: &Template) -> Self {
        Self {
            id: template.id.to_string(),
            name: template.body().name.to_string(),
        }
    }
}

/// A form without attendees has an empty row for one.
fn with_a_row(mut v: Value) -> Value {
    if let Some(rows) = v["attendees"].as_array_mut()
        && rows.is_empty()
    {
        rows.push(blank()["attendees"][0].clone());
    }
    v
}

/// What time it is now where the meeting is.
fn there(v: &Value, now: DateTime<Utc>) -> Option<String> {
    let zone: Tz = v["timezone"].as_str()?.parse().ok()?;
    Some(now.with_timezone(&zone).format("%a %H:%M").to_string())
}
