//! What staff may send, and to whom (N7, N8, N13, N16).

use super::Oracle;
use crate::{
    meeting::{Knowledge, NotificationState, Owed},
    values::kind::NotificationType,
};
use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Reminder, Update};

impl Oracle {
    /// What somebody must be told to be up to date.
    pub fn owed_to(&self, who: &str) -> Option<Owed> {
        let person = self.person(who);
        if !self.guests.contains(&who) {
            return person.expects_it().then_some(Owed::Removal);
        }
        person.address?;
        if self.is_cancelled() {
            let lacks = match person.last() {
                Some(last) if last.is_off() && last.facts == self.facts => {
                    person.perhaps_knows_it_is_on()
                }
                Some(_) => true,
                None => person.expects_it(),
            };
            return lacks.then_some(Owed::Cancellation);
        }
        match self.knowledge(who) {
            // What takes place must be announced to whoever believes that it is off.
            Knowledge::Untold | Knowledge::Cancelled => Some(Owed::Announcement),
            Knowledge::Outdated => Some(Owed::Update),
            Knowledge::Current => None,
        }
    }

    /// Whether it has another time than the one that was called off.
    fn is_moved(&self) -> bool {
        let called_off = self.cancelled;
        called_off.is_some_and(|(edition, _)| edition != self.edition)
    }

    /// Whether anybody expects it.
    fn is_expected(&self) -> bool {
        self.everybody().any(|who| {
            let person = self.person(who);
            person.address.is_some() && person.expects_it()
        })
    }

    /// Whether something may be sent to anybody as things stand.
    fn may_send(&self, kind: NotificationType) -> bool {
        let moved = self.is_moved();
        let started = self.facts.start <= self.now;
        let over = self.facts.end() <= self.now;
        let news = self.is_cancelled() || self.is_known();
        match kind {
            _ if self.archived => false,
            Reminder => false,
            Cancellation => !over && news && (!self.is_cancelled() || !moved || self.is_expected()),
            _ if started || self.cancellation_in_doubt() => false,
            Confirmation => true,
            ConfirmationRequest => !(self.is_cancelled() && moved),
            Update => !self.is_cancelled() && self.state() == NotificationState::UpdateDue,
        }
    }

    /// Who gets what when staff send something to these; nobody where it may not be sent.
    pub fn would_get(
        &self,
        kind: NotificationType,
        to: &[&'static str],
    ) -> Vec<(&'static str, NotificationType)> {
        let to = to.iter().filter(|_| self.may_send(kind));
        let each = to.filter_map(|who| Some((*who, self.gets(who, kind)?)));
        each.collect()
    }

    /// Whose calendars are asked to take the meeting out when staff send something to these,
    /// at which of the addresses that they have left.
    pub fn would_ask(
        &self,
        kind: NotificationType,
        to: &[&'static str],
    ) -> Vec<(&'static str, usize)> {
        let to = to.iter().filter(|_| self.may_send(kind));
        let left = |who: &&'static str| {
            let who = *who;
            self.person(who).left_calendars().map(move |at| (who, at))
        };
        to.flat_map(left).collect()
    }

    fn gets(&self, who: &str, kind: NotificationType) -> Option<NotificationType> {
        let owed = self.owed_to(who);
        match kind {
            Update => owed.map(|owed| match owed {
                Owed::Update => Update,
                Owed::Announcement if self.was_requested() => ConfirmationRequest,
                Owed::Announcement => Confirmation,
                Owed::Removal | Owed::Cancellation => Cancellation,
            }),
            Cancellation if self.is_cancelled() => {
                // At another time it is off for those only who expect it then.
                let lacks = owed.filter(|_| !self.is_moved() || self.person(who).expects_it());
                lacks.map(|_| Cancellation)
            }
            // Whoever is no longer expected and does not know it is told with the others.
            Cancellation if owed == Some(Owed::Removal) => Some(Cancellation),
            _ if !self.guests.contains(&who) => None,
            // Nobody is told that something is off which they may never have heard of.
            Cancellation => self.person(who).may_know().then_some(Cancellation),
            kind => Some(kind),
        }
    }

    /// Whether the meeting was announced by a request: the first of those who know of it
    /// was; where none of them is left, the last announcement was one.
    fn was_requested(&self) -> bool {
        let mut told = self.guests.iter().map(|who| self.person(who));
        let first = told.find(|person| person.last().is_some_and(|word| !word.is_off()));
        let last = self.announced.is_some_and(|announced| announced.requested);
        first.map_or(last, |person| {
            let mut words = person.certain().iter();
            words.any(|word| word.kind == ConfirmationRequest)
        })
    }
}
