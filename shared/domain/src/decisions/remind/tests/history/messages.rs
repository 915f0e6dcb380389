//! What goes out and comes back: messages, what becomes of them, and answers.

use chrono::TimeDelta;

use super::{
    booking::STOCK,
    oracle::Message,
    rules::Broken,
    step::{Fate, Meanwhile, Shown},
    world::World,
};
use crate::{
    id::{AttendeeId, NotificationId},
    notification::{Addressee, Delivery, DeliveryStatus, NotDelivered, Notification},
    respond::{self, AnswerOutcome, Incoming},
    sample,
    send::{Found, Recipient, SendPlan, decide_resolve, decide_send, record_sent, record_settled},
    template::NotificationConfig,
    unread::Unread,
    values::{
        answer::{Answer, AnswerChannel},
        kind::NotificationType,
        lease::Lease,
    },
};

impl World {
    /// Staff send something. Returns whether a provider accepted any of it.
    pub fn send(
        &mut self,
        kind: NotificationType,
        fate: Fate,
        meanwhile: Option<Meanwhile>,
    ) -> Result<bool, Broken> {
        let (template, settings) = (self.template(), &STOCK.settings);
        let plan = decide_send(
            &self.meeting,
            template,
            sample::deliverability(settings),
            kind,
            None,
            self.now,
        );
        let Ok(plan) = plan else {
            self.note(|| "  refused".to_owned());
            return Ok(false);
        };
        let message = self.oracle.message(kind);
        let cause = self.now.to_string();
        let mut ids = Vec::new();
        for recipient in &plan.recipients {
            ids.push(self.claim(&plan, recipient, fate, &cause));
        }
        if let Some(meanwhile) = meanwhile {
            self.meanwhile(meanwhile, &ids)?;
        }
        Ok(self.record(&message, &plan.config, &ids))
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
                let row = &self.log[&ids[0].to_string()];
                // A cancellation asks nothing.
                if row.kind != NotificationType::Cancellation.into() {
                    let (who, revision) = (row.recipient.id.clone(), row.revision);
                    self.take_answer(&who, answer, revision, Some(&ids[0]))?;
                }
            }
        }
        self.oracle.strike();
        Ok(())
    }

    /// Records what the providers said of a message. Returns whether any of it
    /// was accepted.
    pub fn record(
        &mut self,
        message: &Message,
        config: &NotificationConfig,
        ids: &[NotificationId],
    ) -> bool {
        let rows: Vec<_> = ids
            .iter()
            .map(|id| self.log[&id.to_string()].clone())
            .collect();
        let template = self.template();
        record_sent(&mut self.meeting, template, config, &rows, self.now);
        let accepted = rows.iter().any(Notification::accepted);
        if accepted {
            self.oracle.tell(message, self.rules());
        } else {
            let doubtful = |row: &&Notification| row.deliveries.iter().any(|d| d.status.in_doubt());
            if let Some(row) = rows.iter().find(doubtful) {
                let dispatched = row.created_at;
                let message = Message {
                    dispatched,
                    ..*message
                };
                self.doubt = Some((message, row.id.clone()));
            }
        }
        accepted
    }

    /// Staff find out what became of the last doubtful message. Returns whether
    /// that told customers anything.
    pub fn resolve(&mut self, sent: bool) -> bool {
        let Some((message, id)) = self.doubt.take() else {
            return false;
        };
        let (template, now) = (self.template(), self.now);
        let Some(row) = self.log.get_mut(&id.to_string()) else {
            return false;
        };
        let found = if sent { Found::Sent } else { Found::Failed };
        decide_resolve(row, None, found, now);
        if !sent {
            return false;
        }
        let overtaken = self.oracle.overtaken(&message);
        let keeps_answer = self.oracle.message(message.kind).keeps_answer;
        let message = Message {
            keeps_answer,
            ..message
        };
        let Some(kind) = row.kind.notification() else {
            return false;
        };
        let config = template.map_or_else(
            || NotificationConfig::built_in(kind),
            |template| template.config_of(kind, &row.config_id),
        );
        record_settled(&mut self.meeting, template, &config, row, now);
        if !overtaken {
            self.oracle.tell(&message, self.rules());
        }
        !overtaken
    }

    pub fn answer(&mut self, who: usize, answer: Answer, shown: Shown) -> Result<(), Broken> {
        let guests = self.oracle.guests;
        // Who has been told of nothing answers nothing.
        if self.oracle.told.is_none() {
            return Ok(());
        }
        let who = AttendeeId::parse(guests[who % guests.len()]).unwrap();
        let told = self.oracle.told.map_or(0, |told| told.edition);
        let revision = match shown {
            Shown::Current => self.meeting.revision,
            Shown::Told => told,
            Shown::Old => told.saturating_sub(1),
        };
        let attendee = self.meeting.attendee(&who);
        let last = attendee.and_then(|attendee| attendee.last_notification.clone());
        let row = match shown {
            // Staff note it on what went out last, which may be in doubt.
            Shown::Current => last,
            Shown::Told | Shown::Old => {
                let of = |row: &&Notification| {
                    row.recipient.id == who && row.revision == revision && row.accepted()
                };
                self.log.values().rfind(of).map(|row| row.id.clone())
            }
        };
        self.take_answer(&who, answer, revision, row.as_ref())
    }

    fn take_answer(
        &mut self,
        who: &AttendeeId,
        answer: Answer,
        revision: u32,
        row: Option<&NotificationId>,
    ) -> Result<(), Broken> {
        let incoming = Incoming {
            attendee_id: who.clone(),
            answer,
            revision,
            channel: AnswerChannel::Staff,
            reason: None,
            preferred_times: None,
            given_at: self.now,
        };
        let row = row.and_then(|id| self.log.get_mut(&id.to_string()));
        let (outcome, _) = respond::take(&mut self.meeting, row, &incoming, 0, self.now);
        let found = || format!("{who} {answer:?}: {outcome:?}");
        let guests = self.oracle.guests.iter();
        let Some(name) = guests.copied().find(|name| *name == who.as_str()) else {
            return Ok(());
        };
        let repeats = self.oracle.repeats(name, answer);
        if outcome == AnswerOutcome::Unchanged && repeats {
            return Ok(());
        }
        if self.oracle.answered(name, answer, revision) == outcome.stale() {
            return Err(Broken::new("answers of the details shown", found()));
        }
        Ok(())
    }

    /// Writes a message to someone into the log, with what the providers will
    /// say of it.
    pub fn claim(
        &mut self,
        plan: &SendPlan,
        recipient: &Recipient,
        fate: Fate,
        cause: &str,
    ) -> NotificationId {
        let (attendee, now) = (&recipient.attendee, self.now);
        let id = NotificationId::new(&self.meeting.id, &attendee.id, cause, now);
        let row = Notification {
            id: id.clone(),
            version: 1,
            kind: plan.kind.into(),
            staff: None,
            config_id: plan.config.id.clone(),
            recipient: Addressee {
                id: attendee.id.clone(),
                name: attendee.name.clone(),
                email: attendee.email.clone(),
                phone: attendee.phone.clone(),
            },
            revision: self.meeting.revision,
            details: self.meeting.details.clone(),
            buttons: plan.config.buttons(),
            created_at: now,
            actor: None,
            deliveries: self.deliveries(recipient, fate),
            answers: Vec::new(),
            dealt_with: None,
            unread: Unread::default(),
        };
        self.log.insert(id.to_string(), row);
        id
    }

    fn deliveries(&self, recipient: &Recipient, fate: Fate) -> Vec<Delivery> {
        let now = self.now;
        let said = || match fate {
            Fate::Accepted => Ok("message".to_owned()),
            Fate::Refused => Err(NotDelivered::Refused("throttled".to_owned())),
            Fate::Doubtful => Err(NotDelivered::Doubtful("timed out".to_owned())),
        };
        let channels = recipient.channels.iter();
        let deliveries = channels.map(|channel| {
            if channel.used() {
                let lease = Lease::new("owner".to_owned(), now);
                let mut delivery = Delivery::dispatching(channel.channel, None, lease, now);
                delivery.settle(said(), now);
                delivery
            } else {
                let why = "cannot be used".to_owned();
                Delivery::not_tried(channel.channel, DeliveryStatus::Failed, why, now)
            }
        });
        deliveries.collect()
    }
}
