//! The confirmation before something is sent, and the forms that send.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use usher_domain::{
    Failure,
    id::{MeetingId, NotificationId},
    meeting::MeetingView,
    notification::NotificationType,
    send::SendRequest,
};
use usher_flows::{
    App, manage, preview,
    preview::PreviewRecipient,
    respond::{StaffAnswer, respond_for},
    retry, send as sending,
};
use usher_web::{
    ApiPath, ApiQuery,
    console::{Desk, PageError, Said, SaidLine, Staff, Styles, Tone, framed},
};

use super::{
    Console,
    result::{everybody_told, outcome},
};

/// How many recipients the page lists; all of them get the message.
const LISTED: usize = 50;

/// Whose message is shown, and where.
#[derive(Debug, Default, Deserialize)]
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
    /// Why it must be said again that it is meant, though the form was sent already.
    asked_again: bool,
    /// Whether anything would go to anybody.
    sends: bool,
    archive: bool,
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
    let page = Page::new(&app, &id, kind, asked).await?;
    Ok(page.show(&desk, &staff, StatusCode::OK))
}

impl Page {
    async fn new(
        app: &App,
        id: &MeetingId,
        kind: NotificationType,
        asked: Asked,
    ) -> Result<Self, PageError> {
        let (world, preview) = preview::preview_of(app, id, kind, app.clock.now()).await?;
        let shown = asked
            .attendee
            .min(preview.recipients.len().saturating_sub(1));
        let recipient = preview.recipients.get(shown);
        let by_email = recipient.filter(|each| !each.message.html.is_empty());
        let (title, button) = words(kind);
        let sends = |each: &PreviewRecipient| !each.channels.is_empty();
        Ok(Self {
            here: "calendar",
            in_dialog: asked.place.as_deref() == Some("dialog"),
            kind,
            title,
            button,
            meeting: world.view(),
            refusal: preview.refusal,
            confirm: preview.confirm,
            asked_again: false,
            sends: preview.recipients.iter().any(sends),
            archive: false,
            others: preview.recipients.len().saturating_sub(LISTED),
            html: by_email.map(|each| framed(&each.message.html)),
            recipients: {
                let mut recipients = preview.recipients;
                recipients.truncate(LISTED.max(shown + 1));
                recipients
            },
            shown,
            key: app.word(),
        })
    }

    fn show(self, desk: &Desk, staff: &Staff, status: StatusCode) -> Response {
        let styles = self.html.as_deref().map(Styles::of).unwrap_or_default();
        styles.allow_in(desk.page_with(status, "send.html", staff, self))
    }
}

/// `POST /console/meetings/{id}/send/{type}`
pub(crate) async fn send(
    State(Console { app, desk }): State<Console>,
    staff: Staff,
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
    let sent = match sending::send(&app, &id, &request, &key, now).await {
        // It was sent meanwhile, from another tab or by somebody else: the page asks for
        // the word that it did not know it needs, and the same form goes on.
        Err(Failure::NeedsConfirmation { .. }) => {
            let page = Page {
                asked_again: true,
                archive: form.archive,
                key: form.key,
                ..Page::new(&app, &id, kind, Asked::default()).await?
            };
            return Ok(page.show(&desk, &staff, StatusCode::PRECONDITION_REQUIRED));
        }
        sent => sent?,
    };
    let mut said = outcome(&sent);
    if form.archive && kind == NotificationType::Cancellation {
        let archived = match everybody_told(&sent) {
            Ok(()) => manage::archive(&app, &id, now)
                .await
                .map(|_| ())
                .map_err(|_| "the database did not answer"),
            Err(why) => Err(why),
        };
        said.lines.push(archived_line(archived));
    }
    Ok(desk.done(&format!("/console/meetings/{id}"), said))
}

/// What came of the wish to archive the meeting afterwards.
fn archived_line(archived: Result<(), &str>) -> SaidLine {
    let (tone, mark, text) = match archived {
        Ok(()) => (
            Tone::Good,
            "Archived",
            "The meeting is archived.".to_owned(),
        ),
        Err(why) => (
            Tone::Warn,
            "Not archived",
            format!(
                "The meeting is not archived, because {why}. Archive it below when that is settled."
            ),
        ),
    };
    SaidLine {
        tone,
        mark: mark.to_owned(),
        text,
        page: None,
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
    let said = match retry::retry(&app, &id, &key, app.clock.now()).await {
        Ok(row) => outcome(std::slice::from_ref(&row)),
        Err(Failure::Refused { reason, .. }) => {
            Said::new(Tone::Bad, format!("Nothing was sent: {reason}"))
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(desk.done(&format!("/console/notifications/{id}"), said))
}
