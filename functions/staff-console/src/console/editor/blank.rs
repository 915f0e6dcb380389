//! What the form shows of a template that says nothing.

use serde_json::{Value, json};
use usher_api::{Word, template as api};
use usher_console::filled_up;
use usher_domain::{
    kind::NotificationType,
    language::Language,
    template::{IfLate, NotificationConfig, TemplateBody},
    text::Name,
};
use usher_web::Problem;

/// Everything the form shows of a template that says nothing: what the API takes a
/// field for that is left out, and nothing where it takes it for nothing.
pub(super) fn blank() -> Result<Value, Problem> {
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
