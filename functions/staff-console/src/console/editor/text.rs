//! What stands beside each text of the form.

use serde::Serialize;
use serde_json::Value;
use usher_domain::{
    kind::NotificationType,
    template::{Buttons, NotificationConfig},
};

use super::time::Time;

/// What stands beside a text's fields.
#[derive(Serialize)]
pub(super) struct Text {
    /// What staff call it.
    label: String,
    /// Whether its section is open.
    open: bool,
    /// The buttons its messages carry if it does not say.
    usual: Buttons,
}

impl Text {
    /// What stands beside the text `config` of the document `v`.
    pub(super) fn of(config: &Value, v: &Value, is_open: impl FnOnce(&str) -> bool) -> Self {
        let kind = type_of(config).unwrap_or(NotificationType::Confirmation);
        Self {
            label: called(config, v),
            open: is_open(config["id"].as_str().unwrap_or_default()),
            usual: NotificationConfig::built_in(kind).buttons(),
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
