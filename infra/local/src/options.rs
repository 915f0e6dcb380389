//! How a stack is started.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use usher_flows::Rng;

/// The port of `cargo run`, unless told otherwise.
pub const DEFAULT_PORT: u16 = 7447;

/// How to start a stack. The default suits a test: any free port, in memory, no demo.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The folder that state is kept in; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// Whether to load demo data, if nothing was kept before.
    pub demo: bool,
    /// Where the clock stands, frozen; `None` lets it run in real time.
    pub start_at: Option<DateTime<Utc>>,
    /// How long a function waits for SES or SNS.
    pub provider_timeout: Duration,
    /// Makes tokens and ids repeatable; `None` takes the system's generator.
    pub seed: Option<u64>,
    /// The number that SMS come from; `None` for an account without any.
    pub origination_number: Option<String>,
    /// The OpenID Connect provider that the console signs in at. Nobody has to: the
    /// gateway signs its callers in, except those that are nobody.
    pub issuer: String,
    /// Whether SES and SNS report of each message what becomes of it, as the real ones do;
    /// else only what they are told to.
    pub reports: bool,
}

/// The number that SMS come from, unless another one is given: 555-0100 to 555-0199 are
/// set aside for fiction.
pub(crate) const OUR_NUMBER: &str = "+12065550100";

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data: None,
            demo: false,
            start_at: None,
            provider_timeout: Duration::from_secs(10),
            seed: None,
            origination_number: Some(OUR_NUMBER.to_owned()),
            issuer: "https://identity.invalid".to_owned(),
            reports: false,
        }
    }
}

/// A source of tokens and ids; repeatable if it is given a seed.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the local stack's chance comes from"
)]
pub(crate) fn rng(seed: Option<u64>) -> Rng {
    match seed {
        None => Rng::new(|bytes| rand::rng().fill_bytes(bytes)),
        Some(seed) => {
            let generator = Mutex::new(StdRng::seed_from_u64(seed));
            Rng::new(move |bytes| {
                generator
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(bytes);
            })
        }
    }
}
