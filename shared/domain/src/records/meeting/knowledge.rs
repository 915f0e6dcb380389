//! What customers know of a meeting: derived from what reached each of their addresses.

mod addresses;
mod no_news;

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    Attendee, BookingStatus, Details, Meeting, NotificationState,
    told::{Certainty, Knowledge, Statement, Told, numbered},
};
use crate::{
    notification::Notification,
    values::kind::{MessageKind, NotificationType},
};

impl Meeting {
    /// The number of the next statement.
    pub fn next_statement(&self) -> u64 {
        self.highest_statement + 1
    }

    /// The meeting as it is while these statements are being made.
    #[must_use]
    pub fn about_to_say(mut self, statements: Vec<Statement>) -> Self {
        for statement in statements {
            self.will_say(statement);
        }
        self
    }

    /// Takes a statement in that is about to be made.
    fn will_say(&mut self, statement: Statement) {
        self.number_files_of(&statement);
        self.highest_statement = self.highest_statement.max(statement.number);
        self.statements.push(statement);
    }

    /// Has every attendee know what a statement says, at each of their addresses.
    pub fn suppose_told(&mut self, statement: Statement) {
        let number = statement.number;
        self.will_say(statement);
        for attendee in &mut self.attendees {
            let addresses: Vec<_> = attendee.addresses().collect();
            for address in addresses {
                attendee.hear(address, number, Certainty::Certain, &self.statements);
            }
        }
    }

    /// A statement by its number.
    pub fn statement(&self, number: u64) -> Option<&Statement> {
        numbered(&self.statements, number)
    }

    /// Takes in what is known of the deliveries of a message: whom it certainly reached,
    /// whom perhaps, and whom not. The same again changes nothing, and neither does what is
    /// [no news](Self::is_no_news).
    pub fn hear(&mut self, message: &Notification) {
        if self.is_no_news(message) {
            return;
        }
        let recipient = &message.recipient;
        let everybody = self.attendees.iter_mut().chain(&mut self.removed);
        let mut theirs = everybody.filter(|attendee| attendee.id == recipient.id);
        let Some(attendee) = theirs.next() else {
            return;
        };
        for delivery in &message.deliveries {
            let address = recipient.address(delivery.channel);
            let Some((address, number)) = address.zip(delivery.statement) else {
                continue;
            };
            if message.kind == MessageKind::CalendarRemoval {
                attendee.note_calendar_removal(&address, number, delivery);
                continue;
            }
            let certainty = Certainty::of(delivery);
            remember(&mut self.statements, number, message);
            attendee.hear(address, number, certainty, &self.statements);
        }
    }

    /// Takes in that a message reached nobody after all. Where it counted, what it had taken the
    /// place of counts again, and so do reminders that were no news beside it: all others among
    /// `rows` to the same attendee are heard anew. What else the message has moved stays moved.
    pub fn withdraw(&mut self, message: &Notification, mut rows: Vec<Notification>) {
        let counted = self.counts(message);
        self.hear(message);
        let is_theirs = |row: &Notification| row.recipient.id == message.recipient.id;
        rows.retain(|row| counted && is_theirs(row) && row.id != message.id);
        rows.retain(|row| row.kind.notification().is_some());
        rows.sort_by_key(Notification::last_statement);
        for row in &rows {
            self.hear(row);
        }
        for attendee in self.attendees.iter_mut().chain(&mut self.removed) {
            attendee.forget_what_was_taken_out();
        }
        self.forget_what_nobody_was_told();
        self.forget_answers_of_other_details();
    }

    /// Whether nothing but one statement was ever said of it.
    pub fn has_one_statement(&self) -> bool {
        self.highest_statement <= 1
    }

    /// Whether a message is among what its attendee certainly knows by, or what a calendar of
    /// theirs has the meeting from or was taken out of by; or is the last that asked one to.
    fn counts(&self, message: &Notification) -> bool {
        let statement = message.last_statement();
        let asks = message.kind == MessageKind::CalendarRemoval;
        let mut everybody = self.everybody();
        let attendee = everybody.find(|each| each.id == message.recipient.id);
        let mut told = attendee.into_iter().flat_map(|attendee| &attendee.told);
        told.any(|told| match &told.left_calendar {
            Some(left) if asks => left.request.map(|request| request.up_to) == statement,
            left => {
                let calendar = left.iter();
                let calendar =
                    calendar.flat_map(|left| left.filed_by.iter().chain(&left.called_off_by));
                let mut counted = told.certain.iter().chain(calendar);
                !asks && counted.any(|number| Some(*number) == statement)
            }
        })
    }

    /// Forgets what nobody stands at: who was removed and is owed nothing, addresses that
    /// are nobody's any more once their owner was told at another one, and statements that
    /// reached nobody. Of a meeting that was read without some of its attendees, only what
    /// concerns those that were read: the others may stand at anything.
    pub fn forget_what_nobody_was_told(&mut self) {
        self.note_left_calendars();
        let mut removed = std::mem::take(&mut self.removed);
        // What is being sent right now may reach them yet.
        removed.retain(|each| {
            let is_owed = self.needs_cancellation(each) || each.has_open_calendar();
            self.sending.is_some() || is_owed
        });
        self.removed = removed;
        for attendee in &mut self.attendees {
            attendee.forget_told(Attendee::keeps);
        }
        if self.others.is_some() {
            return;
        }
        let told = self.everybody().flat_map(|attendee| &attendee.told);
        let numbers: BTreeSet<u64> = told
            .flat_map(|told| {
                let filed = told.open_calendar().map(|left| &left.filed_by);
                let filed = filed.into_iter().flatten();
                told.certain.iter().chain(&told.doubtful).chain(filed)
            })
            .copied()
            .collect();
        self.statements
            .retain(|said| numbers.contains(&said.number));
    }

    /// The last that an attendee was certainly told at an address that is theirs.
    pub fn certain_of(&self, attendee: &Attendee) -> Option<&Statement> {
        self.statement(attendee.last_certain()?)
    }

    /// All that told an attendee what the last of it did, at an address that is theirs.
    pub fn certain_statements_of(&self, attendee: &Attendee) -> impl Iterator<Item = &Statement> {
        let last = self.certain_of(attendee);
        let theirs: Vec<u64> = attendee
            .told_now()
            .flat_map(|told| told.certain.iter().copied())
            .collect();
        self.statements.iter().filter(move |said| {
            theirs.contains(&said.number) && last.is_some_and(|last| said.agrees_with(last))
        })
    }

    /// What an attendee may have been told since, at an address that is theirs.
    pub fn doubtful_of(&self, attendee: &Attendee) -> impl Iterator<Item = &Statement> {
        let doubts = attendee.told_now().flat_map(|told| &told.doubtful);
        self.since_certain(attendee, doubts.copied().collect())
    }

    /// What an attendee may have been told since, at whatever address: they may have read
    /// it before they left that one.
    pub(super) fn doubtful_anywhere(
        &self,
        attendee: &Attendee,
    ) -> impl Iterator<Item = &Statement> {
        let doubts = attendee.told.iter().flat_map(|told| &told.doubtful);
        self.since_certain(attendee, doubts.copied().collect())
    }

    /// Those of these statements that are newer than what an attendee certainly knows.
    fn since_certain(
        &self,
        attendee: &Attendee,
        numbers: Vec<u64>,
    ) -> impl Iterator<Item = &Statement> {
        let certain = attendee.last_certain();
        let newer =
            move |said: &&Statement| Some(said.number) > certain && numbers.contains(&said.number);
        self.statements.iter().filter(newer)
    }

    /// What an attendee certainly knows.
    pub fn knowledge_of(&self, attendee: &Attendee) -> Knowledge {
        match self.certain_of(attendee) {
            None => Knowledge::Untold,
            Some(said) if said.kind.calls_off() => Knowledge::Cancelled,
            Some(said) if said.details == self.details => Knowledge::Current,
            Some(_) => Knowledge::Outdated,
        }
    }

    /// Whether an attendee certainly knows the details as they are, and may have been told
    /// nothing else since (N13, R9).
    pub fn is_known_to(&self, attendee: &Attendee) -> bool {
        let same = |said: &Statement| !said.kind.calls_off() && said.details == self.details;
        let current = self.knowledge_of(attendee) == Knowledge::Current;
        current && self.doubtful_anywhere(attendee).all(same)
    }

    /// What an attendee knows from the last announcement; none where they were told of
    /// none, or that it is off.
    pub fn details_known_to(&self, attendee: &Attendee) -> Option<&Details> {
        let last = self.certain_of(attendee)?;
        (!last.kind.calls_off()).then_some(&last.details)
    }

    /// The meeting as a message of this type names it to somebody: what is off for them
    /// with the details that they were told last, certainly or else perhaps. They have
    /// never heard of others.
    pub fn as_named_to(&self, attendee: &Attendee, kind: NotificationType) -> Cow<'_, Self> {
        let known = kind.calls_off().then(|| self.last_announced_to(attendee));
        match known.flatten() {
            Some(details) if *details != self.details => Cow::Owned(Self {
                details: details.clone(),
                ..self.clone()
            }),
            _ => Cow::Borrowed(self),
        }
    }

    /// The details of the last announcement that reached somebody, at whatever address.
    fn last_announced_to(&self, attendee: &Attendee) -> Option<&Details> {
        let newest = |of: fn(&Told) -> &[u64]| {
            let said = attendee.told.iter().flat_map(of);
            let said = said.filter_map(|number| self.statement(*number));
            let announced = said.filter(|said| !said.kind.calls_off());
            announced.max_by_key(|said| said.number)
        };
        let last = newest(|told| &told.certain).or_else(|| newest(|told| &told.doubtful));
        last.map(|said| &said.details)
    }

    /// Whether anybody certainly knows that it takes place, or did before it was off.
    pub fn is_known(&self) -> bool {
        if let Some(others) = &self.others {
            return others.notification_state != NotificationState::None;
        }
        let mut told = self.everybody().flat_map(|attendee| &attendee.told);
        told.any(|told| !told.certain.is_empty())
    }

    /// Whether the meeting was announced by a request for an answer: the lead attendee's
    /// announcement decides, where there is one, else the last of all. Those who were told
    /// may have left, or have another address by now.
    pub fn was_requested(&self) -> bool {
        let requested = |attendee: &Attendee| {
            let mut said = self.certain_statements_of(attendee);
            said.any(|said| said.kind == NotificationType::ConfirmationRequest)
        };
        let told = |attendee: &&Attendee| self.details_known_to(attendee).is_some();
        let last = || {
            let announced = self.announced.as_ref();
            announced.is_some_and(|announced| announced.requested)
        };
        let first = self.attendees.iter().find(told);
        first.map_or_else(last, requested)
    }

    /// Whether an attendee was asked for an answer to what they were told last.
    pub fn was_asked(&self, attendee: &Attendee) -> bool {
        let last = self.certain_of(attendee);
        let mut said = self.certain_statements_of(attendee);
        last.is_some_and(|said| !said.kind.calls_off()) && said.any(|said| said.asked)
    }

    /// Whether an attendee may have been told that it is off, and nobody knows: nothing
    /// may contradict it, and nothing may rely on it (N13).
    pub fn cancellation_in_doubt(&self) -> bool {
        self.calling_off || self.is_cancellation_doubted()
    }

    /// The same of what is not on its way any more.
    pub fn is_cancellation_doubted(&self) -> bool {
        if let Some(others) = &self.others {
            return others.cancellation_in_doubt;
        }
        let doubted = |attendee: &Attendee| {
            let mut doubts = self.doubtful_anywhere(attendee);
            doubts.any(|said| said.kind.calls_off())
        };
        self.attendees.iter().any(doubted)
    }

    /// Whether it is off, and anybody must be told so.
    pub fn is_cancellation_owed(&self) -> bool {
        if let Some(others) = &self.others {
            return others.cancellation_owed;
        }
        let off = self.status == BookingStatus::Cancelled;
        off && self.everybody().any(|each| self.needs_cancellation(each))
    }
}

/// Takes in what a message says, where it is not known any more: nobody stood at it.
fn remember(statements: &mut Vec<Statement>, number: u64, message: &Notification) {
    let known = numbered(statements, number).is_some();
    let Some(kind) = message.kind.notification().filter(|_| !known) else {
        return;
    };
    statements.push(Statement {
        number,
        kind,
        revision: message.revision,
        details: message.details.clone(),
        asked: message.buttons.invite(),
        at: message.created_at,
    });
    statements.sort_by_key(|said| said.number);
}

#[cfg(test)]
mod tests;
