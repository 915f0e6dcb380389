//! May this be sent now, and to whom?

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    Deliverability, Refusal,
    confirm::needs_confirmation,
    plan::{CalendarRecipient, Recipient, SendPlan, Whom},
    plan_channels,
};
use crate::{
    Failure, FieldError,
    meeting::{Attendee, BookingStatus, MAX_ATTENDEES, Meeting, NotificationState, Owed},
    template::{NotificationConfig, Template},
    values::{kind::NotificationType, type_rules::Effect},
};

/// Decides a send of `kind`, to those who are meant.
///
/// # Errors
/// [`Failure::Refused`] when the state of the meeting forbids it;
/// [`Failure::Invalid`] when an attendee named is not of the meeting.
pub fn decide_send(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    kind: NotificationType,
    whom: Whom<'_>,
    now: DateTime<Utc>,
) -> Result<SendPlan, Failure> {
    allowed(meeting, kind, now)?;
    let configs = Configs::new(meeting, template, kind);
    let chosen = chosen(meeting, whom.attendees)?;
    let recipient = |attendee: &&Attendee| {
        let config = configs.for_attendee(meeting, attendee)?;
        Some(Recipient {
            channels: plan_channels(config, attendee, deliverability),
            config: config.clone(),
            attendee: Attendee::clone(attendee),
        })
    };
    let recipients: Vec<_> = chosen.iter().filter_map(recipient).collect();
    let with_former = chosen.iter().filter(|each| each.has_former_address());
    let (removals, left_out): (Vec<_>, Vec<_>) = if whom.former_addresses {
        let all = with_former.flat_map(|each| CalendarRecipient::all_of(each, deliverability));
        (all.collect(), Vec::new())
    } else {
        (
            Vec::new(),
            with_former.map(|each| each.id.clone()).collect(),
        )
    };
    if recipients.is_empty() && removals.is_empty() && left_out.is_empty() {
        return Err(nobody(meeting, kind).into());
    }
    Ok(SendPlan {
        kind,
        confirm: needs_confirmation(meeting, kind, &recipients),
        config: NotificationConfig::clone(&configs.asked_for),
        recipients,
        removals,
        left_out,
    })
}

/// The configs that a send takes its messages from, each made once.
struct Configs {
    kind: NotificationType,
    asked_for: Arc<NotificationConfig>,
    /// What an update is to those who were not told.
    announcement: Arc<NotificationConfig>,
    /// What an update is to those who are no longer expected.
    cancellation: Arc<NotificationConfig>,
}

impl Configs {
    fn new(meeting: &Meeting, template: Option<&Template>, kind: NotificationType) -> Self {
        let of_type = |kind| Arc::new(NotificationConfig::of_type(template, kind));
        Self {
            kind,
            asked_for: of_type(kind),
            announcement: of_type(announcement(meeting)),
            cancellation: of_type(NotificationType::Cancellation),
        }
    }

    /// What an attendee is sent; none where they need nothing.
    fn for_attendee(
        &self,
        meeting: &Meeting,
        attendee: &Attendee,
    ) -> Option<&Arc<NotificationConfig>> {
        use NotificationType::{Cancellation, Update};
        match (self.kind, meeting.owed_to(attendee)) {
            (Cancellation, owed) if meeting.status == BookingStatus::Cancelled => {
                // At its new time it is off for those only who expect it then.
                let same = meeting.cancelled_revision == Some(meeting.revision);
                let lacks = owed.filter(|_| same || meeting.needs_cancellation(attendee));
                lacks.map(|_| &self.asked_for)
            }
            // Also who was removed before anything reached them, while it was being sent.
            (kind, None) if kind == Update || meeting.attendee(&attendee.id).is_none() => None,
            (Update, Some(Owed::Update)) => Some(&self.asked_for),
            (Update, Some(Owed::Announcement)) => Some(&self.announcement),
            (Update, Some(Owed::Removal | Owed::Cancellation)) => Some(&self.cancellation),
            (Cancellation, Some(Owed::Removal)) => Some(&self.asked_for),
            (_, Some(Owed::Removal)) => None,
            // Nobody is told that something is off which they never heard of.
            (Cancellation, _) if !attendee.may_know_of_it() => None,
            _ => Some(&self.asked_for),
        }
    }
}

/// What an update is to those who were not told of a meeting that others know of: what it
/// was announced by.
pub(crate) fn announcement(meeting: &Meeting) -> NotificationType {
    if meeting.was_requested() {
        NotificationType::ConfirmationRequest
    } else {
        NotificationType::Confirmation
    }
}

/// Why there is nobody to send it to.
fn nobody(meeting: &Meeting, kind: NotificationType) -> Refusal {
    match (kind, meeting.status) {
        (NotificationType::Cancellation, BookingStatus::Cancelled) => Refusal::Cancelled,
        (NotificationType::Cancellation, _) => Refusal::NotAnnounced,
        _ => Refusal::InSync,
    }
}

fn allowed(meeting: &Meeting, kind: NotificationType, now: DateTime<Utc>) -> Result<(), Refusal> {
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Reminder, Update};
    let cancelled = meeting.status == BookingStatus::Cancelled;
    let state = meeting.notification_state();
    // What was cancelled is what the cancellation told of, not what was last
    // announced: only other details than those can be confirmed anew (N8).
    let moved = meeting.cancelled_revision != Some(meeting.revision);
    match kind {
        Reminder => Err(Refusal::ByItself),
        _ if meeting.is_sending(now) => Err(Refusal::Sending),
        _ if meeting.archived => Err(Refusal::Archived),
        Cancellation if meeting.over(now) => Err(Refusal::Started),
        Confirmation | ConfirmationRequest | Update if meeting.started(now) => {
            Err(Refusal::Started)
        }
        Confirmation | ConfirmationRequest | Update if meeting.cancellation_in_doubt() => {
            Err(Refusal::CancellationInDoubt)
        }
        // For the same time it is a cancellation by mistake that is taken back (N16).
        Confirmation if cancelled => Ok(()),
        ConfirmationRequest if cancelled && !moved => Ok(()),
        Cancellation if cancelled && !moved => Ok(()),
        // At its new time, too, it may have been announced to others than its lead.
        Cancellation if cancelled && is_expected(meeting) => Ok(()),
        _ if cancelled && moved => Err(Refusal::CancelledButMoved),
        _ if cancelled => Err(Refusal::Cancelled),
        Update | Cancellation if !meeting.is_known() => Err(Refusal::NotAnnounced),
        Update if state != NotificationState::UpdateDue => Err(Refusal::InSync),
        Confirmation | ConfirmationRequest | Update | Cancellation => Ok(()),
    }
}

/// Whether anybody expects a meeting that is off.
fn is_expected(meeting: &Meeting) -> bool {
    let mut everybody = meeting.everybody();
    everybody.any(|each| meeting.needs_cancellation(each))
}

fn chosen<'a>(
    meeting: &'a Meeting,
    named: Option<&[String]>,
) -> Result<Vec<&'a Attendee>, Failure> {
    let Some(named) = named else {
        return Ok(meeting.everybody().collect());
    };
    let invalid = |pointer: String, detail: &str| FieldError {
        pointer,
        detail: detail.to_owned(),
    };
    if named.len() > MAX_ATTENDEES {
        let detail = format!("names more than {MAX_ATTENDEES}; leave it out to send to all");
        let error = invalid("/attendees".to_owned(), &detail);
        return Err(Failure::Invalid(vec![error]));
    }
    let known: BTreeSet<_> = meeting.everybody().map(|each| each.id.as_str()).collect();
    let places = named.iter().enumerate();
    let strangers: Vec<_> = places
        .filter(|(_, id)| !known.contains(id.as_str()))
        .map(|(i, _)| invalid(format!("/attendees/{i}"), "is no attendee of this meeting"))
        .collect();
    if !strangers.is_empty() {
        return Err(Failure::Invalid(strangers));
    }
    if named.is_empty() {
        let detail = "names nobody; leave it out to send to all";
        let error = invalid("/attendees".to_owned(), detail);
        return Err(Failure::Invalid(vec![error]));
    }
    let named: BTreeSet<_> = named.iter().map(String::as_str).collect();
    let wanted = |attendee: &&Attendee| named.contains(attendee.id.as_str());
    Ok(meeting.everybody().filter(wanted).collect())
}

/// The status a send leads to (N1–N5, N12, L9).
pub(super) fn status_after(meeting: &Meeting, config: &NotificationConfig) -> BookingStatus {
    use Effect::{Books, BooksOrInvites, CallsOff, Invites, StaysOrInvites};
    let invites = config.buttons().invite();
    let answered = meeting.status.is_answer();
    match config.kind.rules().effect {
        CallsOff => BookingStatus::Cancelled,
        Books | StaysOrInvites if config.keep_answer && answered => meeting.status,
        Invites => BookingStatus::Invited,
        StaysOrInvites | BooksOrInvites if invites => BookingStatus::Invited,
        StaysOrInvites => meeting.status,
        Books | BooksOrInvites => BookingStatus::Booked,
    }
}

#[cfg(test)]
mod tests;
