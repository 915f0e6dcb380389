//! May this be sent now, and to whom?

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use super::{ChannelPlan, ChannelVerdict, Deliverability, Refusal, plan_channels};
use crate::{
    Failure, FieldError,
    contact::EmailAddress,
    id::AttendeeId,
    meeting::{
        Attendee, BookingStatus, FormerAddress, MAX_ATTENDEES, Meeting, NotificationState, Owed,
    },
    template::{NotificationConfig, Template},
    values::{channel::Channel, kind::NotificationType, type_rules::Effect},
};

/// What staff ask to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest {
    /// What to send.
    pub kind: NotificationType,
    /// To whom, by attendee id; to all when left out.
    pub attendees: Option<Vec<String>>,
    /// Whether the calendars behind the addresses that they have left are asked to take the
    /// meeting out; where not, that is dealt with.
    pub former_addresses: bool,
    /// `true` when staff have seen what would happen and mean it.
    pub confirm: bool,
}

impl SendRequest {
    /// Who is meant.
    pub fn whom(&self) -> Whom<'_> {
        Whom {
            attendees: self.attendees.as_deref(),
            former_addresses: self.former_addresses,
        }
    }
}

/// Who is meant by a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom<'a> {
    /// The attendees, by id; all where none are named.
    pub attendees: Option<&'a [String]>,
    /// Whether also the calendars behind the addresses that they have left.
    pub former_addresses: bool,
}

impl<'a> Whom<'a> {
    /// Everybody, with the addresses that they have left.
    pub const EVERYBODY: Self = Self {
        attendees: None,
        former_addresses: true,
    };

    /// These, by id, with the addresses that they have left.
    pub fn named(attendees: &'a [String]) -> Self {
        Self {
            attendees: Some(attendees),
            ..Self::EVERYBODY
        }
    }
}

/// A send that is allowed: everything that decides what goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct SendPlan {
    /// What was asked for.
    pub kind: NotificationType,
    /// The config of that type.
    pub config: NotificationConfig,
    /// To whom, and how.
    pub recipients: Vec<Recipient>,
    /// The calendars that are asked to take the meeting out.
    pub removals: Vec<CalendarRecipient>,
    /// The addresses whose calendars are left as they are, though they could be asked.
    pub left_out: Vec<AttendeeId>,
    /// What staff must confirm first, in a sentence.
    pub confirm: Option<String>,
}

/// One attendee of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The attendee.
    pub attendee: Attendee,
    /// What they are sent: an update brings each up to date with the message that is
    /// true for them (N7).
    pub config: Arc<NotificationConfig>,
    /// The channels, used or not.
    pub channels: Vec<ChannelPlan>,
}

impl Recipient {
    /// Whether a message reaches them on any channel, as things stand.
    pub fn is_reached(&self) -> bool {
        self.channels.iter().any(ChannelPlan::used)
    }
}

/// A calendar behind an email address that an attendee has left.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarRecipient {
    /// The attendee as they were reached there: with that address alone.
    pub attendee: Attendee,
    /// The address.
    pub email: EmailAddress,
    /// The last statement that put the meeting into the calendar.
    pub statement: u64,
    /// Email, used or not.
    pub channel: ChannelPlan,
}

impl CalendarRecipient {
    fn all_of<'a>(
        attendee: &'a Attendee,
        deliverability: Deliverability<'a>,
    ) -> impl Iterator<Item = Self> + 'a {
        attendee.former_addresses().map(move |former| {
            let attendee = Attendee {
                email: Some(former.email.clone()),
                phone: None,
                ..attendee.clone()
            };
            let usable =
                deliverability.usable(Channel::Email, NotificationType::Cancellation, &attendee);
            Self {
                channel: ChannelPlan {
                    channel: Channel::Email,
                    verdict: match usable {
                        Ok(()) => ChannelVerdict::Use { fallback: None },
                        Err(why) => ChannelVerdict::Fail(why),
                    },
                    spare: None,
                },
                email: former.email.clone(),
                statement: former.statement,
                attendee,
            }
        })
    }

    /// The address, as the attendee left it.
    pub fn former_address(&self) -> FormerAddress<'_> {
        FormerAddress {
            email: &self.email,
            statement: self.statement,
        }
    }
}

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
    let recipients = chosen
        .iter()
        .filter_map(|attendee| {
            let config = configs.for_attendee(meeting, attendee)?;
            Some(Recipient {
                channels: plan_channels(config, attendee, deliverability),
                config: config.clone(),
                attendee: Attendee::clone(attendee),
            })
        })
        .collect::<Vec<_>>();
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
        return Err(match kind {
            NotificationType::Cancellation if meeting.status != BookingStatus::Cancelled => {
                Refusal::NotAnnounced
            }
            NotificationType::Cancellation => Refusal::Cancelled,
            _ => Refusal::InSync,
        }
        .into());
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
        let announcement = if meeting.was_requested() {
            NotificationType::ConfirmationRequest
        } else {
            NotificationType::Confirmation
        };
        Self {
            kind,
            asked_for: of_type(kind),
            announcement: of_type(announcement),
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

fn needs_confirmation(
    meeting: &Meeting,
    kind: NotificationType,
    recipients: &[Recipient],
) -> Option<String> {
    if kind.calls_off() {
        return Some(match whom(recipients) {
            Some(whom) => {
                format!("This tells {whom} that the meeting is cancelled, and cannot be undone.")
            }
            None => "This tells nobody that the meeting is cancelled: none of the attendees can be reached.".to_owned(),
        });
    }
    let mut sentences = Vec::new();
    if meeting.status == BookingStatus::Cancelled
        && meeting.cancelled_revision == Some(meeting.revision)
    {
        sentences.push(
            "The customers were told that this meeting is cancelled. This tells them that it takes place after all, at the same time.".to_owned(),
        );
    }
    let off = recipients
        .iter()
        .filter(|each| each.config.kind.calls_off());
    let off: Vec<_> = off.map(|each| &*each.attendee.name).collect();
    if !off.is_empty() {
        let names = off.join(", ");
        sentences.push(format!(
            "This tells {names} that they are no longer expected."
        ));
    }
    sentences.extend(doubts(meeting, recipients));
    sentences.extend(repeats(meeting, kind, recipients));
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// That some may have been told already (N13).
fn doubts(meeting: &Meeting, recipients: &[Recipient]) -> Option<String> {
    let doubted = |each: &&Recipient| {
        let mut doubts = meeting.doubtful_of(&each.attendee);
        doubts.any(|said| said.details == meeting.details && !said.kind.calls_off())
    };
    let doubted: Vec<_> = recipients.iter().filter(doubted).collect();
    let names: Vec<_> = doubted
        .iter()
        .take(3)
        .map(|each| &*each.attendee.name)
        .collect();
    match (doubted.len(), names.join(", ")) {
        (0, _) => None,
        (1..=3, names) => Some(format!(
            "It is in doubt whether {names} was told already: this may be sent twice."
        )),
        (all, names) => Some(format!(
            "It is in doubt whether {names} and {} others were told already: this may be sent twice.",
            all - 3
        )),
    }
}

/// That some were sent the same already.
fn repeats(meeting: &Meeting, kind: NotificationType, recipients: &[Recipient]) -> Option<String> {
    let repeated = |each: &&Recipient| {
        let mut said = meeting.certain_statements_of(&each.attendee);
        said.any(|said| said.kind == each.config.kind && said.details == meeting.details)
    };
    let again: Vec<Recipient> = recipients.iter().filter(repeated).cloned().collect();
    if again.is_empty() {
        return None;
    }
    let label = kind.in_sentence();
    let now = match whom(&again) {
        Some(whom) => format!("This sends it to {whom} again."),
        None => "This sends it to nobody: none of the attendees can be reached.".to_owned(),
    };
    Some(format!(
        "The {label} was sent for these details already. {now}"
    ))
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
