//! What staff do about a message that failed or is in doubt.

use super::{
    booking::STOCK, messages::said, oracle::Letter, rules::Broken, step::Fate, truth, world::World,
};
use crate::{
    sample,
    send::{Found, decide_resolve, decide_retry, record_settled, statement},
    template::NotificationConfig,
    values::lease::Lease,
};

impl World {
    /// Staff find out what became of a doubtful message. Returns whether there was one.
    pub fn resolve(&mut self, which: usize, sent: bool) -> bool {
        if self.doubts.is_empty() {
            return false;
        }
        if self.doubts.len() > 1 {
            self.count("several doubts");
        }
        let off = self.oracle.cancellation_in_doubt();
        let id = self.doubts.remove(which % self.doubts.len());
        let (template, now) = (self.template(), self.now);
        let Some(row) = self.log.get_mut(&id.to_string()) else {
            return false;
        };
        let found = if sent { Found::Sent } else { Found::Failed };
        decide_resolve(row, None, found, now);
        record_settled(&mut self.meeting, template, row, now);
        let row = row.clone();
        self.note(|| format!("  {} of {}", row.kind.label(), row.created_at));
        self.count(if sent { "found sent" } else { "found failed" });
        if !sent {
            self.failed.push(id);
        }
        self.tell_oracle(std::slice::from_ref(&row));
        if off && !self.oracle.cancellation_in_doubt() {
            self.count(if self.oracle.is_cancelled() {
                "a cancellation came"
            } else {
                "a cancellation came to nothing"
            });
        }
        self.oracle.owe_due();
        true
    }

    /// Staff send a message again that has failed. Returns whether it may have gone out.
    pub fn retry(&mut self, which: usize, fate: Fate) -> Result<bool, Broken> {
        if self.failed.is_empty() {
            return Ok(false);
        }
        let id = self.failed[which % self.failed.len()].clone();
        let mut row = self.log[&id.to_string()].clone();
        let deliverability = sample::deliverability(&STOCK.settings);
        let template = self.template();
        let decided = decide_retry(&self.meeting, template, deliverability, &row, self.now);
        let kind = row.kind.notification();
        let (Ok(channels), Some(kind)) = (decided, kind) else {
            self.note(|| "  not again".to_owned());
            self.count("not again");
            return Ok(false);
        };
        let config = NotificationConfig::named(template, kind, &row.config_id);
        let number = self.meeting.next_statement();
        let says = statement(&self.meeting, &config, number, self.now);
        let attendee = self.meeting.anybody(&row.recipient.id).unwrap();
        row.recipient.email.clone_from(&attendee.email);
        row.buttons = config.buttons();
        let fate = self.fate(fate, row.recipient.id.as_str());
        for channel in channels {
            let lease = Lease::new("owner".to_owned(), self.now);
            let delivery = row.delivery_mut(channel).unwrap();
            delivery.retry(lease, self.now);
            delivery.statement = Some(number);
            delivery.settle(said(fate), self.now);
        }
        let letter = Letter {
            again: true,
            removal: self.letters[&id.to_string()].removal,
            ..self.oracle.letter(row.recipient.id.as_str(), kind, number)
        };
        truth::check_letter(self, &letter)?;
        self.count("sent again");
        self.letters.insert(id.to_string(), letter);
        self.log.insert(id.to_string(), row);
        self.say(vec![says]);
        self.set_out(std::slice::from_ref(&id));
        Ok(self.record(&[id]))
    }
}
