//! A preview of a text that has a mistake: what is sound of it.

use serde_json::{Value, json};
use usher_console::Mistake;

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
    let mut template = without_texts(v, errors);
    if template["name"].is_null() {
        template["name"] = "Preview".into();
    }
    template["configs"] = json!([config]);
    (template, missing)
}

/// What a template says outside of its texts and reminders, without what has a mistake.
fn without_texts(v: &Value, errors: &[Mistake]) -> Value {
    let mut template = json!({});
    for (name, value) in v.as_object().into_iter().flatten() {
        let wrong = errors.iter().any(|error| &error.field == name);
        if !wrong && !value.is_array() {
            template[name] = value.clone();
        }
    }
    template
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

#[cfg(test)]
mod tests {
    use super::*;

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
