//! What the functions consume of AWS: the database's capacity by table and index, and the
//! bytes of the calls by service.
//!
//! The capacity is what the embedded DynamoDB says. It does not tell what a failed condition
//! costs, which AWS charges like a write that went through.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::faults::Service;

/// Consumed capacity, in DynamoDB's units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Capacity {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

/// The bodies of a service's calls, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Of requests.
    pub requests: u64,
    /// Of answers.
    pub answers: u64,
}

/// What was consumed since the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Consumption {
    /// By table, like `usher`, and by index, like `usher/GSI1`.
    pub capacity: BTreeMap<String, Capacity>,
    /// By service.
    pub traffic: BTreeMap<Service, Traffic>,
}

impl Consumption {
    /// The capacity of all tables and indexes together.
    pub fn total(&self) -> Capacity {
        let add = |sum: Capacity, each: &Capacity| Capacity {
            read: sum.read + each.read,
            write: sum.write + each.write,
        };
        self.capacity.values().fold(Capacity::default(), add)
    }
}

/// Sums up what is consumed.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Consumption>);

/// `ConsumedCapacity` of one table, as DynamoDB answers it when asked by index.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Consumed {
    table_name: String,
    capacity_units: f64,
    #[serde(default)]
    table: Option<Units>,
    #[serde(default)]
    global_secondary_indexes: HashMap<String, Units>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Units {
    capacity_units: f64,
}

impl Meter {
    /// What was consumed since the last reset.
    pub(crate) fn consumption(&self) -> Consumption {
        self.lock().clone()
    }

    /// Starts measuring anew.
    pub(crate) fn reset(&self) {
        *self.lock() = Consumption::default();
    }

    /// Notes what a call cost.
    pub(crate) fn consumed(&self, consumed: Consumed, reads: bool) {
        let mut consumption = self.lock();
        let mut note = |place: String, units: f64| {
            let capacity = consumption.capacity.entry(place).or_default();
            if reads {
                capacity.read += units;
            } else {
                capacity.write += units;
            }
        };
        for (index, units) in consumed.global_secondary_indexes {
            note(
                format!("{}/{index}", consumed.table_name),
                units.capacity_units,
            );
        }
        let of_table = consumed.table.map(|units| units.capacity_units);
        note(
            consumed.table_name,
            of_table.unwrap_or(consumed.capacity_units),
        );
    }

    /// Notes the bodies of a call, in bytes.
    pub(crate) fn passed(&self, service: Service, request: u64, answer: u64) {
        let mut consumption = self.lock();
        let traffic = consumption.traffic.entry(service).or_default();
        traffic.requests += request;
        traffic.answers += answer;
    }

    fn lock(&self) -> MutexGuard<'_, Consumption> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
