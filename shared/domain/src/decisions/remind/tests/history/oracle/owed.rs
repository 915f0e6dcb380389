//! What must go out, and by when.

use chrono::{DateTime, Utc};

use super::{super::booking::Rule, AT_ONCE, Oracle, Owed, SOON};

impl Oracle {
    /// A reminder goes out to someone. Returns when it went before, if it did.
    pub fn sent(&mut self, rule: Rule, who: &'static str) -> Option<DateTime<Utc>> {
        let key = (rule.id, self.edition);
        for owed in &mut self.owed {
            if owed.rule.id == rule.id {
                owed.who.retain(|name| *name != who);
            }
        }
        self.owed.retain(|owed| !owed.who.is_empty());
        self.outbox.insert((key, who), self.now)
    }

    /// Time passes, and nothing happens until `now`. Returns what should have
    /// gone out before that and has not.
    pub fn pass_to(&mut self, now: DateTime<Utc>) -> Option<Owed> {
        let before = std::mem::replace(&mut self.now, now);
        for rule in self.in_force.clone() {
            let moment = self.moment(rule);
            if before < moment && moment <= now && !self.late_booking(rule) {
                self.owe(rule, moment);
            }
        }
        self.owed.iter().find(|owed| owed.deadline < now).cloned()
    }

    pub(super) fn owe_at_once(&mut self) {
        for rule in self.in_force.clone() {
            if rule.send_now && self.late_booking(rule) {
                self.owe(rule, self.now);
            }
        }
    }

    /// What was held up and may go out again goes out now, while it is in time (N13).
    pub fn owe_due(&mut self) {
        for rule in self.in_force.clone() {
            if self.goes_now(rule) {
                self.owe(rule, self.now);
            }
        }
    }

    fn owe(&mut self, rule: Rule, moment: DateTime<Utc>) {
        let deadline = moment + if self.calm { AT_ONCE } else { SOON };
        let in_time = moment < self.facts.start && deadline <= self.facts.start;
        if !self.goes(rule) || moment <= self.down_until || !in_time {
            return;
        }
        let key = (rule.id, self.edition);
        let mut who = self.recipients();
        who.retain(|who| !self.outbox.contains_key(&(key, *who)));
        if !who.is_empty() {
            self.owed.push(Owed {
                rule,
                edition: self.edition,
                deadline,
                who,
            });
        }
    }

    /// After a step: what is no longer true is no longer owed.
    pub fn strike(&mut self) {
        let mut owed = std::mem::take(&mut self.owed);
        let (down, recipients) = (self.now < self.down_until, self.recipients());
        owed.retain_mut(|owed| {
            owed.who.retain(|who| recipients.contains(who));
            let same = self.rule(owed.rule.id) == Some(owed.rule) && owed.edition == self.edition;
            same && self.takes_place() && !down && !owed.who.is_empty()
        });
        self.owed = owed;
    }
}
