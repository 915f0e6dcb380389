//! What operations cost in money, for a thousand of them, without what SES and SNS charge for
//! the messages themselves.
//!
//! An invocation is paid for as long as it lasts. That is its CPU time at the share of a CPU
//! that its memory buys, and what it waits for AWS. A stand-in answers at once, so each call is
//! taken to last as long as such calls do, and all to be made one after the other: what is
//! made at once costs less. The CPU time is this machine's; a Graviton's is about the same.
//! Logs, traces and starts are left out.

use anyhow::Context as _;
use serde::Serialize;
use usher_local::{Deployed, Service};

use crate::{measure::Measured, operation::Work, sample::rounded};

/// Prices in US dollars, us-east-1, without free tiers, and how long calls last.
///
/// Sources: <https://aws.amazon.com/dynamodb/pricing/on-demand/>,
/// <https://aws.amazon.com/lambda/pricing/> (arm64),
/// <https://aws.amazon.com/eventbridge/pricing/> (Scheduler),
/// <https://aws.amazon.com/api-gateway/pricing/> (HTTP APIs), and for the share of a CPU
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const PRICES: Prices = Prices {
    write_units: 0.625 / MILLION,
    read_units: 0.125 / MILLION,
    invocation: 0.20 / MILLION,
    gigabyte_second: 0.000_013_333_4,
    schedule: 1.00 / MILLION,
    http_request: 1.00 / MILLION,
    cpu_megabytes: 1_769.0,
    dynamodb_ms: 5.0,
    others_ms: 40.0,
};

const MILLION: f64 = 1_000_000.0;

struct Prices {
    write_units: f64,
    read_units: f64,
    /// Of a function.
    invocation: f64,
    gigabyte_second: f64,
    /// That fires.
    schedule: f64,
    /// Through API Gateway.
    http_request: f64,
    /// The memory with which a function has one CPU to itself.
    cpu_megabytes: f64,
    /// How long a call to DynamoDB lasts: single-digit milliseconds, as its users find it.
    dynamodb_ms: f64,
    /// How long a call to SES, SNS or Scheduler lasts.
    others_ms: f64,
}

/// The cost of a thousand of each, in US dollars.
#[derive(Debug, Serialize)]
pub struct Costs {
    /// Email reminders.
    pub reminder: f64,
    /// Confirmations by email.
    pub confirmation: f64,
    /// Views of the landing page.
    pub landing: f64,
    /// Answers by SMS.
    pub sms_reply: f64,
}

/// What a thousand cost of an operation of one attendee.
///
/// # Errors
/// Its function is not deployed.
pub fn per_thousand(work: Work, measured: &Measured, deployed: &[Deployed]) -> anyhow::Result<f64> {
    let function = deployed.iter().find(|each| each.name == work.function());
    let function = function.context("its function is not deployed")?;
    let memory = f64::from(u32::try_from(function.memory_mb)?);
    let counts = &measured.counts;
    let calls = |service| u32::try_from(counts.requests(service)).map(f64::from);
    let others = calls(Service::Ses)? + calls(Service::Sns)? + calls(Service::Scheduler)?;
    let waits = calls(Service::Dynamodb)? * PRICES.dynamodb_ms + others * PRICES.others_ms;
    let once = called_by(work) + invocation(measured.cpu_us / 1e3, waits, memory);
    let units = counts.consumption.total();
    let units = units.write * PRICES.write_units + units.read * PRICES.read_units;
    Ok(rounded((once + units) * 1_000.0, 4))
}

/// What the caller of a function costs. SNS hands texts to Lambda for nothing.
fn called_by(work: Work) -> f64 {
    match work {
        Work::Reminder { .. } | Work::Sweep => PRICES.schedule,
        Work::Confirmation { .. } | Work::LandingGet { .. } | Work::LandingPost { .. } => {
            PRICES.http_request
        }
        Work::SmsReply => 0.0,
    }
}

/// An invocation of so much CPU time and waiting, in milliseconds, with so many megabytes.
fn invocation(cpu_ms: f64, waits_ms: f64, memory: f64) -> f64 {
    let share = (memory / PRICES.cpu_megabytes).min(1.0);
    let billed_ms = (cpu_ms / share + waits_ms).ceil();
    PRICES.invocation + billed_ms / 1e3 * memory / 1_024.0 * PRICES.gigabyte_second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_billed_by_the_millisecond_at_its_share_of_a_cpu() {
        let memory = PRICES.cpu_megabytes / 4.0;
        let second = PRICES.gigabyte_second * memory / 1_024.0;
        let cost = invocation(1.0, 5.2, memory);
        assert!((cost - PRICES.invocation - second * 0.010).abs() < 1e-12);
    }

    #[test]
    fn one_cpu_is_all_that_a_single_thread_can_use() {
        let cost = |memory| invocation(1_000.0, 0.0, memory) - PRICES.invocation;
        let twice = cost(2.0 * PRICES.cpu_megabytes) / cost(PRICES.cpu_megabytes);
        assert!((twice - 2.0).abs() < 1e-9);
    }
}
