//! A meeting's page: everything staff know and can do about it.

use axum::{Form, extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_api::{
    meeting::MeetingView, reminder::ReminderView, send::UsedChannel, timeline::TimelineView, word,
};
use usher_console::{PageError, Said, Staff, action_label};
use usher_domain::{
    Failure,
    dealt_with::DealtWith,
    id::MeetingId,
    meeting::{Attendee, BookingStatus, Wish},
    send::{Action, NextStep, Outlook},
};
use usher_flows::{
    attention,
    console::{self, MeetingPage},
    manage,
};
use usher_web::{ApiPath, ApiQuery};

use super::Console;
use crate::{meetings::view, paging::cursor};

/// Which part of the timeline.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    before: Option<String>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    meeting: MeetingView,
    template: Option<String>,
    business_timezone: String,
    actions: Vec<ActionView>,
    /// Whether the next right step is to give it another time.
    offer_another_time: bool,
    /// Of each attendee that is shown.
    attendees: Vec<ReachView>,
    over: bool,
    reminders: Vec<ReminderView>,
    timeline: Vec<TimelineView>,
    unreadable: usize,
    older: Option<String>,
    /// Whether these are older entries of the timeline than the newest.
    continued: bool,
    /// Whether reminders would be planned if it were taken back from the archive.
    reminders_come_back: bool,
}

#[derive(Serialize)]
struct ActionView {
    kind: word::NotificationType,
    label: &'static str,
    refusal: Option<String>,
    /// Whether it is the next right step.
    next: bool,
}

/// How an attendee is reached.
#[derive(Serialize)]
struct ReachView {
    outlooks: Vec<OutlookView>,
    opted_out: bool,
    unsubscribed: bool,
    /// What they wished for, where they want another time.
    wish: Option<WishView>,
}

/// What an attendee wished for with a request for another time.
#[derive(Serialize)]
pub(super) struct WishView {
    times: Option<String>,
    reason: Option<String>,
}

impl From<&Wish> for WishView {
    fn from(wish: &Wish) -> Self {
        Self {
            times: wish.preferred_times.as_ref().map(ToString::to_string),
            reason: wish.reason.as_ref().map(ToString::to_string),
        }
    }
}

/// What some of the actions would do for an attendee.
#[derive(Serialize)]
struct OutlookView {
    /// The actions; empty where it is all of them.
    labels: Vec<&'static str>,
    channels: Vec<UsedChannel>,
    unused: Vec<String>,
}

#[derive(Serialize)]
struct ArchivePage {
    here: &'static str,
    in_dialog: bool,
    meeting: MeetingView,
    /// Whether customers expect it to take place.
    expected: bool,
}

/// Where a page is shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "in")]
    place: Option<String>,
}

/// How somebody has dealt with something, and where they said so.
#[derive(Debug, Deserialize)]
pub(crate) struct DismissalForm {
    #[serde(default)]
    note: String,
    #[serde(default)]
    from: String,
}

impl DismissalForm {
    /// Who has dealt with it, and how.
    pub(super) fn dealt(&self, staff: &Staff, now: DateTime<Utc>) -> Result<DealtWith, Failure> {
        DealtWith::new(&staff.identity.name, Some(&self.note), now)
    }

    /// The page to go back to: the calendar's list where it was said there.
    pub(super) fn back<'a>(&self, page: &'a str) -> &'a str {
        match self.from.as_str() {
            "calendar" => "/console",
            _ => page,
        }
    }
}

impl Page {
    fn new(seen: MeetingPage, continued: bool, now: DateTime<Utc>) -> Self {
        let settings = &seen.context.settings;
        let meeting = &seen.context.meeting;
        let template = seen.context.template.as_ref();
        let entry = |entry| TimelineView::new(entry, settings);
        let possible = seen.actions.iter().filter(|each| each.plan.is_ok()).count();
        let suppressions = &seen.suppressions;
        let reach = |(attendee, outlooks): (&Attendee, Vec<Outlook>)| ReachView {
            outlooks: outlooks
                .into_iter()
                .map(|each| OutlookView::new(each, possible))
                .collect(),
            opted_out: attendee
                .phone
                .as_ref()
                .is_some_and(|number| suppressions.opted_out.contain(number)),
            wish: meeting.wish_of(attendee).map(WishView::from),
            unsubscribed: attendee
                .email
                .as_ref()
                .is_some_and(|address| suppressions.unsubscribed.contain(address)),
        };
        let action = |Action { kind, plan }: Action| ActionView {
            kind: kind.into(),
            label: action_label(kind),
            refusal: plan.err(),
            next: seen.next_step == Some(NextStep::Send(kind)),
        };
        Self {
            here: "calendar",
            continued,
            reminders_come_back: meeting.archived
                && manage::reminders_come_back(meeting, template, now),
            meeting: view(&seen.context),
            template: template.map(|template| template.body().name.to_string()),
            business_timezone: settings.timezone.to_string(),
            over: meeting.over(now),
            attendees: meeting
                .attendees
                .iter()
                .zip(seen.outlooks)
                .map(reach)
                .collect(),
            actions: seen.actions.into_iter().map(action).collect(),
            offer_another_time: seen.next_step == Some(NextStep::OfferAnotherTime),
            reminders: seen.reminders.into_iter().map(ReminderView::from).collect(),
            unreadable: seen.timeline.unreadable,
            timeline: seen.timeline.rows.iter().map(entry).collect(),
            older: seen.timeline.next.map(|cursor| cursor.encode()),
        }
    }
}

impl OutlookView {
    /// `possible` is how many actions there are.
    fn new(outlook: Outlook, possible: usize) -> Self {
        let all = outlook.kinds.len() == possible;
        let labels = outlook.kinds.into_iter().map(action_label);
        Self {
            labels: labels.filter(|_| !all).collect(),
            channels: outlook
                .channels
                .into_iter()
                .map(UsedChannel::from)
                .collect(),
            unused: outlook.unused,
        }
    }
}

/// `GET /console/meetings/{id}`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let before = cursor(asked.before.as_deref())?;
    let seen = console::meeting(&app, &id, before.as_ref(), now).await?;
    let page = Page::new(seen, before.is_some(), now);
    Ok(pages.page("meeting.html", &staff, page))
}

/// `GET /console/meetings/{id}/archive`
pub(crate) async fn ask_to_archive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(asked): ApiQuery<Place>,
) -> Result<Response, PageError> {
    let context = app.context(&id).await?;
    let meeting = &context.meeting;
    let called_off = matches!(
        meeting.status,
        BookingStatus::Cancelled | BookingStatus::Declined
    );
    let page = ArchivePage {
        here: "calendar",
        in_dialog: asked.place.as_deref() == Some("dialog"),
        expected: meeting.announced.is_some() && !called_off && !meeting.over(app.clock.now()),
        meeting: view(&context),
    };
    Ok(pages.page("archive.html", &staff, page))
}

/// `POST /console/meetings/{id}/archive`
pub(crate) async fn archive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    manage::archive(&app, &id, &staff.actor(), app.clock.now()).await?;
    let said = Said::good("Archived. Its reminders are gone. It can be taken back below.");
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// `POST /console/meetings/{id}/unarchive`
pub(crate) async fn unarchive(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let context = manage::unarchive(&app, &id, &staff.actor(), now).await?;
    let planned = manage::reminders_come_back(&context.meeting, context.template.as_ref(), now);
    let said = Said::good(if planned {
        "Taken back from the archive. Its reminders are planned anew."
    } else {
        "Taken back from the archive. No reminders are to come of it."
    });
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// `POST /console/meetings/{id}/dismiss`
pub(crate) async fn dismiss(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<DismissalForm>,
) -> Result<Response, PageError> {
    let dealt = form.dealt(&staff, app.clock.now())?;
    let page = format!("/console/meetings/{id}");
    let said = match attention::dismiss_meeting(&app, &id, &dealt, &staff.actor()).await {
        Ok(_) => Said::good("Dealt with."),
        // Somebody or something else has settled it meanwhile.
        Err(Failure::Refused { reason, .. }) => Said::good(reason),
        Err(failure) => return Err(failure.into()),
    };
    Ok(pages.done(form.back(&page), said))
}
