//! The template editor's form: what it shows beside the template itself, what its
//! buttons do, and how it speaks of time.

mod blank;
mod coming;
mod open;
mod page;
mod press;
mod preview;
mod save;
mod text;
mod time;
mod trial;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use usher_api::template::{self as api, Reference, Variable};
use usher_console::{Mistake, filled_up};
use usher_domain::{
    Failure, id::TemplateId, language::Language, settings::Settings, template::Template,
};
use usher_flows::{App, console::TemplateForm};
use usher_web::Problem;

use blank::blank;
use coming::{Coming, is_still_on};
use open::Open;
pub(super) use page::page;
pub(super) use preview::preview;
pub(super) use save::save;
use text::Text;
use time::{Time, in_minutes};

/// How far ahead meetings are offered to try a template on.
const AHEAD: TimeDelta = TimeDelta::days(60);
/// How many of them.
const OFFERED: usize = 12;

/// What the form shows of a template.
#[derive(Serialize)]
struct Editor {
    /// The document that the form shows.
    v: Value,
    /// Beside each text, in their order.
    texts: Vec<Text>,
    /// When each reminder goes out, in their order.
    times: Vec<Time>,
    /// The texts that a reminder can have, by their ids.
    reminder_texts: Vec<String>,
    /// The languages that translations can be in, and those a preview can be in.
    translations: Vec<(&'static str, &'static str)>,
    languages: Vec<(&'static str, &'static str)>,
    /// The colours that hold where a text has none of its own.
    button_color: String,
    calendar_color: String,
    /// Meetings to try it on.
    meetings: Vec<Coming>,
    variables: Vec<Variable>,
}

/// What the form needs besides the template.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such template.
async fn load(
    app: &App,
    id: Option<&TemplateId>,
    now: DateTime<Utc>,
) -> Result<TemplateForm, Failure> {
    usher_flows::console::template_form(app, id, (now, now + AHEAD), OFFERED).await
}

impl Editor {
    /// The editor of the template that `v` describes.
    fn new(
        form: &TemplateForm,
        v: &Value,
        open: &Open,
        added: bool,
        errors: &[Mistake],
    ) -> Result<Self, Problem> {
        let Settings { locale, colors, .. } = &form.settings;
        let own = locale.language();
        let given = v["configs"].as_array().cloned().unwrap_or_default();
        let v = filled_up(v, &blank()?);
        let rows = |list: &str| v[list].as_array().cloned().unwrap_or_default();
        let configs = rows("configs");
        let text = |(index, config): (usize, &Value)| {
            let new = added && index + 1 == configs.len();
            Text::of(config, &v, |id| open.has(index, id, new, errors))
        };
        let coming = form.coming.iter().filter(|meeting| is_still_on(meeting));
        Ok(Self {
            texts: configs.iter().enumerate().map(text).collect(),
            times: rows("reminder_triggers").iter().map(Time::of).collect(),
            reminder_texts: reminder_texts(&configs),
            translations: translations(own, &given),
            languages: Language::ALL.iter().map(tag_and_name).collect(),
            button_color: colors.button.to_string(),
            calendar_color: colors.calendar.to_string(),
            meetings: coming.map(Coming::of).collect(),
            variables: Reference::in_language(own).variables,
            v,
        })
    }
}

fn reminder_texts(configs: &[Value]) -> Vec<String> {
    let reminders = configs.iter().filter(|config| config["type"] == "reminder");
    reminders
        .filter_map(|config| config["id"].as_str().map(str::to_owned))
        .collect()
}

/// A text in the business's own language needs no translation into it; but one that
/// there is would be lost if the form did not have it.
fn translations(own: Language, configs: &[Value]) -> Vec<(&'static str, &'static str)> {
    let is_offered = |language: &&Language| {
        let has = |config: &Value| config["translations"][language.code()].is_object();
        **language != own || configs.iter().any(has)
    };
    let offered = Language::ALL.iter().filter(is_offered);
    offered.map(tag_and_name).collect()
}

fn tag_and_name(language: &Language) -> (&'static str, &'static str) {
    (language.code(), language.name())
}

/// A template as its form has it.
pub(super) fn as_document(template: &Template) -> Value {
    let mut v = serde_json::to_value(api::TemplateBody::from(template)).unwrap_or_default();
    if let Some(entries) = v.as_object_mut() {
        entries.remove("id");
        entries.retain(|_, entry| !entry.is_null());
    }
    v
}
