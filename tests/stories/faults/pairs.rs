//! Pairs of flows on one meeting of two attendees: one is held up before one of its calls
//! while the other runs whole; then the first goes on, and time passes. Whatever they were,
//! the last word that each customer has is true, or staff see that it is not; no message
//! contradicts what its receiver was told before it; an answer that was taken is on record;
//! and log, told, meeting, timeline and outbox agree. What exactly, [`checks`] says.

#![allow(clippy::print_stdout, reason = "the walk says how far it went")]

mod acts;
mod cell;
mod checks;
mod flow;
mod said;

use chrono::TimeDelta;
use futures::{StreamExt as _, stream};
use usher_tests::as_many_as;

use super::agreement::calls;
use cell::Cell;
use checks::Evidence;
use flow::{FLOWS, Flow, Pair};

/// How many calls of all services the flow makes that is held up.
async fn count_calls(pair: Pair) -> usize {
    let cell = Cell::ready(pair).await;
    cell.town.stack().faults().reset_calls();
    cell.act(pair.held, "held").await;
    let calls = calls(&cell.town);
    cell.end().await;
    calls
}

/// One is held up at this call while the other runs whole. Returns what is untrue then.
async fn walk(pair: Pair, call: usize) -> Vec<String> {
    let cell = Cell::ready(pair).await;
    let faults = cell.town.stack().faults();
    let mut hold = faults.hold_after(u32::try_from(call).unwrap());
    let held = async {
        let status = cell.act(pair.held, "held").await;
        // Where it made fewer calls this time, none is held up any more.
        faults.clear();
        status
    };
    let whole = async {
        let came = hold.came().await;
        let before = cell.look().await;
        let status = cell.act(pair.whole, "whole").await;
        let after = cell.look().await;
        drop(hold);
        (came, before, status, after)
    };
    let (held, (came, before, whole, after)) = tokio::join!(held, whole);
    cell.town.advance(TimeDelta::minutes(5)).await;
    let evidence = Evidence {
        cell: &cell,
        came,
        before: &before,
        after: &after,
        end: &cell.look().await,
        held,
        whole,
    };
    let untrue = evidence.untrue().await;
    let context = format!(
        "{:?} held up before call {call} ({held:?}), {:?} whole ({whole:?})",
        pair.held, pair.whole
    );
    cell.end().await;
    let told = untrue.into_iter();
    told.map(|each| format!("{context}: {each}")).collect()
}

/// Up to which call a flow is held up where only a sample is tried: the longest have more.
const SAMPLED: usize = 14;

/// Of how many flows that another one meets one is tried where only a sample is.
const SOME: usize = 3;

/// The calls at which the first of a pair is held up: all of them, or each second, third and
/// so on, or a single one; which ones takes turns from pair to pair. Behind its last call it
/// comes before the other one.
async fn calls_of(pair: Pair, turn: usize) -> Vec<usize> {
    let is_tried = (turn + pair.held as usize).is_multiple_of(SOME);
    let turn = turn * 5 + pair.held as usize * 3;
    match as_many_as("USHER_PAIRS", 0, 2) {
        0 if !is_tried => Vec::new(),
        0 => vec![turn % SAMPLED],
        step => (turn % step..count_calls(pair).await)
            .step_by(step)
            .collect(),
    }
}

/// How many cells of a flow are tried at once: they wait for each other.
const AT_ONCE: usize = 4;

/// Holds a flow up at its calls, while each of the others that it meets runs whole.
/// `USHER_PAIRS=1` has it held up at every call, as `.ci/long` does, and `USHER_PAIRS=2` at
/// every second one, as `.ci/run` does.
async fn hold_up(held: Flow) {
    let met = FLOWS.iter().filter(|whole| held.meets_with(**whole));
    let pairs = met.enumerate().map(|(turn, whole)| async move {
        let pair = Pair {
            held,
            whole: *whole,
        };
        let calls = calls_of(pair, turn).await;
        calls.into_iter().map(|call| (pair, call)).collect()
    });
    let cells: Vec<Vec<_>> = stream::iter(pairs).buffered(AT_ONCE).collect().await;
    let cells = cells.concat();
    let count = cells.len();
    assert!(count > 0, "{held:?} meets none");
    let walks = cells
        .into_iter()
        .map(|(pair, call)| tokio::spawn(walk(pair, call)));
    let untrue: Vec<_> = stream::iter(walks)
        .buffer_unordered(AT_ONCE)
        .map(|each| each.unwrap())
        .collect()
        .await;
    let untrue = untrue.concat();
    println!("{held:?} held up: {count} cells, {} untrue", untrue.len());
    assert!(untrue.is_empty(), "{untrue:#?}");
}
