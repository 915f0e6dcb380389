//! What a meeting knows of its reminders: which were planned, armed and settled, and why.

mod skip;

pub use skip::Skip;

use chrono::{DateTime, Utc};

use crate::{
    id::{MeetingId, TriggerId, digest},
    template::ReminderTrigger,
};

/// One reminder that is meant to go: a trigger, at a revision of its meeting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReminderInstance {
    /// The trigger.
    pub trigger_id: TriggerId,
    /// The meeting's revision that it reminds of.
    pub revision: u32,
    /// When it is due.
    pub due_at: DateTime<Utc>,
}

impl ReminderInstance {
    /// The name of its schedule: the same for the same instance, and another one
    /// for any other, so that a schedule that exists already is the right one.
    /// 42 of Scheduler's 64 characters.
    pub fn schedule_name(&self, meeting: &MeetingId) -> String {
        let revision = self.revision.to_string();
        let due_at = self.due_at.timestamp().to_string();
        let digest = digest(&[
            "schedule",
            meeting.as_str(),
            self.trigger_id.as_str(),
            &revision,
            &due_at,
        ]);
        format!("r-{}", hex::encode(&digest[..20]))
    }

    /// What the ids of its rows are made of, besides their attendees: the same whoever sends
    /// it (R1), and no idempotency key of a caller, of which none begins like this.
    pub fn key(&self, meeting: &MeetingId) -> String {
        format!("reminder {meeting} {} {}", self.trigger_id, self.revision)
    }
}

/// What wakes the function that reminds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FanoutEvent {
    /// A reminder is due.
    Reminder {
        /// Of which meeting.
        meeting_id: MeetingId,
        /// By which trigger.
        trigger_id: TriggerId,
        /// For which revision.
        revision: u32,
        /// Since when.
        due_at: DateTime<Utc>,
    },
    /// A send that has outlasted an invocation goes on.
    ContinueSend {
        /// The hash of the idempotency key that it was accepted under.
        key: String,
    },
    /// It is time to look for what schedules have missed.
    Sweep,
}

impl FanoutEvent {
    /// The event of a reminder that is due.
    pub fn of(meeting: &MeetingId, due: &ReminderInstance) -> Self {
        Self::Reminder {
            meeting_id: meeting.clone(),
            trigger_id: due.trigger_id.clone(),
            revision: due.revision,
            due_at: due.due_at,
        }
    }
}

/// What a meeting knows of its reminders.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reminders {
    /// The triggers as they were when customers were first told of the meeting:
    /// a template that is changed later touches them only when staff ask for it.
    pub triggers: Vec<ReminderTrigger>,
    /// What has been settled.
    pub marks: Vec<SettledReminder>,
    /// The schedules that are certainly there: Scheduler has said so, and nothing has
    /// begun to remove them since.
    pub armed: Vec<ReminderInstance>,
    /// The schedules that may be there or not: they are being made or removed, or whoever
    /// did so was cut off before it was noted.
    pub unsure: Vec<ReminderInstance>,
    /// What was not sent though nobody wished so, oldest first.
    pub missed: Vec<MissedReminder>,
    /// What somebody has begun to send, and is not settled as sent.
    pub begun: Vec<BegunReminder>,
}

/// A reminder that somebody has begun to send: whoever goes on with it finds its rows, whose
/// ids are made from when that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunReminder {
    /// The trigger.
    pub trigger_id: TriggerId,
    /// The meeting's revision that it reminds of.
    pub revision: u32,
    /// When it was begun first.
    pub at: DateTime<Utc>,
    /// When it last got through to somebody, or may have; none before it is written that it
    /// did.
    pub reached_at: Option<DateTime<Utc>>,
}

impl BegunReminder {
    fn is_of(&self, instance: &ReminderInstance) -> bool {
        self.trigger_id == instance.trigger_id && self.revision == instance.revision
    }
}

/// A reminder that customers, or some of them, did not get and should have: somebody must
/// look whether to tell them in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedReminder {
    /// Which one.
    pub instance: ReminderInstance,
    /// Why it was not sent.
    pub why: Skip,
    /// Whether somebody has dealt with it.
    pub dealt_with: bool,
}

/// An instance that is settled: nothing more comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledReminder {
    /// Which one.
    pub instance: ReminderInstance,
    /// What came of it.
    pub outcome: Settlement,
    /// The start it reminded of.
    pub starts_at: DateTime<Utc>,
    /// When it was settled.
    pub at: DateTime<Utc>,
}

/// What came of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It was sent to everyone it was meant for; the log says how.
    Sent,
    /// It was not sent.
    Skipped(Skip),
}

impl Settlement {
    /// Why it was not sent.
    pub fn skip(self) -> Option<Skip> {
        match self {
            Self::Sent => None,
            Self::Skipped(skip) => Some(skip),
        }
    }
}

impl Reminders {
    /// What has been settled of a trigger at a revision.
    pub(crate) fn mark(&self, trigger: &TriggerId, revision: u32) -> Option<&SettledReminder> {
        self.marks
            .iter()
            .find(|mark| &mark.instance.trigger_id == trigger && mark.instance.revision == revision)
    }

    /// Whether a trigger was sent for this very start, whatever the revision.
    pub(crate) fn sent_for(&self, trigger: &TriggerId, starts_at: DateTime<Utc>) -> bool {
        self.marks.iter().any(|mark| {
            &mark.instance.trigger_id == trigger
                && mark.starts_at == starts_at
                && mark.outcome == Settlement::Sent
        })
    }

    /// When somebody began to send a reminder that is not settled as sent; none where nobody
    /// has.
    pub fn begun_at(&self, instance: &ReminderInstance) -> Option<DateTime<Utc>> {
        self.begun_of(instance).map(|begun| begun.at)
    }

    /// When a reminder that is not settled as sent last got through to somebody, or may have.
    pub(crate) fn reached_at(&self, instance: &ReminderInstance) -> Option<DateTime<Utc>> {
        self.begun_of(instance)?.reached_at
    }

    fn begun_of(&self, instance: &ReminderInstance) -> Option<&BegunReminder> {
        self.begun.iter().find(|begun| begun.is_of(instance))
    }

    /// Notes that a reminder that was begun has got through to somebody, or may have: who is
    /// left has as long from then on.
    pub fn reach(&mut self, instance: &ReminderInstance, now: DateTime<Utc>) {
        let mut begun = self.begun.iter_mut();
        if let Some(begun) = begun.find(|begun| begun.is_of(instance)) {
            begun.reached_at = Some(now);
        }
    }

    /// Notes that a reminder is begun, of a meeting whose revision is `current` and of which
    /// customers were told `told`. Returns when it was begun first.
    pub(crate) fn begin(
        &mut self,
        instance: &ReminderInstance,
        current: u32,
        told: Option<u32>,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        if let Some(at) = self.begun_at(instance) {
            return at;
        }
        // One of a revision that may come back is not begun anew then.
        let may_return = |revision| revision == current || Some(revision) == told;
        self.begun.retain(|begun| may_return(begun.revision));
        self.begun.push(BegunReminder {
            trigger_id: instance.trigger_id.clone(),
            revision: instance.revision,
            at: now,
            reached_at: None,
        });
        now
    }

    /// Settles a reminder of a meeting whose revision is `current` and of which
    /// customers were told `told`.
    pub(crate) fn settle(&mut self, mark: SettledReminder, current: u32, told: Option<u32>) {
        let ReminderInstance {
            trigger_id,
            revision,
            ..
        } = &mark.instance;
        // One that was skipped may come back, and some of it may have been sent by then.
        let sent = mark.outcome == Settlement::Sent;
        self.begun
            .retain(|begun| !sent || !begun.is_of(&mark.instance));
        // A few per trigger are enough, however often the meeting moves: those of
        // the revisions that may come back, and the last time it was sent.
        self.marks.retain(|old| {
            if &old.instance.trigger_id != trigger_id {
                return true;
            }
            let old_revision = old.instance.revision;
            let may_return = old_revision == current || Some(old_revision) == told;
            let last_sent = old.outcome == Settlement::Sent && mark.outcome != Settlement::Sent;
            old_revision != *revision && (may_return || last_sent)
        });
        self.keep(mark);
    }

    /// Notes that a reminder did not reach those it was for, where nobody wished so.
    pub fn miss(&mut self, instance: &ReminderInstance, why: Skip) {
        let known = self
            .missed
            .iter()
            .any(|missed| &missed.instance == instance);
        if known || !why.is_a_miss() {
            return;
        }
        if self.missed.len() == MAX_MISSED {
            // What somebody has dealt with goes first.
            let first = self.missed.iter().position(|missed| missed.dealt_with);
            self.missed.remove(first.unwrap_or(0));
        }
        self.missed.push(MissedReminder {
            instance: instance.clone(),
            why,
            dealt_with: false,
        });
    }

    /// What was missed and nobody has dealt with yet.
    pub fn open_misses(&self) -> impl Iterator<Item = &MissedReminder> {
        self.missed.iter().filter(|missed| !missed.dealt_with)
    }

    /// Notes that whether a schedule is there is not certain any more.
    pub fn doubt_schedule(&mut self, instance: &ReminderInstance) {
        self.armed.retain(|armed| armed != instance);
        if !self.unsure.contains(instance) {
            self.unsure.push(instance.clone());
        }
    }

    /// Notes whether a schedule is there, as Scheduler has said.
    pub fn note_schedule(&mut self, instance: &ReminderInstance, is_there: bool) {
        self.armed.retain(|armed| armed != instance);
        self.unsure.retain(|unsure| unsure != instance);
        if is_there {
            self.armed.push(instance.clone());
        }
    }

    /// Takes other triggers: the template's, as it is now or another one's.
    /// Returns whether they are other ones.
    pub(crate) fn take_triggers(&mut self, triggers: &[ReminderTrigger]) -> bool {
        let before = std::mem::replace(&mut self.triggers, triggers.to_vec());
        let minutes = |of: &[ReminderTrigger], id: &TriggerId| {
            let found = of.iter().find(|trigger| &trigger.id == id);
            found.map(|trigger| trigger.minutes_before)
        };
        self.marks.retain(|mark| {
            let id = &mark.instance.trigger_id;
            let there = minutes(triggers, id);
            match mark.outcome {
                // What went out went out, whichever triggers there are now.
                Settlement::Sent => true,
                // At another time it is another reminder.
                Settlement::Skipped(_) => there.is_some() && there == minutes(&before, id),
            }
        });
        before != triggers
    }

    fn keep(&mut self, mark: SettledReminder) {
        if self.marks.len() == MAX_MARKS {
            self.marks.remove(0);
        }
        self.marks.push(mark);
    }

    /// Takes a new announcement of a revision in: what was skipped only because
    /// nobody had been told of it is open again.
    pub(crate) fn announced(&mut self, revision: u32) {
        self.marks.retain(|mark| match mark.outcome {
            Settlement::Skipped(skip) => {
                mark.instance.revision != revision || !skip.until_announced()
            }
            Settlement::Sent => true,
        });
    }
}

/// The most marks a meeting keeps: three for each of fifty triggers.
const MAX_MARKS: usize = 150;
/// The most missed reminders a meeting keeps.
const MAX_MISSED: usize = 50;

#[cfg(test)]
mod tests;
