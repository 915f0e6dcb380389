//! Lambda's queue of asynchronous invocations: what a schedule has fired and no
//! function has done yet.

use std::io;
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::disk::Disk;
use crate::scheduler::Due;

const FILE: &str = "invocations.json";

/// An invocation that waits for its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    id: u64,
    /// When it is made, or made again.
    pub at: DateTime<Utc>,
    /// Name of the schedule that fired.
    pub schedule: String,
    /// Name of the function that is invoked.
    pub function: String,
    /// What the function is given.
    pub input: Value,
    /// How often it has failed so far.
    pub failures: usize,
}

/// The invocations that wait.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Vec<Invocation>>,
    disk: Disk,
}

impl Queue {
    pub(super) fn open(disk: Disk) -> io::Result<Self> {
        Ok(Self {
            waiting: Mutex::new(disk.read(FILE)?.unwrap_or_default()),
            disk,
        })
    }

    /// All of them, in order of time; of those with one time and name the older first.
    pub(super) fn all(&self) -> Vec<Invocation> {
        let mut all = self.lock().clone();
        all.sort_by(|a, b| (a.at, &a.schedule, a.id).cmp(&(b.at, &b.schedule, b.id)));
        all
    }

    /// The first whose time is not after `until`.
    pub(super) fn next_due(&self, until: DateTime<Utc>) -> Option<Invocation> {
        let mut all = self.all().into_iter();
        all.next().filter(|first| first.at <= until)
    }

    /// Adds an invocation, at `at`, of what `due` calls.
    pub(super) fn add(&self, due: &Due, at: DateTime<Utc>) -> io::Result<()> {
        let mut waiting = self.lock();
        let last = waiting.iter().map(|invocation| invocation.id).max();
        waiting.push(Invocation {
            id: last.map_or(0, |last| last + 1),
            at,
            schedule: due.name.clone(),
            function: function_name(&due.target).to_owned(),
            input: due.input.clone(),
            failures: 0,
        });
        self.disk.write(FILE, &*waiting)
    }

    /// Counts a failure of `invocation`, which is made again at `at`.
    pub(super) fn postpone(&self, invocation: &Invocation, at: DateTime<Utc>) -> io::Result<()> {
        let mut waiting = self.lock();
        for own in waiting.iter_mut().filter(|own| own.id == invocation.id) {
            own.at = at;
            own.failures += 1;
        }
        self.disk.write(FILE, &*waiting)
    }

    /// Removes `invocation`: it was done or given up.
    pub(super) fn settle(&self, invocation: &Invocation) -> io::Result<()> {
        let mut waiting = self.lock();
        waiting.retain(|own| own.id != invocation.id);
        self.disk.write(FILE, &*waiting)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Invocation>> {
        super::lock(&self.waiting)
    }
}

/// The function that a Lambda ARN names; of any other ARN the whole, which is the name
/// of no function.
fn function_name(arn: &str) -> &str {
    arn.strip_prefix("arn:aws:lambda:")
        .and_then(|rest| rest.split_once(":function:"))
        .map_or(arn, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_functions_arn_names_a_function() {
        for (arn, name) in [
            ("arn:aws:lambda:us-east-1:123456789012:function:f", "f"),
            (
                "arn:aws:sqs:us-east-1:123456789012:f",
                "arn:aws:sqs:us-east-1:123456789012:f",
            ),
            ("arn:aws:lambda:x", "arn:aws:lambda:x"),
        ] {
            assert_eq!(function_name(arn), name);
        }
    }
}
