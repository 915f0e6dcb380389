//! Meetings: what was agreed, what customers were told of it, and how it stands.
//!
//! Three things move apart from each other and are kept apart: the *details*
//! (time, place) as they are now, the *announced* snapshot of what customers
//! were last told, and the *status* their answers led to. Whether an update is
//! due is never stored; it is the difference of the first two (N7).

mod attendee;
mod details;
mod draft;
mod knowledge;
mod left_calendars;
mod links;
mod others;
mod owed;
mod owner;
mod sequence;
mod status;
mod told;

use crate::values::location::LocationKind;
pub use attendee::{Attendee, Response, Wish};
pub use details::{Details, Location, Organizer};
pub use draft::{AttendeeDraft, LocationDraft, MeetingDraft, OrganizerDraft};
pub use left_calendars::FormerAddress;
pub use links::LinkGenerations;
pub use others::Others;
pub use owner::{CalendarOwner, OwnerSince};
pub use sequence::SequenceSince;
pub use status::{BookingStatus, NotificationState};
pub use told::{
    CalendarRequest, CalendarRequestOutcome, ContactPoint, Knowledge, LeftCalendar, Owed,
    Statement, Told,
};

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::{
    contact::EmailAddress,
    dealt_with::MeetingDealtWith,
    id::{AttendeeId, MeetingId, TemplateId, TimelineKey},
    reminders::{ReminderInstance, Reminders, SettledReminder},
    template::ReminderTrigger,
    text::{Description, Title},
    unread::Unread,
    values::{kind::NotificationType, lease::Lease},
};

/// The most attendees a meeting may have: a send to all of them takes a few invocations,
/// and an answer of the API holds them.
pub const MAX_ATTENDEES: usize = 1_000;

/// One meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    /// Its name; chosen by the caller.
    pub id: MeetingId,
    /// Moves with every write, from 1.
    pub version: u64,
    /// Counts the edits: moves with what staff and programs save of it, and not with
    /// answers, with messages or with what customers were told. Never above the version.
    pub edits: u64,
    /// The title, which may contain `{status}`.
    pub title: Title,
    /// Date, time, duration and place: what customers must be told when it changes.
    pub details: Details,
    /// Which change of the details this is; going back to what
    /// was announced goes back to its number.
    pub revision: u32,
    /// The highest revision there has been.
    pub highest_revision: u32,
    /// Its template.
    pub template_id: Option<TemplateId>,
    /// What it is about.
    pub description: Description,
    /// The staff member who owns it.
    pub organizer: Option<Organizer>,
    /// Further staff who are told of answers.
    pub followers: Vec<EmailAddress>,
    /// The customers, the lead attendee first; never empty. Where there are [`others`](Self::others),
    /// only those that were read.
    pub attendees: Vec<Attendee>,
    /// How the booking stands.
    pub status: BookingStatus,
    /// Whether it is put away.
    pub archived: bool,
    /// What customers were last told; none before the first send.
    pub announced: Option<Announced>,
    /// What messages have told of it, oldest first; without what reached nobody.
    pub statements: Vec<Statement>,
    /// The highest number that a statement had.
    pub highest_statement: u64,
    /// Whom calendar files have named as its owner, oldest first.
    pub owners: Vec<OwnerSince>,
    /// Which SEQUENCE its calendar files have had, lowest first.
    pub sequences: Vec<SequenceSince>,
    /// Customers who were told of it and are no longer expected, until they know.
    pub removed: Vec<Attendee>,
    /// When customers were last told that it is called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// The revision that was called off then.
    pub cancelled_revision: Option<u32>,
    /// The number of the statement that called it off then.
    pub cancelled_statement: Option<u64>,
    /// Whether what is being sent right now calls it off: set from the claim until it is
    /// known what came of that.
    pub calling_off: bool,
    /// Whether whoever holds it by `sending` is saving its attendees, who are too many to be
    /// written at once.
    pub saving_attendees: bool,
    /// Who is sending for it right now, or saving its attendees, and until when.
    pub sending: Option<Lease>,
    /// What is meant to remind of it, and what has.
    pub reminders: Reminders,
    /// Which of its links open it.
    pub links: LinkGenerations,
    /// Who has dealt with what needed attention of it, and with what.
    pub dealt_with: Option<MeetingDealtWith>,
    /// What is known of the attendees that were not read along with it; none where all
    /// were.
    pub others: Option<Others>,
    /// When it was first saved.
    pub created_at: DateTime<Utc>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// What customers were last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The details they were told.
    pub details: Details,
    /// The revision they were told.
    pub revision: u32,
    /// When they were last told these.
    pub at: DateTime<Utc>,
    /// When they were first told these.
    pub since: DateTime<Utc>,
    /// Whether that message asked for an answer.
    pub asked: bool,
    /// Whether they were announced by a request for an answer.
    pub requested: bool,
    /// The number of the last statement that told them.
    pub statement: u64,
}

impl Meeting {
    /// What customers know, compared to what is: derived person by person (N7).
    pub fn notification_state(&self) -> NotificationState {
        if let Some(others) = &self.others {
            others.notification_state
        } else if !self.is_known() {
            NotificationState::None
        } else if self
            .everybody()
            .any(|attendee| self.owed_to(attendee).is_some() || attendee.has_former_address())
        {
            NotificationState::UpdateDue
        } else {
            NotificationState::Confirmed
        }
    }

    /// Its id and version, which its timeline is ordered by.
    pub fn timeline_key(&self) -> TimelineKey<'_> {
        TimelineKey {
            meeting: &self.id,
            version: self.version,
        }
    }

    /// The customers, and those who are no longer expected and do not know it.
    pub fn everybody(&self) -> impl Iterator<Item = &Attendee> {
        self.attendees.iter().chain(&self.removed)
    }

    /// Notes who has the mailbox or the telephone of somebody else of the meeting: where one
    /// of them alone is read, nothing else says so.
    pub fn note_shared_addresses(&mut self) {
        let mut seen = HashMap::new();
        let keys = |each: &Attendee| {
            let email = each.email.as_ref().map(EmailAddress::key);
            let phone = each.phone.as_ref().map(ToString::to_string);
            [email, phone].into_iter().flatten()
        };
        for key in self.everybody().flat_map(keys) {
            *seen.entry(key).or_insert(0) += 1;
        }
        for each in self.attendees.iter_mut().chain(&mut self.removed) {
            each.shares_address = keys(each).any(|key| seen.get(&key).is_some_and(|all| *all > 1));
        }
    }

    /// One of the customers, or of those who are no longer expected, by id.
    pub fn anybody(&self, id: &AttendeeId) -> Option<&Attendee> {
        self.everybody().find(|attendee| &attendee.id == id)
    }

    /// The attendee whose answer decides the status.
    pub fn lead(&self) -> Option<&Attendee> {
        self.attendees.first()
    }

    /// Whether this is the [lead attendee](Self::lead).
    pub fn is_lead(&self, id: &AttendeeId) -> bool {
        self.lead().is_some_and(|lead| &lead.id == id)
    }

    /// An attendee by id.
    pub fn attendee(&self, id: &AttendeeId) -> Option<&Attendee> {
        self.attendees.iter().find(|attendee| &attendee.id == id)
    }

    /// Whether it has begun by `now`.
    pub fn started(&self, now: DateTime<Utc>) -> bool {
        self.details.starts_at <= now
    }

    /// Whether it has ended by `now`.
    pub fn over(&self, now: DateTime<Utc>) -> bool {
        self.details.ends_at() <= now
    }

    /// Whether something is being sent for it at `now`, and it is not known yet what that
    /// changes.
    pub fn is_sending(&self, now: DateTime<Utc>) -> bool {
        self.sending.as_ref().is_some_and(|lease| lease.until > now)
    }

    /// Takes a new revision for an announcement of what was called off, at the same time:
    /// calendars must take it for the news that it is (N16, RFC 5546 §2.1.4). What is
    /// called off is that revision then, until the announcement has reached the lead
    /// attendee: one that reaches nobody changes nothing but a number, and one that
    /// reaches others can be taken back.
    pub fn renew_for(&mut self, kind: NotificationType) {
        let off = self.status == BookingStatus::Cancelled;
        if off && kind.announces() && self.cancelled_revision == Some(self.revision) {
            self.highest_revision += 1;
            self.revision = self.highest_revision;
            self.cancelled_revision = Some(self.revision);
        }
    }

    /// Moves the meeting to other details, and the revision with them.
    ///
    /// Going back to what was announced goes back to the announced revision:
    /// links and answers of it are as good as before (L5). Any other change
    /// gets a number that was never used, so that an answer can never meet
    /// details its giver did not see. So do announced details that a meeting takes
    /// up again which was called off with others: calendars must take them for the
    /// news that they are.
    pub(crate) fn change_details(&mut self, details: Details) {
        if details == self.details {
            return;
        }
        self.details = details;
        let called_off = self.cancelled_revision;
        let called_off = called_off.filter(|_| self.status == BookingStatus::Cancelled);
        self.revision = match &self.announced {
            Some(announced)
                if announced.details == self.details
                    && called_off.is_none_or(|revision| revision == announced.revision) =>
            {
                announced.revision
            }
            _ => self.highest_revision + 1,
        };
        self.highest_revision = self.highest_revision.max(self.revision);
        self.forget_answers_of_other_details();
    }

    /// Takes the status that another lead attendee brings: their answer's, else that of
    /// one who was asked or only told (L3, N14).
    pub(crate) fn follow_new_lead(&mut self) {
        let open = !matches!(self.status, BookingStatus::Draft | BookingStatus::Cancelled);
        let Some(lead) = self.lead().filter(|_| open) else {
            return;
        };
        self.status = match self.standing_answer(lead) {
            Some(response) => response.answer.into(),
            None if self.was_asked(lead) => BookingStatus::Invited,
            None => BookingStatus::Booked,
        };
    }

    /// Takes back a status that rests on an answer which no longer stands (L9).
    pub(crate) fn forget_answers_of_other_details(&mut self) {
        let lead_answered = self
            .lead()
            .and_then(|lead| self.standing_answer(lead))
            .is_some();
        if self.status.is_answer() && !lead_answered {
            let asked = self.lead().is_some_and(|lead| self.was_asked(lead));
            self.status = if asked {
                BookingStatus::Invited
            } else {
                BookingStatus::Booked
            };
        }
    }

    /// The answer of an attendee that still describes the meeting: one given
    /// for the revision that they were told last, or for the current one (L9).
    pub fn standing_answer<'a>(&self, attendee: &'a Attendee) -> Option<&'a Response> {
        let response = attendee.response.as_ref()?;
        let told = self
            .certain_of(attendee)
            .filter(|said| !said.kind.calls_off());
        let told = told.map(|said| said.revision);
        let stands = response.revision == self.revision || Some(response.revision) == told;
        stands.then_some(response)
    }

    /// What the attendee wished for, as long as they want another time.
    pub fn wish_of<'a>(&self, attendee: &'a Attendee) -> Option<&'a Wish> {
        self.standing_answer(attendee)?.wish.as_ref()
    }

    /// Settles a reminder. `fired` says that it was its own schedule that came for it,
    /// which removes itself.
    pub fn settle_reminder(&mut self, mark: SettledReminder, fired: bool) {
        if fired {
            self.reminders.note_schedule(&mark.instance, false);
        }
        if let Some(why) = mark.outcome.skip() {
            self.reminders.miss(&mark.instance, why);
        }
        let told = self.announced.as_ref().map(|announced| announced.revision);
        self.reminders.settle(mark, self.revision, told);
    }

    /// Notes that somebody begins to send a reminder, or goes on with it. Returns when it was
    /// begun first.
    pub fn begin_reminder(
        &mut self,
        instance: &ReminderInstance,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let told = self.announced.as_ref().map(|announced| announced.revision);
        self.reminders.begin(instance, self.revision, told, now)
    }

    /// Takes other triggers: the template's, as it is now or another one's.
    /// Returns whether they are other ones.
    pub fn take_triggers(&mut self, triggers: &[ReminderTrigger]) -> bool {
        self.reminders.take_triggers(triggers)
    }

    /// The title as it is shown: in the template's format, with the status
    /// filled in where `{status}` stands (N10).
    pub fn shown_title(&self, format: Option<&str>, status: &str) -> String {
        let format = format.unwrap_or("{title}");
        format
            .replace("{title}", &self.title)
            .replace("{status}", status)
    }
}

#[cfg(test)]
mod tests;
