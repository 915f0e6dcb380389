//! What an operation costs the function that does it, measured event by event.

use anyhow::ensure;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::Serialize;
use usher_local::Service;

use crate::{
    counts::Counts,
    floor::{Bare, Floor, against},
    function::{Function, Machine},
    operation::Work,
    sample::{Sample, rounded},
    stage::Stage,
};

/// How many events a program has done before it is measured: it has its connections then,
/// and knows that it may send from its address.
const WARM_UP: usize = 8;

/// What an operation was measured to cost.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// DynamoDB requests by the attendee.
    pub requests: f64,
    /// Read units by the attendee.
    pub read_units: f64,
    /// Write units by the attendee.
    pub write_units: f64,
    /// CPU time by the attendee against the floor's; without what its schedules take.
    pub cpu_ratio: f64,
    /// The function's own CPU time by the attendee, in microseconds.
    pub cpu_us: f64,
    /// The floor's, of what the operation is held against, in microseconds.
    pub floor_us: f64,
    /// From the event to its answer, of the whole event, in microseconds.
    pub wall_us: f64,
    /// How many attendees one event is about.
    pub attendees: u32,
    /// How many events were measured.
    pub events: usize,
    /// Calls, capacity and bytes of one whole event.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Measures this work `times` over, and returns the function that has done it, too.
///
/// # Errors
/// It cannot be measured.
pub async fn measure(
    machine: &Machine,
    work: Work,
    times: usize,
) -> anyhow::Result<(Measured, Function)> {
    let stage = Stage::open(opening(machine, work)).await?;
    let mut function = Function::start(machine, stage.stack(), work.function()).await?;
    let mut floor = Floor::start(machine, stage.stack()).await?;
    for event in work.for_one().prepare(&stage, WARM_UP).await? {
        work.check(&function.invoke(&event).await?.answer)?;
        for bare in BARE {
            floor.run(bare).await?;
        }
    }
    let mut samples = Samples::default();
    let mut counts = Counts::default();
    for event in work.prepare(&stage, times).await? {
        Counts::begin(stage.stack());
        let invoked = function.invoke(&event).await?;
        counts = Counts::of(stage.stack());
        work.check(&invoked.answer)?;
        samples.cpu.add(invoked.cpu);
        samples.wall.add(invoked.wall);
        samples.bare.add(floor.run(against(work).bare).await?);
        samples.nothing.add(floor.run(Bare::Nothing).await?);
        samples.schedule.add(floor.run(Bare::Schedule).await?);
    }
    Ok((samples.figures(work, times, counts)?, function))
}

/// All that the floor does: it has done each before any is measured.
const BARE: [Bare; 4] = [Bare::Nothing, Bare::Get, Bare::Send, Bare::Schedule];

/// When a stage opens. Release programs go by the real clock: reminders must be due by it,
/// and what is confirmed must still have its reminders to come, minutes later.
pub fn opening(machine: &Machine, work: Work) -> DateTime<Utc> {
    let now = (machine.now)().trunc_subsecs(0);
    match work {
        Work::Reminder { .. } => now - TimeDelta::seconds(5),
        Work::Confirmation { .. } | Work::Sweep => now + TimeDelta::minutes(5),
        Work::LandingGet { .. } | Work::LandingPost { .. } | Work::SmsReply => now,
    }
}

/// What was measured at each event.
#[derive(Default)]
struct Samples {
    cpu: Sample,
    wall: Sample,
    bare: Sample,
    nothing: Sample,
    schedule: Sample,
}

impl Samples {
    fn figures(&self, work: Work, times: usize, counts: Counts) -> anyhow::Result<Measured> {
        let attendees = u32::try_from(work.written_to())?;
        let by_attendee = |of_all: f64| of_all / f64::from(attendees);
        let cpu_us = self.cpu.median_us();
        let floor_us = self.bare.median_us() * f64::from(against(work).times);
        ensure!(cpu_us > 0.0 && floor_us > 0.0, "no CPU time was counted");
        let schedule_us = self.schedule.median_us() - self.nothing.median_us();
        let schedules = u32::try_from(counts.requests(Service::Scheduler))?;
        let without = cpu_us - f64::from(schedules) * schedule_us;
        let requests = u32::try_from(counts.requests(Service::Dynamodb))?;
        let units = counts.consumption.total();
        Ok(Measured {
            requests: rounded(by_attendee(requests.into()), 2),
            read_units: rounded(by_attendee(units.read), 2),
            write_units: rounded(by_attendee(units.write), 2),
            cpu_ratio: rounded(by_attendee(without) / floor_us, 2),
            cpu_us: rounded(by_attendee(cpu_us), 1),
            floor_us: rounded(floor_us, 1),
            wall_us: rounded(self.wall.median_us(), 1),
            attendees,
            events: times,
            counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;
    use crate::stage::Preference;

    fn samples(cpu: u64, bare: u64) -> Samples {
        let one = |us: u64| {
            let mut sample = Sample::default();
            sample.add(Duration::from_micros(us));
            sample
        };
        Samples {
            cpu: one(cpu),
            wall: one(cpu),
            bare: one(bare),
            nothing: one(100),
            schedule: one(400),
        }
    }

    fn counts(service: Service, calls: u64) -> Counts {
        let calls = BTreeMap::from([("Call".to_owned(), calls)]);
        Counts {
            calls: BTreeMap::from([(service, calls)]),
            ..Counts::default()
        }
    }

    #[test]
    fn a_crowd_is_told_by_the_attendee() {
        let work = Work::Reminder { attendees: 100 };
        let counts = counts(Service::Dynamodb, 130);
        let measured = samples(60_000, 500).figures(work, 1, counts).unwrap();
        assert!((measured.cpu_us - 600.0).abs() < 1e-9);
        assert!((measured.cpu_ratio - 1.2).abs() < 1e-9);
        assert!((measured.requests - 1.3).abs() < 1e-9);
    }

    #[test]
    fn two_messages_are_held_against_two_and_schedules_left_out() {
        let work = Work::Confirmation {
            attendees: 1,
            preference: Preference::Both,
        };
        let counts = counts(Service::Scheduler, 2);
        let measured = samples(2_600, 500).figures(work, 1, counts).unwrap();
        assert!((measured.cpu_ratio - 2.0).abs() < 1e-9);
    }
}
