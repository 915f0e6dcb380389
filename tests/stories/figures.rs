//! What each operation costs in requests and capacity units: exactly what the bench's table
//! of figures says, so that nothing grows unseen (`infra/bench/src/figures.rs`).

use usher_bench::{
    counts::{Counts, count},
    figures::{FIGURES, Figure},
    operation::OPERATIONS,
    stage::Stage,
};
use usher_tests::now;

#[tokio::test]
async fn every_operation_costs_what_its_figure_says() {
    let mut differing = Vec::new();
    for (index, operation) in OPERATIONS.iter().enumerate() {
        let stage = Stage::open(now()).await.unwrap();
        let counts = count(&stage, operation.work).await.unwrap();
        let counted = figure(operation.name, &counts);
        let said = FIGURES.get(index).copied();
        let same = said.is_some_and(|figure| in_figures(figure) == counted);
        if !same {
            differing.push(format!("{counted}, not {said:#?}"));
        }
    }
    assert!(
        differing.is_empty(),
        "counted:\n{}\n\nWhat is meant to cost something else says so in \
         infra/bench/src/figures.rs, with the reason.",
        differing.join("\n\n")
    );
}

fn figure(operation: &str, counts: &Counts) -> String {
    let calls = counts.calls_in_words();
    let reads = counts.reads_in_words();
    let writes = counts.writes_in_words();
    format!("{operation}: calls {calls:?}, reads {reads:?}, writes {writes:?}")
}

fn in_figures(figure: Figure) -> String {
    let Figure {
        operation,
        calls,
        reads,
        writes,
        because: _,
    } = figure;
    format!("{operation}: calls {calls:?}, reads {reads:?}, writes {writes:?}")
}
