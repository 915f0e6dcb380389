//! Calendars behind email addresses that somebody has left: a file put the meeting into
//! them, and a neutral one takes it out again (N7).

use super::{
    Attendee, Meeting,
    told::{CalendarRemoval, Certainty, ContactPoint, LeftCalendar, Statement, Told, numbered},
};
use crate::{contact::EmailAddress, notification::Delivery, values::kind::MessageKind};

impl LeftCalendar {
    /// Whether it is open what becomes of it.
    fn is_open(&self) -> bool {
        matches!(
            self.removal,
            CalendarRemoval::Owed | CalendarRemoval::InDoubt
        )
    }

    /// Whether a statement came after all that is known of it.
    fn is_older_than(&self, statement: u64) -> bool {
        self.statement < statement && self.asked_after < Some(statement)
    }
}

impl Told {
    /// The calendar behind it of which it is open what becomes of it.
    pub(super) fn open_calendar(&self) -> Option<&LeftCalendar> {
        self.left_calendar.as_ref().filter(|left| left.is_open())
    }

    /// The last statement that put the meeting into the calendar behind it, certainly or
    /// perhaps; none where no file did.
    fn filed_by(&self, statements: &[Statement]) -> Option<u64> {
        // Below that it is off stands what was announced before.
        let off = self.called_off_by(statements);
        let numbers = self.certain.iter().chain(&self.doubtful).copied();
        let since = numbers.filter(|number| Some(*number) > off);
        self.last_filed(since, statements)
    }

    /// The last of these statements that puts the meeting into the calendar behind it.
    pub(super) fn last_filed(
        &self,
        numbers: impl Iterator<Item = u64>,
        statements: &[Statement],
    ) -> Option<u64> {
        let files = |number: &u64| {
            let said = numbered(statements, *number);
            said.is_some_and(|said| said.kind.announces() && said.kind.rules().calendar)
        };
        numbers.filter(files).max().filter(|_| self.has_calendar())
    }

    /// The last that certainly reached it, where that is that the meeting is off, and took it
    /// out of the calendar behind it.
    fn called_off_by(&self, statements: &[Statement]) -> Option<u64> {
        let last = self.certain.last().copied();
        last.filter(|last| numbered(statements, *last).is_some_and(|said| said.kind.calls_off()))
    }

    /// Whether there is a calendar behind it.
    fn has_calendar(&self) -> bool {
        matches!(self.address, ContactPoint::Email(_))
    }

    /// Notes what the calendar behind it has, now that the address is not theirs.
    fn note_left(&mut self, statements: &[Statement]) {
        let left = self.left_calendar;
        if let Some(statement) = self.filed_by(statements) {
            if left.is_none_or(|left| left.is_older_than(statement)) {
                self.left_calendar = Some(LeftCalendar {
                    statement,
                    removal: CalendarRemoval::Owed,
                    asked_after: None,
                });
            }
        } else if let Some(statement) = self.called_off_by(statements)
            && self.has_calendar()
            && left.is_none_or(|left| left.statement < statement)
        {
            self.left_calendar = Some(LeftCalendar {
                statement,
                removal: CalendarRemoval::CalledOff,
                asked_after: left.and_then(|left| left.asked_after),
            });
        }
    }

    /// Notes that a statement did not reach it after all, which may have put the meeting into
    /// the calendar behind it: that has it from another one, or not at all.
    pub(super) fn note_unfiled(&mut self, number: u64, statements: &[Statement]) {
        let is_its =
            |left: &LeftCalendar| left.statement == number && left.removal == CalendarRemoval::Owed;
        if self.left_calendar.as_ref().is_some_and(is_its) {
            self.left_calendar = None;
            self.note_left(statements);
        }
    }

    /// Notes that the address is theirs again: what may have been taken out of its calendar
    /// must be told anew. Returns whether anything may have been.
    fn note_taken_back(&mut self) -> bool {
        let Some(left) = self.left_calendar else {
            return false;
        };
        if let Some(asked_after) = left.asked_after {
            self.certain.retain(|certain| *certain > asked_after);
            self.doubtful.retain(|doubt| *doubt > asked_after);
        }
        // What was owed and not sent is owed again, should they leave it once more; and what
        // took the meeting out did so for good.
        let stays = matches!(
            left.removal,
            CalendarRemoval::Owed | CalendarRemoval::CalledOff
        );
        let left_again = LeftCalendar {
            asked_after: None,
            ..left
        };
        self.left_calendar = stays.then_some(left_again);
        left.asked_after.is_some()
    }
}

/// A calendar behind an address that an attendee has left, which still has the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerAddress<'a> {
    /// The address.
    pub email: &'a EmailAddress,
    /// The last statement that put the meeting there.
    pub statement: u64,
}

impl FormerAddress<'_> {
    /// What the id of the row of a message to it is made of, besides the meeting and the
    /// attendee, where the send has this key: the attendee's own message has another (N7).
    pub fn cause(&self, key: &str) -> String {
        let kind = MessageKind::CalendarRemoval.as_str();
        format!("{key}\n{kind}\n{}", self.email.key())
    }
}

impl Attendee {
    /// The addresses that they have left behind whose calendars nothing has been done
    /// about yet.
    pub fn former_addresses(&self) -> impl Iterator<Item = FormerAddress<'_>> {
        self.told.iter().filter_map(|told| {
            let left = told.left_calendar.as_ref()?;
            let ContactPoint::Email(email) = &told.address else {
                return None;
            };
            let is_owed = left.removal == CalendarRemoval::Owed;
            (is_owed && !self.is_reached_at(&told.address)).then_some(FormerAddress {
                email,
                statement: left.statement,
            })
        })
    }

    /// Whether anything is owed to a calendar behind an address that they have left.
    pub fn has_former_address(&self) -> bool {
        self.former_addresses().next().is_some()
    }

    /// Whether it is open what becomes of such a calendar.
    pub(super) fn has_open_calendar(&self) -> bool {
        let mut left = self.told.iter();
        left.any(|told| told.open_calendar().is_some() && !self.is_reached_at(&told.address))
    }

    /// Returns whether an address is theirs again whose calendar was asked.
    fn note_left_calendars(&mut self, statements: &[Statement]) -> bool {
        let mut told = std::mem::take(&mut self.told);
        let mut asked = false;
        for each in &mut told {
            if self.is_reached_at(&each.address) {
                asked |= each.note_taken_back();
            } else {
                each.note_left(statements);
            }
        }
        self.told = told;
        asked
    }

    /// Takes in what became of the message that asks the calendar behind an address to take
    /// the meeting out, sent after the statement of this `number`.
    pub(super) fn note_calendar_removal(
        &mut self,
        address: &ContactPoint,
        number: u64,
        delivery: &Delivery,
    ) {
        let told = self.told.iter_mut();
        let mut left = told
            .filter(|told| told.address.is_same(address))
            .filter_map(|told| told.left_calendar.as_mut());
        let Some(left) = left.find(|left| left.statement <= number) else {
            return;
        };
        let (removal, asked_after) = match Certainty::of(delivery) {
            Certainty::Certain => (CalendarRemoval::Asked, Some(number)),
            Certainty::Doubtful => (CalendarRemoval::InDoubt, Some(number)),
            Certainty::Unsaid => (CalendarRemoval::Owed, None),
        };
        left.asked_after = asked_after;
        if left.removal != CalendarRemoval::CalledOff {
            left.removal = removal;
        }
    }
}

impl Meeting {
    /// Notes which calendars have the meeting behind addresses that are nobody's any more.
    pub(super) fn note_left_calendars(&mut self) {
        let mut asked = false;
        for attendee in self.attendees.iter_mut().chain(&mut self.removed) {
            asked |= attendee.note_left_calendars(&self.statements);
        }
        if asked {
            self.rise_above_removals();
        }
    }

    /// Has nothing be owed to the calendars behind addresses that somebody of these has
    /// left: leaving them out counts as dealt with (N7).
    pub fn leave_former_addresses_out(&mut self, of: impl Fn(&Attendee) -> bool) {
        let everybody = self.attendees.iter_mut().chain(&mut self.removed);
        for attendee in everybody.filter(|attendee| of(attendee)) {
            let left = attendee.told.iter_mut();
            let left = left.filter_map(|told| told.left_calendar.as_mut());
            for left in left.filter(|left| left.removal == CalendarRemoval::Owed) {
                left.removal = CalendarRemoval::LeftOut;
            }
        }
    }
}

#[cfg(test)]
mod tests;
