//! What must be true, in the specification's own words.
//!
//! The oracle is told every step and keeps its own account: what each person was told at
//! each of their addresses, certainly or perhaps; how the meeting is, who answered what,
//! which reminders are in force and which went out. It never asks the code that it
//! judges.

mod calendars;
mod moves;
mod owed;
mod sends;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::booking::{Facts, Rule, SHELVES, Wish};
use crate::{
    meeting::{BookingStatus, Knowledge, NotificationState},
    records::reminders::Skip,
    values::{answer::Answer, kind::NotificationType},
};
pub use told::{Came, Person, Word};

/// A reminder of one rule at one edition of the meeting.
type Key = (&'static str, u32);

/// How late a reminder may go out.
pub const LATEST: TimeDelta = TimeDelta::minutes(30);
/// By when every reminder is out, whatever became of its schedule.
const SOON: TimeDelta = TimeDelta::minutes(15);
/// By when it is out if nothing fails.
const AT_ONCE: TimeDelta = TimeDelta::minutes(1);

/// The last announcement, whomever it reached.
#[derive(Debug, Clone, Copy)]
pub struct Announced {
    pub facts: Facts,
    pub edition: u32,
    /// Its place among all words of the meeting.
    number: u64,
    /// When it was first announced so.
    pub since: DateTime<Utc>,
    /// Whether a request announced it so.
    pub requested: bool,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
struct Given {
    answer: Answer,
    /// What it was given for.
    edition: u32,
    /// The last word that had been said by then.
    after: u64,
}

/// A reminder as it goes out: of which rule, and what it says.
#[derive(Debug, Clone, Copy)]
pub struct Reminder {
    rule: Rule,
    edition: u32,
    pub start: DateTime<Utc>,
}

/// A message to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Letter {
    pub who: &'static str,
    /// Which of their addresses it goes to; none where they have none.
    pub address: Option<usize>,
    pub word: Word,
    /// Whether it is sent again because it had failed.
    pub again: bool,
    /// Whether it is for somebody who is not expected.
    pub removal: bool,
}

/// A message to an address that somebody has left.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub who: &'static str,
    pub address: usize,
    /// The last word before it.
    pub after: u64,
}

/// A reminder that must still go out.
#[derive(Debug, Clone)]
pub struct Owed {
    pub rule: Rule,
    pub edition: u32,
    pub deadline: DateTime<Utc>,
    pub who: Vec<&'static str>,
}

/// What came of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Sent,
    Skipped(Skip),
}

/// The oracle's account.
#[derive(Debug)]
pub struct Oracle {
    pub now: DateTime<Utc>,
    /// Whether nothing fails in this history.
    calm: bool,
    pub facts: Facts,
    /// Which state of the facts this is. Going back to what was announced is going back
    /// to that edition; any other change makes a new one.
    pub edition: u32,
    highest: u32,
    /// The last word that was said, whatever became of it.
    last_word: u64,
    pub announced: Option<Announced>,
    pub status: BookingStatus,
    pub archived: bool,
    /// The edition that was called off last, and by which word.
    cancelled: Option<(u32, u64)>,
    /// Whether a cancellation is on its way.
    pub calling_off: bool,
    /// Who is to come, the lead attendee first.
    pub guests: &'static [&'static str],
    /// Those, and whoever is no longer to come and does not know it.
    people: BTreeMap<&'static str, Person>,
    /// Whoever was once no longer to come and knew it.
    gone: BTreeSet<&'static str>,
    pub template: Option<usize>,
    /// The reminders that this meeting has.
    pub in_force: Vec<Rule>,
    pub settled: BTreeMap<Key, Settled>,
    /// The start that each rule reminded of last.
    reminded_of: BTreeMap<&'static str, DateTime<Utc>>,
    /// Every reminder to every guest.
    outbox: BTreeMap<(Key, &'static str), DateTime<Utc>>,
    pub owed: Vec<Owed>,
    /// Until when the sweep is down.
    pub down_until: DateTime<Utc>,
    /// When a person last did something.
    pub touched: DateTime<Utc>,
}

impl Oracle {
    pub fn new(
        wish: &Wish,
        guests: &'static [&'static str],
        calm: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let mut oracle = Self {
            now,
            calm,
            facts: wish.facts,
            edition: 1,
            highest: 1,
            last_word: 0,
            announced: None,
            status: BookingStatus::Draft,
            archived: false,
            cancelled: None,
            calling_off: false,
            guests,
            people: BTreeMap::new(),
            gone: BTreeSet::new(),
            template: wish.template,
            in_force: Vec::new(),
            settled: BTreeMap::new(),
            reminded_of: BTreeMap::new(),
            outbox: BTreeMap::new(),
            owed: Vec::new(),
            down_until: now,
            touched: now,
        };
        oracle.seat(wish);
        oracle
    }

    /// The rule of a name, if it is in force.
    pub fn rule(&self, id: &str) -> Option<Rule> {
        self.in_force.iter().copied().find(|rule| rule.id == id)
    }

    pub fn moment(&self, rule: Rule) -> DateTime<Utc> {
        self.facts.start - TimeDelta::minutes(rule.minutes)
    }

    /// Whether a rule's moment had passed when the meeting was announced.
    pub fn late_booking(&self, rule: Rule) -> bool {
        self.announced
            .is_some_and(|announced| self.moment(rule) <= announced.since)
    }

    /// When a rule's reminder goes: at its moment, or when the meeting is announced.
    pub fn due(&self, rule: Rule) -> DateTime<Utc> {
        let moment = self.moment(rule);
        match self.announced {
            Some(announced) if rule.send_now => moment.max(announced.since),
            _ => moment,
        }
    }

    /// Whether a rule reminded last of the very start that the meeting has.
    pub fn reminded(&self, rule: Rule) -> bool {
        self.reminded_of.get(rule.id) == Some(&self.facts.start)
    }

    pub fn is_cancelled(&self) -> bool {
        self.status == BookingStatus::Cancelled
    }

    /// Whether nothing is to come of it.
    pub fn rests(&self) -> bool {
        self.announced.is_none() || self.is_cancelled() || self.archived
    }

    /// Whether a guest may be told that it is off right now, or may have been (N13).
    pub fn cancellation_in_doubt(&self) -> bool {
        let mut guests = self.guests.iter().map(|who| self.person(who));
        self.calling_off || guests.any(Person::perhaps_knows_it_is_off)
    }

    /// What the lead attendee wants instead of coming, unless asked again since.
    pub fn refused(&self) -> Option<Answer> {
        match self.status {
            BookingStatus::Declined => Some(Answer::Decline),
            BookingStatus::RescheduleRequested => Some(Answer::Reschedule),
            _ => None,
        }
    }

    /// Whether somebody certainly knows the meeting as it is (R9).
    pub fn somebody_knows(&self) -> bool {
        let mut guests = self.guests.iter().map(|who| self.person(who));
        guests.any(|person| person.is_sure_of(self.facts))
    }

    /// Whether the meeting is to take place, as far as those know who are to come.
    pub fn takes_place(&self) -> bool {
        let off = self.rests() || self.cancellation_in_doubt();
        !off && self.somebody_knows() && self.refused().is_none()
    }

    /// Whether a reminder of a rule is to go out, when its time comes.
    pub fn goes(&self, rule: Rule) -> bool {
        let late = self.late_booking(rule);
        let at_once = rule.send_now && self.due(rule) < self.facts.start && !self.reminded(rule);
        self.takes_place() && !self.is_settled(rule) && (!late || at_once)
    }

    pub fn is_settled(&self, rule: Rule) -> bool {
        self.settled.contains_key(&(rule.id, self.edition))
    }

    /// Whether a reminder of a rule has to go out right now.
    pub fn goes_now(&self, rule: Rule) -> bool {
        let due = self.due(rule);
        let in_time = due <= self.now && self.now <= due + LATEST && self.now < self.facts.start;
        self.goes(rule) && in_time && !self.recipients().is_empty()
    }

    /// Whom reminders are for: everyone, or the lead attendee (R5).
    pub fn meant(&self) -> &'static [&'static str] {
        let lead_only = self.template.is_some_and(|shelf| SHELVES[shelf].lead_only);
        if lead_only {
            &self.guests[..1]
        } else {
            self.guests
        }
    }

    /// Who is to be reminded: those who certainly know the meeting as it is, without
    /// those who will not come (R9).
    pub fn recipients(&self) -> Vec<&'static str> {
        let comes = |who: &&&'static str| {
            if **who == self.guests[0] {
                // The lead attendee's word is the meeting's.
                self.refused().is_none()
            } else {
                self.standing(who)
                    .is_none_or(|answer| answer == Answer::Accept)
            }
        };
        let knows = |who: &&&'static str| self.person(who).is_sure_of(self.facts);
        let meant = self.meant().iter();
        meant.filter(knows).filter(comes).copied().collect()
    }

    pub fn person(&self, who: &str) -> &Person {
        &self.people[who]
    }

    /// The guests, and whoever is no longer to come and does not know it.
    pub fn everybody(&self) -> impl Iterator<Item = &'static str> {
        self.guests.iter().copied().chain(self.removed())
    }

    /// Whoever is no longer to come and does not know it.
    pub fn removed(&self) -> impl Iterator<Item = &'static str> {
        let names = self.people.keys().copied();
        names.filter(|who| !self.guests.contains(who))
    }

    /// An answer that still describes the meeting: as it is, or as its giver knows it
    /// (L9).
    fn standing(&self, who: &str) -> Option<Answer> {
        let person = self.people.get(who)?;
        let given = person.answer?;
        let known = person.last().filter(|word| !word.is_off());
        let known = known.map(|word| word.edition);
        (given.edition == self.edition || Some(given.edition) == known).then_some(given.answer)
    }

    /// What somebody certainly knows.
    pub fn knowledge(&self, who: &str) -> Knowledge {
        match self.person(who).last() {
            None => Knowledge::Untold,
            Some(word) if word.is_off() => Knowledge::Cancelled,
            Some(word) if word.facts == self.facts => Knowledge::Current,
            Some(_) => Knowledge::Outdated,
        }
    }

    /// Whether anybody was told anything.
    pub fn is_known(&self) -> bool {
        self.people.values().any(Person::was_told)
    }

    fn has_left_calendar(&self, who: &str) -> bool {
        self.person(who).left_calendars().next().is_some()
    }

    /// What all of them know (N7).
    pub fn state(&self) -> NotificationState {
        let mut people = self.people.keys();
        if !self.is_known() {
            NotificationState::None
        } else if people.any(|who| self.owed_to(who).is_some() || self.has_left_calendar(who)) {
            NotificationState::UpdateDue
        } else {
            NotificationState::Confirmed
        }
    }

    /// A message of this kind to somebody, as it would go out now.
    pub fn letter(&self, who: &str, kind: NotificationType, number: u64) -> Letter {
        let shelf = self.template.map(|at| &SHELVES[at]);
        let asks = match kind {
            NotificationType::ConfirmationRequest => true,
            NotificationType::Reminder => shelf.is_some_and(|shelf| shelf.asks),
            _ => false,
        };
        let (who, person) = self.people.get_key_value(who).unwrap();
        Letter {
            who,
            address: person.address,
            word: Word {
                number,
                kind,
                facts: self.facts,
                edition: self.edition,
                asks,
            },
            again: false,
            removal: kind == NotificationType::Cancellation && !self.guests.contains(who),
        }
    }

    /// Whether someone's answer says nothing new.
    pub fn repeats(&self, who: &str, answer: Answer) -> bool {
        let led = who != self.guests[0] || self.status == answer.into();
        self.standing(who) == Some(answer) && led
    }

    /// A rule's reminder, as it would go out now.
    pub fn shown(&self, rule: &str) -> Option<Reminder> {
        let (edition, start) = (self.edition, self.facts.start);
        let of = |rule| Reminder {
            rule,
            edition,
            start,
        };
        self.rule(rule).map(of)
    }
}
