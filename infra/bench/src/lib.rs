//! What Usher's operations cost, measured on the deployed functions.
//!
//! `cargo bench` runs each function's release program in a process of its own, under the
//! Lambda Runtime API, on the stand-ins of [`usher_local`], and writes a table and
//! `target/bench.json`. What is counted rather than timed, requests and capacity units, is
//! the same on every machine and in every build: [`figures`] holds it, each figure with its
//! reason, and a story in `tests/` fails when one changes without its line.

pub mod counts;
pub mod events;
pub mod figures;
pub mod operation;
pub mod stage;
