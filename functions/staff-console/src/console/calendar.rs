//! The calendar: a day, a week or a list of meetings, and what needs attention.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use usher_domain::{
    Failure, local_time,
    meeting::{Meeting, MeetingView, NotificationState},
    notification::NotificationView,
    reply::InboundView,
};
use usher_flows::{Concern, console};
use usher_web::{
    ApiQuery,
    console::{PageError, Staff},
};

use super::Console;
use crate::meetings::place;

/// How many meetings one page shows.
const SHOWN: usize = 100;
/// How far the list reaches.
const LIST: TimeDelta = TimeDelta::days(366);

/// Which part of the calendar.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    view: View,
    date: Option<String>,
    q: Option<String>,
    cursor: Option<String>,
}

/// How the calendar is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum View {
    Day,
    #[default]
    Week,
    List,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    view: View,
    date: NaiveDate,
    today: NaiveDate,
    previous: NaiveDate,
    following: NaiveDate,
    heading: String,
    timezone: String,
    search: String,
    days: Vec<Day>,
    found: usize,
    next: Option<String>,
    concerns: Vec<Worry>,
}

#[derive(Serialize)]
struct Day {
    date: NaiveDate,
    label: String,
    today: bool,
    meetings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    meeting: MeetingView,
    elsewhere: bool,
    update_due: bool,
}

/// Something that needs attention, in a line.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Worry {
    Meeting(Box<Row>),
    Notification(Box<NotificationView>),
    Text(InboundView),
}

/// `GET /console`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let zone = app.settings().await?.timezone;
    let today = now.with_timezone(&zone).date_naive();
    let date = asked.date.as_deref().filter(|date| !date.is_empty());
    let date = date
        .map_or(Ok(today), str::parse)
        .map_err(|_| Failure::BadRequest {
            detail: "The date must be written like 2026-01-15.".to_owned(),
        })?;
    let search = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let view = if search.is_some() {
        View::List
    } else {
        asked.view
    };
    let (first, days) = match view {
        View::Day | View::List => (date, 1),
        View::Week => (date.week(chrono::Weekday::Mon).first_day(), 7),
    };
    let (from, mut to) = range(first, days, zone)?;
    if view == View::List {
        to = from + LIST;
    }
    let cursor = place(asked.cursor.as_deref())?;
    let found = console::calendar(&app, (from, to), search, cursor.as_ref(), SHOWN, now).await?;
    let page = Page {
        here: "calendar",
        view,
        date,
        today,
        previous: first - Days::new(days),
        following: first + Days::new(days),
        heading: heading(view, first, search),
        timezone: zone.to_string(),
        search: search.unwrap_or_default().to_owned(),
        found: found.meetings.len(),
        days: by_day(
            &found.meetings,
            (view != View::List).then_some((first, days)),
            zone,
            today,
        ),
        next: found.next.map(|cursor| cursor.encode()),
        concerns: found
            .concerns
            .iter()
            .map(|concern| Worry::new(concern, zone))
            .collect(),
    };
    Ok(desk.page("calendar.html", &staff, page))
}

/// The instants between which `days` from `first` on lie.
fn range(first: NaiveDate, days: u64, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
    let last = first.checked_add_days(Days::new(days - 1)).unwrap_or(first);
    let bound = |date: NaiveDate, end| {
        local_time::bound(&date.to_string(), zone, end).map_err(|_| Failure::BadRequest {
            detail: "This date lies outside the calendar.".to_owned(),
        })
    };
    Ok((bound(first, false)?, bound(last, true)?))
}

fn heading(view: View, first: NaiveDate, search: Option<&str>) -> String {
    match (view, search) {
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

/// The meetings under their days; every day of `whole`, also those without any.
fn by_day(
    meetings: &[Meeting],
    whole: Option<(NaiveDate, u64)>,
    zone: Tz,
    today: NaiveDate,
) -> Vec<Day> {
    let empty = |date: NaiveDate| Day {
        date,
        label: date.format("%A %-d %B").to_string(),
        today: date == today,
        meetings: Vec::new(),
    };
    let mut days: Vec<Day> = whole
        .into_iter()
        .flat_map(|(first, count)| first.iter_days().take(usize::try_from(count).unwrap_or(0)))
        .map(empty)
        .collect();
    for meeting in meetings {
        let date = meeting.details.starts_at.with_timezone(&zone).date_naive();
        let row = Row::new(meeting, zone);
        match days.iter_mut().find(|day| day.date == date) {
            Some(day) => day.meetings.push(row),
            None => days.push(Day {
                meetings: vec![row],
                ..empty(date)
            }),
        }
    }
    days
}

impl Row {
    fn new(meeting: &Meeting, zone: Tz) -> Self {
        Self {
            meeting: MeetingView::new(meeting, None),
            elsewhere: meeting.details.timezone != zone,
            update_due: meeting.notification_state() == NotificationState::UpdateDue,
        }
    }
}

impl Worry {
    fn new(concern: &Concern, zone: Tz) -> Self {
        match concern {
            Concern::Meeting(meeting) => Self::Meeting(Box::new(Row::new(meeting, zone))),
            Concern::Notification(row) => Self::Notification(Box::new((&**row).into())),
            Concern::Text(text) => Self::Text(text.into()),
        }
    }
}
