//! What Usher's operations cost, measured on the deployed functions.
//!
//! `cargo bench` runs each function's release program in a process of its own, under the
//! Lambda Runtime API, on the stand-ins of [`usher_local`], and writes a table and
//! `target/bench.json`. What the stand-ins take is not counted: they are in another process.
//! What is counted rather than timed, requests and capacity units, is
//! the same on every machine and in every build: [`figures`] holds it, each figure with its
//! reason, and a story in `tests/` fails when one changes without its line. What is timed is
//! told against a bare program that makes the least of calls ([`floor`]), measured in turn
//! with the function, so that the ratio says more than the machine.

pub mod bars;
pub mod bench;
pub mod counts;
pub mod crowds;
pub mod events;
pub mod figures;
pub mod floor;
pub mod function;
pub mod growth;
pub mod measure;
pub mod operation;
pub mod prices;
pub mod process;
pub mod programs;
pub mod report;
pub mod runtime_api;
pub mod sample;
pub mod stage;
pub mod starts;
