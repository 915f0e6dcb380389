//! What comes back for good of messages that were accepted.

use super::{oracle::Letter, world::World};
use crate::{
    feedback::{DeliveryReport, hear_report},
    id::NotificationId,
    notification::{Delivery, Report, ReportKind},
    send::record_settled,
};

impl World {
    /// One of the last messages that were accepted comes back.
    pub fn bounce(&mut self, which: usize) {
        let got_through = |id: &&NotificationId| {
            let row = &self.log[&id.to_string()];
            let mut deliveries = row.deliveries.iter();
            let forgotten = self.oracle.was_forgotten(row.recipient.id.as_str());
            !forgotten && deliveries.any(Delivery::got_through)
        };
        let ids: Vec<_> = self.log.values().map(|row| row.id.clone()).collect();
        let mut newest_first = ids.iter().rev().filter(got_through);
        let Some(id) = newest_first.nth(which).cloned() else {
            return;
        };
        let rows: Vec<_> = self.log.values().cloned().collect();
        let (template, now) = (self.template(), self.now);
        let Some(row) = self.log.get_mut(&id.to_string()) else {
            return;
        };
        let delivery = row.deliveries.iter().find(|each| each.got_through());
        let Some(reported) = delivery.map(|delivery| DeliveryReport {
            channel: delivery.channel,
            attempt: Some(delivery.attempt),
            provider_message_id: "message".to_owned(),
            taken_at: None,
            report: Report::new(ReportKind::HardBounce, now, None),
            to: None,
            on_account_list: false,
        }) else {
            return;
        };
        let Some(heard) = hear_report(row, &reported, now) else {
            return;
        };
        if heard.withdraws {
            self.meeting.withdraw(row, rows);
        } else if heard.moves_meeting {
            record_settled(&mut self.meeting, template, row, now);
        }
        let row = row.clone();
        self.note(|| format!("  {} of {}", row.kind.label(), row.created_at));
        self.count("came back");
        self.failed.push(id.clone());
        if let Some(letter) = self.letters.get(&id.to_string()).copied() {
            let doubts = self.doubts_of(letter.who);
            if self.oracle.took_back(&letter, &doubts) {
                self.count("came back, and what was told before holds again");
            }
        }
        if let Some(ask) = self.asks.get(&id.to_string()).copied() {
            self.oracle.was_not_asked(&ask);
        }
    }

    /// What is in doubt of what was said to somebody: also what nobody has recorded.
    fn doubts_of(&self, who: &str) -> Vec<Letter> {
        let rows = self.log.iter().filter(|(_, row)| row.in_doubt());
        let letters = rows.filter_map(|(id, _)| self.letters.get(id).copied());
        letters.filter(|each| each.who == who).collect()
    }
}
