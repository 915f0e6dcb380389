//! How the oracle's account moves with what people do.

use super::{
    super::booking::{Rule, SHELVES, Wish},
    Announced, Ask, Came, Given, Letter, Oracle, Person, Reminder, Settled, Word,
};
use crate::{
    meeting::BookingStatus,
    records::reminders::Skip,
    values::{answer::Answer, kind::NotificationType},
};

impl Oracle {
    /// Staff have written the meeting anew.
    pub fn replaced(&mut self, wish: &Wish, guests: &'static [&'static str], rules: &[Rule]) {
        if self.announced.is_some() && self.template != wish.template {
            self.take(rules);
        }
        self.template = wish.template;
        let lead_changed = self.guests[0] != guests[0];
        self.guests = guests;
        self.seat(wish);
        if wish.facts != self.facts {
            self.facts = wish.facts;
            // What was called off as something else and is back is news.
            let called_off = self.cancelled.filter(|_| self.is_cancelled());
            let is_news = |announced: &Announced| {
                called_off.is_some_and(|(edition, _)| edition != announced.edition)
            };
            match self.announced {
                Some(announced) if announced.facts == self.facts && !is_news(&announced) => {
                    self.edition = announced.edition;
                }
                _ => self.edition = self.highest + 1,
            }
            self.highest = self.highest.max(self.edition);
            self.forget();
        }
        let open = !matches!(self.status, BookingStatus::Draft | BookingStatus::Cancelled);
        // The meeting follows its lead attendee (L3, N14).
        if lead_changed && open {
            self.status = match self.standing(guests[0]) {
                Some(answer) => answer.into(),
                None => self.without_answer(),
            };
        }
        self.forget();
    }

    /// The guests have the addresses that staff wrote; whoever has left and expects
    /// nothing is forgotten.
    pub(super) fn seat(&mut self, wish: &Wish) {
        for who in self.guests {
            self.people
                .entry(who)
                .or_default()
                .move_to(wish.address(who));
        }
        self.tidy();
    }

    fn tidy(&mut self) {
        let guests = self.guests;
        let is_gone = |who: &&'static str, person: &mut Person| {
            !guests.contains(who) && !person.expects_it() && !person.has_open_calendar()
        };
        let gone = self.people.extract_if(.., is_gone);
        self.gone.extend(gone.map(|(who, _)| who));
        for who in guests {
            self.people.entry(who).or_default().deal_with_former();
        }
    }

    fn without_answer(&self) -> BookingStatus {
        if self.person(self.guests[0]).was_asked() {
            BookingStatus::Invited
        } else {
            BookingStatus::Booked
        }
    }

    /// An answer for other details no longer describes the meeting (L9).
    fn forget(&mut self) {
        if self.status.is_answer() && self.standing(self.guests[0]).is_none() {
            self.status = self.without_answer();
        }
    }

    /// The meeting gets other reminders. One that now goes at another time is
    /// another one, unless it went out already (R1).
    pub fn take(&mut self, rules: &[Rule]) {
        let minutes = |rules: &[Rule], id: &str| {
            let found = rules.iter().find(|rule| rule.id == id);
            found.map(|rule| rule.minutes)
        };
        let before = &self.in_force;
        self.settled.retain(|(id, _), settled| {
            let (there, same) = (
                minutes(rules, id),
                minutes(rules, id) == minutes(before, id),
            );
            let went = *settled == Settled::Sent;
            match there {
                Some(_) => same || went,
                None => went,
            }
        });
        self.in_force = rules.to_vec();
    }

    /// What is called off is announced anew: that is news, though nothing has changed
    /// (N16).
    pub fn renew(&mut self, kind: NotificationType) {
        let same = self
            .cancelled
            .is_some_and(|(edition, _)| edition == self.edition);
        if self.is_cancelled() && same && kind != NotificationType::Cancellation {
            self.highest += 1;
            self.edition = self.highest;
            // Until it has come to the lead attendee, it is this that is called off.
            self.cancelled = self.cancelled.map(|(_, by)| (self.edition, by));
        }
    }

    /// Words up to this one are said; what becomes of them is known later.
    pub fn said(&mut self, last: u64) {
        self.last_word = last;
    }

    /// It is known now what became of the messages of one send, or of some of them, and of
    /// those to addresses that somebody has left; `rules` are those of the template.
    pub fn record(&mut self, letters: &[(Letter, Came)], asks: &[(Ask, Came)], rules: &[Rule]) {
        let lead = self.guests[0];
        // What its receiver was told over since moves nothing.
        let came = |(letter, came): &&(Letter, Came)| {
            let person = self.people.get(letter.who);
            let last = person.and_then(Person::heard_last);
            *came == Came::Certainly && last < Some(letter.word.number)
        };
        let of_lead = letters.iter().filter(came).find(|(to, _)| to.who == lead);
        let mut to_guests = letters.iter().filter(came);
        let announces =
            to_guests.find(|(to, _)| !to.word.is_off() && self.guests.contains(&to.who));
        let leading = of_lead.or(announces).map(|(letter, _)| *letter);
        let moves = of_lead.map_or(self.status == BookingStatus::Draft, |(letter, _)| {
            self.status == BookingStatus::Draft || self.is_news_to_lead(letter)
        });
        for (letter, came) in letters {
            let person = self.people.get_mut(letter.who);
            if let Some((person, address)) = person.zip(letter.address) {
                person.hear(address, letter.word, *came);
            }
        }
        for (ask, came) in asks {
            if let Some(person) = self.people.get_mut(ask.who) {
                person.calendar_was_asked(ask.address, ask.after, *came);
            }
        }
        let anew = leading.is_some_and(|letter| self.lead_on(&letter, moves, rules));
        self.tidy();
        self.forget();
        if anew {
            self.owe_at_once();
        }
    }

    /// Whether somebody was once forgotten: what was said to them before counts no more, and
    /// does again where the log is read for what came back, of which the promises say nothing.
    pub fn was_forgotten(&self, who: &str) -> bool {
        self.gone.contains(who)
    }

    /// A message came back for good: it told its receiver nothing, and these that were said to
    /// them are in doubt. Returns whether what they were told before holds again.
    pub fn took_back(&mut self, letter: &Letter, doubts: &[Letter]) -> bool {
        let person = self.people.get_mut(letter.who).zip(letter.address);
        let changed =
            person.is_some_and(|(person, address)| person.take_back(address, letter.word, doubts));
        self.tidy();
        self.forget();
        changed
    }

    /// A calendar was not asked after all: what was said behind its address holds again.
    pub fn was_not_asked(&mut self, ask: &Ask) {
        if let Some(person) = self.people.get_mut(ask.who) {
            person.calendar_was_not_asked(ask.address, ask.after);
        }
        self.tidy();
        self.forget();
    }

    /// Whether a message says to the lead attendee what nothing that came after it, nor
    /// it itself, has told them already (N14).
    fn is_news_to_lead(&self, letter: &Letter) -> bool {
        let person = self.person(self.guests[0]);
        let word = letter.word;
        let later = person.heard_last() >= Some(word.number);
        let known = person
            .certain()
            .iter()
            .any(|known| known.kind == word.kind && known.edition == word.edition);
        let nothing_new = later || (letter.again && known);
        !nothing_new
    }

    /// Moves the meeting as a message does. Returns whether it is announced anew.
    fn lead_on(&mut self, letter: &Letter, moves: bool, rules: &[Rule]) -> bool {
        let word = letter.word;
        let was_cancelled = self.is_cancelled();
        // A new confirmation of a cancelled meeting that was moved once more
        // while it went out revives nothing; nor does one that went out before.
        let called_off_since = self.cancelled.is_some_and(|(_, by)| by > word.number);
        if was_cancelled && (called_off_since || word.facts != self.facts) {
            return false;
        }
        if moves {
            // What they have answered since it was said holds.
            let answer = self.person(self.guests[0]).answer;
            let since = answer.filter(|given| given.after >= word.number && !word.is_off());
            self.status = match since {
                Some(given) => given.answer.into(),
                None => self.status_after(letter),
            };
        }
        if word.is_off() {
            if self
                .cancelled
                .is_none_or(|(_, number)| number < word.number)
            {
                let same = word.facts == self.facts;
                let edition = if same { self.edition } else { word.edition };
                self.cancelled = Some((edition, word.number));
            }
            return false;
        }
        self.announce(&word, was_cancelled, rules)
    }

    fn announce(&mut self, word: &Word, was_cancelled: bool, rules: &[Rule]) -> bool {
        // What was not sent only because nobody knew is open again. By a reminder nobody
        // gets to know what they did not.
        let tells = word.kind != NotificationType::Reminder;
        self.settled.retain(|(_, of), settled| {
            let unknown = matches!(
                settled,
                Settled::Skipped(Skip::UpdateDue | Skip::Untold | Skip::ToldInDoubt)
            );
            !(tells && *of == word.edition && unknown)
        });
        let since = self.announced;
        if since.is_some_and(|since| since.number >= word.number) {
            return false;
        }
        let before = since.filter(|_| !was_cancelled);
        if before.is_none() {
            self.take(rules);
        }
        if word.facts == self.facts {
            // The links that customers have are of this edition.
            let off = self.cancelled.filter(|_| self.is_cancelled());
            if let Some((_, by)) = off.filter(|(edition, _)| *edition == self.edition) {
                self.cancelled = Some((word.edition, by));
            }
            self.edition = word.edition;
        }
        let same = before.filter(|before| before.edition == word.edition);
        self.announced = Some(Announced {
            facts: word.facts,
            edition: word.edition,
            number: word.number,
            since: same.map_or(self.now, |before| before.since),
            requested: word.kind == NotificationType::ConfirmationRequest
                || same.is_some_and(|before| before.requested),
        });
        same.is_none() && tells
    }

    /// The status that a message to the lead attendee leads to, or the first to anyone
    /// (N1–N5, N12).
    fn status_after(&self, letter: &Letter) -> BookingStatus {
        let word = letter.word;
        let keeps = self
            .template
            .is_some_and(|shelf| SHELVES[shelf].keeps_answer);
        match word.kind {
            NotificationType::Cancellation => BookingStatus::Cancelled,
            NotificationType::Confirmation if keeps && self.status.is_answer() => self.status,
            _ if word.asks => BookingStatus::Invited,
            NotificationType::Reminder => self.status,
            _ => BookingStatus::Booked,
        }
    }

    /// An answer has come, from someone who looked at `edition`. Returns whether
    /// it counts.
    pub fn answered(&mut self, who: &'static str, answer: Answer, edition: u32) -> bool {
        let off = self.is_cancelled() || self.cancellation_in_doubt() || self.archived;
        if off || self.facts.start <= self.now || edition != self.edition {
            return false;
        }
        let given = Given {
            answer,
            edition,
            after: self.last_word,
        };
        self.people.entry(who).or_default().answer = Some(given);
        if who == self.guests[0] {
            self.status = answer.into();
        }
        true
    }

    /// A reminder is settled.
    pub fn settle(&mut self, reminder: Reminder, outcome: Settled) {
        let Reminder {
            rule,
            edition,
            start,
        } = reminder;
        self.settled.insert((rule.id, edition), outcome);
        if outcome == Settled::Sent {
            self.reminded_of.insert(rule.id, start);
        }
    }
}
