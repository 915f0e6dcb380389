//! What an operation's CPU time is held against: the same calls by a bare program.
//!
//! A message goes out with three calls that no design can do without, so an operation that
//! writes to people is held against one `send` of the floor for each message. An answer, from
//! the landing page or by SMS, is held against one `send`, whatever it has others told; what
//! only reads is held against one `get`. The floor runs right after every measured event, so
//! that a busy machine slows both.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use usher_local::Stack;

use crate::{
    function::{Function, Machine},
    operation::Work,
    programs::FLOOR,
    stage::Preference,
};

/// What the floor does for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    /// Nothing: what the Lambda runtime takes for itself.
    Nothing,
    /// One GetItem.
    Get,
    /// A conditional PutItem, a SendEmail and a conditional UpdateItem.
    Send,
    /// One CreateSchedule.
    Schedule,
}

/// What an attendee's part of an operation is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Against {
    /// The floor's work.
    pub bare: Bare,
    /// How many times over.
    pub times: u32,
}

/// What this work is held against, by the attendee.
pub fn against(work: Work) -> Against {
    let (bare, times) = match work {
        Work::Confirmation {
            preference: Preference::Both,
            ..
        } => (Bare::Send, 2),
        Work::Reminder { .. }
        | Work::Confirmation { .. }
        | Work::LandingPost { .. }
        | Work::SmsReply => (Bare::Send, 1),
        Work::LandingGet { .. } | Work::Sweep => (Bare::Get, 1),
    };
    Against { bare, times }
}

/// The floor's program at work.
#[derive(Debug)]
pub struct Floor {
    function: Function,
    /// What its events have in common.
    event: Value,
    done: u32,
}

impl Floor {
    /// Starts it on this stack.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(machine: &Machine, stack: &Stack) -> anyhow::Result<Self> {
        let table = stack.tables().first().context("the stack has no table")?;
        let functions = stack.deployed();
        let reminders = functions.iter().find(|each| each.name == "reminder-fanout");
        let variables = &reminders
            .context("the template has no reminders")?
            .environment;
        let variable = |name: &str| variables.get(name).cloned().unwrap_or_default();
        Ok(Self {
            function: Function::start(machine, stack, FLOOR).await?,
            event: json!({
                "table": table,
                "group": variable("SCHEDULE_GROUP"),
                "function": variable("REMINDER_FUNCTION_ARN"),
                "role": variable("SCHEDULER_ROLE_ARN"),
            }),
            done: 0,
        })
    }

    /// Its CPU time since it was started.
    pub fn cpu(&self) -> Duration {
        self.function.cpu()
    }

    /// Does it once, and returns the CPU time that it took.
    ///
    /// # Errors
    /// It fails.
    pub async fn run(&mut self, bare: Bare) -> anyhow::Result<Duration> {
        self.done += 1;
        let mut event = self.event.clone();
        event["key"] = json!(format!("floor-{:06}", self.done));
        event["do"] = json!(match bare {
            Bare::Nothing => "nothing",
            Bare::Get => "get",
            Bare::Send => "send",
            Bare::Schedule => "schedule",
        });
        Ok(self.function.invoke(&event).await?.cpu)
    }
}
