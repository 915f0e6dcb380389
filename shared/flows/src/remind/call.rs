//! One call for a reminder, and what it may come to.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_domain::{
    contact::Suppressions,
    id::{AttendeeId, MeetingId, NotificationId},
    notification::{Delivery, Notification},
    remind::{ReminderDecision, decide_reminder},
    reminders::{ReminderInstance, Skip},
};

use crate::MeetingContext;

/// What came of a reminder's moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderOutcome {
    /// It is sent to everyone it was for.
    Sent,
    /// It is not sent, for this reason, which the timeline has.
    Skipped(Skip),
    /// There was nothing to do: it is settled, or it is not due.
    Nothing,
    /// Somebody else is sending it, or another message of its meeting.
    Busy,
    /// Time ran out: the rest is sent in the next invocation, whose schedule is armed.
    GoesOn,
    /// Sending rate ran out, or time and nothing is armed: the rest is to be sent with
    /// another try.
    Unfinished,
}

/// How a reminder was come for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Whether by its own schedule, which is gone with that.
    pub(crate) fired: bool,
    /// Until when there is time.
    pub(crate) until: Instant,
    /// The present instant.
    pub(crate) now: DateTime<Utc>,
}

/// Decides about a reminder, in its meeting as it was read.
pub(super) fn decide(
    context: &MeetingContext,
    suppressions: &Suppressions,
    instance: &ReminderInstance,
    now: DateTime<Utc>,
) -> ReminderDecision {
    let template = context.template.as_ref();
    let deliverability = context.deliverability(suppressions);
    decide_reminder(&context.meeting, template, deliverability, instance, now)
}

/// The id of an attendee's row of a reminder that was begun then: the same whoever sends it.
pub(super) fn row_id(
    meeting: &MeetingId,
    attendee: &AttendeeId,
    instance: &ReminderInstance,
    begun_at: DateTime<Utc>,
) -> NotificationId {
    NotificationId::new(meeting, attendee, &instance.key(meeting), begun_at)
}

/// Whether a reminder has got through to its attendee, or may have.
pub(super) fn reached(row: &Notification) -> bool {
    row.accepted() || row.deliveries.iter().any(|d| d.status.in_doubt())
}

/// Whether it has got through to its attendee, or may have, in the call of this instant.
pub(super) fn reached_now(row: &Notification, now: DateTime<Utc>) -> bool {
    // By when it was tried: what was reported of it since has a time of its own.
    let tried_now = |delivery: &Delivery| {
        let lease = delivery.lease.as_ref();
        lease.is_some_and(|lease| lease.since() == now)
    };
    reached(row) && row.deliveries.iter().any(tried_now)
}
