//! The scheduler as it may behave: it calls once, late, twice or never.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::chance::Chance;
use crate::records::reminders::ReminderInstance;

#[derive(Debug)]
pub struct Scheduler {
    seed: u64,
    /// Whether it does what it should.
    reliable: bool,
    schedules: BTreeMap<String, ReminderInstance>,
    /// Calls that are on their way.
    calls: Vec<(DateTime<Utc>, ReminderInstance)>,
}

impl Scheduler {
    pub fn new(seed: u64, reliable: bool) -> Self {
        Self {
            seed,
            reliable,
            schedules: BTreeMap::new(),
            calls: Vec::new(),
        }
    }

    /// Creates a schedule. One of that name that exists already is as good, if
    /// it is the same; otherwise that other one is returned.
    pub fn create(
        &mut self,
        name: String,
        instance: &ReminderInstance,
    ) -> Result<(), ReminderInstance> {
        let there = self
            .schedules
            .entry(name)
            .or_insert_with(|| instance.clone());
        if there == instance {
            Ok(())
        } else {
            Err(there.clone())
        }
    }

    /// Deletes a schedule; one that is not there is as good.
    pub fn delete(&mut self, name: &str) {
        self.schedules.remove(name);
    }

    pub fn is_empty(&self) -> bool {
        self.schedules.is_empty()
    }

    /// When something happens next.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.times().min()
    }

    /// When the last schedule is due.
    pub fn last(&self) -> Option<DateTime<Utc>> {
        self.times().max()
    }

    fn times(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let schedules = self.schedules.values().map(|instance| instance.due_at);
        schedules.chain(self.calls.iter().map(|(at, _)| *at))
    }

    /// The next call that is due by `now`. A schedule whose time has come is
    /// gone, whatever becomes of its calls.
    pub fn call(&mut self, now: DateTime<Utc>) -> Option<ReminderInstance> {
        let due = |instance: &ReminderInstance| instance.due_at <= now;
        let gone: Vec<_> = self
            .schedules
            .extract_if(.., |_, instance| due(instance))
            .collect();
        for (name, instance) in gone {
            let delays = self.delays(&name);
            let calls = delays.iter().map(|delay| instance.due_at + *delay);
            self.calls.extend(calls.map(|at| (at, instance.clone())));
        }
        self.calls.sort();
        let ready = self.calls.first().is_some_and(|(at, _)| *at <= now);
        ready.then(|| self.calls.remove(0).1)
    }

    /// Calls again: what it called had failed.
    pub fn retry(&mut self, at: DateTime<Utc>, instance: &ReminderInstance) {
        self.calls.push((at, instance.clone()));
    }

    /// How much later than it should a schedule calls, each time that it does.
    fn delays(&self, name: &str) -> Vec<TimeDelta> {
        let mut chance = Chance::of(self.seed, name);
        let late = TimeDelta::seconds(chance.between(1, 1_200));
        match chance.below(10) {
            _ if self.reliable => vec![TimeDelta::zero()],
            0 => Vec::new(),
            1 => vec![late],
            2 => vec![TimeDelta::zero(), late],
            3 => vec![TimeDelta::zero(), TimeDelta::zero()],
            _ => vec![TimeDelta::zero()],
        }
    }
}
