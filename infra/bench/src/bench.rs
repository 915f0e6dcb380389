//! The whole of `cargo bench`, one part after the other: what runs at the same time would be
//! measured with it.

use std::{
    fs,
    io::{self, Write as _},
};

use anyhow::Context as _;

use crate::{
    crowds::crowds,
    function::Machine,
    growth::growth,
    measure::{Measured, measure, opening},
    operation::{OPERATIONS, Work},
    prices::{Costs, per_thousand},
    report::Report,
    stage::Stage,
    starts::starts,
};

/// Measures everything, prints it and writes `bench.json` to cargo's target directory. The
/// largest table has so many `meetings`.
///
/// # Errors
/// Something cannot be measured. A bar that is not met is no error.
pub async fn bench(machine: &Machine, meetings: usize) -> anyhow::Result<()> {
    let mut operations = Vec::new();
    for operation in OPERATIONS {
        progress(operation.name);
        let measured = measure(machine, operation.work, times(operation.work)).await;
        operations.push(measured.context(operation.name)?.0);
    }
    let costs = costs(machine, &operations).await?;
    progress("starts");
    let starts = starts(machine).await.context("starts")?;
    progress("crowds");
    let crowds = crowds(machine).await.context("crowds")?;
    progress("growth");
    let growth = growth(machine, meetings).await.context("growth")?;
    let report = Report {
        operations,
        starts,
        crowds,
        growth,
        costs,
    };
    let file = machine.programs.target().join("bench.json");
    let json = serde_json::to_string_pretty(&report.to_json()?)?;
    fs::write(&file, json + "\n")?;
    let mut out = io::stdout().lock();
    report.print(&mut out)?;
    writeln!(out, "\nAll of it: {}", file.display())?;
    Ok(())
}

/// Says what is measured now, beside what is written for others to read.
fn progress(what: &str) {
    // Nobody may listen.
    let _ = writeln!(io::stderr(), "   Measuring {what}");
}

/// How often an operation is measured: often enough for a median that stays, and no longer
/// than a minute.
fn times(work: Work) -> usize {
    match work.written_to() {
        1 => 60,
        _ => 6,
    }
}

async fn costs(machine: &Machine, operations: &[Measured]) -> anyhow::Result<Costs> {
    let stage = Stage::open(opening(machine, Work::Sweep)).await?;
    let cost = |name: &str| {
        let index = OPERATIONS.iter().position(|each| each.name == name);
        let index = index.context("no such operation")?;
        let work = OPERATIONS[index].work;
        per_thousand(work, &operations[index], stage.stack().deployed())
    };
    Ok(Costs {
        reminder: cost("reminder_email")?,
        confirmation: cost("confirmation_email")?,
        landing: cost("landing_get")?,
        sms_reply: cost("sms_reply")?,
    })
}
