//! The stand-in for EventBridge Scheduler: one-time schedules in UTC, kept until
//! they have fired or are deleted. It checks what Scheduler checks and refuses every
//! field it does not know, recurring expressions included. Firing is not done here:
//! see `firing`, which asks for what is due.

mod api;
mod checks;
mod definition;
mod request;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::clock::LocalClock;
use crate::disk::Disk;
use definition::Stored;
pub(crate) use request::Operation;

const FILE: &str = "schedules.json";
/// The group that schedules are made in: the one that functions are told of.
pub(crate) const GROUP: &str = "usher-reminders";

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

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Stored>> {
        self.schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:scheduler:us-east-1:123456789012:schedule/{GROUP}/{name}")
}
