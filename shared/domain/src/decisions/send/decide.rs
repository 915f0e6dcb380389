//! May this be sent now, and to whom?

use chrono::{DateTime, Utc};

use super::{ChannelPlan, Deliverability, plan_channels};
use crate::{
    Failure, FieldError,
    meeting::{Attendee, BookingStatus, MAX_ATTENDEES, Meeting, NotificationState},
    template::{NotificationConfig, Template},
    values::{kind::NotificationType, type_rules::Effect},
};

/// What staff ask to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest {
    /// What to send.
    pub kind: NotificationType,
    /// To whom, by attendee id; to all when left out.
    pub attendees: Option<Vec<String>>,
    /// `true` when staff have seen what would happen and mean it.
    pub confirm: bool,
}

/// Why a notification is not sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Reminders send themselves.
    ByItself,
    /// Something is being sent right now, and what it changes is not known yet.
    Sending,
    /// The meeting is put away.
    Archived,
    /// The meeting has started.
    Started,
    /// The meeting is cancelled, and has no new time.
    Cancelled,
    /// The meeting is cancelled; at its new time it needs a new confirmation.
    CancelledButMoved,
    /// An update before anything was announced.
    NotAnnounced,
    /// An update that would tell nothing new.
    InSync,
}

impl Refusal {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::ByItself => "sent_by_itself",
            Self::Sending => "sending",
            Self::Archived => "archived",
            Self::Started => "started",
            Self::Cancelled => "cancelled",
            Self::CancelledButMoved => "needs_confirmation_first",
            Self::NotAnnounced => "not_announced",
            Self::InSync => "in_sync",
        }
    }

    /// A sentence for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ByItself => {
                "Reminders are sent by themselves, at the times the template's triggers say."
            }
            Self::Sending => {
                "Another notification of this meeting is being sent right now. Try again in a moment."
            }
            Self::Archived => {
                "The meeting is archived, and sends nothing. Take it back from the archive first."
            }
            Self::Started => "The meeting has already started.",
            Self::Cancelled => "The meeting is cancelled. Give it a new time to confirm it anew.",
            Self::CancelledButMoved => {
                "The meeting was cancelled and has a new time: send a new confirmation instead."
            }
            Self::NotAnnounced => {
                "Nobody has been told of this meeting yet. Send a confirmation first."
            }
            Self::InSync => {
                "The customers know the current date, time, duration and place: there is nothing to update."
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            code: refusal.code(),
            reason: refusal.reason().to_owned(),
        }
    }
}

/// A send that is allowed: everything that decides what goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct SendPlan {
    /// What is sent.
    pub kind: NotificationType,
    /// The config it is made from.
    pub config: NotificationConfig,
    /// To whom, and how.
    pub recipients: Vec<Recipient>,
    /// What staff must confirm first, in a sentence.
    pub confirm: Option<String>,
}

/// One attendee of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The attendee.
    pub attendee: Attendee,
    /// The channels, used or not.
    pub channels: Vec<ChannelPlan>,
}

impl Recipient {
    /// Whether a message reaches them on any channel, as things stand.
    pub fn is_reached(&self) -> bool {
        self.channels.iter().any(ChannelPlan::used)
    }
}

/// Decides a send of `kind`, to the attendees named or to all.
///
/// # Errors
/// [`Failure::Refused`] when the state of the meeting forbids it;
/// [`Failure::Invalid`] when an attendee named is not of the meeting.
pub fn decide_send(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    kind: NotificationType,
    attendees: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<SendPlan, Failure> {
    allowed(meeting, kind, now)?;
    let config = NotificationConfig::of_type(template, kind);
    let recipients = chosen(meeting, attendees)?
        .into_iter()
        .map(|attendee| Recipient {
            channels: plan_channels(&config, attendee, deliverability),
            attendee: attendee.clone(),
        })
        .collect::<Vec<_>>();
    Ok(SendPlan {
        kind,
        confirm: needs_confirmation(meeting, kind, &recipients),
        config,
        recipients,
    })
}

fn allowed(meeting: &Meeting, kind: NotificationType, now: DateTime<Utc>) -> Result<(), Refusal> {
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Reminder, Update};
    let cancelled = meeting.status == BookingStatus::Cancelled;
    let update_due = meeting.notification_state() == NotificationState::UpdateDue;
    // What was cancelled is what the cancellation told of, not what was last
    // announced: only other details than those can be confirmed anew (N8).
    let moved = meeting.sent.get(&Cancellation) != Some(&meeting.revision);
    match kind {
        Reminder => Err(Refusal::ByItself),
        _ if meeting
            .sending
            .as_ref()
            .is_some_and(|lease| lease.until > now) =>
        {
            Err(Refusal::Sending)
        }
        _ if meeting.archived => Err(Refusal::Archived),
        Cancellation if meeting.over(now) => Err(Refusal::Started),
        Confirmation | ConfirmationRequest | Update if meeting.started(now) => {
            Err(Refusal::Started)
        }
        Confirmation if cancelled && moved => Ok(()),
        _ if cancelled && moved => Err(Refusal::CancelledButMoved),
        _ if cancelled => Err(Refusal::Cancelled),
        Update | Cancellation if meeting.announced.is_none() => Err(Refusal::NotAnnounced),
        Update if !update_due => Err(Refusal::InSync),
        Confirmation | ConfirmationRequest | Update | Cancellation => Ok(()),
    }
}

fn chosen<'a>(
    meeting: &'a Meeting,
    named: Option<&[String]>,
) -> Result<Vec<&'a Attendee>, Failure> {
    let Some(named) = named else {
        return Ok(meeting.attendees.iter().collect());
    };
    if named.len() > MAX_ATTENDEES {
        return Err(Failure::Invalid(vec![FieldError {
            pointer: "/attendees".to_owned(),
            detail: format!("names more than {MAX_ATTENDEES}; leave it out to send to all"),
        }]));
    }
    let strangers: Vec<_> = named
        .iter()
        .enumerate()
        .filter(|(_, id)| {
            meeting
                .attendees
                .iter()
                .all(|attendee| attendee.id.as_str() != **id)
        })
        .map(|(i, _)| FieldError {
            pointer: format!("/attendees/{i}"),
            detail: "is no attendee of this meeting".to_owned(),
        })
        .collect();
    if !strangers.is_empty() {
        return Err(Failure::Invalid(strangers));
    }
    if named.is_empty() {
        return Err(Failure::Invalid(vec![FieldError {
            pointer: "/attendees".to_owned(),
            detail: "names nobody; leave it out to send to all".to_owned(),
        }]));
    }
    let wanted = |attendee: &&Attendee| named.iter().any(|id| id == attendee.id.as_str());
    Ok(meeting.attendees.iter().filter(wanted).collect())
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

fn needs_confirmation(
    meeting: &Meeting,
    kind: NotificationType,
    recipients: &[Recipient],
) -> Option<String> {
    let whom = whom(recipients);
    if kind.calls_off() {
        return Some(match whom {
            Some(whom) => {
                format!("This tells {whom} that the meeting is cancelled, and cannot be undone.")
            }
            None => "This tells nobody that the meeting is cancelled: none of the attendees can be reached.".to_owned(),
        });
    }
    let again = meeting.sent.get(&kind) == Some(&meeting.revision);
    again.then(|| {
        let label = kind.in_sentence();
        let now = match whom {
            Some(whom) => format!("This sends it to {whom} again."),
            None => "This sends it to nobody: none of the attendees can be reached.".to_owned(),
        };
        format!("The {label} was sent for these details already. {now}")
    })
}

/// How many of them a message reaches as things stand, in words; `None` for nobody.
fn whom(recipients: &[Recipient]) -> Option<String> {
    let reached = recipients.iter().filter(|each| each.is_reached()).count();
    match (reached, recipients.len()) {
        (0, _) => None,
        (1, 1) => Some("1 attendee".to_owned()),
        (reached, all) if reached == all => Some(format!("{all} attendees")),
        (reached, all) => Some(format!("{reached} of {all} attendees")),
    }
}

#[cfg(test)]
mod tests;
