//! What stands in for AWS: each service with what it keeps, and the clock they share.

use std::sync::Arc;

use anyhow::Context as _;
use usher_flows::Clock;

use crate::clock::LocalClock;
use crate::disk::Disk;
use crate::dynamo::Dynamo;
use crate::endpoint::Endpoint;
use crate::faults::Faults;
use crate::meter::Meter;
use crate::opt_outs::OptOuts;
use crate::options::Options;
use crate::outbox::Outbox;
use crate::scheduler::Scheduler;
use crate::ses::{Identities, Ses, Suppressed};
use crate::sns::Sns;
use crate::template::Table;

/// The stand-ins of one stack.
#[derive(Debug)]
pub(super) struct StandIns {
    pub(super) clock: LocalClock,
    pub(super) outbox: Arc<Outbox>,
    pub(super) identities: Arc<Identities>,
    pub(super) suppressed: Arc<Suppressed>,
    pub(super) opt_outs: Arc<OptOuts>,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) faults: Arc<Faults>,
    pub(super) meter: Arc<Meter>,
    pub(super) dynamo: Arc<Dynamo>,
    /// The names of the database's tables.
    pub(super) tables: Vec<String>,
}

impl StandIns {
    /// Opens them as they were left, or empty.
    pub(super) async fn open(
        disk: &Disk,
        options: &Options,
        tables: &[Table],
    ) -> anyhow::Result<Self> {
        let clock = LocalClock::open(disk.clone(), options.start_at).context("the kept clock")?;
        let outbox = Outbox::open(disk.clone()).context("the kept outbox")?;
        let opt_outs = OptOuts::open(disk.clone()).context("the kept opt-outs")?;
        let scheduler = Scheduler::open(disk.clone(), clock.clone());
        let scheduler = scheduler.context("the kept schedules")?;
        let meter = Arc::new(Meter::default());
        let dynamo = Dynamo::start(disk, tables, meter.clone()).await?;
        Ok(Self {
            clock,
            outbox: Arc::new(outbox),
            identities: Arc::default(),
            suppressed: Arc::default(),
            opt_outs: Arc::new(opt_outs),
            scheduler: Arc::new(scheduler),
            faults: Arc::default(),
            meter,
            dynamo: Arc::new(dynamo),
            tables: tables.iter().map(|table| table.name.clone()).collect(),
        })
    }

    /// The clock, as the functions take theirs.
    pub(super) fn clock_of_functions(&self) -> Clock {
        let clock = self.clock.clone();
        Clock::new(move || clock.now())
    }

    /// The address that all of them answer behind.
    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint {
            faults: self.faults.clone(),
            meter: self.meter.clone(),
            dynamo: self.dynamo.clone(),
            ses: Ses {
                outbox: self.outbox.clone(),
                clock: self.clock.clone(),
                identities: self.identities.clone(),
                suppressed: self.suppressed.clone(),
            },
            sns: Sns {
                outbox: self.outbox.clone(),
                opt_outs: self.opt_outs.clone(),
                clock: self.clock.clone(),
            },
            scheduler: self.scheduler.clone(),
        }
    }
}
