//! The confirmation before something is sent, and the forms that send.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use usher_domain::{
    id::{MeetingId, NotificationId},
    meeting::MeetingView,
    notification::{Notification, NotificationType, Status},
    send::SendRequest,
};
use usher_flows::{
    manage, preview,
    preview::PreviewRecipient,
    respond::{StaffAnswer, respond_for},
    retry, send as sending,
};
use usher_web::{
    ApiPath, ApiQuery,
    console::{PageError, Said, Staff, Styles, Tone, framed},
};

use super::Console;

/// How many recipients the page lists; all of them get the message.
const LISTED: usize = 50;

/// Whose message is shown, and where.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    attendee: usize,
    #[serde(rename = "in")]
    place: Option<String>,
}

/// What the form of a send says.
#[derive(Debug, Deserialize)]
pub(crate) struct Sending {
    key: String,
    #[serde(default)]
    confirm: bool,
    #[serde(default)]
    archive: bool,
}

/// What the form of an answer says.
#[derive(Debug, Deserialize)]
pub(crate) struct Answering {
    attendee_id: String,
    answer: usher_domain::answer::Answer,
    #[serde(default)]
    reason: String,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    in_dialog: bool,
    kind: NotificationType,
    title: &'static str,
    button: &'static str,
    meeting: MeetingView,
    refusal: Option<String>,
    confirm: Option<String>,
    recipients: Vec<PreviewRecipient>,
    others: usize,
    shown: usize,
    html: Option<String>,
    key: String,
}

fn words(kind: NotificationType) -> (&'static str, &'static str) {
    match kind {
        NotificationType::Confirmation => ("Send the confirmation?", "Send Confirmation"),
        NotificationType::ConfirmationRequest => ("Ask for an answer?", "Request RSVP"),
        NotificationType::Update => ("Send the update?", "Send Update"),
        NotificationType::Cancellation => ("Cancel this meeting?", "Cancel and send"),
        NotificationType::Reminder => ("Send a reminder?", "Send Reminder"),
    }
}

/// `GET /console/meetings/{id}/send/{type}`
pub(crate) async fn page(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
    Path((id, kind)): Path<(MeetingId, NotificationType)>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let (world, preview) = preview::preview_of(&app, &id, kind, now).await?;
    let shown = asked
        .attendee
        .min(preview.recipients.len().saturating_sub(1));
    let recipient = preview.recipients.get(shown);
    let by_email = recipient.filter(|each| !each.message.html.is_empty());
    let html = by_email.map(|each| framed(&each.message.html));
    let styles = html.as_deref().map(Styles::of).unwrap_or_default();
    let (title, button) = words(kind);
    let others = preview.recipients.len().saturating_sub(LISTED);
    let mut recipients = preview.recipients;
    recipients.truncate(LISTED.max(shown + 1));
    let page = Page {
        here: "calendar",
        in_dialog: asked.place.as_deref() == Some("dialog"),
        kind,
        title,
        button,
        meeting: world.view(),
        refusal: preview.refusal,
        confirm: preview.confirm,
        recipients,
        others,
        shown,
        html,
        key: app.word(),
    };
    Ok(styles.allow_in(desk.page("send.html", &staff, page)))
}

/// `POST /console/meetings/{id}/send/{type}`
pub(crate) async fn send(
    State(Console { app, desk }): State<Console>,
    _: Staff,
    Path((id, kind)): Path<(MeetingId, NotificationType)>,
    Form(form): Form<Sending>,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let request = SendRequest {
        kind,
        attendees: None,
        confirm: form.confirm,
    };
    // The page's own word: the same form sent twice is one send.
    let key = format!("console {}", form.key);
    let sent = sending::send(&app, &id, &request, &key, now).await?;
    if form.archive && kind == NotificationType::Cancellation && reached(&sent) != "failed" {
        manage::archive(&app, &id, now).await?;
    }
    Ok(desk.done(&format!("/console/meetings/{id}"), reached_said(&sent)))
}

/// What became of a send, in a word.
fn reached(sent: &[Notification]) -> &'static str {
    let failed = sent
        .iter()
        .filter(|each| each.status() == Status::Failed)
        .count();
    match failed {
        0 => "sent",
        _ if failed == sent.len() => "failed",
        _ => "partly",
    }
}

fn reached_said(sent: &[Notification]) -> Said {
    match reached(sent) {
        "sent" => Said::good("Sent. What became of it stands in the timeline."),
        "failed" => Said::new(
            Tone::Bad,
            "Nothing reached the customer. The timeline says why.",
        ),
        _ => Said::new(
            Tone::Warn,
            "Sent, but not everything arrived. The timeline says why.",
        ),
    }
}

/// `POST /console/meetings/{id}/answer`
pub(crate) async fn answer(
    State(Console { app, desk }): State<Console>,
    _: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<Answering>,
) -> Result<Response, PageError> {
    let reason = form.reason.trim();
    let answer = StaffAnswer {
        attendee_id: form.attendee_id,
        answer: form.answer,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    };
    respond_for(&app, &id, &answer, app.clock.now()).await?;
    let said = Said::good("The answer is taken.");
    Ok(desk.done(&format!("/console/meetings/{id}"), said))
}

/// `POST /console/notifications/{id}/retry`
pub(crate) async fn retry(
    State(Console { app, desk }): State<Console>,
    _: Staff,
    ApiPath(id): ApiPath<NotificationId>,
) -> Result<Response, PageError> {
    let key = format!("console {}", app.word());
    retry::retry(&app, &id, &key, app.clock.now()).await?;
    let said = Said::good("Tried again. How it stands now is shown below.");
    Ok(desk.done(&format!("/console/notifications/{id}"), said))
}
