//! One meeting's life: the steps of a history, carried out with the real
//! decisions, as the flows carry them out.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{
    booking::{Facts, GUESTS, Rule, SHELVES, STOCK, Start, Wish},
    oracle::{Ask, Letter, Oracle},
    rules::{self, Broken},
    scheduler::Scheduler,
    step::{Apply, Edit, History, Step, What},
};
use crate::{
    Failure,
    edit::compose,
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::{BookingStatus, Meeting},
    notification::Notification,
    template::Template,
};

/// How long a person takes for anything.
const A_MOMENT: TimeDelta = TimeDelta::seconds(20);

/// How often something happened, over many histories.
pub type Tally = BTreeMap<&'static str, u64>;

pub struct World {
    pub seed: u64,
    pub calm: bool,
    pub now: DateTime<Utc>,
    pub meeting: Meeting,
    wish: Wish,
    /// How the meeting was before its last change.
    before: Facts,
    /// Which variant of each template there is by now.
    shelves: [usize; SHELVES.len()],
    pub scheduler: Scheduler,
    /// The store's log of notifications.
    pub log: BTreeMap<String, Notification>,
    /// What was claimed: the rows, by key and attendee.
    pub claimed: BTreeMap<(String, AttendeeId), NotificationId>,
    /// How often each occasion was tried.
    pub tried: BTreeMap<String, u32>,
    /// The messages to customers, as the oracle takes them.
    pub letters: BTreeMap<String, Letter>,
    /// The messages to addresses that somebody has left, likewise.
    pub asks: BTreeMap<String, Ask>,
    /// What was sent that nobody knows the fate of.
    pub doubts: Vec<NotificationId>,
    /// What failed.
    pub failed: Vec<NotificationId>,
    pub last_sweep: DateTime<Utc>,
    /// How many sweeps there were since anything else happened.
    pub sweeps: u32,
    /// Whether the upkeep was ever cut off.
    pub cut: bool,
    pub oracle: Oracle,
    pub tally: Tally,
    lines: Option<Vec<String>>,
}

impl World {
    /// A meeting is saved, on the first of March.
    pub fn new(history: &History, read: bool) -> Self {
        let midnight = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let now = midnight.and_time(NaiveTime::MIN).and_utc();
        let start = Start::Local(history.start);
        let facts = Facts {
            start: start.instant(history.zone).unwrap(),
            zone: history.zone,
            minutes: 30,
            place: 0,
        };
        let wish = Wish {
            facts,
            guests: history.guests,
            template: history.template,
            addresses: [0; 2],
        };
        let template = wish.template.map(|shelf| STOCK.template(shelf, 0));
        let id = MeetingId::parse("visit-1").unwrap();
        let draft = STOCK.draft(&wish, start);
        let meeting = compose(id, &draft, template, &STOCK.settings, None, now).unwrap();
        Self {
            seed: history.seed,
            calm: history.calm,
            now,
            meeting,
            wish,
            before: facts,
            shelves: [0; SHELVES.len()],
            scheduler: Scheduler::new(history.seed, history.calm),
            log: BTreeMap::new(),
            claimed: BTreeMap::new(),
            tried: BTreeMap::new(),
            letters: BTreeMap::new(),
            asks: BTreeMap::new(),
            doubts: Vec::new(),
            failed: Vec::new(),
            last_sweep: now,
            sweeps: 0,
            cut: false,
            oracle: Oracle::new(&wish, GUESTS[wish.guests], history.calm, now),
            tally: Tally::new(),
            lines: read.then(Vec::new),
        }
    }

    /// Notes what happens, when somebody is going to read it.
    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{} {}", self.now.format("%m-%d %H:%M:%S"), line()));
        }
    }

    pub fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }

    pub fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// The meeting's template as it is by now.
    pub fn template(&self) -> Option<&'static Template> {
        let shelf = self.wish.template?;
        Some(STOCK.template(shelf, self.shelves[shelf]))
    }

    /// The triggers of the meeting's template as it is by now.
    pub fn rules(&self) -> &'static [Rule] {
        let shelf = self.wish.template;
        shelf.map_or(&[], |shelf| SHELVES[shelf].variants[self.shelves[shelf]])
    }

    /// Carries out a step.
    pub fn take(&mut self, step: &Step) -> Result<(), Broken> {
        match step.what {
            What::Wait { seconds } => {
                return self.wait_until(self.now + TimeDelta::seconds(seconds));
            }
            What::WaitForReminder { rule, seconds } => {
                let rules = &self.oracle.in_force;
                let Some(rule) = rules.get(rule % rules.len().max(1)) else {
                    return Ok(());
                };
                let moment = self.oracle.moment(*rule) + TimeDelta::seconds(seconds);
                return self.wait_until(moment);
            }
            What::WaitForStart { seconds } => {
                return self.wait_until(self.oracle.facts.start + TimeDelta::seconds(seconds));
            }
            _ => self.wait_until(self.now + A_MOMENT)?,
        }
        self.note(|| step.to_string());
        (self.sweeps, self.oracle.touched) = (0, self.now);
        let announced = self.act(step.what)?;
        self.oracle.strike();
        self.keep(step.upkeep)?;
        if announced {
            self.catch_up(step.upkeep)?;
        }
        rules::check(self)?;
        rules::check_overview(self)
    }

    fn wait_until(&mut self, then: DateTime<Utc>) -> Result<(), Broken> {
        if then > self.now {
            self.run_until(then)?;
        }
        Ok(())
    }

    /// What a person does. Returns whether customers were told something.
    fn act(&mut self, what: What) -> Result<bool, Broken> {
        match what {
            What::Edit(edit) => self.edit(edit)?,
            What::Send(kind, to, fate, meanwhile) => {
                return self.send(kind, to, fate, meanwhile);
            }
            What::Resolve { which, sent } => return Ok(self.resolve(which, sent)),
            What::Bounce { which } => self.bounce(which),
            What::Retry { which, fate } => return self.retry(which, fate),
            What::Answer(who, answer, shown) => self.answer(who, answer, shown)?,
            What::Triggers(variant, apply) => self.change_triggers(variant, apply),
            What::Archive => {
                self.meeting.archived = true;
                self.oracle.archived = true;
            }
            What::SweepDown { minutes } => {
                let until = self.now + TimeDelta::minutes(minutes);
                self.oracle.down_until = self.oracle.down_until.max(until);
            }
            What::Wait { .. } | What::WaitForReminder { .. } | What::WaitForStart { .. } => {}
        }
        Ok(false)
    }

    pub fn edit(&mut self, edit: Edit) -> Result<(), Broken> {
        let (mut wish, now) = (self.wish, self.now);
        let mut start = Start::At(wish.facts.start);
        match edit {
            Edit::Move { minutes } => {
                start = Start::At(wish.facts.start + TimeDelta::minutes(minutes));
            }
            Edit::MoveDays { days } => {
                let local = wish
                    .facts
                    .start
                    .with_timezone(&wish.facts.zone)
                    .naive_local();
                start = Start::Local(local + TimeDelta::days(days));
            }
            Edit::MoveNear { rule, seconds } => {
                let rules = self.rules();
                let rule = rules.get(rule % rules.len().max(1));
                let minutes = rule.map_or(60, |rule| rule.minutes);
                let moment = now + TimeDelta::seconds(seconds);
                start = Start::At(moment + TimeDelta::minutes(minutes));
            }
            Edit::Duration { minutes } => wish.facts.minutes = minutes,
            Edit::Place(place) => wish.facts.place = place,
            Edit::TakeBack => {
                if let Some(announced) = self.oracle.announced {
                    wish.facts = announced.facts;
                    start = Start::At(announced.facts.start);
                }
            }
            Edit::Undo => {
                wish.facts = self.before;
                start = Start::At(wish.facts.start);
            }
            Edit::Guests(guests) => wish.guests = guests,
            Edit::Address(who) => wish.addresses[who] = 1 - wish.addresses[who],
            Edit::Template(template) => wish.template = template,
        }
        self.replace(wish, start)
    }

    /// Staff write the meeting anew.
    fn replace(&mut self, mut wish: Wish, start: Start) -> Result<(), Broken> {
        let instant = start.instant(wish.facts.zone);
        let draft = STOCK.draft(&wish, start);
        let variant = |shelf: usize| STOCK.template(shelf, self.shelves[shelf]);
        let composed = compose(
            self.meeting.id.clone(),
            &draft,
            wish.template.map(variant),
            &STOCK.settings,
            Some(&self.meeting),
            self.now,
        );
        match (composed, instant) {
            (Ok(meeting), Some(instant)) if !self.oracle.archived => {
                wish.facts.start = instant;
                if wish.facts != self.wish.facts {
                    self.before = self.wish.facts;
                }
                (self.meeting, self.wish) = (meeting, wish);
                let rules = self.rules();
                self.oracle.replaced(&wish, GUESTS[wish.guests], rules);
                Ok(())
            }
            (Err(_), _) if self.oracle.archived => Ok(()),
            (Err(Failure::Invalid(_)), None) => Ok(()),
            (composed, _) => Err(Broken::new("saved as written", format!("{composed:?}"))),
        }
    }

    fn change_triggers(&mut self, variant: usize, apply: Apply) {
        let Some(shelf) = self.wish.template else {
            return;
        };
        self.shelves[shelf] = variant;
        let going_on = self.meeting.announced.is_some()
            && !self.meeting.archived
            && self.meeting.status != BookingStatus::Cancelled;
        if apply == Apply::Upcoming && going_on {
            let triggers = &STOCK.template(shelf, variant).body().reminder_triggers;
            self.meeting.take_triggers(triggers);
            self.oracle.take(self.rules());
        }
    }
}
