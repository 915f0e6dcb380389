//! The right to send something, which always expires.

use chrono::{DateTime, TimeDelta, Utc};

/// The right to dispatch a delivery, which always expires (promise 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// A random word of the invocation that holds it: writes of anyone else
    /// are fenced off.
    pub owner: String,
    /// When it lapses.
    pub until: DateTime<Utc>,
}

/// How long a dispatch may take before it counts as cut off: longer than the
/// longest function timeout (30 s at API Gateway).
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

impl Lease {
    /// A lease for `owner` from `now` on.
    pub fn new(owner: String, now: DateTime<Utc>) -> Self {
        Self {
            owner,
            until: now + LEASE,
        }
    }

    /// When it was taken.
    pub fn since(&self) -> DateTime<Utc> {
        self.until - LEASE
    }
}
