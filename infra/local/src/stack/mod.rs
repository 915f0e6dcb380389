//! A whole running Usher: started by `cargo run`, and by every black-box test, many
//! of them in one process. How it is put together, what can be done to it and what can
//! be seen of it each have a file here.

mod actions;
mod addresses;
mod assembly;
mod callers;
mod observations;
mod stand_ins;

use usher_cloud::SdkConfig;

use crate::feedback::Reporter;
use crate::functions::Deployed;
use crate::listener::Serving;
use callers::Callers;
use stand_ins::StandIns;

/// A running stack. Dropping it stops its clock, closes its connections and lets its
/// folder go.
#[derive(Debug)]
pub struct Stack {
    url: String,
    stand_ins: StandIns,
    callers: Callers,
    sdk: SdkConfig,
    deployed: Vec<Deployed>,
    reporter: Option<Reporter>,
    _serving: [Serving; 2],
}

/// A stack that has just been started.
pub(crate) struct Assembled {
    pub(crate) stack: Stack,
    /// Whether nothing was kept of it.
    pub(crate) is_new: bool,
}
