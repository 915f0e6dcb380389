//! The stand-in for EventBridge Scheduler: one-time schedules in UTC, kept until
//! they are deleted. It checks what Scheduler checks and refuses every field it does
//! not know, recurring expressions included.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use http::{Method, StatusCode, request};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::LocalClock;
use crate::disk::Disk;
use crate::wire::AwsError;

const FILE: &str = "schedules.json";
const GROUP: &str = "default";
const MAX_PAGE: usize = 100;

/// What Scheduler is asked to do, with the schedule's name.
#[derive(Debug)]
pub(crate) enum Operation {
    Create(String),
    Get(String),
    Update(String),
    Delete(String),
    List,
}

impl Operation {
    /// The operation a request names, if the stand-in has it.
    pub(crate) fn of(parts: &request::Parts) -> Option<Self> {
        let path = parts.uri.path();
        if path == "/schedules" {
            return (parts.method == Method::GET).then_some(Self::List);
        }
        let name = path.strip_prefix("/schedules/")?;
        let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
        match parts.method {
            Method::POST => Some(Self::Create(name)),
            Method::GET => Some(Self::Get(name)),
            Method::PUT => Some(Self::Update(name)),
            Method::DELETE => Some(Self::Delete(name)),
            _ => None,
        }
    }

    /// Its name in the service's model.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "CreateSchedule",
            Self::Get(_) => "GetSchedule",
            Self::Update(_) => "UpdateSchedule",
            Self::Delete(_) => "DeleteSchedule",
            Self::List => "ListSchedules",
        }
    }
}

/// A schedule that waits for its time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmedSchedule {
    /// Its name.
    pub name: String,
    /// When it fires.
    pub due_at: DateTime<Utc>,
    /// What its target will be given, parsed.
    pub input: Value,
}

/// A schedule's definition, as `CreateSchedule` and `UpdateSchedule` take it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Definition {
    schedule_expression: String,
    schedule_expression_timezone: Option<String>,
    flexible_time_window: Window,
    target: Target,
    #[serde(default = "default_group")]
    group_name: String,
    description: Option<String>,
    action_after_completion: Option<Completion>,
    state: Option<Switch>,
    client_token: Option<String>,
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

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Completion {
    None,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Switch {
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Target {
    arn: String,
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

fn default_group() -> String {
    GROUP.to_owned()
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    definition: Definition,
    due_at: DateTime<Utc>,
    input: Value,
    created: DateTime<Utc>,
    modified: DateTime<Utc>,
}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Scheduler {
    schedules: Mutex<BTreeMap<String, Stored>>,
    clock: LocalClock,
    disk: Disk,
}

impl Scheduler {
    pub(crate) fn open(disk: Disk, clock: LocalClock) -> std::io::Result<Self> {
        let schedules = Mutex::new(disk.read(FILE)?.unwrap_or_default());
        Ok(Self {
            schedules,
            clock,
            disk,
        })
    }

    /// What is armed, by time and name; disabled schedules are not.
    pub(crate) fn armed(&self) -> Vec<ArmedSchedule> {
        let mut armed: Vec<_> = self
            .lock()
            .iter()
            .filter(|(_, stored)| stored.definition.state != Some(Switch::Disabled))
            .map(|(name, stored)| ArmedSchedule {
                name: name.clone(),
                due_at: stored.due_at,
                input: stored.input.clone(),
            })
            .collect();
        armed.sort_by(|a, b| (a.due_at, &a.name).cmp(&(b.due_at, &b.name)));
        armed
    }

    /// Does `operation`; answers with its JSON.
    pub(crate) fn perform(
        &self,
        operation: &Operation,
        parts: &request::Parts,
        body: &Bytes,
    ) -> Result<Value, AwsError> {
        let query = parts.uri.query().unwrap_or_default();
        match operation {
            Operation::Create(name) => self.create(name, read(name, body)?),
            Operation::Update(name) => self.update(name, read(name, body)?),
            Operation::Get(name) => {
                read_query(query, &["groupName"])?;
                self.lock()
                    .get(name)
                    .map(|stored| describe(name, stored))
                    .ok_or_else(|| not_found(name))
            }
            Operation::Delete(name) => {
                read_query(query, &["groupName", "clientToken"])?;
                let mut schedules = self.lock();
                schedules.remove(name).ok_or_else(|| not_found(name))?;
                self.keep(&schedules)?;
                Ok(json!({}))
            }
            Operation::List => self.list(query),
        }
    }

    fn create(&self, name: &str, mut stored: Stored) -> Result<Value, AwsError> {
        let mut schedules = self.lock();
        if let Some(present) = schedules.get(name) {
            // A repeat of the very same call is answered as the first was.
            let token = &stored.definition.client_token;
            if token.is_none() || present.definition.client_token != *token {
                return Err(AwsError::with_status(
                    StatusCode::CONFLICT,
                    "ConflictException",
                    format!("Schedule {name} already exists."),
                ));
            }
        } else {
            stored.created = self.clock.now();
            stored.modified = stored.created;
            schedules.insert(name.to_owned(), stored);
            self.keep(&schedules)?;
        }
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    fn update(&self, name: &str, mut stored: Stored) -> Result<Value, AwsError> {
        let mut schedules = self.lock();
        let present = schedules.get(name).ok_or_else(|| not_found(name))?;
        stored.created = present.created;
        stored.modified = self.clock.now();
        schedules.insert(name.to_owned(), stored);
        self.keep(&schedules)?;
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    /// A page in the order of names; the token is the last name of the page before.
    fn list(&self, query: &str) -> Result<Value, AwsError> {
        let query = read_query(
            query,
            &["ScheduleGroup", "NamePrefix", "NextToken", "MaxResults"],
        )?;
        let limit = match query.get("MaxResults").map(|text| text.parse()) {
            None => MAX_PAGE,
            Some(Ok(limit)) if (1..=MAX_PAGE).contains(&limit) => limit,
            Some(_) => return Err(invalid("MaxResults must be from 1 to 100")),
        };
        let prefix = query.get("NamePrefix").map_or("", String::as_str);
        let after = query.get("NextToken").map_or("", String::as_str);
        let schedules = self.lock();
        let mut names = schedules
            .iter()
            .filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after);
        let page: Vec<_> = names.by_ref().take(limit).collect();
        let next = names.next().and(page.last()).map(|(name, _)| name);
        let summaries: Vec<_> = page
            .iter()
            .map(|(name, stored)| {
                json!({
                    "Arn": arn(name), "Name": name, "GroupName": GROUP,
                    "State": stored.definition.state.unwrap_or(Switch::Enabled),
                    "CreationDate": stored.created.timestamp(),
                    "LastModificationDate": stored.modified.timestamp(),
                    "Target": { "Arn": stored.definition.target.arn },
                })
            })
            .collect();
        Ok(json!({ "Schedules": summaries, "NextToken": next }))
    }

    fn keep(&self, schedules: &BTreeMap<String, Stored>) -> Result<(), AwsError> {
        self.disk.write(FILE, schedules).map_err(|error| {
            AwsError::with_status(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerException",
                error.to_string(),
            )
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Stored>> {
        self.schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads and checks a definition.
fn read(name: &str, body: &Bytes) -> Result<Stored, AwsError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
        return Err(invalid("Name must match [0-9a-zA-Z-_.]{1,64}"));
    }
    let definition: Definition = serde_json::from_slice(body).map_err(invalid)?;
    if definition.group_name != GROUP {
        return Err(AwsError::with_status(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            format!("Schedule group {} does not exist.", definition.group_name),
        ));
    }
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
    check_window(&definition.flexible_time_window)?;
    let input = check_target(&definition.target)?;
    // Times are set by the caller, who knows whether this is the first version.
    Ok(Stored {
        definition,
        due_at,
        input,
        created: due_at,
        modified: due_at,
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

fn describe(name: &str, stored: &Stored) -> Value {
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

fn read_query(query: &str, known: &[&str]) -> Result<BTreeMap<String, String>, AwsError> {
    let query: BTreeMap<_, _> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    if let Some(unknown) = query.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(format!("{unknown} is not known here")));
    }
    for name in ["groupName", "ScheduleGroup"] {
        if let Some(group) = query.get(name).filter(|group| *group != GROUP) {
            return Err(AwsError::with_status(
                StatusCode::NOT_FOUND,
                "ResourceNotFoundException",
                format!("Schedule group {group} does not exist."),
            ));
        }
    }
    Ok(query)
}

fn arn(name: &str) -> String {
    format!("arn:aws:scheduler:us-east-1:123456789012:schedule/{GROUP}/{name}")
}

fn not_found(name: &str) -> AwsError {
    AwsError::with_status(
        StatusCode::NOT_FOUND,
        "ResourceNotFoundException",
        format!("Schedule {name} does not exist."),
    )
}

fn invalid(message: impl ToString) -> AwsError {
    AwsError::client("ValidationException", message.to_string())
}
