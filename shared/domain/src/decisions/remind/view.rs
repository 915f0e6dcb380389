//! The plan as the API answers it (spec §10).

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LeftOut, Planned, Settlement, Skip, State, decide::reminder_plan, plan};
use crate::{
    local_time::rfc3339,
    meeting::{Attendee, Meeting},
    send::{Deliverability, Recipient, UsedChannel, explain},
    template::{ChannelMode, Template},
};

/// One reminder of a meeting's plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderView {
    /// The trigger it comes from.
    pub trigger_id: String,
    /// The config it is made from.
    pub config_id: String,
    /// When it goes, or would go (RFC 3339, UTC).
    pub due_at: String,
    /// How it stands.
    pub state: ReminderState,
    /// Why it is not sent, as a stable word: `late_booking`, `update_due`, …
    pub reason: Option<&'static str>,
    /// The same as a sentence for staff.
    pub explanation: Option<&'static str>,
    /// When it was settled (RFC 3339, UTC).
    pub settled_at: Option<String>,
    /// Who gets it and how, and who does not, as things stand. Empty once it is settled:
    /// what was sent, and to whom, is in the log.
    pub attendees: Vec<ReminderAttendeeView>,
    /// How many more attendees there are than are listed: of a large meeting one answer
    /// cannot hold all of them for each reminder. Left out where all are listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_attendees: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// How a reminder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// It is to come.
    Armed,
    /// It went out.
    Sent,
    /// It did not go out, or would not as things stand.
    Skipped,
}

/// One attendee of a reminder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderAttendeeView {
    /// Names the attendee within the meeting.
    pub attendee_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
    /// The channels it takes to them, each with why; empty when it does not.
    pub channels: Vec<UsedChannel>,
    /// Why it does not reach them.
    pub reason: Option<String>,
}

/// A meeting's plan as of `now`, in the order of its triggers.
pub fn views(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    now: DateTime<Utc>,
) -> Vec<ReminderView> {
    let view = |planned: &Planned<'_>| {
        let trigger = planned.trigger;
        let to = reminder_plan(meeting, template, deliverability, &trigger.config_id);
        let (state, skip, settled_at) = match planned.state {
            State::Armed => match to.futile() {
                Some(skip) => (ReminderState::Skipped, Some(skip), None),
                None if to.reaches_nobody() => {
                    (ReminderState::Skipped, Some(Skip::Unreachable), None)
                }
                None => (ReminderState::Armed, None, None),
            },
            State::Off(skip) => (ReminderState::Skipped, Some(skip), None),
            State::Settled(mark) => match mark.outcome {
                Settlement::Sent => (ReminderState::Sent, None, Some(mark.at)),
                Settlement::Skipped(skip) => (ReminderState::Skipped, Some(skip), Some(mark.at)),
            },
        };
        let mode = to.send.config.channel_mode;
        let open = settled_at.is_none();
        let reached = to.send.recipients.iter().filter(|_| open);
        let reached = reached.map(|each| recipient(each, mode));
        let left_out = to.left_out.iter().filter(|_| open).map(left_out);
        ReminderView {
            trigger_id: trigger.id.to_string(),
            config_id: trigger.config_id.to_string(),
            due_at: rfc3339(planned.instance.due_at),
            state,
            reason: skip.map(Skip::code),
            explanation: skip.map(|skip| explanation(skip, open)),
            settled_at: settled_at.map(rfc3339),
            attendees: reached.chain(left_out).collect(),
            more_attendees: 0,
        }
    };
    plan(meeting, template, now).iter().map(view).collect()
}

/// Why it is not sent; `open` says that it may yet be.
fn explanation(skip: Skip, open: bool) -> &'static str {
    match skip {
        Skip::Unreachable if open => "Nobody it is meant for can be reached as things stand.",
        skip => skip.reason(),
    }
}

fn recipient(recipient: &Recipient, mode: ChannelMode) -> ReminderAttendeeView {
    let Recipient { attendee, channels } = recipient;
    let (used, unused) = explain(channels, mode, attendee);
    let reason = used.is_empty().then(|| unused.join(" "));
    view_of(attendee, used, reason)
}

fn left_out(left: &LeftOut) -> ReminderAttendeeView {
    let why = match left.why {
        Skip::RescheduleRequested => "This attendee has asked for another time.",
        _ => "This attendee has declined.",
    };
    view_of(&left.attendee, Vec::new(), Some(why.to_owned()))
}

fn view_of(
    attendee: &Attendee,
    channels: Vec<UsedChannel>,
    reason: Option<String>,
) -> ReminderAttendeeView {
    ReminderAttendeeView {
        attendee_id: attendee.id.to_string(),
        name: attendee.name.to_string(),
        email: attendee.email.as_ref().map(ToString::to_string),
        phone: attendee.phone.as_ref().map(ToString::to_string),
        channels,
        reason,
    }
}
