//! The calendar: a day, a week or a list of meetings, and what needs attention.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use usher_api::{meeting::MeetingView, notification::NotificationView};
use usher_console::{PageError, Staff};
use usher_domain::{
    Failure, local_time,
    meeting::{Meeting, NotificationState},
};
use usher_flows::{
    AttentionItem,
    console::{self, Part},
};
use usher_web::ApiQuery;

use super::{Console, inbox::TextRow, meeting::WishView, settings::FirstRun};
use crate::paging::cursor;

/// How many meetings one page shows: with them it stays under 60 KB.
const SHOWN: usize = 60;
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
    /// Whether this is not the first part of a list.
    continued: bool,
    next: Option<String>,
    concerns: Vec<Worry>,
    more_concerns: bool,
    first_run: Option<FirstRun>,
    unreadable: usize,
}

#[derive(Serialize)]
struct Day {
    date: NaiveDate,
    label: String,
    today: bool,
    meetings: Vec<Row>,
    /// How many meetings of the day are not shown.
    more: usize,
    /// Whether the day was read to its end; else it may have still more of them.
    counted: bool,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    meeting: MeetingView,
    elsewhere: bool,
    update_due: bool,
    /// Who wants another time: their names.
    wished_by: Vec<String>,
    /// What the first of them wished for.
    wish: Option<WishView>,
}

/// Something that needs attention, in a line.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Worry {
    Meeting(Box<Row>),
    Notification(Box<NotificationView>),
    Text(Box<TextRow>),
}

/// `GET /console`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let settings = app.settings().await?;
    let zone = settings.timezone;
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
    let cursor = cursor(asked.cursor.as_deref())?;
    let part = match search {
        Some(search) => Part::Found(search, SHOWN),
        None if view == View::Week => Part::All,
        None => Part::Few(SHOWN),
    };
    let found = console::calendar(&app, (from, to), part, cursor.as_ref(), now).await?;
    let whole = (view != View::List).then_some((first, days));
    let mut by_day = by_day(&found.meetings, whole, zone, today);
    if view == View::Week {
        cut(&mut by_day, found.next.is_some());
    }
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
        continued: cursor.is_some() && view != View::Week,
        days: by_day,
        next: found
            .next
            .filter(|_| view != View::Week)
            .map(|cursor| cursor.encode()),
        more_concerns: found.more_concerns,
        first_run: FirstRun::of(&settings, &staff).filter(|_| search.is_none()),
        unreadable: found.unreadable,
        concerns: found
            .concerns
            .iter()
            .map(|concern| Worry::new(concern, zone))
            .collect(),
    };
    Ok(pages.page("calendar.html", &staff, page))
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
        more: 0,
        counted: true,
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

/// Leaves of a week's days what one page shows, and counts the rest. `goes_on` says
/// that not all of the week was read: the last day with meetings and those behind it
/// may have more.
fn cut(days: &mut [Day], goes_on: bool) {
    let counts: Vec<usize> = days.iter().map(|day| day.meetings.len()).collect();
    let shown = share(&counts, SHOWN);
    let read_to = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    for (at, day) in days.iter_mut().enumerate() {
        day.more = day.meetings.len().saturating_sub(shown);
        day.meetings.truncate(shown);
        day.counted = !goes_on || at < read_to;
    }
}

/// The most that each may have, so that all together have `room` at most.
fn share(counts: &[usize], room: usize) -> usize {
    let fits = |each: &usize| counts.iter().map(|count| count.min(each)).sum::<usize>() <= room;
    (1..=room).rev().find(fits).unwrap_or(0)
}

impl Row {
    fn new(meeting: &Meeting, zone: Tz) -> Self {
        let first = meeting.wishes().next();
        Self {
            meeting: MeetingView::new(meeting, None),
            wish: first.and_then(|(_, request)| request.wish.as_ref().map(WishView::from)),
            wished_by: meeting
                .wishes()
                .map(|(who, _)| who.name.to_string())
                .collect(),
            elsewhere: meeting.details.timezone != zone,
            update_due: meeting.notification_state() == NotificationState::UpdateDue,
        }
    }
}

impl Worry {
    fn new(concern: &AttentionItem, zone: Tz) -> Self {
        match concern {
            AttentionItem::Meeting(meeting) => Self::Meeting(Box::new(Row::new(meeting, zone))),
            AttentionItem::Notification(row) => Self::Notification(Box::new((&**row).into())),
            AttentionItem::Text(text) => Self::Text(Box::new(TextRow::from(&**text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_page_is_shared_out_so_that_no_day_starves_and_all_of_them_fit() {
        assert_eq!(share(&[0, 0, 3], 60), 60);
        assert_eq!(share(&[10, 10, 10, 10, 10, 10], 60), 60);
        assert_eq!(share(&[43; 7], 60), 8);
        assert_eq!(share(&[300, 1, 1], 60), 58);
        assert_eq!(share(&[], 60), 60);
    }
}
