//! What comes back: answers to what went out.

use super::{rules::Broken, step::Shown, world::World};
use crate::{
    id::{AttendeeId, NotificationId},
    notification::Notification,
    respond::{self, AnswerOutcome, Incoming},
    values::answer::{Answer, AnswerChannel},
};

impl World {
    pub fn answer(&mut self, who: usize, answer: Answer, shown: Shown) -> Result<(), Broken> {
        let guests = self.oracle.guests;
        let name = guests[who % guests.len()];
        let known = self.oracle.person(name).last();
        let told = known.filter(|word| !word.is_off()).map(|word| word.edition);
        // Who has been told of nothing answers nothing.
        let Some(told) = told else {
            return Ok(());
        };
        let who = AttendeeId::parse(name).unwrap();
        let revision = match shown {
            Shown::Current => self.meeting.revision,
            Shown::Told => told,
            Shown::Old => told.saturating_sub(1),
        };
        let attendee = self.meeting.attendee(&who);
        let last = attendee.and_then(|attendee| attendee.last_notification.clone());
        let row = match shown {
            // Staff note it on what went out last, which may be in doubt.
            Shown::Current => last,
            Shown::Told | Shown::Old => {
                let of = |row: &&Notification| {
                    row.recipient.id == who && row.revision == revision && row.accepted()
                };
                self.log.values().rfind(of).map(|row| row.id.clone())
            }
        };
        self.take_answer(&who, answer, revision, row.as_ref())
    }

    pub(super) fn take_answer(
        &mut self,
        who: &AttendeeId,
        answer: Answer,
        revision: u32,
        row: Option<&NotificationId>,
    ) -> Result<(), Broken> {
        let incoming = Incoming {
            attendee_id: who.clone(),
            answer,
            revision,
            channel: AnswerChannel::Staff,
            reason: None,
            preferred_times: None,
            given_at: self.now,
        };
        let row = row.and_then(|id| self.log.get_mut(&id.to_string()));
        let (outcome, _) = respond::take(&mut self.meeting, row, &incoming, 0, self.now);
        let found = || format!("{who} {answer:?}: {outcome:?}");
        let guests = self.oracle.guests.iter();
        let Some(name) = guests.copied().find(|name| *name == who.as_str()) else {
            return Ok(());
        };
        if self.oracle.cancellation_in_doubt() {
            self.count("an answer while it may be off");
        }
        let repeats = self.oracle.repeats(name, answer);
        if outcome == AnswerOutcome::Unchanged && repeats {
            return Ok(());
        }
        if self.oracle.answered(name, answer, revision) == outcome.stale() {
            return Err(Broken::new("answers of the details shown", found()));
        }
        Ok(())
    }
}
