//! The SEQUENCE of calendar files (RFC 5545 §3.8.7.4): which of the files of one entry is the
//! newer one.
//!
//! A calendar ignores a file with a lower number than the one it has. Revisions go back, to
//! details that were announced before; and one attendee may be told off, and announced to
//! again, while the meeting itself changes in nothing. So files are numbered as statements
//! are made: one that says other than the last gets a number above all before it, two a
//! revision where nothing stands in the way. So no file is below one that the same attendee
//! was sent before, and a CANCEL is above the REQUEST that it takes back (RFC 5546 §3.2.5).

use super::{Attendee, BookingStatus, Meeting, Statement};

/// From which statement on calendar files have a SEQUENCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceSince {
    /// The number of the first statement whose files have it.
    pub statement: u64,
    /// The SEQUENCE.
    pub sequence: u32,
}

/// The most that a meeting remembers.
const MAX_SEQUENCES: usize = 20;

/// The least SEQUENCE of files that say that a revision takes place, or that it is off.
fn least(revision: u32, off: bool) -> u32 {
    let pair = revision.saturating_sub(1).saturating_mul(2);
    pair.saturating_add(u32::from(off))
}

impl Meeting {
    /// The SEQUENCE of an attendee's calendar file: that of the last file which certainly
    /// reached them. What is off, and what they were not told of, has the newest.
    pub fn calendar_sequence(&self, attendee: &Attendee) -> u32 {
        let newest = self.sequences.last();
        if self.status == BookingStatus::Cancelled {
            let least = || least(self.revision, true);
            return newest.map_or_else(least, |newest| newest.sequence);
        }
        match self.last_certain_file(attendee) {
            Some(said) => self.sequence_of(said),
            None => self.next_sequence(self.revision, false),
        }
    }

    /// The SEQUENCE of the file that takes out what a statement's put into a calendar.
    pub fn removal_sequence(&self, statement: u64) -> u32 {
        let said = self.statement(statement);
        said.map_or_else(
            || self.next_sequence(self.revision, true),
            |said| self.sequence_of(said).saturating_add(1),
        )
    }

    /// Has all files from now on be above those that took the meeting out of calendars: the
    /// address of one of them is its owner's again.
    pub(super) fn rise_above_removals(&mut self) {
        let Some(last) = self.sequences.last() else {
            return;
        };
        self.sequences.push(SequenceSince {
            statement: self.highest_statement,
            sequence: last.sequence.saturating_add(2),
        });
    }

    /// Notes the SEQUENCE of the files that a statement comes with, before it is taken in.
    pub(super) fn number_files_of(&mut self, said: &Statement) {
        let numbered = self.sequences.last();
        let numbered = numbered.is_some_and(|last| last.statement >= said.number);
        if numbered || !said.kind.rules().calendar {
            return;
        }
        let sequence = self.next_sequence(said.revision, said.kind.calls_off());
        if self.sequences.last().map(|last| last.sequence) != Some(sequence) {
            self.sequences.push(SequenceSince {
                statement: said.number,
                sequence,
            });
        }
        if self.sequences.len() > MAX_SEQUENCES {
            self.sequences.remove(0);
        }
    }

    /// The SEQUENCE of the files of a statement.
    fn sequence_of(&self, said: &Statement) -> u32 {
        let mut numbered = self.sequences.iter().rev();
        let since = numbered.find(|since| since.statement <= said.number);
        since.map_or_else(
            || least(said.revision, said.kind.calls_off()),
            |since| since.sequence,
        )
    }

    /// The SEQUENCE of files that say this next.
    fn next_sequence(&self, revision: u32, off: bool) -> u32 {
        let least = least(revision, off);
        let Some(last) = self.sequences.last() else {
            // Releases that noted none have stayed below this.
            let above = self.highest_revision.saturating_mul(2);
            let first = self.highest_statement == 0;
            return if first { least } else { least.max(above) };
        };
        let mut said = self.statements.iter().rev();
        let said = said.find(|said| said.number >= last.statement && said.kind.rules().calendar);
        let same = |said: &Statement| said.revision == revision && said.kind.calls_off() == off;
        if said.is_some_and(same) {
            last.sequence
        } else {
            least.max(last.sequence.saturating_add(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        sample,
        values::kind::NotificationType::{self, Cancellation, Confirmation, Reminder, Update},
    };

    /// Tells somebody, and returns the SEQUENCE of the file that they have then.
    fn tell(meeting: &mut Meeting, who: usize, kind: NotificationType, revision: u32) -> u32 {
        sample::tell_one(meeting, who, kind, revision);
        meeting.forget_what_nobody_was_told();
        meeting.calendar_sequence(&meeting.attendees[who])
    }

    #[test]
    fn whoever_is_told_off_and_announced_to_again_has_a_newer_file_each_time() {
        let mut meeting = sample::meeting();
        assert_eq!(meeting.calendar_sequence(&meeting.attendees[0]), 0);
        assert_eq!(tell(&mut meeting, 0, Confirmation, 1), 0);
        assert_eq!(tell(&mut meeting, 1, Confirmation, 1), 0);
        assert_eq!(tell(&mut meeting, 1, Cancellation, 1), 1);
        assert_eq!(tell(&mut meeting, 1, Confirmation, 1), 2);
        assert_eq!(tell(&mut meeting, 1, Reminder, 1), 2, "it carries no file");
        assert_eq!(tell(&mut meeting, 1, Cancellation, 1), 3);
        let lead = &meeting.attendees[0];
        assert_eq!(meeting.calendar_sequence(lead), 0, "nothing new for them");
    }

    #[test]
    fn a_revision_that_is_taken_up_again_is_newer_than_what_came_between() {
        let mut meeting = sample::meeting();
        assert_eq!(tell(&mut meeting, 0, Confirmation, 1), 0);
        assert_eq!(tell(&mut meeting, 0, Confirmation, 1), 0, "the same again");
        assert_eq!(tell(&mut meeting, 0, Update, 2), 2);
        assert_eq!(tell(&mut meeting, 0, Update, 1), 3);
        assert_eq!(tell(&mut meeting, 0, Update, 4), 6);
        meeting.status = BookingStatus::Cancelled;
        assert_eq!(tell(&mut meeting, 0, Cancellation, 4), 7);
    }

    #[test]
    fn files_of_releases_that_noted_no_sequence_are_older() {
        let mut meeting = sample::meeting();
        tell(&mut meeting, 0, Confirmation, 1);
        meeting.sequences.clear();
        (meeting.revision, meeting.highest_revision) = (1, 3);
        assert_eq!(meeting.calendar_sequence(&meeting.attendees[0]), 0);
        assert_eq!(tell(&mut meeting, 0, Cancellation, 1), 6);
        // Of what was left out of account for long, the least that it can have been.
        for revision in 4..30 {
            tell(&mut meeting, 1, Update, revision);
        }
        assert_eq!(meeting.sequences.len(), MAX_SEQUENCES);
        assert_eq!(meeting.calendar_sequence(&meeting.attendees[0]), 1);
    }
}
