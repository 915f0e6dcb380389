//! A meeting's page: everything staff know and can do about it.

mod archive;
mod dismiss;
mod reach;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_api::{meeting::MeetingView, reminder::ReminderView, timeline::TimelineView, word};
use usher_console::{PageError, Staff, action_label};
use usher_domain::{
    attention::MeetingConcern,
    id::MeetingId,
    send::{Action, NextStep},
};
use usher_flows::{
    console::{self, MeetingPage},
    manage,
};
use usher_web::{ApiPath, ApiQuery};

use super::Console;
use crate::{meetings::view, paging::cursor};
pub(super) use archive::{archive, ask_to_archive, unarchive};
pub(super) use dismiss::{DismissalForm, dismiss};
pub(super) use reach::WishView;
use reach::{ReachView, has_links, reach};

/// Which part of the timeline.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    before: Option<String>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    meeting: MeetingView,
    /// What there is of it to be dealt with, as it stands in a sentence.
    concerns: String,
    template: Option<String>,
    business_timezone: String,
    actions: Vec<ActionView>,
    /// Whether the next right step is to give it another time.
    offer_another_time: bool,
    /// Of each attendee that is shown.
    attendees: Vec<ReachView>,
    over: bool,
    /// Whether a message to its attendees is being sent right now.
    sending: bool,
    /// How many of them that has not come to yet, where it goes on by itself.
    remaining: usize,
    /// Whether links may have been sent to anybody.
    has_links: bool,
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

impl Page {
    fn new(seen: MeetingPage, continued: bool, now: DateTime<Utc>) -> Self {
        let attendees = reach(&seen);
        let settings = &seen.context.settings;
        let meeting = &seen.context.meeting;
        let template = seen.context.template.as_ref();
        let concerns = meeting.concerns().into_iter();
        let concerns: Vec<_> = concerns.map(MeetingConcern::in_sentence).collect();
        let entry = |entry| TimelineView::new(entry, settings);
        let action = |each| ActionView::new(each, seen.next_step);
        Self {
            here: "calendar",
            continued,
            reminders_come_back: meeting.archived
                && manage::reminders_come_back(meeting, template, now),
            meeting: view(&seen.context),
            concerns: concerns.join(" and "),
            template: template.map(|template| template.body().name.to_string()),
            business_timezone: settings.timezone.to_string(),
            over: meeting.over(now),
            sending: meeting.is_sending(now),
            remaining: seen.remaining,
            has_links: meeting.attendees.iter().any(has_links),
            attendees,
            actions: seen.actions.into_iter().map(action).collect(),
            offer_another_time: seen.next_step == Some(NextStep::OfferAnotherTime),
            reminders: seen.reminders.into_iter().map(ReminderView::from).collect(),
            unreadable: seen.timeline.unreadable,
            timeline: seen.timeline.rows.iter().map(entry).collect(),
            older: seen.timeline.next.map(|cursor| cursor.encode()),
        }
    }
}

impl ActionView {
    fn new(Action { kind, plan }: Action, next_step: Option<NextStep>) -> Self {
        Self {
            kind: kind.into(),
            label: action_label(kind),
            refusal: plan.err(),
            next: next_step == Some(NextStep::Send(kind)),
        }
    }
}
