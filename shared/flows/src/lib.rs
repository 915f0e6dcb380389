//! One file per story the system tells: load, decide (in `usher_domain`),
//! persist, act (through `usher_cloud`), record.

mod app;

pub use app::{App, Chance, Clock};
