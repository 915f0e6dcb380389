//! Figures: what the log comes to, counted.
//!
//! Every row of the log counts on the day that it was made, with all that became of it since:
//! how each of its deliveries stands, the answers that came back on it, and how long it took
//! from when it was due until a provider had accepted it. So a day's figures are a function of
//! that day's rows alone. A bounce or an answer that comes later changes the day of the
//! message that it belongs to, and not the day on which it came.
//!
//! Counts add up: the figures of some rows and those of others make the figures of both,
//! whatever the order. A day can therefore be counted in parts.

mod daily;
mod lag;

pub use daily::{DailyFigures, FINAL_AFTER, ReachAhead, RollUp, RollUpInProgress};
pub use lag::Lag;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    id::TemplateId,
    meeting::Meeting,
    notification::{Delivery, DeliveryStatus, Notification},
    reminders::{SettledReminder, Settlement},
    values::{
        answer::{Answer, AnswerChannel},
        channel::Channel,
        kind::MessageKind,
        lease::Lease,
    },
};

/// What rows of the log come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many rows were counted.
    pub rows: u64,
    /// How many rows could not be read: nothing else here counts them.
    pub unreadable: u64,
    /// How many deliveries stand how. A message on two channels has two.
    pub messages: BTreeMap<MessageGroup, u64>,
    /// How many answers came back that applied.
    pub answers: BTreeMap<AnswerGroup, u64>,
    /// How many deliveries were accepted how long after they were due, as far as that is
    /// known.
    pub due_to_accepted: BTreeMap<LagGroup, u64>,
}

/// Deliveries that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageGroup {
    /// What they are for.
    pub kind: MessageKind,
    /// Which way they took, or were meant to.
    pub channel: Channel,
    /// What became of them.
    pub status: DeliveryStatus,
}

/// Answers that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerGroup {
    /// The template of their meeting, as it was when they were counted; none of a meeting
    /// without one, or that cannot be read.
    pub template_id: Option<TemplateId>,
    /// How they came.
    pub channel: AnswerChannel,
    /// What was answered.
    pub answer: Answer,
}

/// Accepted deliveries that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LagGroup {
    /// What they are for.
    pub kind: MessageKind,
    /// How long it took.
    pub lag: Lag,
}

impl Figures {
    /// Whether a row's meeting says something that its figures need: what template it has, or
    /// when a reminder was due.
    pub fn need_meeting(row: &Notification) -> bool {
        !row.answers.is_empty() || (row.kind == MessageKind::Reminder && row.accepted())
    }

    /// The figures of one row, with its meeting where that can be read.
    pub fn of(row: &Notification, meeting: Option<&Meeting>) -> Self {
        let mut figures = Self {
            rows: 1,
            ..Self::default()
        };
        let due_at = due_at(row, meeting);
        let since = |delivery: &Delivery| delivery.lease.as_ref().map(Lease::since);
        let first = row.deliveries.iter().filter_map(since).min();
        for delivery in &row.deliveries {
            // What was sent once more, or by the other channel because the one came to nothing,
            // says nothing of how soon it was sent at first.
            let is_first = delivery.attempt == 1 && since(delivery) == first;
            figures.count_delivery(row.kind, delivery, due_at.filter(|_| is_first));
        }
        for given in row.answers.iter().filter(|given| !given.stale) {
            let group = AnswerGroup {
                template_id: meeting.and_then(|meeting| meeting.template_id.clone()),
                channel: given.channel,
                answer: given.answer,
            };
            *figures.answers.entry(group).or_default() += 1;
        }
        figures
    }

    /// The figures of rows that cannot be read.
    pub fn unreadable(rows: usize) -> Self {
        Self {
            unreadable: u64::try_from(rows).unwrap_or(u64::MAX),
            ..Self::default()
        }
    }

    /// Takes in the figures of other rows.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.unreadable += other.unreadable;
        add(&mut self.messages, other.messages);
        add(&mut self.answers, other.answers);
        add(&mut self.due_to_accepted, other.due_to_accepted);
    }

    fn count_delivery(
        &mut self,
        kind: MessageKind,
        delivery: &Delivery,
        due_at: Option<DateTime<Utc>>,
    ) {
        let group = MessageGroup {
            kind,
            channel: delivery.channel,
            status: delivery.status,
        };
        *self.messages.entry(group).or_default() += 1;
        if let (Some(due_at), Some(accepted_at)) = (due_at, accepted_at(delivery)) {
            let lag = Lag::of(accepted_at - due_at);
            let group = LagGroup { kind, lag };
            *self.due_to_accepted.entry(group).or_default() += 1;
        }
    }
}

/// Adds counts to others.
fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
    for (group, count) in others {
        *counts.entry(group).or_default() += count;
    }
}

/// When a row was due: a reminder at its trigger's moment, as far as its meeting still knows
/// that, and no sooner than customers were told of the meeting; all else when it was asked for.
fn due_at(row: &Notification, meeting: Option<&Meeting>) -> Option<DateTime<Utc>> {
    if row.kind != MessageKind::Reminder {
        return Some(row.created_at);
    }
    let meeting = meeting?;
    let reminders = &meeting.reminders;
    let is_its = |mark: &&SettledReminder| {
        let id = &mark.instance.trigger_id;
        let mut triggers = reminders.triggers.iter();
        let trigger = triggers.find(|trigger| &trigger.id == id);
        mark.outcome == Settlement::Sent
            && mark.instance.revision == row.revision
            && mark.instance.due_at <= row.created_at
            && trigger.is_none_or(|trigger| trigger.config_id == row.config_id)
    };
    let due_at = reminders.marks.iter().filter(is_its);
    let due_at = due_at.map(|mark| mark.instance.due_at).max()?;
    let announced = meeting.announced.as_ref();
    let announced = announced.filter(|announced| announced.revision == row.revision);
    Some(announced.map_or(due_at, |announced| due_at.max(announced.since)))
}

/// When a delivery was handed to the provider that accepted it. What is reported of it later
/// takes the place of when it was accepted, which was in the same invocation.
fn accepted_at(delivery: &Delivery) -> Option<DateTime<Utc>> {
    let lease = delivery.lease.as_ref().filter(|_| delivery.was_accepted());
    lease.map(Lease::since)
}

#[cfg(test)]
mod tests;
