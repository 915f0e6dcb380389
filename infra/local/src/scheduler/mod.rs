//! The stand-in for EventBridge Scheduler: one-time schedules in UTC, kept until
//! they have fired or are deleted. It checks what Scheduler checks and refuses every
//! field it does not know, recurring expressions included. Firing is not done here:
//! see `firing`, which asks for what is due.

mod definition;
mod request;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::LocalClock;
use crate::disk::Disk;
use crate::wire::AwsError;
use definition::{Stored, Switch, describe, read};
pub(crate) use request::Operation;
use request::{check_group, invalid, not_found, read_query};

const FILE: &str = "schedules.json";
/// The group that schedules are made in: the one that functions are told of.
pub(crate) const GROUP: &str = "usher-reminders";
const MAX_PAGE: usize = 100;

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

/// A schedule whose time has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Due {
    pub name: String,
    pub at: DateTime<Utc>,
    /// ARN of what it calls.
    pub target: String,
    /// What the target is given.
    pub input: Value,
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

    /// What is armed, by time and name; disabled schedules and those that have fired
    /// are not.
    pub(crate) fn armed(&self) -> Vec<ArmedSchedule> {
        let mut armed: Vec<_> = self
            .lock()
            .iter()
            .filter(|(_, stored)| stored.is_armed())
            .map(|(name, stored)| ArmedSchedule {
                name: name.clone(),
                due_at: stored.due_at,
                input: stored.input.clone(),
            })
            .collect();
        armed.sort_by(|a, b| (a.due_at, &a.name).cmp(&(b.due_at, &b.name)));
        armed
    }

    /// The first schedule, by time and name, whose time is not after `until`.
    pub(crate) fn next_due(&self, until: DateTime<Utc>) -> Option<Due> {
        self.lock()
            .iter()
            .filter(|(_, stored)| stored.is_armed() && stored.due_at <= until)
            .min_by_key(|(name, stored)| (stored.due_at, *name))
            .map(|(name, stored)| Due {
                name: name.clone(),
                at: stored.due_at,
                target: stored.definition.target.arn.clone(),
                input: stored.input.clone(),
            })
    }

    /// Notes that `due` has fired: it goes if it was to be deleted after completion or
    /// is to `vanish`, and else stays, never to fire again. A schedule that was given
    /// another time meanwhile is left as it is.
    pub(crate) fn complete(&self, due: &Due, vanish: bool) -> std::io::Result<()> {
        let mut schedules = self.lock();
        let Some(stored) = schedules.get_mut(&due.name) else {
            return Ok(());
        };
        if stored.due_at != due.at {
            return Ok(());
        }
        stored.fired = true;
        if vanish || stored.is_deleted_after_completion() {
            schedules.remove(&due.name);
        }
        self.disk.write(FILE, &*schedules)
    }

    /// Does `operation`; answers with its JSON.
    pub(crate) fn perform(
        &self,
        operation: &Operation,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Value, AwsError> {
        let query = parts.uri.query().unwrap_or_default();
        match operation {
            Operation::Create(name) => self.create(name, read(name, body, self.clock.now())?),
            Operation::Update(name) => self.update(name, read(name, body, self.clock.now())?),
            Operation::Get(name) => {
                let query = read_query(query, &["groupName"])?;
                check_group(query.get("groupName").map(String::as_str))?;
                self.lock()
                    .get(name)
                    .map(|stored| describe(name, stored))
                    .ok_or_else(|| not_found(name))
            }
            Operation::Delete(name) => {
                let query = read_query(query, &["groupName", "clientToken"])?;
                check_group(query.get("groupName").map(String::as_str))?;
                let mut schedules = self.lock();
                schedules.remove(name).ok_or_else(|| not_found(name))?;
                self.keep(&schedules)?;
                Ok(json!({}))
            }
            Operation::List => self.list(query),
        }
    }

    fn create(&self, name: &str, stored: Stored) -> Result<Value, AwsError> {
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
            schedules.insert(name.to_owned(), stored);
            self.keep(&schedules)?;
        }
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    fn update(&self, name: &str, mut stored: Stored) -> Result<Value, AwsError> {
        let mut schedules = self.lock();
        let present = schedules.get(name).ok_or_else(|| not_found(name))?;
        stored.created = present.created;
        schedules.insert(name.to_owned(), stored);
        self.keep(&schedules)?;
        Ok(json!({ "ScheduleArn": arn(name) }))
    }

    /// A page in the order of names; the token is the last name of the page before.
    /// Here alone no group means all of them, as in AWS.
    fn list(&self, query: &str) -> Result<Value, AwsError> {
        let query = read_query(
            query,
            &["ScheduleGroup", "NamePrefix", "NextToken", "MaxResults"],
        )?;
        if let Some(group) = query.get("ScheduleGroup") {
            check_group(Some(group))?;
        }
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

fn arn(name: &str) -> String {
    format!("arn:aws:scheduler:us-east-1:123456789012:schedule/{GROUP}/{name}")
}
