//! How functions start: from `exec` until they ask for an event, and until they have answered
//! their first one. What a customer waits for on a quiet morning is mostly this.

use std::{collections::BTreeMap, fs::File, io, path::Path};

use anyhow::ensure;
use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;

use crate::{
    events,
    floor::{Bare, Floor},
    function::{Function, Machine},
    measure::opening,
    operation::Work,
    programs::FUNCTIONS,
    sample::{Sample, rounded},
    stage::{Preference, Stage},
};

/// How often each function is started, and the floor right after it.
const TIMES: usize = 15;

/// The starts of all functions.
#[derive(Debug, Serialize)]
pub struct Starts {
    /// CPU time until the first event is asked for, against the floor's: the worst function.
    pub cpu_ratio: f64,
    /// CPU time until the first answer, against the floor's with one GetItem: the landing
    /// page, which a person waits for.
    pub first_answer_ratio: f64,
    /// The largest function as it is uploaded, in millions of bytes.
    pub zip_mb: f64,
    /// Each function.
    pub functions: BTreeMap<&'static str, Start>,
}

/// The start of one function, in microseconds of CPU time.
#[derive(Debug, Serialize)]
pub struct Start {
    /// Until the first event is asked for.
    pub cpu_us: f64,
    /// The floor's.
    pub floor_us: f64,
    /// Against the floor's.
    pub cpu_ratio: f64,
    /// Until it waits for the event after its first.
    pub first_answer_us: f64,
    /// Against the floor's, with one GetItem.
    pub first_answer_ratio: f64,
    /// As it is uploaded, in millions of bytes.
    pub zip_mb: f64,
}

/// Measures the starts of all functions.
///
/// # Errors
/// One does not start, or does not answer.
pub async fn starts(machine: &Machine) -> anyhow::Result<Starts> {
    let mut functions = BTreeMap::new();
    for name in FUNCTIONS {
        functions.insert(name, start(machine, name).await?);
    }
    let largest = |of: fn(&Start) -> f64| functions.values().map(of).fold(0.0, f64::max);
    Ok(Starts {
        cpu_ratio: largest(|start| start.cpu_ratio),
        first_answer_ratio: functions["landing-page"].first_answer_ratio,
        zip_mb: largest(|start| start.zip_mb),
        functions,
    })
}

async fn start(machine: &Machine, name: &str) -> anyhow::Result<Start> {
    let work = first_work(name);
    let opening = opening(machine, work.unwrap_or(Work::Sweep));
    let stage = Stage::open(opening).await?;
    let events = match work {
        Some(work) => work.prepare(&stage, TIMES).await?,
        None if name == REPORTED_TO => vec![events::report(opening); TIMES],
        None => vec![events::log(); TIMES],
    };
    let mut asked = [Sample::default(), Sample::default()];
    let mut answered = [Sample::default(), Sample::default()];
    for event in events {
        let mut function = Function::start(machine, stage.stack(), name).await?;
        asked[0].add(function.cpu());
        let answer = function.invoke(&event).await?.answer;
        match work {
            Some(work) => work.check(&answer)?,
            None if name == REPORTED_TO => {
                ensure!(answer["taken"] == 1, "no report is taken: {answer}");
            }
            None => ensure!(answer["statusCode"] == 200, "no log is shown: {answer}"),
        }
        answered[0].add(function.cpu());
        let mut floor = Floor::start(machine, stage.stack()).await?;
        asked[1].add(floor.cpu());
        floor.run(Bare::Get).await?;
        answered[1].add(floor.cpu());
    }
    let [cpu_us, floor_us] = asked.map(|sample| sample.median_us());
    let [first_answer_us, first_floor_us] = answered.map(|sample| sample.median_us());
    Ok(Start {
        cpu_us: rounded(cpu_us, 0),
        floor_us: rounded(floor_us, 0),
        cpu_ratio: rounded(cpu_us / floor_us, 2),
        first_answer_us: rounded(first_answer_us, 0),
        first_answer_ratio: rounded(first_answer_us / first_floor_us, 2),
        zip_mb: rounded(zip_mb(machine.programs.executable(name)?)?, 2),
    })
}

/// The function that providers report to.
const REPORTED_TO: &str = "track-delivery";

/// What a function does for its first event; the console shows the log, and a report is of
/// nobody's message.
fn first_work(name: &str) -> Option<Work> {
    match name {
        "send-notification" => Some(Work::Confirmation {
            attendees: 1,
            preference: Preference::None,
        }),
        "landing-page" => Some(Work::LandingGet { attendees: 1 }),
        "inbound-sms" => Some(Work::SmsReply),
        "reminder-fanout" => Some(Work::Sweep),
        _ => None,
    }
}

/// The size of a program in a zip file, in millions of bytes. What is around its compressed
/// bytes are some hundred.
fn zip_mb(program: &Path) -> anyhow::Result<f64> {
    let mut zip = DeflateEncoder::new(Vec::new(), Compression::best());
    io::copy(&mut File::open(program)?, &mut zip)?;
    Ok(f64::from(u32::try_from(zip.finish()?.len())?) / 1e6)
}
