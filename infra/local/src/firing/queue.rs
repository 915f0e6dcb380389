//! Lambda's queue of asynchronous invocations: what Scheduler and SNS have handed over
//! and no function has done yet.

use std::io;
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::disk::Disk;
use crate::scheduler::Due;

const FILE: &str = "invocations.json";

/// Who handed an invocation over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Scheduler, for the schedule of this name.
    Schedule(String),
    /// SNS, for the topic of this name.
    Topic(String),
    /// CloudWatch Logs, for the log group of this name.
    Logs(String),
}

impl Source {
    /// The name of the schedule, topic or log group.
    pub fn name(&self) -> &str {
        match self {
            Self::Schedule(name) | Self::Topic(name) | Self::Logs(name) => name,
        }
    }
}

/// What Lambda is asked to do.
#[derive(Debug)]
pub(crate) struct Call {
    pub source: Source,
    /// Name of the function.
    pub function: String,
    /// What the function is given.
    pub input: Value,
}

impl From<&Due> for Call {
    fn from(due: &Due) -> Self {
        Self {
            source: Source::Schedule(due.name.clone()),
            function: function_name(&due.target).to_owned(),
            input: due.input.clone(),
        }
    }
}

/// An invocation that waits for its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    id: u64,
    /// When it is made, or made again.
    pub at: DateTime<Utc>,
    /// Who handed it over.
    #[serde(flatten)]
    pub source: Source,
    /// Name of the function that is invoked.
    pub function: String,
    /// What the function is given.
    pub input: Value,
    /// How often it has failed so far.
    pub failures: usize,
    /// Whether somebody sees to it already, as nobody does after a restart.
    #[serde(skip)]
    taken: bool,
}

impl Invocation {
    /// What comes first: by time, then by name, then the older.
    fn order(&self) -> (DateTime<Utc>, &str, u64) {
        (self.at, self.source.name(), self.id)
    }
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
        all.sort_by(|a, b| a.order().cmp(&b.order()));
        all
    }

    /// The first that is not taken and whose time is not after `until`.
    pub(super) fn next_due(&self, until: DateTime<Utc>) -> Option<Invocation> {
        let mut free = self.all().into_iter().filter(|one| !one.taken);
        free.next().filter(|first| first.at <= until)
    }

    /// Adds an invocation, to be made at `at`.
    pub(super) fn add(&self, call: Call, at: DateTime<Utc>) -> io::Result<()> {
        self.push(call, at, false).map(|_| ())
    }

    /// Adds an invocation that the caller makes, now: nobody else is told that it is
    /// due until it has been [postponed](Self::postpone).
    pub(super) fn take(&self, call: Call, now: DateTime<Utc>) -> io::Result<Invocation> {
        self.push(call, now, true)
    }

    fn push(&self, call: Call, at: DateTime<Utc>, taken: bool) -> io::Result<Invocation> {
        let mut waiting = self.lock();
        let last = waiting.iter().map(|invocation| invocation.id).max();
        let invocation = Invocation {
            id: last.map_or(0, |last| last + 1),
            at,
            source: call.source,
            function: call.function,
            input: call.input,
            failures: 0,
            taken,
        };
        waiting.push(invocation.clone());
        self.disk.write(FILE, &*waiting)?;
        Ok(invocation)
    }

    /// Counts a failure of `invocation`, which is to be made again at `at`.
    pub(super) fn postpone(&self, invocation: &Invocation, at: DateTime<Utc>) -> io::Result<()> {
        let mut waiting = self.lock();
        for own in waiting.iter_mut().filter(|own| own.id == invocation.id) {
            own.at = at;
            own.failures += 1;
            own.taken = false;
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
    use serde_json::json;

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

    fn text() -> Call {
        Call {
            source: Source::Topic("Texts".into()),
            function: "f".into(),
            input: json!({}),
        }
    }

    #[test]
    fn what_is_taken_is_due_for_nobody_else_until_it_is_postponed() {
        let queue = Queue::open(Disk::none()).unwrap();
        let now = "2026-01-15T14:00:00Z".parse().unwrap();
        let taken = queue.take(text(), now).unwrap();
        assert_eq!(queue.all(), std::slice::from_ref(&taken));
        assert_eq!(queue.next_due(now), None);
        queue.add(text(), now).unwrap();
        let other = queue.next_due(now).unwrap();
        assert_ne!(other.id, taken.id);
        queue.settle(&other).unwrap();
        queue.postpone(&taken, now).unwrap();
        assert_eq!(queue.next_due(now).unwrap().failures, 1);
    }

    #[test]
    fn an_invocation_is_kept_with_who_handed_it_over() {
        let kept = json!({
            "id": 3, "at": "2026-01-15T14:00:00Z", "schedule": "a", "function": "f",
            "input": {"x": 1}, "failures": 2,
        });
        let read: Invocation = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(read.source, Source::Schedule("a".into()));
        assert_eq!(serde_json::to_value(&read).unwrap(), kept);
        let text = Invocation {
            source: Source::Topic("Texts".into()),
            ..read
        };
        let kept = serde_json::to_value(text).unwrap();
        assert_eq!(kept["topic"], "Texts");
        assert!(kept.get("schedule").is_none() && kept.get("taken").is_none());
    }
}
