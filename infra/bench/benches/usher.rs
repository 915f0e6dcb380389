//! `cargo bench`: where environment and clock enter. What is measured: `infra/bench/src`.

use std::path::Path;

use anyhow::Context as _;
use chrono::Utc;
use usher_bench::{bench::bench, function::Machine, programs::Programs};

/// How many meetings the large table has, unless `USHER_BENCH_MEETINGS` says otherwise.
const MEETINGS: usize = 100_000;

#[tokio::main(worker_threads = 2)]
#[expect(
    clippy::disallowed_methods,
    reason = "a main is where environment and clock enter"
)]
async fn main() -> anyhow::Result<()> {
    let meetings = match std::env::var("USHER_BENCH_MEETINGS") {
        Ok(meetings) => meetings.parse().context("USHER_BENCH_MEETINGS")?,
        Err(_) => MEETINGS,
    };
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let machine = Machine {
        programs: Programs::build(Path::new(&cargo))?,
        now: Utc::now,
    };
    bench(&machine, meetings).await
}
