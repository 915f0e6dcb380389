//! Calendars behind email addresses that somebody has left: a file put the meeting into
//! them, and a neutral one takes it out again (N7).

use super::{
    Attendee, Meeting,
    told::{
        CalendarRequest, CalendarRequestOutcome, Certainty, ContactPoint, LeftCalendar, Statement,
        Told, numbered,
    },
};
use crate::{contact::EmailAddress, notification::Delivery, values::kind::MessageKind};

impl LeftCalendar {
    /// The last statement that put the meeting into it, where no request concerns it.
    fn owed(&self) -> Option<u64> {
        let requested = self.request.map(|request| request.up_to);
        let last = self.filed_by.last().copied();
        last.filter(|last| Some(*last) > requested)
    }

    /// Whether it is open what becomes of it.
    fn is_open(&self) -> bool {
        let outcome = self.request.map(|request| request.outcome);
        let in_doubt = outcome == Some(CalendarRequestOutcome::InDoubt);
        self.owed().is_some() || (in_doubt && !self.filed_by.is_empty())
    }

    /// Takes in which statements have put the meeting into it, and which that it is off.
    fn note(&mut self, filed: Vec<u64>, called_off_by: Option<u64>) {
        self.called_off_by = self.called_off_by.max(called_off_by);
        self.filed_by.extend(filed);
        self.filed_by.sort_unstable();
        self.filed_by.dedup();
        let off = self.called_off_by;
        self.filed_by.retain(|number| Some(*number) > off);
    }

    /// Takes in what became of a request to take out what statements up to this number have
    /// put in.
    fn note_request(&mut self, up_to: u64, certainty: Certainty) {
        let outcome = match certainty {
            Certainty::Certain => CalendarRequestOutcome::Sent,
            Certainty::Doubtful => CalendarRequestOutcome::InDoubt,
            Certainty::Unsaid => {
                self.request = self.request.filter(|request| request.up_to != up_to);
                return;
            }
        };
        let same = self.request.filter(|request| request.up_to == up_to);
        if self.request.is_none_or(|request| request.up_to <= up_to) {
            self.request = Some(CalendarRequest {
                up_to,
                outcome,
                is_taken_back: same.is_some_and(|request| request.is_taken_back),
            });
        }
    }

    /// The address is its owner's again. Returns, the first time, up to which statement what
    /// was said there must be said anew: a request may have taken it out.
    fn take_back(&mut self) -> Option<u64> {
        let request = self.request.as_mut()?;
        let withheld = request.outcome == CalendarRequestOutcome::Withheld;
        if withheld || request.is_taken_back {
            return None;
        }
        request.is_taken_back = true;
        Some(request.up_to)
    }

    /// Up to which statement what it has may have been taken out, before the address was its
    /// owner's again.
    fn taken_out_up_to(&self) -> Option<u64> {
        let request = self.request.filter(|request| request.is_taken_back);
        request.map(|request| request.up_to)
    }
}

impl Told {
    /// The calendar behind it of which it is open what becomes of it.
    pub(super) fn open_calendar(&self) -> Option<&LeftCalendar> {
        self.left_calendar.as_ref().filter(|left| left.is_open())
    }

    /// Those of these statements that put the meeting into the calendar behind it.
    pub(super) fn filing(
        &self,
        numbers: impl Iterator<Item = u64>,
        statements: &[Statement],
    ) -> impl Iterator<Item = u64> {
        let has_calendar = self.has_calendar();
        let files = move |number: &u64| {
            let said = numbered(statements, *number);
            said.is_some_and(|said| said.kind.announces() && said.kind.rules().calendar)
        };
        numbers.filter(move |number| has_calendar && files(number))
    }

    /// The last that certainly reached it, where that is that the meeting is off, and took it
    /// out of the calendar behind it.
    fn called_off_by(&self, statements: &[Statement]) -> Option<u64> {
        let last = self.certain.last().copied().filter(|_| self.has_calendar());
        last.filter(|last| numbered(statements, *last).is_some_and(|said| said.kind.calls_off()))
    }

    /// Whether there is a calendar behind it.
    fn has_calendar(&self) -> bool {
        matches!(self.address, ContactPoint::Email(_))
    }

    /// Notes what the calendar behind it has, now that the address is not theirs.
    fn note_left(&mut self, statements: &[Statement]) {
        let certain = self.filing(self.certain.iter().copied(), statements).max();
        let perhaps = self.filing(self.doubtful.iter().copied(), statements);
        let filed = certain.into_iter().chain(perhaps).collect();
        let called_off_by = self.called_off_by(statements);
        let left = self.left_calendar.get_or_insert_default();
        left.note(filed, called_off_by);
        // Whatever was put in before, this is there.
        left.filed_by.retain(|filed| Some(*filed) >= certain);
    }

    /// Notes those of these statements that have perhaps put the meeting into the calendar
    /// behind it, and of which nothing else is kept.
    pub(super) fn note_filed(&mut self, numbers: Vec<u64>, statements: &[Statement]) {
        let filed: Vec<_> = self.filing(numbers.into_iter(), statements).collect();
        if !filed.is_empty() {
            self.left_calendar.get_or_insert_default().note(filed, None);
        }
    }

    /// Notes that a statement did not reach it after all, which may have put the meeting into
    /// the calendar behind it or taken it out: that has it from another one, or not at all.
    pub(super) fn note_unfiled(&mut self, number: u64) {
        if let Some(left) = &mut self.left_calendar {
            left.filed_by.retain(|filed| *filed != number);
            left.called_off_by.take_if(|off| *off == number);
        }
    }

    /// Notes that the address is theirs again: what may have been taken out of its calendar
    /// must be told anew. Returns whether anything may have been.
    fn note_taken_back(&mut self) -> bool {
        let asked = self
            .left_calendar
            .as_mut()
            .and_then(LeftCalendar::take_back);
        if let Some(up_to) = asked {
            self.forget_up_to(up_to);
        }
        asked.is_some()
    }

    fn forget_up_to(&mut self, number: u64) {
        self.certain.retain(|certain| *certain > number);
        self.doubtful.retain(|doubt| *doubt > number);
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
            let statement = told.left_calendar.as_ref()?.owed()?;
            let ContactPoint::Email(email) = &told.address else {
                return None;
            };
            let is_theirs = self.is_reached_at(&told.address);
            (!is_theirs).then_some(FormerAddress { email, statement })
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
            let left = &mut each.left_calendar;
            left.take_if(|left| *left == LeftCalendar::default());
        }
        self.told = told;
        asked
    }

    /// Forgets what was taken out of a calendar since, however certainly it was said.
    pub(super) fn forget_what_was_taken_out(&mut self) {
        for told in &mut self.told {
            let left = told.left_calendar.as_ref();
            if let Some(up_to) = left.and_then(LeftCalendar::taken_out_up_to) {
                told.forget_up_to(up_to);
            }
        }
    }

    /// Takes in what became of the message that asks the calendar behind an address to take
    /// the meeting out, sent after the statement of this `number`.
    pub(super) fn note_calendar_removal(
        &mut self,
        address: &ContactPoint,
        number: u64,
        delivery: &Delivery,
    ) {
        let mut told = self.told.iter_mut();
        let told = told.find(|told| told.address.is_same(address));
        if let Some(left) = told.and_then(|told| told.left_calendar.as_mut()) {
            left.note_request(number, Certainty::of(delivery));
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
            let told = attendee.told.iter_mut();
            for left in told.filter_map(|told| told.left_calendar.as_mut()) {
                let withheld = left.owed().map(|up_to| CalendarRequest {
                    up_to,
                    outcome: CalendarRequestOutcome::Withheld,
                    is_taken_back: false,
                });
                left.request = withheld.or(left.request);
            }
        }
    }
}

#[cfg(test)]
mod tests;
