//! Messages to many at once: what an attendee costs among others, and how much memory the
//! largest crowd takes.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use chrono::SubsecRound as _;
use serde::Serialize;

use crate::{
    function::{Function, Machine},
    measure::{Measured, measure},
    operation::Work,
    sample::rounded,
    stage::{Preference, Stage},
};

/// How many are reminded at once, and how often that is measured.
const FAN_OUT: [(usize, usize); 3] = [(1, 40), (100, 5), (LARGEST, 2)];
/// How many attendees a meeting may have.
const LARGEST: usize = 1_000;
/// How many invocations a send to the largest crowd may take.
const INVOCATIONS: usize = 20;

/// What crowds cost.
#[derive(Debug)]
pub struct Crowds {
    /// A reminder to so many, told by the attendee.
    pub fan_out: BTreeMap<usize, Measured>,
    /// How much memory is needed.
    pub memory: Memory,
}

/// The most memory that a process had, in millions of bytes.
#[derive(Debug, Serialize)]
pub struct Memory {
    /// Of a reminder to 1,000.
    pub reminder_1000_mb: f64,
    /// Of a confirmation to 1,000 by email and SMS, in however many invocations.
    pub confirmation_1000_mb: f64,
    /// In how many that was.
    pub confirmation_1000_invocations: usize,
}

/// Measures crowds.
///
/// # Errors
/// They cannot be measured.
pub async fn crowds(machine: &Machine) -> anyhow::Result<Crowds> {
    let mut fan_out = BTreeMap::new();
    let mut reminder_1000_mb = 0.0;
    for (attendees, times) in FAN_OUT {
        let work = Work::Reminder { attendees };
        let (measured, function) = measure(machine, work, times).await?;
        fan_out.insert(attendees, measured);
        reminder_1000_mb = peak_mb(&function)?;
    }
    let (confirmation_1000_mb, confirmation_1000_invocations) = confirmation(machine).await?;
    let memory = Memory {
        reminder_1000_mb,
        confirmation_1000_mb,
        confirmation_1000_invocations,
    };
    Ok(Crowds { fan_out, memory })
}

/// Confirms to the largest crowd: the most memory of the processes that it takes, and how
/// many invocations.
async fn confirmation(machine: &Machine) -> anyhow::Result<(f64, usize)> {
    // Not as other confirmations: what goes on with it is armed by the real clock.
    let stage = Stage::open((machine.now)().trunc_subsecs(0)).await?;
    let work = Work::Confirmation {
        attendees: LARGEST,
        preference: Preference::Both,
    };
    let events = work.prepare(&stage, 1).await?;
    let event = events.first().context("no event")?;
    let mut sends = Function::start(machine, stage.stack(), work.function()).await?;
    let answer = sends.invoke(event).await?.answer;
    let mut peak = peak_mb(&sends)?;
    if answer["statusCode"] != 202 {
        work.check(&answer)?;
        return Ok((peak, 1));
    }
    let mut goes_on = Function::start(machine, stage.stack(), "reminder-fanout").await?;
    for invocation in 2..=INVOCATIONS {
        let schedules = stage.stack().schedules().into_iter();
        let mut rest = schedules.filter(|schedule| schedule.input["continue_send"].is_object());
        let rest = rest.next_back().context("no schedule goes on with it")?;
        let answer = goes_on.invoke(&rest.input).await?.answer;
        peak = peak.max(peak_mb(&goes_on)?);
        if answer["came"] == "finished" {
            return Ok((peak, invocation));
        }
    }
    bail!("a crowd was not confirmed to in {INVOCATIONS} invocations")
}

fn peak_mb(function: &Function) -> anyhow::Result<f64> {
    let bytes = u32::try_from(function.peak_memory()?)?;
    Ok(rounded(f64::from(bytes) / 1e6, 1))
}
