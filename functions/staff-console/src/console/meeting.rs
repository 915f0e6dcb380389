//! A meeting's page: everything staff know and can do about it.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_domain::{
    id::MeetingId, meeting::MeetingView, notification::NotificationType, reminder::ReminderView,
    send::UsedChannel, timeline::TimelineView,
};
use usher_flows::{console, manage};
use usher_web::{
    ApiPath, ApiQuery,
    console::{PageError, Staff, see_other},
};

use super::Console;
use crate::meetings::place;

/// Which part of the timeline, and what has just been done.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    before: Option<String>,
    done: Option<String>,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    done: Option<&'static str>,
    meeting: MeetingView,
    template: Option<String>,
    business_timezone: String,
    actions: Vec<Action>,
    reach: Vec<Reach>,
    over: bool,
    reminders: Vec<ReminderView>,
    timeline: Vec<TimelineView>,
    older: Option<String>,
}

#[derive(Serialize)]
struct Action {
    kind: NotificationType,
    label: &'static str,
    refusal: Option<String>,
}

#[derive(Serialize)]
struct Reach {
    channels: Vec<UsedChannel>,
    warnings: Vec<String>,
}

fn label(kind: NotificationType) -> &'static str {
    match kind {
        NotificationType::Confirmation => "Send Confirmation",
        NotificationType::ConfirmationRequest => "Request RSVP",
        NotificationType::Update => "Send Update",
        NotificationType::Cancellation => "Send Cancellation",
        NotificationType::Reminder => "Send Reminder",
    }
}

/// What a form that led here has done, said to whoever sent it.
fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "saved" => "Saved. Nothing was sent.",
        "confirmed" => "Saved, and the confirmation was sent.",
        "sent" => "Sent. What became of it stands in the timeline.",
        "failed" => "Nothing reached the customer. The timeline says why.",
        "partly" => "Sent, but not everything arrived. The timeline says why.",
        "answered" => "The answer is taken.",
        "archived" => "Archived. Its reminders are gone.",
        "retried" => "Tried again. What became of it stands in the timeline.",
        _ => return None,
    })
}

/// `GET /console/meetings/{id}`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let before = place(asked.before.as_deref())?;
    let seen = console::meeting(&app, &id, before.as_ref(), now).await?;
    let settings = &seen.world.settings;
    let template = seen.world.template.as_ref();
    let entry = |entry| TimelineView::new(entry, settings);
    let page = Page {
        here: "calendar",
        done: asked.done.as_deref().and_then(said),
        meeting: seen.world.view(),
        template: template.map(|template| template.body().name.to_string()),
        business_timezone: settings.timezone.to_string(),
        over: seen.world.meeting.details.ends_at() <= now,
        actions: seen
            .actions
            .into_iter()
            .map(|console::Action { kind, refusal }| Action {
                kind,
                label: label(kind),
                refusal,
            })
            .collect(),
        reach: seen
            .channels
            .into_iter()
            .map(|(channels, warnings)| Reach { channels, warnings })
            .collect(),
        reminders: seen.reminders,
        timeline: seen.timeline.rows.iter().map(entry).collect(),
        older: seen.timeline.next.map(|cursor| cursor.encode()),
    };
    Ok(desk.page("meeting.html", &staff, page))
}

/// `POST /console/meetings/{id}/archive`
pub(crate) async fn archive(
    State(Console { app, .. }): State<Console>,
    _: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    manage::archive(&app, &id, app.clock.now()).await?;
    Ok(see_other(&format!("/console/meetings/{id}?done=archived")))
}
