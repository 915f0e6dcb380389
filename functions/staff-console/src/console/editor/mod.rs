//! The template editor's form: what it shows beside the template itself, what its
//! buttons do, and how it speaks of time.

mod press;
mod time;
mod trial;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use usher_api::{
    Word,
    template::{self as api, Reference, Variable},
};
use usher_console::{Fields, Mistake, filled_up, own};
use usher_domain::{
    Failure,
    id::TemplateId,
    kind::NotificationType,
    language::Language,
    meeting::{BookingStatus, Meeting},
    settings::Settings,
    template::{Buttons, IfLate, NotificationConfig, Template, TemplateBody},
    text::Name,
};
use usher_flows::{App, console::TemplateForm};
use usher_web::Problem;

pub(super) use press::{press, said};
use time::Time;
pub(super) use time::in_minutes;
pub(super) use trial::sound_part;

/// How far ahead meetings are offered to try a template on.
const AHEAD: TimeDelta = TimeDelta::days(60);
/// How many of them.
const OFFERED: usize = 12;

/// What the form shows of a template.
#[derive(Serialize)]
pub(super) struct Editor {
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

/// What stands beside a text's fields.
#[derive(Serialize)]
struct Text {
    /// What staff call it.
    label: String,
    /// Whether its section is open.
    open: bool,
    /// The buttons its messages carry if it does not say.
    usual: Buttons,
}

/// A meeting to try a template on.
#[derive(Serialize)]
struct Coming {
    id: String,
    title: String,
    customer: String,
    starts_at: String,
}

/// Which sections of the form are open.
pub(super) enum Open {
    /// The first: nobody has touched the form.
    First,
    /// All: it cannot be told which of them were.
    All,
    /// Those of these texts, by their ids.
    Those(Vec<String>),
}

impl Open {
    /// Those that were when the form was sent; what is known of it only with a script.
    pub(super) fn of(fields: &Fields) -> Self {
        match own(fields, "_open").unwrap_or_default() {
            "" => Self::All,
            ids => Self::Those(ids.split(',').map(str::to_owned).collect()),
        }
    }

    /// The same, and what has just been added or has a mistake.
    fn has(&self, index: usize, id: &str, last_is_new: bool, errors: &[Mistake]) -> bool {
        let place = format!("configs.{index}.");
        let wrong = errors.iter().any(|error| error.field.starts_with(&place));
        wrong
            || last_is_new
            || match self {
                Self::First => index == 0,
                Self::All => true,
                Self::Those(ids) => ids.iter().any(|open| open == id),
            }
    }
}

/// What the form needs besides the template.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such template.
pub(super) async fn load(
    app: &App,
    id: Option<&TemplateId>,
    now: DateTime<Utc>,
) -> Result<TemplateForm, Failure> {
    usher_flows::console::template_form(app, id, (now, now + AHEAD), OFFERED).await
}

impl Editor {
    /// The editor of the template that `v` describes.
    pub(super) fn new(
        form: &TemplateForm,
        v: &Value,
        open: &Open,
        added: bool,
        errors: &[Mistake],
    ) -> Result<Self, Problem> {
        let Settings { locale, colors, .. } = &form.settings;
        let own = locale.language();
        let all = Language::ALL
            .iter()
            .map(|language| (language.code(), language.name()))
            .collect::<Vec<_>>();
        let given = v["configs"].as_array().cloned().unwrap_or_default();
        let v = filled_up(v, &blank()?);
        let rows = |list: &str| v[list].as_array().cloned().unwrap_or_default();
        let configs = rows("configs");
        let text = |(index, config): (usize, &Value)| {
            let new = added && index + 1 == configs.len();
            let id = config["id"].as_str().unwrap_or_default();
            let kind = type_of(config).unwrap_or(NotificationType::Confirmation);
            Text {
                label: called(config, &v),
                open: open.has(index, id, new, errors),
                usual: NotificationConfig::built_in(kind).buttons(),
            }
        };
        // A text in the business's own language needs no translation into it; but one that
        // there is would be lost if the form did not have it.
        let translated = |(tag, _): &(&str, &str)| {
            let has = |config: &Value| config["translations"][*tag].is_object();
            *tag != own.code() || given.iter().any(has)
        };
        let coming = form.coming.iter().filter(|meeting| still_on(meeting));
        Ok(Self {
            texts: configs.iter().enumerate().map(text).collect(),
            times: rows("reminder_triggers").iter().map(Time::of).collect(),
            reminder_texts: configs
                .iter()
                .filter(|config| config["type"] == "reminder")
                .filter_map(|config| config["id"].as_str().map(str::to_owned))
                .collect(),
            translations: all.iter().copied().filter(translated).collect(),
            languages: all,
            button_color: colors.button.to_string(),
            calendar_color: colors.calendar.to_string(),
            meetings: coming.map(Coming::of).collect(),
            variables: Reference::in_language(own).variables,
            v,
        })
    }
}

fn still_on(meeting: &Meeting) -> bool {
    !meeting.archived && meeting.status != BookingStatus::Cancelled
}

impl Coming {
    fn of(meeting: &Meeting) -> Self {
        let local = meeting
            .details
            .starts_at
            .with_timezone(&meeting.details.timezone);
        Self {
            id: meeting.id.to_string(),
            title: meeting.title.to_string(),
            customer: meeting
                .lead()
                .map(|lead| lead.name.to_string())
                .unwrap_or_default(),
            starts_at: local.format("%a %-d %b, %H:%M").to_string(),
        }
    }
}

/// The type of a config, where the document names one.
fn type_of(config: &Value) -> Option<NotificationType> {
    config["type"].as_str()?.parse().ok()
}

/// What staff call a text: by the name they gave it, else by its type and, of a
/// reminder, by when it goes out.
fn called(config: &Value, v: &Value) -> String {
    if let Some(name) = config["name"].as_str().filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    let kind = type_of(config).map_or("Text", NotificationType::label);
    if config["type"] != "reminder" {
        return kind.to_owned();
    }
    let triggers = v["reminder_triggers"].as_array().into_iter().flatten();
    let times = triggers
        .filter(|trigger| trigger["config_id"] == config["id"])
        .map(|trigger| Time::of(trigger).said());
    let times: Vec<_> = times.collect();
    if times.is_empty() {
        format!("{kind}, sent at no time yet")
    } else {
        format!("{kind}, {}", times.join(" and "))
    }
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

/// Everything the form shows of a template that says nothing: what the API takes a
/// field for that is left out, and nothing where it takes it for nothing.
fn blank() -> Result<Value, Problem> {
    let name = Name::parse("New").map_err(|_| Problem::internal())?;
    let config = NotificationConfig::built_in(NotificationType::Confirmation);
    let body = TemplateBody {
        configs: vec![config],
        ..TemplateBody::built_in(name)
    };
    let defaults = serde_json::to_value(api::TemplateBody::from(&body));
    let mut defaults = defaults.map_err(|_| Problem::internal())?;
    defaults["name"] = Value::Null;
    defaults["reminder_triggers"] = json!([{"if_late": Word(IfLate::default())}]);
    Ok(filled_up(&defaults, &nothing()))
}

/// The fields that hold nothing by default.
fn nothing() -> Value {
    let texts = json!({
        "subject": "", "email_body": "", "sms_text": "",
        "auto_replies": {"accept": "", "reschedule": "", "decline": ""},
    });
    let mut config = json!({"name": "", "subject": "", "email_body": "", "sms_text": ""});
    config["buttons"] = json!({
        "accept": "", "decline": "", "reschedule": "", "view_details": "", "add_to_calendar": "",
    });
    config["colors"] = json!({"button": "", "calendar": ""});
    config["reply_codes"] = json!({"auto_replies": texts["auto_replies"]});
    config["translations"] = Language::ALL
        .iter()
        .copied()
        .map(|language| (language.code().to_owned(), texts.clone()))
        .collect();
    json!({
        "name": "", "location_kind": "", "video_platform": "", "title_format": "",
        "configs": [config],
        "reminder_triggers": [{"id": "", "config_id": "", "minutes_before": ""}],
    })
}
