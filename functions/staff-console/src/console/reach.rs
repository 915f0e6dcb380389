//! Whom messages of coming meetings will not reach, soonest first, and what to do about it.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use url::form_urlencoded;
use usher_api::{query::Coming, reach::UnreachableAttendee};
use usher_console::{PageError, Staff};
use usher_domain::{
    kind::NotificationType,
    meeting::Meeting,
    reach::{Obstacle, Unreached},
    unusable::Unusable,
};
use usher_flows::reach::{ReachPage, UnreachedOfMeeting};
use usher_web::ApiQuery;

use super::Console;
use crate::paging::page_size;

/// How many attendees a page shows: with them it stays under 60 KB.
const SHOWN: usize = 25;

#[derive(Serialize)]
struct Page {
    here: &'static str,
    timezone: String,
    first: String,
    last: String,
    /// What stands in the way of everybody.
    general: Vec<String>,
    /// How many of this page are listed nowhere else, for that is all that keeps them.
    waiting: usize,
    /// By meeting; none of them empty.
    meetings: Vec<Vec<Row>>,
    unreadable: usize,
    /// The query of the page after this.
    next: Option<String>,
    /// Whether this is not the first part.
    continued: bool,
}

/// An attendee, with what staff read of them besides what the API says.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    view: UnreachableAttendee,
    /// What they will miss, within a sentence; empty when nothing reaches them.
    misses_only: Vec<String>,
    /// For each reason, what can be done about it.
    steps: Vec<Step>,
}

/// What can be done about a reason.
#[derive(Serialize)]
struct Step {
    text: &'static str,
    /// Where; none where it is not for staff to do.
    page: Option<String>,
}

/// `GET /console/reach`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiQuery(coming): ApiQuery<Coming>,
) -> Result<Response, PageError> {
    let settings = app.settings().await?;
    let limit = page_size(coming.limit.or(Some(SHOWN)))?;
    let found = crate::reach::page(&app, &settings, &coming, limit).await?;
    let page = Page::new(&found, &coming, settings.timezone);
    Ok(pages.page("reach.html", &staff, page))
}

impl Page {
    fn new(found: &ReachPage, coming: &Coming, zone: Tz) -> Self {
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).format("%-d %B %Y").to_string();
        let (from, to) = found.range;
        let all = found.meetings.iter().flat_map(|each| &each.attendees);
        let waiting: Vec<_> = all.filter(|each| each.waits_for_settings).collect();
        let meetings = found.meetings.iter().map(rows);
        let next = found.next.as_ref();
        Self {
            here: "calendar",
            timezone: zone.to_string(),
            first: day(from),
            last: day(to - TimeDelta::seconds(1)),
            general: general(&waiting),
            waiting: waiting.len(),
            meetings: meetings.filter(|rows| !rows.is_empty()).collect(),
            unreadable: found.unreadable,
            next: next.map(|next| further(coming, &next.encode())),
            continued: coming.cursor.is_some(),
        }
    }
}

/// What stands in the way of everybody, each once.
fn general(waiting: &[&Unreached]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let obstacles = waiting.iter().flat_map(|each| &each.obstacles);
    for Obstacle { why, .. } in obstacles.filter(|each| each.why.concerns_everybody()) {
        if !said.iter().any(|each| each == why.reason()) {
            said.push(why.reason().to_owned());
        }
    }
    said
}

/// The query of the page behind one.
fn further(coming: &Coming, cursor: &str) -> String {
    let given = [("from", &coming.from), ("to", &coming.to)];
    let given = given.map(|(name, value)| value.as_ref().map(|value| (name, value.as_str())));
    let limit = coming.limit.map(|limit| limit.to_string());
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(given.into_iter().flatten())
        .extend_pairs(limit.iter().map(|limit| ("limit", limit)))
        .append_pair("cursor", cursor)
        .finish()
}

/// Those of a meeting, but whom the settings alone keep messages from.
fn rows(each: &UnreachedOfMeeting) -> Vec<Row> {
    let UnreachedOfMeeting {
        meeting,
        template,
        attendees,
    } = each;
    let own = attendees.iter().filter(|each| !each.waits_for_settings);
    own.map(|unreached| Row {
        view: UnreachableAttendee::new(meeting, template.as_ref(), unreached),
        misses_only: match unreached.is_unreachable() {
            true => Vec::new(),
            false => in_sentence(&unreached.misses),
        },
        steps: unreached
            .obstacles
            .iter()
            .map(|each| Step::about(&each.why, meeting))
            .collect(),
    })
    .collect()
}

fn in_sentence(kinds: &[NotificationType]) -> Vec<String> {
    kinds.iter().map(|kind| kind.in_sentence()).collect()
}

impl Step {
    fn about(why: &Unusable, meeting: &Meeting) -> Self {
        let edit = || Some(format!("/console/meetings/{}/edit", meeting.id));
        let settings = || Some("/console/settings".to_owned());
        let (text, page) = match why {
            Unusable::NoEmail => ("Add an email address", edit()),
            Unusable::NoPhone => ("Add a phone number", edit()),
            Unusable::Suppressed => (
                "See why, and have it written to again",
                Some("/console/suppressions".to_owned()),
            ),
            Unusable::CountryNotAllowed => ("Allow the country", settings()),
            Unusable::OptedOut => (
                "They can text START to get SMS again; or note that they told you",
                Some("/console/suppressions".to_owned()),
            ),
            Unusable::Held => (
                "See what they wrote, and confirm or lift it",
                Some("/console/suppressions".to_owned()),
            ),
            Unusable::Unsubscribed => (
                "They can take that back at the link in any reminder email.",
                None,
            ),
            Unusable::Unsendable { .. } => ("See the preview", edit()),
            Unusable::NoSender
            | Unusable::SenderNotVerified
            | Unusable::NoSmsSender
            | Unusable::SmsHeld => ("Mend the settings", settings()),
        };
        Self { text, page }
    }
}
