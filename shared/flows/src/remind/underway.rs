//! One reminder that is being sent: what its messages are made of, and how it ends.

use chrono::{DateTime, Utc};
use usher_cloud::Changes;
use usher_domain::{
    actor::Actor,
    id::{AttendeeId, MeetingId, NotificationId, TimelineKey},
    lease::Lease,
    meeting::Meeting,
    notification::{DeliveryStatus, Notification},
    remind::{LeftOut, ReminderPlan, left_out_entry, skipped_entry},
    reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    send::{Recipient, record_sent},
    template::Template,
    timeline::TimelineEntry,
};

use super::call::{Call, ReminderOutcome, reached, reached_now, row_id};
use crate::{
    App, MeetingContext,
    prepare::SendContext,
    sending::{OutboundMessage, let_go},
};

/// A reminder that is being sent, of a meeting that is held for it.
#[derive(Clone, Copy)]
pub(super) struct ReminderSend<'a> {
    pub(super) app: &'a App,
    pub(super) instance: &'a ReminderInstance,
    /// When it was begun first.
    pub(super) begun_at: DateTime<Utc>,
    /// What its meeting is held by.
    pub(super) hold: &'a Lease,
    /// The number of what it tells.
    pub(super) statement: u64,
    pub(super) call: Call,
}

impl ReminderSend<'_> {
    /// What its messages are made in.
    pub(super) fn send_context<'c>(
        &self,
        context: &'c MeetingContext,
        plan: &ReminderPlan,
    ) -> SendContext<'c> {
        SendContext::of(
            context,
            plan.send.config.clone(),
            self.statement,
            self.hold.clone(),
            self.call.now,
        )
    }

    /// The id of an attendee's row.
    pub(super) fn row_id(&self, meeting: &MeetingId, attendee: &AttendeeId) -> NotificationId {
        row_id(meeting, attendee, self.instance, self.begun_at)
    }

    /// What one of its recipients gets, of whom it is new.
    pub(super) fn new_message(
        &self,
        send_context: &SendContext<'_>,
        recipient: &Recipient,
        id: NotificationId,
    ) -> OutboundMessage {
        let Recipient {
            attendee, channels, ..
        } = recipient;
        send_context.new_notification(self.app, id, attendee, channels, &Actor::System)
    }

    /// How the reminder is settled, once everyone it was for has a row: sent, if it got
    /// through to anyone or may have. None while a provider is too busy for any of them.
    pub(super) fn settled(
        &self,
        rows: &[Notification],
        starts_at: DateTime<Utc>,
    ) -> Option<SettledReminder> {
        if rows.iter().any(|row| lacks(Some(row))) {
            return None;
        }
        let outcome = if rows.iter().any(reached) {
            Settlement::Sent
        } else {
            Settlement::Skipped(Skip::Unreachable)
        };
        Some(SettledReminder {
            instance: self.instance.clone(),
            outcome,
            starts_at,
            at: self.call.now,
        })
    }

    /// Moves a meeting as the rows say, lets go of it, and settles the reminder if nobody
    /// lacks it any more.
    pub(super) fn end(
        &self,
        meeting: &mut Meeting,
        template: Option<&Template>,
        rows: &[Notification],
        settled: Option<&SettledReminder>,
    ) {
        let now = self.call.now;
        record_sent(meeting, template, rows, now);
        let_go(meeting, self.hold);
        if rows.iter().any(|row| reached_now(row, now)) {
            meeting.reminders.reach(self.instance, now);
        }
        if let Some(settled) = settled {
            meeting.settle_reminder(settled.clone(), self.call.fired);
        }
    }

    /// Writes a meeting whose reminder has ended so. `place` is where that stands in its
    /// timeline: once, however often it is written.
    pub(super) fn changes(
        &self,
        meeting: &Meeting,
        place: TimelineKey<'_>,
        left_out: &[LeftOut],
        settled: Option<&SettledReminder>,
    ) -> Changes {
        let entries = settled.map(|settled| self.entries(left_out, settled.outcome));
        let changes = Changes::by(&Actor::System).meeting(meeting);
        let entries = entries.into_iter().flatten().enumerate();
        let name = self.instance.schedule_name(&meeting.id);
        entries.fold(changes, |changes, (number, entry)| {
            changes.entry(place, &entry, &format!("{name}-{number}"))
        })
    }

    /// What the timeline says besides who it was sent to.
    fn entries(&self, left_out: &[LeftOut], outcome: Settlement) -> Vec<TimelineEntry> {
        let now = self.call.now;
        let left_out = left_out_entry(self.instance, left_out, now);
        let skipped = outcome
            .skip()
            .map(|skip| skipped_entry(self.instance, skip, now));
        left_out.into_iter().chain(skipped).collect()
    }
}

/// What a sending has come to that ended so.
pub(super) fn outcome_of(settled: Option<&SettledReminder>) -> ReminderOutcome {
    match settled.map(|settled| settled.outcome) {
        Some(Settlement::Sent) => ReminderOutcome::Sent,
        Some(Settlement::Skipped(skip)) => ReminderOutcome::Skipped(skip),
        None => ReminderOutcome::Unfinished,
    }
}

/// Whether an attendee still lacks a reminder: there is no row, or its provider
/// was too busy to take it. What is in doubt is never sent again by itself.
pub(super) fn lacks(row: Option<&Notification>) -> bool {
    row.is_none_or(|row| {
        row.deliveries
            .iter()
            .any(|d| d.not_yet && d.status == DeliveryStatus::Failed)
    })
}
