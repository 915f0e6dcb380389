//! What a meeting knows of its attendees without reading them: a list of meetings shows no
//! crowds, and an answer of one attendee is taken without the others.

use super::{Attendee, Knowledge, Meeting, NotificationState, Response};
use crate::id::AttendeeId;

/// What is known of all attendees of a meeting that was read without some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others {
    /// How many attendees there are in all.
    pub attendee_count: usize,
    /// What all of them know, compared to what is.
    pub notification_state: NotificationState,
    /// Whether any of them certainly knows the details as they are, and may have been told
    /// nothing else since.
    pub details_known: bool,
    /// Whether any of them was last certainly told the details as they are.
    pub details_told: bool,
    /// Whether any of them may have been told that it is off.
    pub cancellation_in_doubt: bool,
    /// Whether it is off, and any of them must be told so.
    pub cancellation_owed: bool,
    /// How many behind the lead attendee wait for another time.
    pub waiting_behind_lead: usize,
}

impl Meeting {
    /// How many attendees there are, whether or not they were read.
    pub fn attendee_count(&self) -> usize {
        match &self.others {
            Some(others) => others.attendee_count,
            None => self.attendees.len(),
        }
    }

    /// Whether any attendee certainly knows the details as they are, and may have been told
    /// nothing else since.
    pub fn is_known_to_somebody(&self) -> bool {
        match &self.others {
            Some(others) => others.details_known,
            None => self.attendees.iter().any(|each| self.is_known_to(each)),
        }
    }

    /// Whether any attendee was last certainly told the details as they are.
    pub fn was_told_to_somebody(&self) -> bool {
        let told = |each: &Attendee| self.knowledge_of(each) == Knowledge::Current;
        match &self.others {
            Some(others) => others.details_told,
            None => self.attendees.iter().any(told),
        }
    }

    /// How many wait for another time, whether or not they were read.
    pub fn waiting_for_another_time(&self) -> usize {
        let lead = self.lead();
        let lead = lead.is_some_and(|lead| self.waits_for_another_time(&lead.id));
        usize::from(lead) + self.waiting_behind_lead()
    }

    /// How many of those behind the lead attendee do. The last of them is always read: once
    /// that one does not wait any more, nobody does.
    fn waiting_behind_lead(&self) -> usize {
        let read = self.wishes_behind_lead().count();
        match &self.others {
            Some(others) if read > 0 => others.waiting_behind_lead.max(read),
            _ => read,
        }
    }

    fn wishes_behind_lead(&self) -> impl Iterator<Item = (&Attendee, &Response)> {
        self.wishes().filter(|(each, _)| !self.is_lead(&each.id))
    }

    /// Has an attendee answer, and counts them where they wait for another time from then on:
    /// of a meeting that was read without the others, nobody else does.
    pub(crate) fn count_waiting(&mut self, attendee: &AttendeeId, answer: impl FnOnce(&mut Self)) {
        let waited = self.waits_for_another_time(attendee);
        let waiting = self.waiting_behind_lead();
        answer(self);
        let waits = self.waits_for_another_time(attendee);
        let begins = waits && !waited && !self.is_lead(attendee);
        if let Some(others) = self.others.as_mut().filter(|_| begins) {
            others.waiting_behind_lead = waiting + 1;
        }
    }

    /// The meeting as lists show it and as it is read for one of its attendees: with the
    /// lead attendee, whoever else asked last for another time, and what is known of the
    /// others. It says so of one that was read so, too.
    #[must_use]
    pub fn without_others(&self) -> Self {
        let waiting_behind_lead = self.waiting_behind_lead();
        let known = self.others.map(|others| Others {
            waiting_behind_lead,
            ..others
        });
        let others = known.unwrap_or_else(|| Others {
            attendee_count: self.attendees.len(),
            notification_state: self.notification_state(),
            details_known: self.is_known_to_somebody(),
            details_told: self.was_told_to_somebody(),
            cancellation_in_doubt: self.is_cancellation_doubted(),
            cancellation_owed: self.is_cancellation_owed(),
            waiting_behind_lead,
        });
        let last = self.wishes_behind_lead().max_by_key(|(_, wish)| wish.at);
        let last = last.map(|(each, _)| each);
        Self {
            attendees: self.lead().into_iter().chain(last).cloned().collect(),
            removed: Vec::new(),
            others: Some(others),
            ..self.clone()
        }
    }

    /// Whether what an attendee answers can be taken without reading the others. Not where
    /// they wait for another time: once that is answered, lists may show another wish.
    pub fn answers_without_others(&self, attendee: &AttendeeId) -> bool {
        self.is_lead(attendee) || !self.waits_for_another_time(attendee)
    }

    fn waits_for_another_time(&self, attendee: &AttendeeId) -> bool {
        self.wishes().any(|(each, _)| &each.id == attendee)
    }

    /// Whether nothing but one attendee, who does not lead it, differs from how it was
    /// `before`: neither what all share nor what lists show of it, whoever else answers.
    pub fn differs_in_one(&self, before: &Self, attendee: &AttendeeId) -> bool {
        let mut same = before.clone();
        let theirs = self.attendees.iter().find(|each| &each.id == attendee);
        let mut behind_lead = same.attendees.iter_mut().skip(1);
        let place = behind_lead.find(|each| &each.id == attendee);
        if let Some((place, theirs)) = place.zip(theirs) {
            place.clone_from(theirs);
        }
        // What they were told is part of what all of them know.
        let told = |meeting: &Self| meeting.anybody(attendee).map(|each| each.told.clone());
        let same_told = told(before) == told(self);
        // Lists show the last of all wishes: any of them is the meeting's.
        let wished = [before, self].map(|meeting| meeting.waits_for_another_time(attendee));
        &same == self
            && same_told
            && wished == [false, false]
            && self.without_others() == before.without_others()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        meeting::{BookingStatus, Response},
        sample,
        values::answer::Answer,
    };

    fn answer(meeting: &mut Meeting, who: usize, answer: Answer, minutes: i64) {
        meeting.attendees[who].response = Some(Response {
            answer,
            revision: meeting.revision,
            at: sample::now() + TimeDelta::minutes(minutes),
            wish: None,
            channel: None,
            after: None,
        });
    }

    #[test]
    fn a_list_says_of_the_attendees_what_they_all_say() {
        let mut meeting = sample::asked();
        let shown = meeting.without_others();
        assert_eq!(shown.attendees.len(), 1);
        assert_eq!(shown.attendee_count(), meeting.attendees.len());
        assert_eq!(shown.notification_state(), NotificationState::Confirmed);
        assert!(shown.is_known_to_somebody() && shown.was_told_to_somebody());
        // Only the second one knows nothing.
        meeting.attendees[1].told.clear();
        let shown = meeting.without_others();
        assert_eq!(shown.notification_state(), NotificationState::UpdateDue);
        assert!(shown.needs_attention());
        assert_eq!(shown.without_others(), shown, "it is said again as it was");
        // Only the first one knows nothing.
        let mut meeting = sample::asked();
        meeting.attendees[0].told.clear();
        let shown = meeting.without_others();
        assert!(shown.is_known_to_somebody() && shown.was_told_to_somebody());
        assert!(!shown.cancellation_in_doubt());
    }

    #[test]
    fn a_doubtful_cancellation_of_any_attendee_is_known_without_them() {
        let mut meeting = sample::asked();
        let number = meeting.next_statement();
        let said = crate::meeting::Statement {
            number,
            kind: crate::values::kind::NotificationType::Cancellation,
            revision: meeting.revision,
            details: meeting.details.clone(),
            asked: false,
            at: sample::now(),
        };
        meeting = meeting.about_to_say(vec![said]);
        meeting.attendees[1].told[0].doubtful.push(number);
        assert!(meeting.without_others().cancellation_in_doubt());
        // What is on its way is said by the meeting itself.
        let mut sending = sample::asked();
        sending.calling_off = true;
        let mut shown = sending.without_others();
        assert!(shown.cancellation_in_doubt());
        shown.calling_off = false;
        assert!(!shown.cancellation_in_doubt());
    }

    #[test]
    fn the_last_wish_of_the_others_is_shown_and_is_not_answered_without_them() {
        let mut meeting = sample::asked();
        let bob = meeting.attendees[1].id.clone();
        assert!(meeting.without_others().answers_without_others(&bob));
        answer(&mut meeting, 1, Answer::Reschedule, 1);
        let shown = meeting.without_others();
        assert_eq!(shown.attendees.len(), 2);
        assert!(shown.needs_attention());
        assert!(!shown.answers_without_others(&bob));
        assert_eq!(shown.waiting_for_another_time(), 1);
        // Nor where a later one is shown.
        let mut other = meeting.attendees[1].clone();
        other.id = AttendeeId::parse("carol").unwrap();
        meeting.attendees.push(other);
        answer(&mut meeting, 2, Answer::Reschedule, 2);
        assert!(!meeting.answers_without_others(&bob));
        let shown_two = meeting.without_others();
        assert_eq!(shown_two.attendees.len(), 2, "the last of them is shown");
        assert_eq!(shown_two.waiting_for_another_time(), 2);
        let mut taken_back = meeting.clone();
        answer(&mut taken_back, 1, Answer::Accept, 3);
        let shown = taken_back.without_others();
        assert_eq!(shown.attendees, shown_two.attendees, "the last of them");
        assert_eq!(shown.waiting_for_another_time(), 1);
        assert!(!taken_back.differs_in_one(&meeting, &bob));
        let ann = meeting.attendees[0].id.clone();
        assert!(shown.answers_without_others(&ann));
    }

    #[test]
    fn who_waits_is_counted_without_reading_the_others() {
        let mut whole = sample::asked();
        for name in ["carol", "dan"] {
            let mut other = whole.attendees[1].clone();
            other.id = AttendeeId::parse(name).unwrap();
            whole.attendees.push(other);
        }
        let mut listed = whole.without_others();
        for who in [1, 3, 2] {
            // The meeting is read with whoever answers, and stored as lists show it.
            let theirs = whole.attendees[who].clone();
            let id = theirs.id.clone();
            listed.attendees.push(theirs);
            let place = listed.attendees.len() - 1;
            let minutes = 1 + i64::try_from(who).unwrap();
            listed.count_waiting(&id, |it| answer(it, place, Answer::Reschedule, minutes));
            answer(&mut whole, who, Answer::Reschedule, minutes);
            listed = listed.without_others();
            assert_eq!(listed, whole.without_others());
        }
        assert_eq!(listed.waiting_for_another_time(), 3);
        // The lead attendee is counted by the status.
        let ann = whole.attendees[0].id.clone();
        listed.count_waiting(&ann, |it| {
            answer(it, 0, Answer::Reschedule, 9);
            it.status = BookingStatus::RescheduleRequested;
        });
        assert_eq!(listed.without_others().waiting_for_another_time(), 4);
        // Who was announced to again waits no longer.
        listed.status = BookingStatus::Booked;
        listed.announced.as_mut().unwrap().at = sample::now() + TimeDelta::minutes(10);
        assert_eq!(listed.without_others().waiting_for_another_time(), 0);
        let bob = whole.attendees[1].clone();
        listed.attendees = vec![listed.attendees[0].clone(), bob];
        let id = listed.attendees[1].id.clone();
        listed.count_waiting(&id, |it| answer(it, 1, Answer::Reschedule, 11));
        assert_eq!(listed.waiting_for_another_time(), 1);
    }

    #[test]
    fn an_answer_of_anyone_but_the_lead_concerns_them_alone() {
        let before = sample::asked();
        let [ann, bob] = [0, 1].map(|who: usize| before.attendees[who].id.clone());
        let mut accepted = before.clone();
        answer(&mut accepted, 1, Answer::Accept, 1);
        assert!(accepted.differs_in_one(&before, &bob));
        assert!(!accepted.differs_in_one(&before, &ann));
        let mut lead = before.clone();
        answer(&mut lead, 0, Answer::Accept, 1);
        assert!(!lead.differs_in_one(&before, &ann));
        // Lists show who waits for another time.
        let mut wished = before.clone();
        answer(&mut wished, 1, Answer::Reschedule, 1);
        assert!(!wished.differs_in_one(&before, &bob));
        assert!(!accepted.differs_in_one(&wished, &bob));
        accepted.status = BookingStatus::Confirmed;
        assert!(!accepted.differs_in_one(&before, &bob));
    }
}
