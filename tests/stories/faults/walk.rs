//! The fault walk: a flow dies before each of its calls, and everything it asks of any
//! service from then on is refused. Its lease passes while the store is away; then the same
//! request comes again, or another one, or only the sweep. Whichever it is, the flow ends
//! as if it had not been cut off (N15): nobody is written to twice; rows, meeting, timeline
//! and outbox agree; no key and no delivery stays unfinished.

#![allow(clippy::print_stdout, reason = "the walk says how far it went")]

mod cell;
mod checks;
mod feedback;
mod flow;
mod transactions;

use futures::{StreamExt as _, stream};
use rstest::rstest;
use usher_tests::as_many_as;

use cell::Cell;
use flow::{Flow, Then};

/// How many attendees the meetings have: one, a few, more than one transaction takes.
/// `.ci/run` walks the last, and `.ci/long` a larger one.
const SIZES: [usize; 3] = [1, 3, 14];

/// How many calls at the beginning and the end of a large flow are not like their neighbours:
/// those of claim and record.
const EDGE: usize = 6;

/// How many attendees the largest meeting has.
fn most() -> usize {
    as_many_as("USHER_WALK", 1, 14)
}

/// Walks a flow of one size. Of larger ones every other call is cut off, in `cargo test` of
/// the smallest, too; and who comes then takes turns from call to call, but at the edges of a crowd's each of them comes at every
/// call. `.ci/long` has each of them come at every call of all.
async fn walk(flow: Flow, size: usize) -> usize {
    let calls = Cell::calls(flow, size).await;
    let all = most() > 14;
    let step = if size > 1 || most() == 1 { 2 } else { 1 };
    let mut cells = Vec::new();
    for k in 0..calls {
        let thens = [Then::SameRequest, Then::AnotherKey, Then::Sweep];
        let thens = thens
            .into_iter()
            .filter(|then| flow.may_be_followed_by(*then));
        let thens: Vec<_> = thens.collect();
        let turn = thens[(k / step + size) % thens.len()];
        let edge = size > 12 && flow.claims_a_crowd() && (k < EDGE || k + EDGE >= calls);
        let comes = |then: &Then| all || edge || (k % step == 0 && *then == turn);
        let thens = thens.into_iter().filter(comes);
        cells.extend(thens.map(|then| (k, then)));
    }
    let count = cells.len();
    let walks = cells
        .into_iter()
        .map(|(k, then)| Cell::walk(flow, size, k, then));
    stream::iter(walks)
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
    count
}

#[rstest]
#[case(Flow::Confirmation)]
#[case(Flow::Cancellation)]
#[case(Flow::Update)]
#[case(Flow::Retry)]
#[case(Flow::Settle)]
#[case(Flow::Archive)]
#[case(Flow::Save)]
#[case(Flow::Link)]
#[case(Flow::Sms)]
#[case(Flow::Reminder)]
#[case(Flow::Bounce)]
#[case(Flow::Receipt)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_flow_dies_it_ends_as_if_it_had_not(#[case] flow: Flow) {
    let most = most();
    let larger = (!SIZES.contains(&most)).then_some(most);
    for size in SIZES.into_iter().filter(|size| *size <= most).chain(larger) {
        let cells = walk(flow, size).await;
        println!("{flow:?} of {size}: {cells} cells hold");
    }
}
