//! Which days are to be rolled up, and when.
//!
//! # What it costs
//! A roll-up reads every row of its day. Each row is read five times after its day has ended,
//! at growing intervals, because most of what becomes of a message becomes of it soon. A day
//! that goes on is rolled up once an hour, and less often the more rows it has: all its
//! roll-ups together read about ten thousand rows an hour at most.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::figures::{DailyFigures, FINAL_AFTER, RollUp};

/// How long after its end a day is rolled up. The last time is [`FINAL_AFTER`].
const AFTER_ITS_END: [TimeDelta; 5] = [
    TimeDelta::zero(),
    TimeDelta::days(1),
    TimeDelta::days(3),
    TimeDelta::days(7),
    FINAL_AFTER,
];
/// How many days before today may still be rolled up: the last of them ended
/// [`FINAL_AFTER`] and a day ago, in case nobody came in time.
const DAYS: u64 = 16;
/// How often a day is rolled up that goes on, as long as it has few rows.
const MEANWHILE: TimeDelta = TimeDelta::hours(1);
/// How many rows it may have for that; with twice as many it takes twice as long.
const FEW: u64 = 10_000;

/// The days that may have to be rolled up: from the first to today, both included.
pub fn window(now: DateTime<Utc>, zone: Tz) -> (NaiveDate, NaiveDate) {
    let today = now.with_timezone(&zone).date_naive();
    (today - Days::new(DAYS), today)
}

/// The days that are to be rolled up now, in that order: one that has begun to be, then the
/// newest first. `known` are those of the [`window`] that are stored, and the log begins at
/// `first`: there is nothing to count of the days before.
pub fn due(
    known: Vec<DailyFigures>,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Vec<DailyFigures> {
    let (from, today) = window(now, zone);
    let from = from.max(first.with_timezone(&zone).date_naive());
    let mut days = known;
    for date in from.iter_days().take_while(|date| *date <= today) {
        if days.iter().all(|day| day.date != date) {
            days.push(DailyFigures::new(date, zone));
        }
    }
    let days = days.into_iter().map(|day| in_zone(day, zone));
    let mut due: Vec<_> = days.filter(|day| is_due(day, now)).collect();
    due.sort_by_key(|day| (day.in_progress.is_none(), std::cmp::Reverse(day.date)));
    due
}

/// A day as one of this timezone: where the business has moved to another one, the day begins
/// and ends at other instants, and is counted anew. What is final stays as it is.
fn in_zone(day: DailyFigures, zone: Tz) -> DailyFigures {
    let is_final = day.complete.as_ref().is_some_and(|done| done.is_final);
    if day.timezone == zone || is_final {
        return day;
    }
    DailyFigures {
        version: day.version,
        unread: day.unread,
        ..DailyFigures::new(day.date, zone)
    }
}

/// Whether a day is to be rolled up now.
fn is_due(day: &DailyFigures, now: DateTime<Utc>) -> bool {
    let Some(ends_at) = day.ends_at() else {
        return false;
    };
    let done = match &day.complete {
        Some(done) if !done.is_final => done,
        Some(_) => return false,
        None => return true,
    };
    let again = AFTER_ITS_END.map(|after| ends_at + after);
    let was_missed = |at: &DateTime<Utc>| done.at < *at && *at <= now;
    day.in_progress.is_some()
        || again.iter().any(was_missed)
        || (now < ends_at && now >= done.at + pause(done))
}

/// How long a day that goes on is left alone after a roll-up.
fn pause(done: &RollUp) -> TimeDelta {
    let times = i32::try_from(done.figures.rows.div_ceil(FEW)).unwrap_or(i32::MAX);
    MEANWHILE * times.max(1)
}

#[cfg(test)]
mod tests;
