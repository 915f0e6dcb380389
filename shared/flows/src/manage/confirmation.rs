//! The confirmation that a template sends by itself (N6).

use chrono::{DateTime, Utc};
use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    id::MeetingId,
    kind::NotificationType,
    meeting::{BookingStatus, Meeting},
    send::SendRequest,
    template::Template,
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{App, MeetingContext, send, underway::SendOutcome};

/// What came of a confirmation that a template sends by itself.
#[derive(Debug, Clone)]
pub enum Confirmation {
    /// None was due.
    NotDue,
    /// It was sent, or tried: to whom, how that went, and how many are to come.
    Tried(SendOutcome),
    /// It was not tried, for this reason.
    Refused(String),
    /// It is being sent right now.
    UnderWay,
}

/// What a template sends by itself.
const CONFIRMATION: SendRequest = SendRequest {
    kind: NotificationType::Confirmation,
    attendees: None,
    former_addresses: true,
    confirm: false,
};

/// The key that a meeting's own confirmation is sent under. Callers' keys are scoped by
/// their route; no route begins like this.
fn automatic_key(id: &MeetingId) -> String {
    format!("automatic-confirmation {id}")
}

/// Whether a meeting's confirmation goes out by itself.
fn confirms_by_itself(meeting: &Meeting, template: Option<&Template>) -> bool {
    let by_itself = template.is_some_and(|template| !template.body().manual_confirmation_only);
    by_itself && meeting.status == BookingStatus::Draft && meeting.announced.is_none()
}

/// Accepts the confirmation of a new meeting along with what else is written of it, where it
/// goes out by itself and the meeting is yet to come.
pub(super) fn accept_confirmation(
    app: &App,
    changes: Changes,
    meeting: &Meeting,
    template: Option<&Template>,
    now: DateTime<Utc>,
) -> Changes {
    if !confirms_by_itself(meeting, template) || meeting.started(now) {
        return changes;
    }
    let key = automatic_key(&meeting.id);
    let actor = changes.actor().clone();
    let accepted = send::accept(app, meeting, &CONFIRMATION, &key, &actor, now);
    changes.new_key(&accepted, now)
}

/// Sends a new meeting's confirmation where its template says so: once per
/// meeting, whatever is repeated.
pub(super) async fn confirm_by_itself(
    app: &App,
    context: MeetingContext,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(MeetingContext, Confirmation), Failure> {
    if !confirms_by_itself(&context.meeting, context.template.as_ref()) {
        return Ok((context, Confirmation::NotDue));
    }
    let id = context.meeting.id.clone();
    let key = automatic_key(&id);
    // Once it was tried it is not tried anew, though its key is forgotten by now.
    let tried = context.meeting.highest_statement > 0;
    if tried && app.store.key(&key, now).await?.is_none() {
        return Ok((context, Confirmation::NotDue));
    }
    let confirmation = match send::send_once(app, &id, &CONFIRMATION, &key, actor, now).await {
        Ok(sent) => Confirmation::Tried(sent),
        Err(Failure::InProgress) => Confirmation::UnderWay,
        Err(Failure::Refused { reason, .. }) => {
            let text = format!("The automatic confirmation was not sent: {reason}");
            let entry = TimelineEntry::of_meeting(now, TimelineKind::Notification, text);
            // One entry for one cause, however often the meeting is saved.
            let changes = Changes::by(actor).entry(
                context.meeting.timeline_key(),
                &entry,
                "automatic-confirmation",
            );
            app.commit_once(changes, &id).await?;
            Confirmation::Refused(reason)
        }
        Err(failure) => return Err(failure),
    };
    Ok((app.context(&id).await?, confirmation))
}
