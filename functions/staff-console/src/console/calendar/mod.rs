//! The calendar: a day, a week or a list of meetings, and what needs attention.

mod days;
mod stretch;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use usher_api::{notification::NotificationView, suppression::SuppressionView};
use usher_console::{PageError, Staff};
use usher_domain::{Failure, settings::Settings};
use usher_flows::{
    App, AttentionItem,
    console::{self, Calendar},
    reach,
};
use usher_web::ApiQuery;

use super::{Console, inbox::TextRow, settings::FirstRun};
use crate::paging::cursor;
use days::{Day, Row, by_day, cut};
use stretch::{Asked, Stretch, View};

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
    reach: Reach,
    unreadable: usize,
}

/// Who of these meetings cannot be reached.
#[derive(Default, Serialize)]
struct Reach {
    unreachable: usize,
    /// Whether there may be more.
    partial: bool,
    /// The query of the page that says who, from its question mark on.
    query: String,
}

/// Something that needs attention, in a line.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Worry {
    Meeting(Box<Row>),
    Notification(Box<NotificationView>),
    Text(Box<TextRow>),
    Hold(Box<SuppressionView>),
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
    let stretch = Stretch::of(&asked, today)?;
    let range = stretch.range(zone)?;
    let cursor = cursor(asked.cursor.as_deref())?;
    let found = console::calendar(&app, range, stretch.part(), cursor.as_ref(), now).await?;
    let reach = match stretch.search {
        None => Reach::of(&app, &settings, &found, &stretch, now).await?,
        Some(_) => Reach::default(),
    };
    let first_run = FirstRun::of(&settings, &staff).filter(|_| stretch.search.is_none());
    let page = Page {
        continued: cursor.is_some() && stretch.view != View::Week,
        first_run,
        reach,
        ..Page::new(&stretch, found, zone, today)
    };
    Ok(pages.page("calendar.html", &staff, page))
}

impl Page {
    fn new(stretch: &Stretch<'_>, found: Calendar, zone: Tz, today: NaiveDate) -> Self {
        let is_week = stretch.view == View::Week;
        let mut days = by_day(&found.meetings, stretch.whole(), zone, today);
        if is_week {
            cut(&mut days, found.next.is_some());
        }
        let concerns = found.concerns.iter();
        let next = found.next.filter(|_| !is_week);
        Self {
            here: "calendar",
            view: stretch.view,
            date: stretch.date,
            today,
            previous: stretch.first - Days::new(stretch.days),
            following: stretch.first + Days::new(stretch.days),
            heading: stretch.heading(),
            timezone: zone.to_string(),
            search: stretch.search.unwrap_or_default().to_owned(),
            found: found.meetings.len(),
            continued: false,
            days,
            next: next.map(|cursor| cursor.encode()),
            concerns: concerns.map(|each| Worry::new(each, zone)).collect(),
            more_concerns: found.more_concerns,
            first_run: None,
            reach: Reach::default(),
            unreadable: found.unreadable,
        }
    }
}

impl Reach {
    async fn of(
        app: &App,
        settings: &Settings,
        found: &Calendar,
        stretch: &Stretch<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let count = reach::count(app, settings, &found.meetings, now).await?;
        Ok(Self {
            unreachable: count.unreachable,
            partial: count.partial || found.next.is_some(),
            query: stretch.same_days(),
        })
    }
}

impl Worry {
    fn new(concern: &AttentionItem, zone: Tz) -> Self {
        match concern {
            AttentionItem::Meeting(meeting) => Self::Meeting(Box::new(Row::new(meeting, zone))),
            AttentionItem::Notification(row) => Self::Notification(Box::new((&**row).into())),
            AttentionItem::Text(text) => Self::Text(Box::new(TextRow::from(&**text))),
            AttentionItem::Hold(held) => Self::Hold(Box::new((&**held).into())),
        }
    }
}
