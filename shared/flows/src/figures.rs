//! Staff look at what the log comes to, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use usher_domain::{Failure, figures::DailyFigures};

use crate::App;

/// The figures of some days.
#[derive(Debug)]
pub struct FiguresOfDays {
    /// The days that were rolled up at least once, oldest first.
    pub days: Vec<DailyFigures>,
    /// The days of the range until today that were not, oldest first. Nothing is known of
    /// them, which is not to say that nothing was sent.
    pub missing: Vec<NaiveDate>,
    /// How many days are stored and cannot be read; they are among the missing, too.
    pub unreadable: usize,
    /// When anything was first sent; none where nothing ever was.
    pub log_begins_at: Option<DateTime<Utc>>,
}

/// The figures of the days `from` until `to`, both included, as far as they have come where
/// the business has `today`.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn figures(
    app: &App,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<FiguresOfDays, Failure> {
    let to = to.min(today);
    let stored = async { Ok::<_, Failure>(app.store.daily_figures(from, to).await?) };
    let begins = async { Ok::<_, Failure>(app.store.log_begins_at().await?) };
    let (stored, log_begins_at) = futures::try_join!(stored, begins)?;
    let days = stored.rows.into_iter();
    let days: Vec<_> = days.filter(|day| day.complete.is_some()).collect();
    let dates = from.iter_days().take_while(|date| *date <= to);
    let is_missing = |date: &NaiveDate| days.iter().all(|day| day.date != *date);
    Ok(FiguresOfDays {
        missing: dates.filter(is_missing).collect(),
        unreadable: stored.unreadable,
        log_begins_at,
        days,
    })
}
