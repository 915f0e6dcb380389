//! What the buttons of the form do.

use serde_json::{Value, json};
use usher_console::{Said, Tone};
use usher_domain::template::Applied;

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
    let first_reminder = first_reminder(v);
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
        _ => remove(rows, which),
    }
    what == "add-config"
}

/// Removes the row with this index, if there is one.
fn remove(rows: &mut Vec<Value>, index: &str) {
    let index = index.parse().ok();
    if let Some(index) = index.filter(|index: &usize| *index < rows.len()) {
        rows.remove(index);
    }
}

fn first_reminder(v: &Value) -> Option<Value> {
    let configs = v["configs"].as_array()?;
    let reminder = configs.iter().find(|config| config["type"] == "reminder")?;
    Some(reminder["id"].clone())
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
    let changed = changed(meetings);
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

/// Of how many meetings the reminders were changed.
fn changed(meetings: usize) -> String {
    match meetings {
        0 => "No coming meeting needed other reminders.".to_owned(),
        1 => "1 coming meeting has other reminders now.".to_owned(),
        many => format!("{many} coming meetings have other reminders now."),
    }
}
