//! The plan as staff look at it.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{LeftOut, Planned, ReminderPlan, Settlement, Skip, State, decide::reminder_plan, plan};
use crate::{
    id::{ConfigId, TriggerId},
    meeting::{Attendee, Meeting},
    send::{Deliverability, Recipient, UsedChannel, explain},
    template::{ChannelMode, Template},
};

/// One reminder of a meeting's plan, as staff look at it.
#[derive(Debug, Clone)]
pub struct ReminderOverview {
    /// The trigger it comes from.
    pub trigger_id: TriggerId,
    /// The config it is made from.
    pub config_id: ConfigId,
    /// When it goes, or would go.
    pub due_at: DateTime<Utc>,
    /// How it stands.
    pub state: ReminderState,
    /// Why it is not sent, as a stable word.
    pub reason: Option<&'static str>,
    /// The same as a sentence for staff.
    pub explanation: Option<&'static str>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Who gets it and how, and who does not, as things stand. Empty once it is settled:
    /// what was sent, and to whom, is in the log.
    pub attendees: Vec<ReminderRecipient>,
}

/// How a reminder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ReminderState {
    /// It is to come.
    Armed,
    /// It went out.
    Sent,
    /// It did not go out, or would not as things stand.
    Skipped,
}

/// One attendee of a reminder.
#[derive(Debug, Clone)]
pub struct ReminderRecipient {
    /// The attendee.
    pub attendee: Attendee,
    /// The channels it takes to them, each with why; empty when it does not.
    pub channels: Vec<UsedChannel>,
    /// Why it does not reach them.
    pub reason: Option<String>,
}

/// A meeting's plan as of `now`, in the order of its triggers.
pub fn overview(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    now: DateTime<Utc>,
) -> Vec<ReminderOverview> {
    let one = |planned: &Planned<'_>| {
        let trigger = planned.trigger;
        let to = reminder_plan(meeting, template, deliverability, &trigger.config_id);
        let (state, skip, settled_at) = state(planned, &to);
        let mode = to.send.config.channel_mode;
        let open = settled_at.is_none();
        let reached = to.send.recipients.iter().filter(|_| open);
        let reached = reached.map(|each| recipient(each, mode));
        let left_out = to.left_out.iter().filter(|_| open).map(left_out);
        ReminderOverview {
            trigger_id: trigger.id.clone(),
            config_id: trigger.config_id.clone(),
            due_at: planned.instance.due_at,
            state,
            reason: skip.map(Skip::code),
            explanation: skip.map(|skip| explanation(skip, open)),
            settled_at,
            attendees: reached.chain(left_out).collect(),
        }
    };
    plan(meeting, template, now).iter().map(one).collect()
}

/// How a reminder to these stands, why it is skipped where it is, and when it was settled.
fn state(
    planned: &Planned<'_>,
    to: &ReminderPlan,
) -> (ReminderState, Option<Skip>, Option<DateTime<Utc>>) {
    match planned.state {
        State::Armed => match to.futile() {
            Some(skip) => (ReminderState::Skipped, Some(skip), None),
            None if to.reaches_nobody() => (ReminderState::Skipped, Some(Skip::Unreachable), None),
            None => (ReminderState::Armed, None, None),
        },
        State::Off(skip) => (ReminderState::Skipped, Some(skip), None),
        State::Settled(mark) => match mark.outcome {
            Settlement::Sent => (ReminderState::Sent, None, Some(mark.at)),
            Settlement::Skipped(skip) => (ReminderState::Skipped, Some(skip), Some(mark.at)),
        },
    }
}

/// Why it is not sent; `open` says that it may yet be.
fn explanation(skip: Skip, open: bool) -> &'static str {
    match skip {
        Skip::Unreachable if open => "Nobody it is meant for can be reached as things stand.",
        skip => skip.reason(),
    }
}

fn recipient(recipient: &Recipient, mode: ChannelMode) -> ReminderRecipient {
    let Recipient {
        attendee, channels, ..
    } = recipient;
    let (used, unused) = explain(channels, mode, attendee);
    ReminderRecipient {
        attendee: attendee.clone(),
        reason: used.is_empty().then(|| unused.join(" ")),
        channels: used,
    }
}

fn left_out(left: &LeftOut) -> ReminderRecipient {
    ReminderRecipient {
        attendee: left.attendee.clone(),
        channels: Vec::new(),
        reason: Some(left.why.reason().to_owned()),
    }
}
