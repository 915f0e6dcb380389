//! How the oracle's account moves with what people do.

use super::{
    super::booking::{Rule, Wish},
    Given, Message, Oracle, Reminder, Settled, Told,
};
use crate::{
    records::reminders::Skip,
    values::{answer::Answer, kind::NotificationType},
};

impl Oracle {
    /// Staff have written the meeting anew.
    pub fn replaced(&mut self, wish: &Wish, guests: &'static [&'static str], rules: &[Rule]) {
        if self.told.is_some() && self.template != wish.template {
            self.take(rules);
        }
        self.template = wish.template;
        self.answers.retain(|who, _| guests.contains(who));
        let lead_changed = self.guests[0] != guests[0];
        self.guests = guests;
        if wish.facts != self.facts {
            self.facts = wish.facts;
            // What was called off as something else and is back is news.
            let called_off = self.cancelled_at.filter(|_| self.cancelled);
            let is_news =
                |told: &Told| called_off.is_some_and(|(_, edition)| edition != told.edition);
            match self.told {
                Some(told) if told.facts == self.facts && !is_news(&told) => {
                    self.edition = told.edition;
                }
                _ => self.edition = self.highest + 1,
            }
            self.highest = self.highest.max(self.edition);
        }
        // The meeting follows its lead attendee (L3).
        if lead_changed && !self.cancelled {
            self.lead = self.refusal(guests[0]);
        }
        self.forget();
    }

    /// An answer for other details no longer describes the meeting (L9).
    fn forget(&mut self) {
        if self.lead.is_some() && self.standing(self.guests[0]).is_none() {
            self.lead = None;
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

    /// A provider has accepted a message; `rules` are those of the template.
    pub fn tell(&mut self, message: &Message, rules: &[Rule]) {
        let Message {
            kind,
            facts,
            edition,
            dispatched,
            keeps_answer,
        } = *message;
        if kind == NotificationType::Cancellation {
            self.cancelled = true;
            self.cancelled_at = Some((self.now, edition));
            self.lead = None;
            return;
        }
        // A new confirmation of a cancelled meeting that was moved once more
        // while it went out revives nothing.
        if self.cancelled && edition != self.edition {
            return;
        }
        let anew = self.told.is_none() || self.cancelled;
        if anew {
            self.take(rules);
        }
        let asks_anew = self.cancelled || !keeps_answer;
        let same = self
            .told
            .filter(|told| !self.cancelled && told.edition == edition);
        if facts == self.facts {
            // The links that customers have are of this edition.
            self.edition = edition;
        }
        self.told = Some(Told {
            facts,
            edition,
            since: same.map_or(self.now, |told| told.since),
            at: self.now,
        });
        self.cancelled = false;
        // What was not sent only because nobody knew is open again.
        let untold = Settled::Skipped(Skip::UpdateDue);
        self.settled
            .retain(|(_, of), settled| *of != edition || *settled != untold);
        // What they have answered since it went out holds.
        if self.answered_since(dispatched) {
            self.lead = self.refusal(self.guests[0]);
        } else if asks_anew {
            self.lead = None;
        }
        self.forget();
        if same.is_none() {
            self.owe_at_once();
        }
    }

    /// An answer has come, from someone who looked at `edition`. Returns whether
    /// it counts.
    pub fn answered(&mut self, who: &'static str, answer: Answer, edition: u32) -> bool {
        let open = !self.cancelled && !self.archived && self.now < self.facts.start;
        if !open || edition != self.edition {
            return false;
        }
        let at = self.now;
        let given = Given {
            answer,
            edition,
            at,
        };
        self.answers.insert(who, given);
        if who == self.guests[0] {
            self.lead = Some(answer).filter(|answer| *answer != Answer::Accept);
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
