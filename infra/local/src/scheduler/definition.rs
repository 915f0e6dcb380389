//! A schedule as it is asked for: its fields, and what Scheduler checks of them.

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::arn;
use super::request::{check_group, invalid};
use crate::wire::AwsError;

/// A schedule's definition, as `CreateSchedule` and `UpdateSchedule` take it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Definition {
    schedule_expression: String,
    schedule_expression_timezone: Option<String>,
    flexible_time_window: Window,
    pub target: Target,
    group_name: Option<String>,
    description: Option<String>,
    action_after_completion: Option<Completion>,
    pub state: Option<Switch>,
    pub client_token: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Window {
    mode: WindowMode,
    maximum_window_in_minutes: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum WindowMode {
    Off,
    Flexible,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Completion {
    None,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Switch {
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Target {
    pub arn: String,
    role_arn: String,
    input: Option<String>,
    retry_policy: Option<RetryPolicy>,
    dead_letter_config: Option<DeadLetter>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RetryPolicy {
    maximum_event_age_in_seconds: Option<u32>,
    maximum_retry_attempts: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeadLetter {
    arn: Option<String>,
}

/// A schedule that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    pub definition: Definition,
    pub due_at: DateTime<Utc>,
    /// The target's input, parsed.
    pub input: Value,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
    /// Whether it has been fired, and so never will be again.
    #[serde(default)]
    pub fired: bool,
}

impl Stored {
    /// Whether its time is still to come, or has come and waits to be seen.
    pub(super) fn is_armed(&self) -> bool {
        !self.fired && self.definition.state != Some(Switch::Disabled)
    }

    /// Whether it is to be gone once it has fired.
    pub(super) fn is_deleted_after_completion(&self) -> bool {
        self.definition.action_after_completion == Some(Completion::Delete)
    }
}

/// Reads and checks a definition that arrives at `now`.
pub(super) fn read(name: &str, body: &Bytes, now: DateTime<Utc>) -> Result<Stored, AwsError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
        return Err(invalid("Name must match [0-9a-zA-Z-_.]{1,64}"));
    }
    let definition: Definition = serde_json::from_slice(body).map_err(invalid)?;
    check_group(definition.group_name.as_deref())?;
    if definition
        .schedule_expression_timezone
        .as_deref()
        .is_some_and(|zone| zone != "UTC")
    {
        return Err(invalid("only UTC is known here"));
    }
    let due_at = definition
        .schedule_expression
        .strip_prefix("at(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").ok())
        .ok_or_else(|| {
            invalid(format!(
                "Invalid Schedule Expression {}.",
                definition.schedule_expression
            ))
        })?
        .and_utc();
    if due_at <= now {
        return Err(invalid(format!(
            "Invalid Schedule Expression {}: it is not in the future.",
            definition.schedule_expression
        )));
    }
    check_window(&definition.flexible_time_window)?;
    let input = check_target(&definition.target)?;
    Ok(Stored {
        definition,
        due_at,
        input,
        created: now,
        modified: now,
        fired: false,
    })
}

fn check_window(window: &Window) -> Result<(), AwsError> {
    match (window.mode, window.maximum_window_in_minutes) {
        (WindowMode::Off, None) | (WindowMode::Flexible, Some(1..=1440)) => Ok(()),
        _ => Err(invalid(
            "MaximumWindowInMinutes is from 1 to 1440 if the mode is FLEXIBLE, and absent if it is OFF",
        )),
    }
}

/// Checks the target; answers with its input, parsed.
fn check_target(target: &Target) -> Result<Value, AwsError> {
    let letters = target
        .dead_letter_config
        .as_ref()
        .and_then(|config| config.arn.as_ref());
    for arn in [Some(&target.arn), Some(&target.role_arn), letters]
        .into_iter()
        .flatten()
    {
        if !arn.starts_with("arn:") {
            return Err(invalid(format!("{arn} is not an ARN")));
        }
    }
    if let Some(policy) = &target.retry_policy {
        let age = policy.maximum_event_age_in_seconds.unwrap_or(86_400);
        let attempts = policy.maximum_retry_attempts.unwrap_or(185);
        if !(60..=86_400).contains(&age) || attempts > 185 {
            return Err(invalid(
                "RetryPolicy: 60 to 86400 seconds, 0 to 185 attempts",
            ));
        }
    }
    match target.input.as_deref() {
        None => Ok(Value::Null),
        Some(text) => serde_json::from_str(text).map_err(|_| invalid("Input must be valid JSON")),
    }
}

/// The answer of `GetSchedule`.
pub(super) fn describe(name: &str, stored: &Stored) -> Value {
    let mut description = serde_json::to_value(&stored.definition).unwrap_or_default();
    if let Some(fields) = description.as_object_mut() {
        fields.remove("ClientToken");
        fields.insert("Arn".to_owned(), arn(name).into());
        fields.insert("Name".to_owned(), name.into());
        fields.insert("CreationDate".to_owned(), stored.created.timestamp().into());
        fields.insert(
            "LastModificationDate".to_owned(),
            stored.modified.timestamp().into(),
        );
    }
    description
}
