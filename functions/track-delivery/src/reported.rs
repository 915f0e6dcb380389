//! A report as it was read, whoever made it.

use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::feedback::DeliveryReport;
use usher_flows::track_delivery::About;

/// What is reported of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reported {
    /// Which message.
    pub(crate) about: About,
    /// What.
    pub(crate) report: DeliveryReport,
}

/// A report; none where it says nothing of what became of a message; or why it cannot be
/// read, in words that hold no address.
pub(crate) type Read = Result<Option<Reported>, String>;

/// By how much a reporter's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::hours(1);
/// How late a report may come: carriers take up to 72 hours, and nobody takes a year.
const LATEST: TimeDelta = TimeDelta::days(365);

/// The time of a report, if anything can have happened then.
///
/// # Errors
/// It lies in the future, or too far in the past.
pub(crate) fn plausible(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if at > now + AHEAD || at < now - LATEST {
        return Err("its time cannot be true".to_owned());
    }
    Ok(at)
}
