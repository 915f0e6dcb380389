//! Which stretch of the calendar is shown: a day, a week, or a list of what follows.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use usher_domain::{Failure, local_time};
use usher_flows::console::Part;

/// How many meetings one page shows: with them it stays under 60 KB.
pub(super) const SHOWN: usize = 60;
/// How far the list reaches.
const LIST: TimeDelta = TimeDelta::days(366);

/// Which part of the calendar.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(super) view: View,
    pub(super) date: Option<String>,
    pub(super) q: Option<String>,
    pub(super) cursor: Option<String>,
}

/// How the calendar is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum View {
    Day,
    #[default]
    Week,
    List,
}

/// A stretch of the calendar.
pub(super) struct Stretch<'a> {
    pub(super) view: View,
    /// What customers are searched by; then the view is a list.
    pub(super) search: Option<&'a str>,
    /// The date that was asked for.
    pub(super) date: NaiveDate,
    pub(super) first: NaiveDate,
    /// How many days it has; of a list, by how many it moves on.
    pub(super) days: u64,
}

impl<'a> Stretch<'a> {
    /// The stretch that is asked for; that of today if no date is.
    pub(super) fn of(asked: &'a Asked, today: NaiveDate) -> Result<Self, Failure> {
        let date = asked.date.as_deref().filter(|date| !date.is_empty());
        let date = date
            .map_or(Ok(today), str::parse)
            .map_err(|_| Failure::BadRequest {
                detail: "The date must be written like 2026-01-15.".to_owned(),
            })?;
        let search = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        let view = match search {
            Some(_) => View::List,
            None => asked.view,
        };
        let (first, days) = match view {
            View::Day | View::List => (date, 1),
            View::Week => (date.week(Weekday::Mon).first_day(), 7),
        };
        Ok(Self {
            view,
            search,
            date,
            first,
            days,
        })
    }

    /// The instants between which it lies.
    pub(super) fn range(&self, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
        let last = self.first.checked_add_days(Days::new(self.days - 1));
        let last = last.unwrap_or(self.first);
        let bound = |date: NaiveDate, end| {
            local_time::bound(&date.to_string(), zone, end).map_err(|_| Failure::BadRequest {
                detail: "This date lies outside the calendar.".to_owned(),
            })
        };
        let from = bound(self.first, false)?;
        let to = bound(last, true)?;
        Ok(match self.view {
            View::List => (from, from + LIST),
            View::Day | View::Week => (from, to),
        })
    }

    /// The query of another page that looks at the same days; none of a list, which goes on.
    pub(super) fn same_days(&self) -> String {
        let last = self.first + Days::new(self.days - 1);
        match self.view {
            View::List => String::new(),
            View::Day | View::Week => format!("?from={}&to={last}", self.first),
        }
    }

    /// Which of its meetings are read.
    pub(super) fn part(&self) -> Part<'a> {
        match (self.search, self.view) {
            (Some(search), _) => Part::Found(search, SHOWN),
            (None, View::Week) => Part::All,
            (None, View::Day | View::List) => Part::Few(SHOWN),
        }
    }

    /// The days that are shown even if they have no meetings.
    pub(super) fn whole(&self) -> Option<(NaiveDate, u64)> {
        (self.view != View::List).then_some((self.first, self.days))
    }

    /// What stands over it.
    pub(super) fn heading(&self) -> String {
        let first = self.first;
        match (self.view, self.search) {
            (_, Some(search)) => format!("Customers like “{search}”"),
            (View::Day, _) => first.format("%A, %-d %B %Y").to_string(),
            (View::List, _) => first.format("From %-d %B %Y on").to_string(),
            (View::Week, _) => {
                let last = first + Days::new(6);
                let opening = if first.month() == last.month() {
                    "%-d"
                } else {
                    "%-d %B"
                };
                format!("{} – {}", first.format(opening), last.format("%-d %B %Y"))
            }
        }
    }
}
