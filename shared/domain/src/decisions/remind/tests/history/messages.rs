//! What goes out, and what becomes of it.

use chrono::TimeDelta;

use super::{
    booking::{STOCK, address_of},
    chance::Chance,
    oracle::{Ask, Came, Letter},
    rules::Broken,
    step::{Fate, Meanwhile, To},
    truth,
    world::World,
};
use crate::{
    id::{ConfigId, NotificationId},
    meeting::Statement,
    notification::{Delivery, DeliveryStatus, NotDelivered, Notification},
    sample,
    send::{CalendarRecipient, Recipient, Whom, decide_send, record_sent, statement},
    template::NotificationConfig,
    values::{
        channel::Channel,
        kind::{MessageKind, NotificationType},
        lease::Lease,
    },
};

impl World {
    /// Staff send something. Returns whether anything may have gone out.
    pub fn send(
        &mut self,
        kind: NotificationType,
        to: To,
        fate: Fate,
        meanwhile: Option<Meanwhile>,
    ) -> Result<bool, Broken> {
        let everybody: Vec<_> = self.oracle.everybody().collect();
        let to_names = to.of(&everybody);
        let named: Vec<_> = to_names.iter().map(ToString::to_string).collect();
        let template = self.template();
        let plan = decide_send(
            &self.meeting,
            template,
            sample::deliverability(&STOCK.settings),
            kind,
            if to == To::All {
                Whom::EVERYBODY
            } else {
                Whom::named(&named)
            },
            self.now,
        );
        truth::check_plan(self, kind, &to_names, plan.as_ref().ok())?;
        let Ok(plan) = plan else {
            self.note(|| "  refused".to_owned());
            return Ok(false);
        };
        self.meeting.renew_for(plan.kind);
        self.oracle.renew(plan.kind);
        let cause = self.now.to_string();
        let mut statements = Vec::new();
        let mut ids = Vec::new();
        for recipient in &plan.recipients {
            let number = self.number(&mut statements, &recipient.config);
            let fate = self.fate(fate, recipient.attendee.id.as_str());
            ids.push(self.claim(recipient, fate, &cause, number)?);
        }
        for removal in &plan.removals {
            let fate = self.fate(fate, removal.email.shown());
            ids.push(self.claim_removal(removal, fate, &cause)?);
        }
        self.say(statements);
        self.set_out(&ids);
        if let Some(meanwhile) = meanwhile {
            self.meanwhile(meanwhile, &ids)?;
        }
        Ok(self.record(&ids))
    }

    /// The number of what a config's messages say: all of them say it at once.
    fn number(&self, statements: &mut Vec<Statement>, config: &NotificationConfig) -> u64 {
        if let Some(made) = statements.iter().find(|each| each.kind == config.kind) {
            return made.number;
        }
        let number = self.meeting.next_statement() + statements.len() as u64;
        statements.push(statement(&self.meeting, config, number, self.now));
        number
    }

    pub fn say(&mut self, statements: Vec<Statement>) {
        if let Some(last) = statements.last() {
            self.oracle.said(last.number);
        }
        self.meeting = self.meeting.clone().about_to_say(statements);
    }

    /// Nothing contradicts a cancellation that is on its way.
    pub(super) fn set_out(&mut self, ids: &[NotificationId]) {
        let letters = ids
            .iter()
            .filter_map(|id| self.letters.get(&id.to_string()));
        let guests = self.oracle.guests;
        let off = |letter: &Letter| letter.word.is_off() && guests.contains(&letter.who);
        let mut letters = letters;
        if letters.any(off) {
            self.meeting.calling_off = true;
            self.oracle.calling_off = true;
        }
    }

    pub(super) fn fate(&self, fate: Fate, who: &str) -> Fate {
        if fate != Fate::Mixed {
            return fate;
        }
        let mut chance = Chance::of(self.seed ^ 3, &format!("{who} {}", self.now));
        chance.pick(&[Fate::Accepted, Fate::Refused, Fate::Doubtful])
    }

    /// Something that happens while a message is under way.
    pub fn meanwhile(
        &mut self,
        meanwhile: Meanwhile,
        ids: &[NotificationId],
    ) -> Result<(), Broken> {
        self.now += TimeDelta::seconds(1);
        self.oracle.pass_to(self.now);
        self.oracle.touched = self.now;
        self.note(|| format!("    meanwhile {meanwhile:?}"));
        match meanwhile {
            Meanwhile::Edit(edit) => self.edit(edit)?,
            Meanwhile::Answer(answer) => {
                // A calendar that is asked to take it out does not answer.
                let mut asked = ids.iter();
                let asked = asked.find(|id| self.letters.contains_key(&id.to_string()));
                if let Some(id) = asked {
                    let row = &self.log[&id.to_string()];
                    let (who, revision) = (row.recipient.id.clone(), row.revision);
                    self.take_answer(&who, answer, revision, Some(id))?;
                }
            }
        }
        self.oracle.strike();
        Ok(())
    }

    /// Records what the providers said of messages. Returns whether any of them may have
    /// gone out.
    pub fn record(&mut self, ids: &[NotificationId]) -> bool {
        let rows: Vec<_> = ids
            .iter()
            .map(|id| self.log[&id.to_string()].clone())
            .collect();
        let template = self.template();
        record_sent(&mut self.meeting, template, &rows, self.now);
        self.meeting.calling_off = false;
        self.oracle.calling_off = false;
        self.tell_oracle(&rows);
        for row in &rows {
            let (doubts, failed) = (&mut self.doubts, &mut self.failed);
            doubts.retain(|id| *id != row.id);
            failed.retain(|id| *id != row.id);
            if row.in_doubt() {
                doubts.push(row.id.clone());
            } else if !row.accepted() {
                failed.push(row.id.clone());
            }
        }
        rows.iter().any(|row| came(row) != Came::Not)
    }

    /// Tells the oracle what became of messages of one send.
    pub(super) fn tell_oracle(&mut self, rows: &[Notification]) {
        let letters = rows.iter().filter_map(|row| {
            let letter = self.letters.get(&row.id.to_string())?;
            Some((*letter, came(row)))
        });
        let letters: Vec<_> = letters.collect();
        let asks = rows.iter().filter_map(|row| {
            let ask = self.asks.get(&row.id.to_string())?;
            Some((*ask, came(row)))
        });
        let asks: Vec<_> = asks.collect();
        self.oracle.record(&letters, &asks, self.rules());
    }

    /// Writes a message to someone into the log, with what the providers will
    /// say of it.
    pub fn claim(
        &mut self,
        recipient: &Recipient,
        fate: Fate,
        cause: &str,
        number: u64,
    ) -> Result<NotificationId, Broken> {
        let (attendee, now) = (&recipient.attendee, self.now);
        let config = &recipient.config;
        let id = NotificationId::new(&self.meeting.id, &attendee.id, cause, now);
        let letter = self
            .oracle
            .letter(attendee.id.as_str(), config.kind, number);
        truth::check_letter(self, &letter)?;
        let (kind, config_id) = (config.kind.into(), config.id.clone());
        let row = Notification {
            version: 1,
            buttons: config.buttons(),
            deliveries: self.deliveries(recipient, fate, number),
            ..Notification::about(&self.meeting, attendee, id.clone(), kind, config_id, now)
        };
        self.log.insert(id.to_string(), row);
        self.letters.insert(id.to_string(), letter);
        Ok(id)
    }

    /// Writes a message to an address that somebody has left into the log.
    fn claim_removal(
        &mut self,
        to: &CalendarRecipient,
        fate: Fate,
        cause: &str,
    ) -> Result<NotificationId, Broken> {
        let (attendee, now) = (&to.attendee, self.now);
        let cause = to.former_address().cause(cause);
        let id = NotificationId::new(&self.meeting.id, &attendee.id, &cause, now);
        let ask = self.ask(to)?;
        let mut delivery = Delivery::dispatching(
            Channel::Email,
            None,
            Lease::new("owner".to_owned(), now),
            now,
        );
        delivery.statement = Some(ask.after);
        delivery.settle(said(fate), now);
        let (kind, config) = (
            MessageKind::CalendarRemoval,
            ConfigId::of_calendar_removals(),
        );
        let row = Notification {
            version: 1,
            deliveries: vec![delivery],
            ..Notification::about(&self.meeting, attendee, id.clone(), kind, config, now)
        };
        self.log.insert(id.to_string(), row);
        self.asks.insert(id.to_string(), ask);
        Ok(id)
    }

    /// The same as the oracle takes it.
    fn ask(&self, to: &CalendarRecipient) -> Result<Ask, Broken> {
        let who = to.attendee.id.as_str();
        let found = || format!("{who} at {}", to.email);
        let place = address_of(who, to.email.shown());
        let (who, address) = place.ok_or_else(|| Broken::new("a known address", found()))?;
        Ok(Ask {
            who,
            address,
            after: self.meeting.highest_statement,
        })
    }

    fn deliveries(&self, recipient: &Recipient, fate: Fate, number: u64) -> Vec<Delivery> {
        let now = self.now;
        let channels = recipient.channels.iter();
        let deliveries = channels.map(|channel| {
            if channel.used() {
                let lease = Lease::new("owner".to_owned(), now);
                let mut delivery = Delivery::dispatching(channel.channel, None, lease, now);
                delivery.statement = Some(number);
                delivery.settle(said(fate), now);
                delivery
            } else {
                let why = "cannot be used".to_owned();
                Delivery::not_tried(channel.channel, DeliveryStatus::Failed, why, now)
            }
        });
        deliveries.collect()
    }
}

/// What became of a message.
fn came(row: &Notification) -> Came {
    if row.deliveries.iter().any(Delivery::got_through) {
        Came::Certainly
    } else if row.in_doubt() {
        Came::Perhaps
    } else {
        Came::Not
    }
}

/// What a provider says.
pub(super) fn said(fate: Fate) -> Result<String, NotDelivered> {
    match fate {
        Fate::Accepted => Ok("message".to_owned()),
        Fate::Refused => Err(NotDelivered::Refused("throttled".to_owned())),
        Fate::Doubtful | Fate::Mixed => Err(NotDelivered::Doubtful("timed out".to_owned())),
    }
}
