//! What an event was seen to cost: requests, capacity units and bytes, none of which depend
//! on the machine or the build.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use usher_local::{Capacity, Consumption, Service, Stack};

use crate::{operation::Work, stage::Stage};

/// Every service that is called.
const SERVICES: [Service; 4] = [
    Service::Dynamodb,
    Service::Ses,
    Service::Sns,
    Service::Scheduler,
];

/// What was called and consumed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// By service and operation.
    pub calls: BTreeMap<Service, BTreeMap<String, u64>>,
    /// Units and bytes, each by where.
    #[serde(flatten)]
    pub consumption: Consumption,
}

impl Counts {
    /// Starts counting on this stack anew.
    pub fn begin(stack: &Stack) {
        stack.faults().reset_calls();
        stack.reset_capacity();
    }

    /// What was counted on this stack.
    pub fn of(stack: &Stack) -> Self {
        let calls = SERVICES.map(|service| (service, stack.calls(service)));
        Self {
            calls: calls.into_iter().filter(|(_, of)| !of.is_empty()).collect(),
            consumption: stack.consumption(),
        }
    }

    /// How often a service was called.
    pub fn requests(&self, service: Service) -> u64 {
        self.calls.get(&service).map_or(0, |of| of.values().sum())
    }

    /// The calls, as a figure says them: `dynamodb: GetItem 2, Query 1; ses: SendEmail 1`.
    pub fn calls_in_words(&self) -> String {
        let service = |(service, calls): (&Service, &BTreeMap<String, u64>)| {
            let calls: Vec<_> = calls
                .iter()
                .map(|(name, n)| format!("{name} {n}"))
                .collect();
            format!("{}: {}", name(*service), calls.join(", "))
        };
        let services: Vec<_> = self.calls.iter().map(service).collect();
        services.join("; ")
    }

    /// The read units, as a figure says them: `7.5 = table 7 + GSI2 0.5`.
    pub fn reads_in_words(&self) -> String {
        self.units_in_words(|capacity| capacity.read)
    }

    /// The write units, as a figure says them.
    pub fn writes_in_words(&self) -> String {
        self.units_in_words(|capacity| capacity.write)
    }

    fn units_in_words(&self, units: impl Fn(Capacity) -> f64) -> String {
        let total = units(self.consumption.total());
        let places = self.consumption.capacity.iter();
        let used = places.filter(|(_, capacity)| units(**capacity) > 0.0);
        let words: Vec<_> = used
            .map(|(place, capacity)| {
                let index = place.split_once('/').map_or("table", |(_, index)| index);
                format!("{index} {}", units(*capacity))
            })
            .collect();
        if words.is_empty() {
            return "0".to_owned();
        }
        format!("{total} = {}", words.join(" + "))
    }
}

/// The name of a service.
pub fn name(service: Service) -> &'static str {
    match service {
        Service::Dynamodb => "dynamodb",
        Service::Ses => "ses",
        Service::Sns => "sns",
        Service::Scheduler => "scheduler",
    }
}

/// What one event of this work costs a function that has been called before, counted in this
/// process.
///
/// # Errors
/// The stage cannot be set, or the work is not done.
pub async fn count(stage: &Stage, work: Work) -> anyhow::Result<Counts> {
    for event in work.for_one().prepare(stage, 1).await? {
        perform(stage, work, event).await?;
    }
    let events = work.prepare(stage, 1).await?;
    Counts::begin(stage.stack());
    for event in events {
        perform(stage, work, event).await?;
    }
    Ok(Counts::of(stage.stack()))
}

async fn perform(stage: &Stage, work: Work, event: Value) -> anyhow::Result<()> {
    let answer = stage.stack().invoke_function(work.function(), event).await;
    work.check(&answer?)
}
