//! Who calendars hold a meeting's entry against: the ORGANIZER of calendar files.
//!
//! A calendar takes later files of an entry only from the owner that it knows (RFC 5546
//! §3.2.2). So the owner that an attendee was told of stands in their files until the
//! meeting is announced to them anew, whoever the organizer is by now.

use super::{Attendee, Meeting, Statement, Told};
use crate::{contact::EmailAddress, text::Name};

/// The owner of a calendar entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarOwner {
    /// Their name.
    pub name: Option<Name>,
    /// Their address.
    pub email: EmailAddress,
}

/// From which statement on calendar files name an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerSince {
    /// The number of the first statement whose files name them.
    pub statement: u64,
    /// The owner.
    pub owner: CalendarOwner,
}

/// The most owners that a meeting remembers.
const MAX_OWNERS: usize = 20;

impl Meeting {
    /// The meeting with files that name this owner from a statement on.
    #[must_use]
    pub fn owned_by(mut self, owner: CalendarOwner, statement: u64) -> Self {
        if self.owners.last().is_none_or(|last| last.owner != owner) {
            self.owners.push(OwnerSince { statement, owner });
        }
        if self.owners.len() > MAX_OWNERS {
            self.owners.remove(0);
        }
        self
    }

    /// The owner that an attendee's calendar knows: of the last file that has certainly, or
    /// else perhaps, announced the meeting to them. What takes it back names the same.
    pub fn owner_known_to(&self, attendee: &Attendee) -> Option<&CalendarOwner> {
        let announced = |of| {
            let mut files = self.files_of(attendee, of);
            files.rfind(|said| said.kind.announces())
        };
        let last = announced(|told| &told.certain);
        let last = last.or_else(|| announced(|told| &told.doubtful));
        let last = last.or_else(|| self.last_certain_file(attendee))?;
        self.owner_named_in(last.number)
    }

    /// The owner that the files of a statement named.
    pub fn owner_named_in(&self, statement: u64) -> Option<&CalendarOwner> {
        let mut owners = self.owners.iter().rev();
        let known = owners.find(|since| since.statement <= statement)?;
        Some(&known.owner)
    }

    /// What came with the last calendar file that certainly reached an attendee.
    pub(super) fn last_certain_file(&self, attendee: &Attendee) -> Option<&Statement> {
        self.files_of(attendee, |told| &told.certain).next_back()
    }

    /// What came with calendar files to an attendee, at whatever address; oldest first.
    fn files_of(
        &self,
        attendee: &Attendee,
        of: fn(&Told) -> &[u64],
    ) -> impl DoubleEndedIterator<Item = &Statement> + use<'_> {
        let told: Vec<u64> = attendee.told.iter().flat_map(of).copied().collect();
        let has_file = move |said: &&Statement| said.kind.rules().calendar;
        let files = self.statements.iter().filter(has_file);
        files.filter(move |said| told.contains(&said.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        sample,
        values::kind::NotificationType::{self, Cancellation, Confirmation, Reminder},
    };

    fn owner(address: &str) -> CalendarOwner {
        CalendarOwner {
            name: None,
            email: EmailAddress::parse(address).unwrap(),
        }
    }

    fn tell(meeting: Meeting, who: usize, kind: NotificationType, owner: &str) -> Meeting {
        let number = meeting.next_statement();
        let mut meeting = match kind {
            Confirmation => meeting.owned_by(self::owner(owner), number),
            _ => meeting,
        };
        sample::tell_one(&mut meeting, who, kind, 1);
        meeting
    }

    #[test]
    fn each_attendee_knows_the_owner_that_they_were_told_of_last() {
        let known = |meeting: &Meeting, at: usize| {
            let owner = meeting.owner_known_to(&meeting.attendees[at]);
            owner.map(|owner| owner.email.to_string())
        };
        let sam = || Some("sam@example.com".to_owned());
        let kim = || Some("kim@example.com".to_owned());
        let meeting = sample::meeting();
        assert_eq!(known(&meeting, 0), None);
        let meeting = tell(meeting, 0, Confirmation, "sam@example.com");
        let meeting = tell(meeting, 1, Confirmation, "kim@example.com");
        assert_eq!((known(&meeting, 0), known(&meeting, 1)), (sam(), kim()));
        // A reminder carries no file.
        let meeting = tell(meeting, 0, Reminder, "");
        assert_eq!(known(&meeting, 0), sam());
        let again = tell(meeting.clone(), 0, Confirmation, "kim@example.com");
        assert_eq!(known(&again, 0), kim());
        assert_eq!(again.owners.len(), 2, "the same as before");
        let off = tell(meeting.clone(), 1, Cancellation, "");
        assert_eq!(known(&off, 1), kim());
        // Kim has announced it to others since: that is nothing to the lead's calendar.
        let off = tell(meeting, 0, Cancellation, "");
        assert_eq!(known(&off, 0), sam());
    }
}
