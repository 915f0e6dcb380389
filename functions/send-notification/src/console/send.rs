//! The confirmation before something is sent, and the forms that send.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use usher_api::{Word, meeting::MeetingView, preview::PreviewRecipient, word};
use usher_console::{
    ConsolePages, Fields, PageError, Said, SaidLine, Staff, Styles, Tone, action_label, framed,
    question,
};
use usher_domain::{
    Failure,
    actor::Actor,
    id::{MeetingId, NotificationId},
    kind::NotificationType,
    notification::Notification,
    send::SendRequest,
};
use usher_flows::{
    App, manage,
    preview::{self, SendDialog},
    respond::{StaffAnswer, respond_for},
    retry, send as sending,
};
use usher_web::{ApiPath, ApiQuery};

use super::{
    Console,
    chosen::{SendForm, Whom},
    result::{everybody_told, outcome},
};
use crate::meeting::view;

/// From how many attendees on the page offers "everybody" instead of ticking all.
const CROWD: usize = 50;

/// What the form of an answer says.
#[derive(Debug, Deserialize)]
pub(crate) struct Answering {
    attendee_id: String,
    answer: word::Answer,
    #[serde(default)]
    reason: String,
}

#[derive(Serialize)]
struct Page {
    here: &'static str,
    in_dialog: bool,
    kind: word::NotificationType,
    title: &'static str,
    button: &'static str,
    meeting: MeetingView,
    refusal: Option<String>,
    confirm: Option<String>,
    /// Why the form that was sent did nothing yet.
    notice: Option<String>,
    /// Whether anything could go to anybody.
    sends: bool,
    archive: bool,
    recipients: Vec<Row>,
    /// How many of them can be ticked.
    boxes: usize,
    /// Whether there are so many that "everybody" is a choice of its own, and whether
    /// that is chosen.
    crowd: bool,
    everybody: bool,
    shown: usize,
    html: Option<String>,
    key: String,
}

/// An attendee as the page lists them.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    recipient: PreviewRecipient,
    reachable: bool,
    ticked: bool,
}

/// `GET /console/meetings/{id}/send/{type}`
pub(crate) async fn page(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    Path((id, Word(kind))): Path<(MeetingId, word::NotificationType)>,
    ApiQuery(fields): ApiQuery<Fields>,
) -> Result<Response, PageError> {
    let page = Page::new(&app, &id, kind, &SendForm::of(&fields)).await?;
    Ok(page.show(&pages, &staff, StatusCode::OK))
}

impl Page {
    async fn new(
        app: &App,
        id: &MeetingId,
        kind: NotificationType,
        form: &SendForm,
    ) -> Result<Self, PageError> {
        let chosen = form.attendees();
        let shown = form.shown;
        let now = app.clock.now();
        let SendDialog { context, preview } =
            preview::dialog(app, id, kind, chosen.as_deref(), shown, now).await?;
        let recipients: Vec<_> = preview
            .recipients
            .into_iter()
            .map(|each| Row::new(each.into(), form))
            .collect();
        let crowd = recipients.len() > CROWD;
        let by_email = recipients.get(shown).map(|each| &each.recipient.message);
        let by_email = by_email.filter(|message| !message.html.is_empty());
        Ok(Self {
            here: "calendar",
            in_dialog: form.in_dialog,
            kind: kind.into(),
            title: question(kind),
            button: action_label(kind),
            meeting: view(&context),
            refusal: preview.refusal,
            confirm: preview.confirm,
            notice: None,
            sends: recipients.iter().any(|each| each.reachable),
            archive: form.archive,
            html: by_email.map(|message| framed(&message.html)),
            boxes: recipients.iter().filter(|each| each.reachable).count(),
            crowd,
            everybody: crowd && form.whom != Whom::These,
            recipients,
            shown,
            key: app.random_id(),
        })
    }

    fn show(self, pages: &ConsolePages, staff: &Staff, status: StatusCode) -> Response {
        let styles = self.html.as_deref().map(Styles::of).unwrap_or_default();
        styles.allow_in(pages.page_with(status, "send.html", staff, self))
    }
}

impl Row {
    fn new(recipient: PreviewRecipient, form: &SendForm) -> Self {
        let reachable = !recipient.channels.is_empty();
        let ticked = match form.whom {
            Whom::Nothing => reachable,
            Whom::These => form.to.contains(&recipient.attendee_id),
            Whom::All => false,
        };
        Self {
            recipient,
            reachable,
            ticked,
        }
    }
}

/// `POST /console/meetings/{id}/send/{type}`
pub(crate) async fn send(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    Path((id, Word(kind))): Path<(MeetingId, word::NotificationType)>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let form = SendForm::of(&fields);
    let sent = match as_confirmed(&app, &id, kind, &form, &staff.actor()).await {
        Ok(sent) => sent,
        Err(failure) => {
            let Some((status, notice, key)) = asked_again(&failure, &form) else {
                return Err(failure.into());
            };
            let mut page = Page::new(&app, &id, kind, &form).await?;
            page.notice = Some(notice);
            page.key = key.unwrap_or(page.key);
            return Ok(page.show(&pages, &staff, status));
        }
    };
    let mut said = outcome(&sent);
    if form.archive && kind == NotificationType::Cancellation {
        let told = match form.attendees() {
            Some(chosen) if !form.names_all(&chosen) => Err("not everybody was to be told"),
            _ => everybody_told(&sent),
        };
        let archived = match told {
            Ok(()) => manage::archive(&app, &id, &staff.actor(), app.clock.now())
                .await
                .map(|_| ())
                .map_err(|_| "the database did not answer"),
            Err(why) => Err(why),
        };
        said.lines.insert(0, archived_line(archived));
    }
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// Sends to those who are ticked. What must be confirmed is confirmed only by a tick at
/// the very sentence that holds of them: not by one that was read of others.
async fn as_confirmed(
    app: &App,
    id: &MeetingId,
    kind: NotificationType,
    form: &SendForm,
    actor: &Actor,
) -> Result<Vec<Notification>, Failure> {
    let now = app.clock.now();
    let attendees = form.attendees();
    if attendees.as_ref().is_some_and(Vec::is_empty) {
        return Err(Failure::Invalid(Vec::new()));
    }
    // The page's own word: the same form sent twice is one send.
    let key = format!("console {}", form.key);
    let mut request = SendRequest {
        kind,
        attendees,
        confirm: false,
    };
    match sending::send(app, id, &request, &key, actor, now).await {
        Err(Failure::NeedsConfirmation { would }) if form.confirm.as_ref() == Some(&would) => {
            request.confirm = true;
            sending::send(app, id, &request, &key, actor, now).await
        }
        sent => sent,
    }
}

/// What is said on the page of a form that sent nothing but can be sent again: with
/// which status, and under which word if not under a new one.
fn asked_again(failure: &Failure, form: &SendForm) -> Option<(StatusCode, String, Option<String>)> {
    let same = || Some(form.key.clone());
    match failure {
        Failure::NeedsConfirmation { would } => Some((
            StatusCode::PRECONDITION_REQUIRED,
            format!("Nothing was sent yet. {would} Tick the box below if that is meant."),
            same(),
        )),
        Failure::Invalid(_) if form.attendees().is_some_and(|to| to.is_empty()) => Some((
            StatusCode::UNPROCESSABLE_ENTITY,
            "Nothing was sent: nobody is ticked. Tick who gets it.".to_owned(),
            same(),
        )),
        Failure::Invalid(_) => Some((
            StatusCode::CONFLICT,
            "Nothing was sent: somebody who was ticked is no attendee any more. Look at who gets it now.".to_owned(),
            same(),
        )),
        Failure::KeyReused => Some((
            StatusCode::CONFLICT,
            "Nothing more was sent: this form was sent before, to others. Look at who gets it, and send it once more if that is meant.".to_owned(),
            None,
        )),
        _ => None,
    }
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
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<MeetingId>,
    Form(form): Form<Answering>,
) -> Result<Response, PageError> {
    let reason = form.reason.trim();
    let answer = StaffAnswer {
        attendee_id: form.attendee_id,
        answer: form.answer.0,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    };
    respond_for(&app, &id, &answer, &staff.actor(), app.clock.now()).await?;
    let said = Said::good("The answer is taken.");
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// `POST /console/notifications/{id}/retry`
pub(crate) async fn retry(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    ApiPath(id): ApiPath<NotificationId>,
) -> Result<Response, PageError> {
    let key = format!("console {}", app.random_id());
    let said = match retry::retry(&app, &id, &key, &staff.actor(), app.clock.now()).await {
        Ok(row) => outcome(std::slice::from_ref(&row)),
        Err(Failure::Refused { reason, .. }) => {
            Said::new(Tone::Bad, format!("Nothing was sent: {reason}"))
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(pages.done(&format!("/console/notifications/{id}"), said))
}
