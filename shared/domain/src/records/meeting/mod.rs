//! Meetings: what was agreed, what customers were told of it, and how it stands.
//!
//! Three things move apart from each other and are kept apart: the *details*
//! (time, place) as they are now, the *announced* snapshot of what customers
//! were last told, and the *status* their answers led to. Whether an update is
//! due is never stored; it is the difference of the first two (N7).

mod attendee;
mod details;
mod draft;
mod links;
mod status;

use crate::values::location::LocationKind;
pub use attendee::{Attendee, Response, Wish};
pub use details::{Details, Location, Organizer};
pub use draft::{AttendeeDraft, LocationDraft, MeetingDraft, OrganizerDraft};
pub use links::LinkGenerations;
pub use status::{BookingStatus, NotificationState};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    contact::EmailAddress,
    dealt_with::MeetingDealtWith,
    id::{AttendeeId, MeetingId, TemplateId, TimelineKey},
    reminders::{Reminders, SettledReminder},
    template::ReminderTrigger,
    text::{Description, Title},
    unread::Unread,
    values::{kind::NotificationType, lease::Lease},
};

/// The most attendees a meeting may have: with them it stays well under
/// DynamoDB's 400 KB an item.
pub const MAX_ATTENDEES: usize = 1_000;

/// One meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    /// Its name; chosen by the caller.
    pub id: MeetingId,
    /// Moves with every write, from 1.
    pub version: u64,
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
    /// The customers, the lead attendee first; never empty.
    pub attendees: Vec<Attendee>,
    /// How the booking stands.
    pub status: BookingStatus,
    /// Whether it is put away.
    pub archived: bool,
    /// What customers were last told; none before the first send.
    pub announced: Option<Announced>,
    /// When customers were last told that it is called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// The revision each type was last sent for.
    pub sent: BTreeMap<NotificationType, u32>,
    /// Who is sending for it right now, and until when.
    pub sending: Option<Lease>,
    /// What is meant to remind of it, and what has.
    pub reminders: Reminders,
    /// Which of its links open it.
    pub links: LinkGenerations,
    /// Who has dealt with what needed attention of it, and with what.
    pub dealt_with: Option<MeetingDealtWith>,
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
}

impl Meeting {
    /// What customers know, compared to what is.
    pub fn notification_state(&self) -> NotificationState {
        match &self.announced {
            None => NotificationState::None,
            Some(announced) if announced.details == self.details => NotificationState::Confirmed,
            Some(_) => NotificationState::UpdateDue,
        }
    }

    /// Its id and version, which its timeline is ordered by.
    pub fn timeline_key(&self) -> TimelineKey<'_> {
        TimelineKey {
            meeting: &self.id,
            version: self.version,
        }
    }

    /// The attendee whose answer decides the status.
    pub fn lead(&self) -> Option<&Attendee> {
        self.attendees.first()
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
        let called_off = self.sent.get(&NotificationType::Cancellation).copied();
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

    /// Takes the status that another lead attendee's answer leads to (L3).
    pub(crate) fn follow_new_lead(&mut self) {
        let standing = self.lead().and_then(|lead| self.standing_answer(lead));
        let answer = standing.map(|response| response.answer);
        let open = !matches!(self.status, BookingStatus::Draft | BookingStatus::Cancelled);
        if let Some(answer) = answer.filter(|_| open) {
            self.status = answer.into();
        }
    }

    /// Takes back a status that rests on an answer which no longer stands (L9).
    pub(crate) fn forget_answers_of_other_details(&mut self) {
        let lead_answered = self
            .lead()
            .and_then(|lead| self.standing_answer(lead))
            .is_some();
        if self.status.is_answer() && !lead_answered {
            let asked = self
                .announced
                .as_ref()
                .is_some_and(|announced| announced.asked);
            self.status = if asked {
                BookingStatus::Invited
            } else {
                BookingStatus::Booked
            };
        }
    }

    /// The answer of an attendee that still describes the meeting: one given
    /// for the announced revision or for the current one (L9).
    pub fn standing_answer<'a>(&self, attendee: &'a Attendee) -> Option<&'a Response> {
        let response = attendee.response.as_ref()?;
        let announced = self.announced.as_ref().map(|announced| announced.revision);
        let stands = response.revision == self.revision || Some(response.revision) == announced;
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
            self.reminders.armed.retain(|armed| armed != &mark.instance);
        }
        let told = self.announced.as_ref().map(|announced| announced.revision);
        self.reminders.settle(mark, self.revision, told);
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
