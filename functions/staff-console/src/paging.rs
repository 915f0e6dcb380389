//! Which part of a list is asked for: the page, its size, and the range of time.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use usher_domain::{Failure, local_time};
use usher_flows::Cursor;

/// How many rows a page of a list has, when the caller does not say.
const PAGE: usize = 50;

/// The rows a page may have.
pub(crate) fn page_size(limit: Option<usize>) -> Result<usize, Failure> {
    match limit {
        None => Ok(PAGE),
        Some(limit @ 1..=100) => Ok(limit),
        Some(_) => Err(Failure::BadRequest {
            detail: "limit must be 1 to 100.".to_owned(),
        }),
    }
}

/// From when to when; either may be left open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeRange {
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// The ends, read; dates are of `zone`, and `to` includes its day.
    pub(crate) fn read(zone: Tz, from: Option<&str>, to: Option<&str>) -> Result<Self, Failure> {
        let read = |name: &str, text: Option<&str>, end| {
            let read = text
                .map(|text| local_time::bound(text, zone, end))
                .transpose();
            read.map_err(|_| Failure::BadRequest {
                detail: format!(
                    "{name} must be a time like 2026-01-15T14:00:00Z or a date like 2026-01-15."
                ),
            })
        };
        Ok(Self {
            from: read("from", from, false)?,
            to: read("to", to, true)?,
        })
    }
}

/// The cursor of a query, read.
pub(crate) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Failure> {
    text.map(Cursor::parse).transpose()
}
