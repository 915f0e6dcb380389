//! What happens by itself: schedules are kept and call, the sweep repairs, and
//! reminders are fanned out.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use super::{
    booking::STOCK,
    chance::Chance,
    oracle::{Reminder, Settled},
    rules::{self, Broken},
    step::{Fate, Meanwhile, Upkeep},
    world::World,
};
use crate::{
    records::reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    remind::{ReminderDecision, ReminderPlan, WhyLeftOut, decide_reminder, due, wake_at, wanted},
    send::statement,
};

/// How often the sweep runs.
const PERIOD: TimeDelta = TimeDelta::minutes(5);

impl World {
    /// Lets time pass, and everything happen that happens by itself.
    pub fn run_until(&mut self, then: DateTime<Utc>) -> Result<(), Broken> {
        loop {
            let call = self.scheduler.next();
            let sweep = self.next_sweep();
            let next = call.into_iter().chain(sweep).min();
            let Some(at) = next.filter(|at| *at <= then) else {
                return self.pass_to(then);
            };
            self.pass_to(at)?;
            if call == Some(at) {
                if let Some(instance) = self.scheduler.call(at) {
                    self.sweeps = 0;
                    self.note(|| format!("  a schedule calls: {}", name_of(&instance)));
                    self.fan_out(&instance, true)?;
                }
            } else {
                self.sweep()?;
            }
            self.oracle.strike();
            rules::check(self)?;
        }
    }

    /// A day after the last thing that is still to come.
    pub fn end(&self) -> DateTime<Utc> {
        let oracle = &self.oracle;
        let up = oracle.down_until.max(oracle.touched);
        let last = self.scheduler.last().unwrap_or(up);
        oracle.facts.start.max(up).max(last) + TimeDelta::days(1)
    }

    /// The sweep runs every five minutes; what it would not even look at is left
    /// out here.
    fn next_sweep(&self) -> Option<DateTime<Utc>> {
        let wake = wake_at(&self.meeting)?;
        let earliest = wake
            .max(self.now)
            .max(self.last_sweep + TimeDelta::seconds(1));
        let up = earliest.max(self.oracle.down_until);
        let before = up.duration_trunc(PERIOD).unwrap();
        Some(if before == up { up } else { before + PERIOD })
    }

    fn pass_to(&mut self, now: DateTime<Utc>) -> Result<(), Broken> {
        // No time is turned back: what was to happen earlier happens now.
        self.now = self.now.max(now);
        match self.oracle.pass_to(self.now) {
            None => Ok(()),
            Some(owed) => Err(Broken::new("none is lost", format!("{owed:?}"))),
        }
    }

    fn sweep(&mut self) -> Result<(), Broken> {
        self.note(|| "  the sweep".to_owned());
        let in_a_row = self.last_sweep + PERIOD == self.now;
        self.sweeps = if in_a_row { self.sweeps + 1 } else { 1 };
        self.last_sweep = self.now;
        self.keep(Upkeep::Whole)?;
        self.catch_up(Upkeep::Whole)?;
        let again = wake_at(&self.meeting).is_some_and(|at| at <= self.now);
        if again && self.sweeps > 3 {
            return Err(Broken::new("the sweep comes to rest", String::new()));
        }
        Ok(())
    }

    /// Compares the schedules with what there should be, and mends them.
    pub fn keep(&mut self, upkeep: Upkeep) -> Result<(), Broken> {
        self.cut |= matches!(upkeep, Upkeep::Cut | Upkeep::Crashed);
        if upkeep == Upkeep::Crashed {
            return Ok(());
        }
        let wanted = wanted(&self.meeting);
        let armed = self.meeting.reminders.armed.clone();
        let mut kept = Vec::new();
        for instance in &wanted {
            if !armed.contains(instance) {
                if instance.due_at <= self.now {
                    continue;
                }
                let name = instance.schedule_name(&self.meeting.id);
                if let Err(other) = self.scheduler.create(name, instance) {
                    let found = format!("{instance:?} is {other:?}");
                    return Err(Broken::new("one name, one schedule", found));
                }
            }
            kept.push(instance.clone());
        }
        for instance in armed.iter().filter(|armed| !wanted.contains(armed)) {
            let name = instance.schedule_name(&self.meeting.id);
            self.scheduler.delete(&name);
        }
        if upkeep == Upkeep::Cut {
            return Ok(());
        }
        self.meeting.reminders.armed = kept;
        rules::check_kept(self)
    }

    /// Sees to what is due without its schedule.
    pub fn catch_up(&mut self, upkeep: Upkeep) -> Result<(), Broken> {
        if upkeep != Upkeep::Whole {
            return Ok(());
        }
        for instance in due(&self.meeting, self.now) {
            self.note(|| format!("  due: {}", name_of(&instance)));
            self.fan_out(&instance, false)?;
        }
        Ok(())
    }

    /// One occasion has come: decides what comes of it, and does that.
    fn fan_out(&mut self, instance: &ReminderInstance, fired: bool) -> Result<(), Broken> {
        let (template, settings) = (self.template(), &STOCK.settings);
        let verdict = decide_reminder(
            &self.meeting,
            template,
            crate::sample::deliverability(settings),
            instance,
            self.now,
        );
        self.note(|| match &verdict {
            ReminderDecision::Send(plan) => {
                format!("    to be sent to {}", names_of(plan).join(", "))
            }
            other => format!("    {other:?}"),
        });
        rules::check_verdict(self, instance, &verdict)?;
        let name = instance.schedule_name(&self.meeting.id);
        let tries = self.tried.entry(name.clone()).or_default();
        *tries += 1;
        let mut chance = Chance::of(self.seed ^ 1, &name);
        let cut_off = *tries == 1 && !self.calm && chance.one_in(12);
        let shown = self.oracle.shown(instance.trigger_id.as_str());
        let outcome = match verdict {
            ReminderDecision::Send(plan) => self.remind(instance, &plan, cut_off, &mut chance)?,
            ReminderDecision::Skip(skip) => Settlement::Skipped(skip),
            ReminderDecision::Orphan(skip) => {
                self.count(skip.code());
                return Ok(());
            }
            ReminderDecision::Nothing => {
                let held = self.oracle.cancellation_in_doubt();
                self.count(if held {
                    "held while it may be off"
                } else {
                    "nothing"
                });
                return Ok(());
            }
        };
        if !cut_off {
            return self.settle(instance, shown, outcome, fired);
        }
        self.count("cut off");
        self.sweeps = 0;
        self.note(|| "    cut off".to_owned());
        if fired {
            let pause = TimeDelta::minutes(chance.between(1, 5));
            self.scheduler.retry(self.now + pause, instance);
        }
        Ok(())
    }

    fn settle(
        &mut self,
        instance: &ReminderInstance,
        shown: Option<Reminder>,
        outcome: Settlement,
        fired: bool,
    ) -> Result<(), Broken> {
        let gone = || Broken::new("only what is in force", name_of(instance));
        let shown = shown.ok_or_else(gone)?;
        let mark = SettledReminder {
            instance: instance.clone(),
            outcome,
            starts_at: shown.start,
            at: self.now,
        };
        self.meeting.settle_reminder(mark, fired);
        self.count(outcome.skip().map_or("sent", Skip::code));
        let settled = match outcome {
            Settlement::Sent => Settled::Sent,
            Settlement::Skipped(skip) => Settled::Skipped(skip),
        };
        self.oracle.settle(shown, settled);
        rules::check_settled(self, instance, fired)
    }

    /// Claims and sends a reminder, to the first of its recipients only if it is
    /// cut off, and records that otherwise.
    fn remind(
        &mut self,
        instance: &ReminderInstance,
        plan: &ReminderPlan,
        cut_off: bool,
        chance: &mut Chance,
    ) -> Result<Settlement, Broken> {
        for left in &plan.left_out {
            self.count(match left.why {
                WhyLeftOut::Untold => "an untold guest is left out",
                WhyLeftOut::Outdated => "an outdated guest is left out",
                WhyLeftOut::ToldInDoubt => "a guest in doubt is left out",
                _ => "a guest who does not come is left out",
            });
        }
        let recipients = &plan.send.recipients;
        let all = recipients.len();
        let reached = if cut_off { chance.below(all + 1) } else { all };
        let number = self.meeting.next_statement();
        let says = statement(&self.meeting, &plan.send.config, number, self.now);
        self.say(vec![says]);
        let key = instance.key(&self.meeting.id);
        let mut ids = Vec::new();
        for recipient in &recipients[..reached] {
            let claim = (key.clone(), recipient.attendee.id.clone());
            if let Some(id) = self.claimed.get(&claim) {
                ids.push(id.clone());
                continue;
            }
            let mut chance = Chance::of(self.seed ^ 2, &format!("{claim:?}"));
            // What a cut-off leaves behind nobody knows.
            let fate = if cut_off {
                Fate::Doubtful
            } else {
                chance.pick(&FATES)
            };
            self.note(|| format!("      {}: {fate:?}", recipient.attendee.id));
            let id = self.claim(recipient, fate, &key, number)?;
            rules::check_sent(self, instance, recipient.attendee.id.as_str())?;
            self.claimed.insert(claim, id.clone());
            ids.push(id);
        }
        if cut_off {
            return Ok(Settlement::Sent);
        }
        if let Some(meanwhile) = Meanwhile::of(chance) {
            self.meanwhile(meanwhile, &ids)?;
        }
        self.record(&ids);
        let rows = ids.iter().map(|id| &self.log[&id.to_string()]);
        let reached = rows
            .flat_map(|row| &row.deliveries)
            .any(|delivery| delivery.status.accepted() || delivery.status.in_doubt());
        if reached {
            Ok(Settlement::Sent)
        } else {
            Ok(Settlement::Skipped(Skip::Unreachable))
        }
    }
}

/// What becomes of reminders: mostly good.
const FATES: [Fate; 12] = {
    let mut fates = [Fate::Accepted; 12];
    (fates[0], fates[1]) = (Fate::Refused, Fate::Doubtful);
    fates
};

fn names_of(plan: &ReminderPlan) -> Vec<&str> {
    let recipients = plan.send.recipients.iter();
    recipients.map(|each| each.attendee.id.as_str()).collect()
}

fn name_of(instance: &ReminderInstance) -> String {
    let ReminderInstance {
        trigger_id,
        revision,
        due_at,
    } = instance;
    format!(
        "{trigger_id} of revision {revision}, due {}",
        due_at.format("%m-%d %H:%M:%S")
    )
}
