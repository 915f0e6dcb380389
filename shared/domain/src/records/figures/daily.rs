//! The figures of one day, and how far its roll-up has come.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Figures;
use crate::{local_time::start_of_day, unread::Unread};

/// How long after its end a day is rolled up for the last time. What comes later, an answer to
/// a message of three weeks ago, is in no figure.
pub const FINAL_AFTER: TimeDelta = TimeDelta::days(14);

/// One calendar day of the business, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyFigures {
    /// The day.
    pub date: NaiveDate,
    /// The timezone it is a day of: the settings' when it was last rolled up.
    pub timezone: Tz,
    /// Moves with every write, from 1; 0 of what was never written.
    pub version: u64,
    /// The last roll-up that came to its end; none before the first did.
    pub complete: Option<RollUp>,
    /// The one that has begun since.
    pub in_progress: Option<RollUpInProgress>,
    /// Who could not be reached ahead of it, as that stood when the day was last counted while
    /// it was on; none where nobody has looked.
    pub reach_ahead: Option<ReachAhead>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// How many attendees of coming meetings no message reached, by what was known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReachAhead {
    /// When that was.
    pub at: DateTime<Utc>,
    /// How many.
    pub unreachable: u64,
    /// Whether not everybody was looked at.
    pub partial: bool,
}

/// A roll-up of a whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollUp {
    /// When it began: what happened later may be missing.
    pub at: DateTime<Utc>,
    /// Whether it is the day's last one.
    pub is_final: bool,
    /// What the day came to.
    pub figures: Figures,
}

/// A roll-up that has counted a part of its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollUpInProgress {
    /// When it began.
    pub at: DateTime<Utc>,
    /// Where in the log it goes on: behind this position; none at the day's beginning.
    pub position: Option<String>,
    /// What the rows before that came to.
    pub figures: Figures,
}

impl DailyFigures {
    /// A day of which nothing is known yet.
    pub fn new(date: NaiveDate, timezone: Tz) -> Self {
        Self {
            date,
            timezone,
            version: 0,
            complete: None,
            in_progress: None,
            reach_ahead: None,
            unread: Unread::default(),
        }
    }

    /// Its first instant; none outside of the years Usher plans in.
    pub fn starts_at(&self) -> Option<DateTime<Utc>> {
        start_of_day(self.date, self.timezone)
    }

    /// The first instant behind it.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        start_of_day(self.date.succ_opt()?, self.timezone)
    }

    /// The roll-up that goes on, or begins now.
    pub fn take_up(&mut self, now: DateTime<Utc>) -> RollUpInProgress {
        let fresh = || RollUpInProgress {
            at: now,
            position: None,
            figures: Figures::default(),
        };
        self.in_progress.take().unwrap_or_else(fresh)
    }

    /// Notes that a roll-up has counted the whole day.
    pub fn finish(&mut self, done: RollUpInProgress) {
        let ends_at = self.ends_at();
        self.complete = Some(RollUp {
            at: done.at,
            is_final: ends_at.is_some_and(|ends_at| done.at >= ends_at + FINAL_AFTER),
            figures: done.figures,
        });
        self.in_progress = None;
    }
}
