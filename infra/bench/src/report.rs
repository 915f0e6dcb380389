//! What was measured: as a table for people, and as `target/bench.json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{
    bars::{self, BARS, Bar},
    crowds::Crowds,
    figures::FIGURES,
    growth::Growth,
    measure::Measured,
    operation::OPERATIONS,
    prices::Costs,
    starts::Starts,
};

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    /// Each of [`OPERATIONS`], in their order.
    pub operations: Vec<Measured>,
    /// How functions start.
    pub starts: Starts,
    /// Messages to many.
    pub crowds: Crowds,
    /// Many meetings against few.
    pub growth: Growth,
    /// What a thousand cost.
    pub costs: Costs,
}

impl Report {
    /// As JSON: the operations by name, and the rest.
    ///
    /// # Errors
    /// A figure is no number.
    pub fn to_json(&self) -> serde_json::Result<Value> {
        let mut report = json!({
            "start": self.starts,
            "memory": self.crowds.memory,
            "growth": self.growth,
            "fan_out": {},
            "cost_per_1000_usd": self.costs,
        });
        for (operation, measured) in OPERATIONS.iter().zip(&self.operations) {
            report[operation.name] = figures(measured)?;
        }
        for (attendees, measured) in &self.crowds.fan_out {
            report["fan_out"][attendees.to_string()] = figures(measured)?;
        }
        Ok(report)
    }

    /// Prints the tables.
    ///
    /// # Errors
    /// They cannot be printed.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\n{:<20} {:>8} {:>7} {:>8} {:>8} {:>6} {:>9}  bar",
            "by the attendee", "requests", "reads", "writes", "CPU µs", "ratio", "wall µs"
        )?;
        for (index, measured) in self.operations.iter().enumerate() {
            let said = verdict(&BARS[index], measured);
            row(out, OPERATIONS[index].name, measured, &said)?;
        }
        for (attendees, measured) in &self.crowds.fan_out {
            row(out, &format!("reminder to {attendees}"), measured, "")?;
        }
        self.print_differing(out)?;
        self.print_starts(out)?;
        self.print_others(out)
    }

    /// What release programs were counted to do that the figures do not say.
    fn print_differing(&self, out: &mut impl Write) -> io::Result<()> {
        for (figure, measured) in FIGURES.iter().zip(&self.operations) {
            let counted = measured.counts.calls_in_words();
            if counted != figure.calls {
                let name = figure.operation;
                writeln!(out, "{name}: {counted}; its figure says {}", figure.calls)?;
            }
        }
        Ok(())
    }

    fn print_starts(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\n{:<20} {:>8} {:>8} {:>6} {:>16} {:>6} {:>8}",
            "start", "CPU µs", "floor", "ratio", "to first answer", "ratio", "zip MB"
        )?;
        for (name, start) in &self.starts.functions {
            writeln!(
                out,
                "{name:<20} {:>8} {:>8} {:>6} {:>16} {:>6} {:>8}",
                start.cpu_us,
                start.floor_us,
                start.cpu_ratio,
                start.first_answer_us,
                start.first_answer_ratio,
                start.zip_mb
            )?;
        }
        Ok(())
    }

    fn print_others(&self, out: &mut impl Write) -> io::Result<()> {
        let memory = &self.crowds.memory;
        let others = [
            ("start, CPU", self.starts.cpu_ratio, bars::START),
            (
                "landing page, first answer",
                self.starts.first_answer_ratio,
                bars::FIRST_ANSWER,
            ),
            ("zip, MB", self.starts.zip_mb, bars::ZIP_MB),
            (
                "reminder to 1,000, MB",
                memory.reminder_1000_mb,
                bars::REMINDER_1000_MB,
            ),
            (
                "confirmation to 1,000, MB",
                memory.confirmation_1000_mb,
                bars::CONFIRMATION_1000_MB,
            ),
            ("growth, units", self.growth.units_ratio, bars::GROWTH_UNITS),
            (
                "growth, latency",
                self.growth.latency_ratio,
                bars::GROWTH_LATENCY,
            ),
            (
                "1,000 reminders, $",
                self.costs.reminder,
                bars::COST_REMINDER,
            ),
            (
                "1,000 confirmations, $",
                self.costs.confirmation,
                bars::COST_CONFIRMATION,
            ),
            (
                "1,000 landing pages, $",
                self.costs.landing,
                bars::COST_LANDING,
            ),
            (
                "1,000 SMS replies, $",
                self.costs.sms_reply,
                bars::COST_SMS_REPLY,
            ),
        ];
        writeln!(out)?;
        for (name, figure, bar) in others {
            let met = if figure <= bar { "met" } else { "not met" };
            writeln!(out, "{name:<28} {figure:>8}  ≤ {bar}: {met}")?;
        }
        Ok(())
    }
}

fn figures(measured: &Measured) -> serde_json::Result<Value> {
    let mut figures = serde_json::to_value(measured)?;
    // The bodies of calls, as the one who reads the file would look for them.
    figures["bytes"] = figures["traffic"].take();
    if let Some(fields) = figures.as_object_mut() {
        fields.remove("traffic");
    }
    Ok(figures)
}

fn row(out: &mut impl Write, name: &str, measured: &Measured, said: &str) -> io::Result<()> {
    writeln!(
        out,
        "{name:<20} {:>8} {:>7} {:>8} {:>8} {:>6} {:>9}  {said}",
        measured.requests,
        measured.read_units,
        measured.write_units,
        measured.cpu_us,
        measured.cpu_ratio,
        measured.wall_us
    )
}

/// The bars of an operation, and whether they are met.
fn verdict(bar: &Bar, measured: &Measured) -> String {
    let missed = bar.missed(measured);
    let bars = bar.in_words();
    if missed.is_empty() {
        format!("{bars}: met")
    } else {
        format!("{bars}: not met by {missed}")
    }
}
