//! What must be true, in the specification's own words.
//!
//! The oracle is told every step and keeps its own account: what customers know
//! and since when, how the meeting is, who answered what, which reminders are in
//! force and which went out. It never asks the code that it judges.

mod moves;
mod owed;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::booking::{Facts, Rule, SHELVES, Wish};
use crate::{
    records::reminders::Skip,
    values::{answer::Answer, kind::NotificationType},
};

/// A reminder of one rule at one edition of the meeting.
type Key = (&'static str, u32);

/// How late a reminder may go out.
pub const LATEST: TimeDelta = TimeDelta::minutes(30);
/// By when every reminder is out, whatever became of its schedule.
const SOON: TimeDelta = TimeDelta::minutes(15);
/// By when it is out if nothing fails.
const AT_ONCE: TimeDelta = TimeDelta::minutes(1);

/// What customers know.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub facts: Facts,
    pub edition: u32,
    /// When they were first told that.
    pub since: DateTime<Utc>,
    /// When they were last told it.
    pub at: DateTime<Utc>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
struct Given {
    answer: Answer,
    /// What it was given for.
    edition: u32,
    at: DateTime<Utc>,
}

/// A reminder as it goes out: of which rule, and what it says.
#[derive(Debug, Clone, Copy)]
pub struct Reminder {
    rule: Rule,
    edition: u32,
    pub start: DateTime<Utc>,
}

/// A message that a provider accepted, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    pub kind: NotificationType,
    pub facts: Facts,
    pub edition: u32,
    pub dispatched: DateTime<Utc>,
    /// Whether it leaves an answer that was given.
    pub keeps_answer: bool,
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
    /// Which state of the facts this is. Going back to what customers know is
    /// going back to that edition; any other change makes a new one.
    pub edition: u32,
    highest: u32,
    pub told: Option<Told>,
    pub cancelled: bool,
    pub archived: bool,
    /// When it was cancelled last.
    cancelled_at: Option<(DateTime<Utc>, u32)>,
    pub guests: &'static [&'static str],
    /// Everyone's last answer.
    answers: BTreeMap<&'static str, Given>,
    /// What the lead attendee wants instead of coming, unless asked again since.
    pub lead: Option<Answer>,
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
        Self {
            now,
            calm,
            facts: wish.facts,
            edition: 1,
            highest: 1,
            told: None,
            cancelled: false,
            archived: false,
            cancelled_at: None,
            guests,
            answers: BTreeMap::new(),
            lead: None,
            template: wish.template,
            in_force: Vec::new(),
            settled: BTreeMap::new(),
            reminded_of: BTreeMap::new(),
            outbox: BTreeMap::new(),
            owed: Vec::new(),
            down_until: now,
            touched: now,
        }
    }

    /// The rule of a name, if it is in force.
    pub fn rule(&self, id: &str) -> Option<Rule> {
        self.in_force.iter().copied().find(|rule| rule.id == id)
    }

    pub fn moment(&self, rule: Rule) -> DateTime<Utc> {
        self.facts.start - TimeDelta::minutes(rule.minutes)
    }

    /// Whether a rule's moment had passed when customers were told.
    pub fn late_booking(&self, rule: Rule) -> bool {
        self.told
            .is_some_and(|told| self.moment(rule) <= told.since)
    }

    /// When a rule's reminder goes: at its moment, or when customers are told.
    pub fn due(&self, rule: Rule) -> DateTime<Utc> {
        let moment = self.moment(rule);
        match self.told {
            Some(told) if rule.send_now => moment.max(told.since),
            _ => moment,
        }
    }

    /// Whether a rule reminded last of the very start that the meeting has.
    pub fn reminded(&self, rule: Rule) -> bool {
        self.reminded_of.get(rule.id) == Some(&self.facts.start)
    }

    /// Whether customers know the meeting as it is, and it is to take place.
    pub fn takes_place(&self) -> bool {
        let known = self.told.is_some_and(|told| told.facts == self.facts);
        known && !self.cancelled && !self.archived && self.lead.is_none()
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

    /// Who is to be reminded: everyone, or the lead attendee, without those who
    /// will not come.
    pub fn recipients(&self) -> Vec<&'static str> {
        let lead_only = self.template.is_some_and(|shelf| SHELVES[shelf].lead_only);
        let reached = if lead_only { 1 } else { self.guests.len() };
        let (lead, others) = self.guests[..reached].split_at(1);
        let others = others.iter().filter(|who| self.refusal(who).is_none());
        // The lead attendee's word is the meeting's.
        let lead = lead.iter().filter(|_| self.lead.is_none());
        lead.chain(others).copied().collect()
    }

    /// What an attendee said instead of coming, where it still describes the
    /// meeting: as it is, or as customers know it.
    fn refusal(&self, who: &str) -> Option<Answer> {
        self.standing(who)
            .filter(|answer| *answer != Answer::Accept)
    }

    fn standing(&self, who: &str) -> Option<Answer> {
        let given = self.answers.get(who)?;
        let told = self.told.map(|told| told.edition);
        (given.edition == self.edition || Some(given.edition) == told).then_some(given.answer)
    }

    /// A message of this kind as it would go out now.
    pub fn message(&self, kind: NotificationType) -> Message {
        let shelf = self.template.map(|at| &SHELVES[at]);
        let keeps_answer = match kind {
            NotificationType::Confirmation => shelf.is_some_and(|shelf| shelf.keeps_answer),
            NotificationType::Reminder => shelf.is_none_or(|shelf| !shelf.asks),
            _ => false,
        };
        Message {
            kind,
            facts: self.facts,
            edition: self.edition,
            dispatched: self.now,
            keeps_answer,
        }
    }

    /// Whether someone's answer says nothing new.
    pub fn repeats(&self, who: &str, answer: Answer) -> bool {
        let refusal = Some(answer).filter(|answer| *answer != Answer::Accept);
        self.standing(who) == Some(answer) && (who != self.guests[0] || self.lead == refusal)
    }

    /// Whether the lead attendee has answered since.
    pub fn answered_since(&self, then: DateTime<Utc>) -> bool {
        let given = self.answers.get(self.guests[0]);
        given.is_some_and(|given| given.at > then)
    }

    /// Whether anything came after a message that would make it old news.
    pub fn overtaken(&self, message: &Message) -> bool {
        let told = self.told.is_some_and(|told| told.at >= message.dispatched);
        let cancelled = self.cancelled_at.is_some_and(|(at, edition)| {
            self.cancelled && (at >= message.dispatched || edition >= message.edition)
        });
        told || cancelled
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
