//! What needs attention of a meeting: customers know other details, do not know that it is
//! off, wait for another time, or were not reminded though they should have been.

use chrono::{DateTime, Utc};
use strum::VariantArray;

use crate::{
    dealt_with::{DealtWith, MeetingDealtWith},
    meeting::{Attendee, BookingStatus, Meeting, NotificationState, Response},
    values::answer::Answer,
};

/// Something of a meeting that staff must look at, or have dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub enum MeetingConcern {
    /// Customers know other details, or do not know that it is off.
    UpdateDue,
    /// Somebody waits for another time.
    Wish,
    /// A reminder was not sent though it should have been.
    MissedReminder,
}

impl MeetingConcern {
    /// As it stands in a sentence: somebody has dealt with it.
    pub fn in_sentence(self) -> &'static str {
        match self {
            Self::UpdateDue => "the update that is due",
            Self::Wish => "the wish for another time",
            Self::MissedReminder => "the reminder that was missed",
        }
    }
}

impl Meeting {
    /// Whether staff must look at it: customers know other details, do not know that it
    /// is off, wait for another time or missed a reminder, and nobody has dealt with that.
    pub fn needs_attention(&self) -> bool {
        let cancelled = self.status == BookingStatus::Cancelled;
        let matters = |open: &MeetingConcern| !cancelled || *open == MeetingConcern::UpdateDue;
        !self.archived && self.open_concerns().iter().any(matters)
    }

    /// What there is of it for staff to look at, whether or not somebody has dealt with it.
    pub fn concerns(&self) -> Vec<MeetingConcern> {
        let is_there = |concern: &MeetingConcern| match concern {
            MeetingConcern::UpdateDue => self.is_known_otherwise(),
            MeetingConcern::Wish => self.is_wished_otherwise(),
            MeetingConcern::MissedReminder => !self.reminders.missed.is_empty(),
        };
        let all = MeetingConcern::VARIANTS.iter().copied();
        all.filter(is_there).collect()
    }

    /// What there is of it that nobody has dealt with.
    pub fn open_concerns(&self) -> Vec<MeetingConcern> {
        let is_open = |concern: &MeetingConcern| match concern {
            MeetingConcern::UpdateDue => self.update_needs_attention(),
            MeetingConcern::Wish => self.wish_needs_attention(),
            MeetingConcern::MissedReminder => self.miss_needs_attention(),
        };
        let all = MeetingConcern::VARIANTS.iter().copied();
        all.filter(is_open).collect()
    }

    fn miss_needs_attention(&self) -> bool {
        self.reminders.open_misses().next().is_some()
    }

    fn update_needs_attention(&self) -> bool {
        let dealt = self.dealt_with.as_ref().is_some_and(|dealt| {
            dealt.revision == self.revision && dealt.cancelled_statement == self.called_off_by()
        });
        self.is_known_otherwise() && !dealt
    }

    /// The number of the statement that called it off, while it is off.
    fn called_off_by(&self) -> Option<u64> {
        let off = self.status == BookingStatus::Cancelled;
        self.cancelled_statement.filter(|_| off)
    }

    /// Whether customers must be told how it stands. One that is off may be given another
    /// time without a word: that it takes place then, its confirmation says.
    fn is_known_otherwise(&self) -> bool {
        if self.status == BookingStatus::Cancelled {
            return self.is_cancellation_owed();
        }
        self.notification_state() == NotificationState::UpdateDue
    }

    fn wish_needs_attention(&self) -> bool {
        let dealt = self.dealt_with.as_ref().map(|dealt| dealt.wish_at);
        self.is_wished_otherwise() && dealt != Some(self.wish_at())
    }

    /// Whether anybody waits for another time.
    fn is_wished_otherwise(&self) -> bool {
        self.status == BookingStatus::RescheduleRequested || self.wish_at().is_some()
    }

    /// Who waits for another time, each with their request: the lead attendee as long as
    /// the status says so, the others until something is announced again.
    pub fn wishes(&self) -> impl Iterator<Item = (&Attendee, &Response)> {
        let announced = self.announced.as_ref();
        self.attendees.iter().filter_map(move |attendee| {
            let response = if self.is_lead(&attendee.id) {
                let wished = self.status == BookingStatus::RescheduleRequested;
                attendee.response.as_ref().filter(|_| wished)?
            } else {
                let standing = self.standing_answer(attendee)?;
                let wished = standing.answer == Answer::Reschedule;
                let open = announced.is_none_or(|announced| match standing.after {
                    Some(after) => announced.statement <= after,
                    None => announced.at <= standing.at,
                });
                Some(standing).filter(|_| wished && open)?
            };
            Some((attendee, response))
        })
    }

    /// When another time was last asked for, by whichever attendee.
    fn wish_at(&self) -> Option<DateTime<Utc>> {
        self.wishes().map(|(_, response)| response.at).max()
    }

    /// Notes that somebody has dealt with all that needs attention now.
    pub fn deal_with(&mut self, dealt: DealtWith) {
        for missed in &mut self.reminders.missed {
            missed.dealt_with = true;
        }
        self.dealt_with = Some(MeetingDealtWith {
            revision: self.revision,
            cancelled_statement: self.called_off_by(),
            wish_at: self.wish_at(),
            dealt,
        });
    }

    /// Who has dealt with what would need attention now: with this very change and wish,
    /// also where the meeting is put away or cancelled by now.
    pub fn attention_dealt_with(&self) -> Option<&DealtWith> {
        let dealt = self.dealt_with.as_ref()?;
        let dealt_with = !self.concerns().is_empty() && self.open_concerns().is_empty();
        dealt_with.then_some(&dealt.dealt)
    }

    /// Until when staff must look at it.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        self.needs_attention().then(|| self.details.ends_at())
    }

    /// Whether staff must look at it later, too, until somebody has dealt with it: a
    /// customer who was not reminded may not have come.
    pub fn needs_attention_until_dealt_with(&self) -> bool {
        let cancelled = self.status == BookingStatus::Cancelled;
        self.needs_attention() && self.miss_needs_attention() && !cancelled
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::records::dealt_with::ada as dealt;
    use crate::{
        id::TriggerId,
        reminders::{ReminderInstance, Skip},
        sample,
        values::kind::NotificationType,
    };

    fn moved(mut meeting: Meeting, minutes: u32) -> Meeting {
        let mut details = meeting.details.clone();
        details.duration_minutes += minutes;
        meeting.change_details(details);
        meeting
    }

    fn wished(mut meeting: Meeting, after: i64) -> Meeting {
        meeting.status = BookingStatus::RescheduleRequested;
        meeting.attendees[0].response = Some(Response {
            answer: Answer::Reschedule,
            revision: meeting.revision,
            at: sample::now() + TimeDelta::minutes(after),
            wish: None,
            channel: None,
            after: None,
        });
        meeting
    }

    #[test]
    fn what_was_dealt_with_rests_until_something_else_happens() {
        let mut meeting = moved(sample::asked(), 15);
        assert!(meeting.needs_attention() && meeting.attention_dealt_with().is_none());
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        let again = moved(meeting, 30);
        assert!(again.needs_attention() && again.attention_dealt_with().is_none());

        let mut meeting = wished(sample::asked(), 1);
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert!(wished(meeting.clone(), 2).needs_attention(), "another wish");
        assert!(
            moved(meeting, 15).needs_attention(),
            "a change nobody knows of"
        );
    }

    fn missed(mut meeting: Meeting, minutes_before: i64) -> Meeting {
        let instance = ReminderInstance {
            trigger_id: TriggerId::parse("day").unwrap(),
            revision: meeting.revision,
            due_at: meeting.details.starts_at - TimeDelta::minutes(minutes_before),
        };
        meeting.reminders.miss(&instance, Skip::Missed);
        meeting
    }

    #[test]
    fn a_missed_reminder_needs_attention_until_somebody_has_dealt_with_it() {
        let mut meeting = missed(sample::asked(), 60);
        assert_eq!(meeting.concerns(), [MeetingConcern::MissedReminder]);
        assert!(meeting.needs_attention() && meeting.needs_attention_until_dealt_with());
        let mut cancelled = meeting.clone();
        cancelled.status = BookingStatus::Cancelled;
        assert!(!cancelled.needs_attention_until_dealt_with(), "it is off");
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        assert!(!missed(meeting.clone(), 60).needs_attention(), "the same");
        assert!(missed(meeting, 30).needs_attention(), "another one");
        let changed = moved(sample::asked(), 15);
        assert!(changed.needs_attention() && !changed.needs_attention_until_dealt_with());
    }

    #[test]
    fn nobody_has_dealt_with_what_came_after_them_in_the_archive_either() {
        let mut meeting = moved(sample::asked(), 15);
        meeting.deal_with(dealt());
        meeting.archived = true;
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        let mut meeting = moved(meeting, 30);
        assert!(!meeting.needs_attention() && meeting.attention_dealt_with().is_none());
        meeting.archived = false;
        meeting.status = BookingStatus::Cancelled;
        assert!(meeting.attention_dealt_with().is_none());
    }

    #[test]
    fn one_that_is_off_needs_attention_while_somebody_expects_it() {
        let mut meeting = sample::asked();
        meeting.status = BookingStatus::Cancelled;
        assert!(meeting.needs_attention());
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        meeting.dealt_with = None;
        for said in &mut meeting.statements {
            said.kind = NotificationType::Cancellation;
        }
        assert!(!meeting.needs_attention(), "everybody knows");
        let other = moved(meeting.clone(), 15);
        assert!(!other.needs_attention(), "it has another time to come");
        // Somebody who was removed expects it, too.
        let mut bob = sample::asked().attendees.remove(1);
        bob.told[0].certain = vec![7];
        let mut said = sample::asked().statements.remove(0);
        said.number = 7;
        meeting.statements.push(said);
        meeting.attendees.truncate(1);
        meeting.removed = vec![bob];
        assert!(meeting.needs_attention());
    }

    #[test]
    fn nobody_has_dealt_with_a_cancellation_that_came_later_at_the_same_revision() {
        let mut meeting = moved(sample::asked(), 15);
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        // It is called off, and that reaches nobody but the lead attendee.
        meeting.status = BookingStatus::Cancelled;
        meeting.cancelled_statement = Some(2);
        assert!(meeting.needs_attention() && meeting.attention_dealt_with().is_none());
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        meeting.cancelled_statement = Some(3);
        assert!(meeting.needs_attention(), "it was called off once more");
    }

    #[test]
    fn a_wish_is_answered_by_what_was_announced_after_it_whatever_the_clocks_say() {
        let mut meeting = sample::asked();
        meeting.attendees[1].response = Some(Response {
            answer: Answer::Reschedule,
            revision: meeting.revision,
            at: sample::now() - TimeDelta::minutes(1),
            wish: None,
            channel: None,
            after: Some(1),
        });
        assert_eq!(meeting.wishes().count(), 1, "it came after statement 1");
        meeting.announced.as_mut().unwrap().statement = 2;
        assert_eq!(meeting.wishes().count(), 0);
    }

    #[test]
    fn a_wish_of_any_attendee_needs_attention_until_it_is_answered() {
        let mut meeting = sample::asked();
        let at = |minutes| sample::now() + TimeDelta::minutes(minutes);
        meeting.attendees[1].response = Some(Response {
            answer: Answer::Reschedule,
            revision: meeting.revision,
            at: at(1),
            wish: None,
            channel: None,
            after: None,
        });
        assert!(meeting.needs_attention());
        let wishers = |meeting: &Meeting| -> Vec<_> {
            meeting.wishes().map(|(who, _)| who.id.clone()).collect()
        };
        assert_eq!(wishers(&meeting), [meeting.attendees[1].id.clone()]);
        let mut dismissed = meeting.clone();
        dismissed.deal_with(dealt());
        assert!(!dismissed.needs_attention());
        assert!(dismissed.attention_dealt_with().is_some());
        assert!(wished(dismissed, 2).needs_attention(), "the lead's, too");
        let announced = meeting.announced.as_mut().unwrap();
        announced.at = at(2);
        assert!(!meeting.needs_attention(), "they were sent something since");
        assert!(wishers(&meeting).is_empty());
    }
}
