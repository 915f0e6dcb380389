//! A clock and a Scheduler, with functions of the test's own that write down when
//! they were called.

use anyhow::bail;
use bytes::Bytes;
use http::Request;
use serde_json::json;
use tokio::sync::Notify;

use super::super::*;
use crate::faults::{Effect, Fault, Service};
use crate::functions::Answer;
use crate::scheduler::{GROUP, Operation};

const DAY: &str = "2026-01-15T";

pub(super) fn at(time: &str) -> DateTime<Utc> {
    format!("{DAY}{time}Z").parse().unwrap()
}

/// When functions were called and with what.
pub(super) type Seen = Mutex<Vec<(DateTime<Utc>, Value)>>;

/// A stack's clock and Scheduler, with functions that write down when they were
/// called and with what.
pub(super) struct Scene {
    pub(super) firing: Arc<Firing>,
    pub(super) clock: LocalClock,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) faults: Arc<Faults>,
    pub(super) seen: Arc<Seen>,
    /// What "waits" waits for.
    pub(super) gate: Arc<Notify>,
}

impl Scene {
    /// In memory, the clock standing at two.
    pub(super) fn new() -> Self {
        Self::open(&Disk::none(), Some(at("14:00:00")))
    }

    pub(super) fn open(disk: &Disk, start_at: Option<DateTime<Utc>>) -> Self {
        let clock = LocalClock::open(disk.clone(), start_at).unwrap();
        let scheduler = Arc::new(Scheduler::open(disk.clone(), clock.clone()).unwrap());
        let faults = Arc::new(Faults::default());
        let seen = Arc::new(Seen::default());
        let gate = Arc::new(Notify::new());
        let sweep = Sweep {
            function: "works".into(),
            every: TimeDelta::minutes(5),
            input: json!("sweep"),
        };
        let functions = Functions {
            clock: clock.clone(),
            scheduler: scheduler.clone(),
            seen: seen.clone(),
            gate: gate.clone(),
        };
        let firing = Firing::open(
            disk,
            clock.clone(),
            scheduler.clone(),
            faults.clone(),
            vec![sweep],
            Box::new(move |name, input| functions.call(name, input)),
        );
        Self {
            firing: Arc::new(firing.unwrap()),
            clock,
            scheduler,
            faults,
            seen,
            gate,
        }
    }

    /// A schedule, gone after completion, that calls `function` with its own name.
    pub(super) fn arm(&self, name: &str, time: &str, function: &str) {
        arm(&self.scheduler, name, at(time), function);
    }

    pub(super) fn strike(&self, effect: Effect, skip: u32) {
        let fault = Fault {
            service: Service::Scheduler,
            operation: None,
            to: None,
            effect,
            skip,
            count: 1,
        };
        self.faults.arm(fault).unwrap();
    }

    pub(super) async fn advance_to(&self, time: &str) {
        self.firing.advance(Distance::To(at(time))).await.unwrap();
    }

    /// What the functions wrote down since this was asked last: `14:05:00 name`.
    pub(super) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.seen))
            .into_iter()
            .map(|(at, input)| format!("{} {}", at.format("%T"), input.as_str().unwrap()))
            .collect()
    }

    /// `14:05:00 function: error`.
    pub(super) fn letters(&self) -> Vec<String> {
        let letters = self.firing.dead_letters();
        let line = |letter: DeadLetter| {
            let time = letter.at.format("%T");
            format!("{time} {}: {}", letter.function, letter.error)
        };
        letters.into_iter().map(line).collect()
    }
}

/// Its functions are called by what they do.
#[derive(Clone)]
struct Functions {
    clock: LocalClock,
    scheduler: Arc<Scheduler>,
    pub(super) seen: Arc<Seen>,
    gate: Arc<Notify>,
}

impl Functions {
    fn call(&self, name: &str, input: Value) -> Option<Answer> {
        let (own, name) = (self.clone(), name.to_owned());
        let known = ["works", "fails", "fails once", "panics", "plans", "waits"];
        known.contains(&name.as_str()).then(|| -> Answer {
            Box::pin(async move {
                let now = own.clock.now();
                let seen = lock(&own.seen).iter().any(|(_, before)| *before == input);
                lock(&own.seen).push((now, input));
                match name.as_str() {
                    "fails" => bail!("no luck"),
                    "fails once" if !seen => bail!("no luck yet"),
                    "panics" => panic!("on purpose"),
                    "waits" => own.gate.notified().await,
                    "plans" => {
                        arm(&own.scheduler, "soon", now + TimeDelta::minutes(1), "works");
                        arm(&own.scheduler, "later", now + TimeDelta::hours(9), "works");
                    }
                    _ => {}
                }
                Ok(Value::Null)
            })
        })
    }
}

pub(super) fn arm(scheduler: &Scheduler, name: &str, at: DateTime<Utc>, function: &str) {
    let body = json!({
        "GroupName": GROUP,
        "ScheduleExpression": format!("at({})", at.format("%Y-%m-%dT%H:%M:%S")),
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": format!("arn:aws:lambda:us-east-1:123456789012:function:{function}"),
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "Input": json!(name).to_string(),
        },
    });
    let (parts, ()) = Request::new(()).into_parts();
    let create = Operation::Create(name.to_owned());
    scheduler
        .perform(&create, &parts, &Bytes::from(body.to_string()))
        .unwrap();
}
