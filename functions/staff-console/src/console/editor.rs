//! The template editor's form: what it shows beside the template itself, what its
//! buttons do, and how it speaks of time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use usher_domain::{
    Failure,
    id::TemplateId,
    language::Language,
    meeting::{BookingStatus, Meeting},
    notification::NotificationType,
    render::{FILTERS, TextFilter, Variable, variables},
    settings::Settings,
    template::{Applied, Buttons, IfLate, NotificationConfig, Template, TemplateBody},
    text::Name,
};
use usher_flows::{App, console::TemplateForm};
use usher_web::{
    Problem,
    console::{Fields, Mistake, Said, Tone, filled_up, own},
};

/// How far ahead meetings are offered to try a template on.
const AHEAD: TimeDelta = TimeDelta::days(60);
/// How many of them.
const OFFERED: usize = 12;

/// The units that a reminder's time is said in, the largest first: name and minutes.
const UNITS: [(&str, u64); 3] = [("days", 1_440), ("hours", 60), ("minutes", 1)];

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

/// A time before the start, as people say it.
#[derive(Serialize)]
struct Time {
    amount: String,
    unit: &'static str,
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
        let all = Language::ALL.map(|language| (language.code(), language.name()));
        let given = v["configs"].as_array().cloned().unwrap_or_default();
        let v = filled_up(v, &blank()?);
        let rows = |list: &str| v[list].as_array().cloned().unwrap_or_default();
        let configs = rows("configs");
        let text = |(index, config): (usize, &Value)| {
            let new = added && index + 1 == configs.len();
            let id = config["id"].as_str().unwrap_or_default();
            let kind = serde_json::from_value(config["type"].clone());
            let kind = kind.unwrap_or(NotificationType::Confirmation);
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
            translations: all.into_iter().filter(translated).collect(),
            languages: all.into(),
            button_color: colors.button.to_string(),
            calendar_color: colors.calendar.to_string(),
            meetings: coming.map(Coming::of).collect(),
            variables: variables(own),
            v,
        })
    }

    /// The page of what texts can name.
    pub(super) fn reference(settings: &Settings) -> (Vec<Variable>, Vec<TextFilter>) {
        (variables(settings.locale.language()), FILTERS.to_vec())
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

impl Time {
    /// That of a reminder trigger: as it was filled in, else in the largest unit that it
    /// is a whole number of.
    fn of(trigger: &Value) -> Self {
        let before = &trigger["before"];
        if before.is_object() {
            let unit = UNITS.iter().find(|(unit, _)| before["unit"] == *unit);
            return Self {
                amount: as_typed(&before["amount"]),
                unit: unit.map_or("minutes", |(unit, _)| unit),
            };
        }
        let minutes = &trigger["minutes_before"];
        let Some(number) = minutes.as_u64() else {
            return Self {
                amount: as_typed(minutes),
                unit: "minutes",
            };
        };
        let fits = |(_, minutes): &&(&str, u64)| number > 0 && number % minutes == 0;
        let (unit, per_unit) = UNITS.iter().find(fits).unwrap_or(&("minutes", 1));
        Self {
            amount: (number / per_unit).to_string(),
            unit,
        }
    }

    /// As a sentence has it.
    fn said(&self) -> String {
        match self.amount.as_str() {
            "1" => format!("1 {} before", self.unit.trim_end_matches('s')),
            amount => format!("{amount} {} before", self.unit),
        }
    }
}

/// What stands in a field of numbers.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What staff call a text: by the name they gave it, else by its type and, of a
/// reminder, by when it goes out.
fn called(config: &Value, v: &Value) -> String {
    if let Some(name) = config["name"].as_str().filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    let kind = serde_json::from_value::<NotificationType>(config["type"].clone());
    let kind = kind.map_or_else(|_| "Text", NotificationType::label);
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

/// The template that the form describes: its times, which it says in days, hours or
/// minutes, in minutes. What is no number stays, to be refused by name.
pub(super) fn in_minutes(form: &Value) -> Value {
    let mut v = form.clone();
    let triggers = v.get_mut("reminder_triggers").and_then(Value::as_array_mut);
    for trigger in triggers.into_iter().flatten() {
        let Some(fields) = trigger.as_object_mut() else {
            continue;
        };
        let Some(before) = fields.remove("before") else {
            continue;
        };
        let unit = UNITS.iter().find(|(unit, _)| before["unit"] == *unit);
        let per_unit = unit.map_or(1, |(_, minutes)| *minutes);
        let minutes = match before["amount"].as_u64() {
            Some(amount) => amount.saturating_mul(per_unit).into(),
            None => before["amount"].clone(),
        };
        if !minutes.is_null() {
            fields.insert("minutes_before".to_owned(), minutes);
        }
    }
    v
}

/// A button that adds or removes a part of the form. Returns whether a text was added.
pub(super) fn press(v: &mut Value, pressed: &str, word: &str) -> bool {
    let (what, which) = pressed.split_once(':').unwrap_or((pressed, ""));
    let list = match what {
        "add-config" | "drop-config" => "configs",
        _ => "reminder_triggers",
    };
    if !v[list].is_array() {
        v[list] = json!([]);
    }
    let word = word.get(..6).unwrap_or(word);
    let first_reminder = v["configs"].as_array().and_then(|configs| {
        let reminder = configs.iter().find(|config| config["type"] == "reminder");
        reminder.map(|config| config["id"].clone())
    });
    let Some(rows) = v[list].as_array_mut() else {
        return false;
    };
    match what {
        "add-config" => rows.push(json!({"id": format!("{which}-{word}"), "type": which})),
        "add-trigger" => rows.push(json!({
            "id": format!("trigger-{word}"),
            "config_id": first_reminder,
            "minutes_before": 1440,
        })),
        _ => {
            let index = which.parse().ok();
            if let Some(index) = index.filter(|index: &usize| *index < rows.len()) {
                rows.remove(index);
            }
        }
    }
    what == "add-config"
}

/// What a save has done, in words.
pub(super) fn said(pressed: &str, applied: Option<Applied>) -> Said {
    let text = match pressed {
        "archive" => {
            "Archived. New meetings are no longer made from it; those that were keep it, their reminders too."
        }
        "restore" => "In use again: new meetings can be made from it.",
        _ => "Saved. What is sent from now on is made of it.",
    };
    let Some(Applied {
        meetings,
        remaining,
    }) = applied
    else {
        return Said::good(text);
    };
    let changed = match meetings {
        0 => "No coming meeting needed other reminders.".to_owned(),
        1 => "1 coming meeting has other reminders now.".to_owned(),
        many => format!("{many} coming meetings have other reminders now."),
    };
    match remaining {
        0 => Said::good(format!("{text} {changed}")),
        rest => Said::new(
            Tone::Warn,
            format!(
                "{text} {changed} {rest} more could not be changed in time: save with that tick again to go on there."
            ),
        ),
    }
}

/// The text that a preview shows, without the parts of it that have a mistake, as a
/// template of its own; and which of its parts are missing.
pub(super) fn sound_part(
    v: &Value,
    shown: usize,
    errors: &[Mistake],
) -> (Value, Vec<&'static str>) {
    let mut config = v["configs"][shown].clone();
    let place = format!("configs.{shown}.");
    let mut missing = Vec::new();
    for path in errors
        .iter()
        .filter_map(|error| error.field.strip_prefix(&place))
    {
        without(&mut config, path);
        for part in ["subject", "email_body", "sms_text"] {
            if path.ends_with(part) {
                missing.push(part);
            }
        }
    }
    let mut template = json!({});
    for (name, value) in v.as_object().into_iter().flatten() {
        let wrong = errors.iter().any(|error| &error.field == name);
        if !wrong && !value.is_array() {
            template[name] = value.clone();
        }
    }
    if template["name"].is_null() {
        template["name"] = "Preview".into();
    }
    template["configs"] = json!([config]);
    (template, missing)
}

/// Takes what stands at a place out of a document; does nothing if nothing does.
fn without(v: &mut Value, path: &str) {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut steps = above.split('.').filter(|step| !step.is_empty());
    let found = steps.try_fold(v, |at, step| at.get_mut(step));
    if let Some(entries) = found.and_then(Value::as_object_mut) {
        entries.remove(name);
    }
}

/// A template as its form has it.
pub(super) fn as_document(template: &Template) -> Value {
    let mut v = serde_json::to_value(template.view()).unwrap_or_default();
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
    let defaults = serde_json::to_value(TemplateBody {
        configs: vec![config],
        ..TemplateBody::built_in(name)
    });
    let mut defaults = defaults.map_err(|_| Problem::internal())?;
    defaults["name"] = Value::Null;
    defaults["reminder_triggers"] = json!([{"if_late": IfLate::default()}]);
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
        .into_iter()
        .map(|language| (language.code().to_owned(), texts.clone()))
        .collect();
    json!({
        "name": "", "location_kind": "", "video_platform": "", "title_format": "",
        "configs": [config],
        "reminder_triggers": [{"id": "", "config_id": "", "minutes_before": ""}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_the_largest_unit_that_it_is_a_whole_number_of() {
        for (minutes, said) in [
            (1_440, "1 day before"),
            (2_880, "2 days before"),
            (60, "1 hour before"),
            (90, "90 minutes before"),
            (1_500, "25 hours before"),
            (1, "1 minute before"),
            (0, "0 minutes before"),
        ] {
            let time = Time::of(&json!({"minutes_before": minutes}));
            assert_eq!(time.said(), said);
            let v = json!({"reminder_triggers": [
                {"before": {"amount": time.amount.parse::<u64>().unwrap(), "unit": time.unit}},
            ]});
            assert_eq!(
                in_minutes(&v)["reminder_triggers"][0],
                json!({"minutes_before": minutes})
            );
        }
    }

    #[test]
    fn a_time_that_is_no_number_stays_to_be_refused() {
        let v = json!({"reminder_triggers": [
            {"before": {"amount": "soon", "unit": "days"}}, {"before": {"unit": "days"}},
        ]});
        let left = json!([{"minutes_before": "soon"}, {}]);
        assert_eq!(in_minutes(&v)["reminder_triggers"], left);
    }

    #[test]
    fn what_has_a_mistake_is_left_out_of_a_preview_and_nothing_else() {
        let v = json!({
            "name": "Visit", "title_format": "{title}", "duration_minutes": "x",
            "configs": [
                {"id": "a", "type": "update", "subject": "{{ x }}"},
                {"id": "b", "type": "reminder", "subject": "S", "sms_text": "{{ y }}",
                 "translations": {"de": {"subject": "{{ z }}", "sms_text": "Gut"}}},
            ],
        });
        let at = |field: &str| Mistake {
            field: field.to_owned(),
            label: String::new(),
            detail: String::new(),
        };
        let errors = [
            at("duration_minutes"),
            at("configs.0.subject"),
            at("configs.1.sms_text"),
            at("configs.1.translations.de.subject"),
        ];
        let (template, missing) = sound_part(&v, 1, &errors);
        let sound = json!({
            "name": "Visit", "title_format": "{title}",
            "configs": [{"id": "b", "type": "reminder", "subject": "S",
                "translations": {"de": {"sms_text": "Gut"}}}],
        });
        assert_eq!(template, sound);
        assert_eq!(missing, ["sms_text", "subject"]);
    }
}
