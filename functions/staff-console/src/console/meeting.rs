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
    console::{PageError, Said, Staff},
};

use super::Console;
use crate::meetings::place;

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
    State(Console { app, desk }): State<Console>,
    _: Staff,
    ApiPath(id): ApiPath<MeetingId>,
) -> Result<Response, PageError> {
    manage::archive(&app, &id, app.clock.now()).await?;
    let said = Said::good("Archived. Its reminders are gone.");
    Ok(desk.done(&format!("/console/meetings/{id}"), said))
}
