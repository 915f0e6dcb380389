//! A schedule as it is asked for, kept and shown.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::checks::{check_name, check_target, check_window, check_zone, due_at};
use super::request::{check_group, invalid};
use super::{GROUP, arn};
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
pub(super) struct Window {
    pub(super) mode: WindowMode,
    pub(super) maximum_window_in_minutes: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum WindowMode {
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
    pub role_arn: String,
    pub input: Option<String>,
    pub retry_policy: Option<RetryPolicy>,
    pub dead_letter_config: Option<DeadLetter>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RetryPolicy {
    pub(super) maximum_event_age_in_seconds: Option<u32>,
    pub(super) maximum_retry_attempts: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeadLetter {
    pub(super) arn: Option<String>,
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
    check_name(name)?;
    let definition: Definition = serde_json::from_slice(body).map_err(invalid)?;
    check_group(definition.group_name.as_deref())?;
    check_zone(definition.schedule_expression_timezone.as_deref())?;
    let due_at = due_at(&definition.schedule_expression, now)?;
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

/// One of the schedules in the answer of `ListSchedules`.
pub(super) fn summary(name: &str, stored: &Stored) -> Value {
    json!({
        "Arn": arn(name), "Name": name, "GroupName": GROUP,
        "State": stored.definition.state.unwrap_or(Switch::Enabled),
        "CreationDate": stored.created.timestamp(),
        "LastModificationDate": stored.modified.timestamp(),
        "Target": { "Arn": stored.definition.target.arn },
    })
}
