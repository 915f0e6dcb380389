//! The confirmation before something is sent, and the forms that send.

mod answer;
mod page;

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use usher_api::{Word, word};
use usher_console::{Fields, PageError, Said, SaidLine, Staff, Tone};
use usher_domain::{
    Failure,
    actor::Actor,
    id::{MeetingId, NotificationId},
    kind::NotificationType,
    send::SendRequest,
};
use usher_flows::{App, SendOutcome, manage, retry, send as sending};
use usher_web::{ApiPath, ApiQuery};

use super::{
    Console,
    chosen::SendForm,
    result::{everybody_told, outcome, send_outcome},
};
pub(super) use answer::answer;
use page::Page;

const TICKED_HAS_GONE: &str =
    "Nothing was sent: somebody who was ticked is no attendee any more. Look at who gets it now.";
const SENT_BEFORE: &str = "Nothing more was sent: this form was sent before, to others. Look at who gets it, and send it once more if that is meant.";

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
            let again = asked_again(&failure, &form).ok_or(failure)?;
            let mut page = Page::new(&app, &id, kind, &form).await?;
            page.notice = Some(again.notice);
            page.key = again.key.unwrap_or(page.key);
            return Ok(page.show(&pages, &staff, again.status));
        }
    };
    let mut said = send_outcome(&sent);
    if form.archive && kind == NotificationType::Cancellation {
        let archived = archive_if_told(&app, &id, &form, &sent, &staff.actor()).await;
        said.lines.insert(0, archived_line(archived));
    }
    Ok(pages.done(&format!("/console/meetings/{id}"), said))
}

/// Archives the meeting if everybody was told; else says why not.
async fn archive_if_told(
    app: &App,
    id: &MeetingId,
    form: &SendForm,
    sent: &SendOutcome,
    actor: &Actor,
) -> Result<(), &'static str> {
    match form.attendees() {
        Some(chosen) if !form.names_all(&chosen) => return Err("not everybody was to be told"),
        _ if sent.remaining > 0 => return Err("not everybody has been told yet"),
        _ => everybody_told(&sent.notifications)?,
    }
    let archived = manage::archive(app, id, actor, app.clock.now()).await;
    archived.map_err(|_| "the database did not answer")?;
    Ok(())
}

/// Sends to those who are ticked. What must be confirmed is confirmed only by a tick at
/// the very sentence that holds of them: not by one that was read of others.
async fn as_confirmed(
    app: &App,
    id: &MeetingId,
    kind: NotificationType,
    form: &SendForm,
    actor: &Actor,
) -> Result<SendOutcome, Failure> {
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
        former_addresses: form.former_addresses,
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

/// What is said on the page of a form that sent nothing but can be sent again.
struct AskedAgain {
    status: StatusCode,
    notice: String,
    /// The word it is sent under; none if that is to be a new one.
    key: Option<String>,
}

/// What becomes of a form that sent nothing; nothing if it cannot be sent again.
fn asked_again(failure: &Failure, form: &SendForm) -> Option<AskedAgain> {
    let nobody = form.attendees().is_some_and(|to| to.is_empty());
    let (status, notice) = match failure {
        Failure::NeedsConfirmation { would } => (
            StatusCode::PRECONDITION_REQUIRED,
            format!("Nothing was sent yet. {would} Tick the box below if that is meant."),
        ),
        Failure::Invalid(_) if nobody => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Nothing was sent: nobody is ticked. Tick who gets it.".to_owned(),
        ),
        Failure::Invalid(_) => (StatusCode::CONFLICT, TICKED_HAS_GONE.to_owned()),
        Failure::KeyReused => (StatusCode::CONFLICT, SENT_BEFORE.to_owned()),
        _ => return None,
    };
    let is_new = matches!(failure, Failure::KeyReused);
    Some(AskedAgain {
        status,
        notice,
        key: (!is_new).then(|| form.key.clone()),
    })
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
