//! Failover: the other channel takes over once it is known that a message came to nothing.
//!
//! Where the customer's preference decides (C2), an email that came back for good and an SMS
//! that was not taken are followed by the same message on the other channel, once: it is a
//! second delivery of the same row, which says why. Nothing is sent in place of what is in
//! doubt, nor of what was refused before a provider took it.

use chrono::{DateTime, Utc};

use super::{
    feedback::feedback_entry,
    remind::not_reminded,
    send::{Deliverability, leave_to_entries, refused, still_said},
};
use crate::{
    Failure,
    meeting::{Attendee, Meeting},
    notification::{Delivery, DeliveryStatus, Notification},
    template::{ChannelMode, NotificationConfig},
    timeline::TimelineEntry,
    values::{channel::Channel, kind::NotificationType, lease::Lease, unusable::Unusable},
};

/// The channel that a message to an attendee is to go out by, because the one it went by came
/// to nothing after its provider had taken it. None where the config does not have it so, where
/// the attendee is not reached that way, and where it went by that channel before.
pub fn failover_channel(
    config: &NotificationConfig,
    row: &Notification,
    attendee: &Attendee,
) -> Option<Channel> {
    let follows = config.channel_mode == ChannelMode::FollowPreference && config.failover;
    let failed = came_to_nothing(row).filter(|_| follows)?;
    let other = failed.channel.other();
    let tried = row.delivery(other).is_some_and(|each| each.attempt > 0);
    let there = attendee.addresses().any(|each| each.channel() == other);
    (!tried && there).then_some(other)
}

/// Whether a message may go out by this channel, which it is due on since the other one came
/// to nothing.
///
/// # Errors
/// [`Failure::Refused`] with why it may not, as things stand: what it says is no longer true or
/// no longer needed, its time is over, the channel cannot be used, or somebody has dealt with
/// it. [`Failure::InProgress`] while its meeting is being sent something else, or nobody knows
/// whether it was called off.
pub fn decide_failover(
    meeting: &Meeting,
    deliverability: Deliverability<'_>,
    row: &Notification,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let failed = came_to_nothing(row);
    let failed = failed.ok_or_else(|| refused("nothing_failed", "It has arrived after all."))?;
    if row.dealt_with().is_some() {
        return Err(refused("dealt_with", "Somebody has dealt with it."));
    }
    still_of_use(row, now)?;
    // Whether others were told that it is off decides nothing about who is told that now.
    let calls_off = row
        .kind
        .notification()
        .is_some_and(NotificationType::calls_off);
    if meeting.is_sending(now) || (meeting.cancellation_in_doubt() && !calls_off) {
        return Err(Failure::InProgress);
    }
    let (kind, attendee) = still_said(meeting, row, now)?;
    if let Some(why) = not_needed(meeting, row, kind, attendee) {
        return Err(refused("not_needed", why));
    }
    if reached_otherwise(failed.channel, row, attendee) {
        return Err(refused(
            "address_changed",
            "This attendee has another address by now: send them what they need there.",
        ));
    }
    let usable = deliverability.usable(channel, kind, attendee);
    usable.map_err(|why| refused(why.code(), why.reason()))
}

/// Whether a row may still be handed to a provider.
///
/// # Errors
/// [`Failure::Refused`] when its time is over.
pub fn still_of_use(row: &Notification, now: DateTime<Utc>) -> Result<(), Failure> {
    match row.expires_at() {
        Some(over) if over <= now => Err(refused("started", "Its time was over by then.")),
        _ => Ok(()),
    }
}

/// Why an attendee does not need a message that came to nothing any more.
fn not_needed(
    meeting: &Meeting,
    row: &Notification,
    kind: NotificationType,
    attendee: &Attendee,
) -> Option<&'static str> {
    let last = attendee.last_notification.as_ref();
    if last.is_some_and(|last| last.ulid() > row.id.ulid()) {
        return Some("This attendee was sent something newer since.");
    }
    let answered = attendee.response.as_ref();
    let answered = answered.is_some_and(|given| given.revision == row.revision);
    match kind {
        NotificationType::Reminder => not_reminded(meeting, attendee),
        kind if kind.calls_off() => None,
        _ => answered.then_some("This attendee has answered already."),
    }
}

/// Whether an attendee has another address by now than the one that a message came to nothing
/// at.
fn reached_otherwise(failed: Channel, row: &Notification, attendee: &Attendee) -> bool {
    let then = row.recipient.address(failed);
    then.is_some_and(|then| !attendee.is_reached_at(&then))
}

/// Has a row go out by the channel that it is due on, by whoever has the lease. Returns the
/// entry for what it has told in the timeline by itself so far, to be written with it.
pub fn fail_over(
    row: &mut Notification,
    channel: Channel,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Option<TimelineEntry> {
    let told_so_far = leave_to_entries(row);
    let because = came_to_nothing(row).map(because).map(str::to_owned);
    row.failover = None;
    match row.delivery_mut(channel) {
        Some(delivery) => {
            delivery.retry(lease.clone(), now);
            delivery.fallback_reason = because;
        }
        None => row
            .deliveries
            .push(Delivery::dispatching(channel, because, lease.clone(), now)),
    }
    told_so_far
}

/// Has a row not go out by the channel that it was due on, for the reason that was
/// [decided](decide_failover): with its code, and the sentence. Returns what the timeline says of
/// that; nothing where there is nothing to say: it has arrived after all, or somebody has dealt
/// with it. A channel that cannot be used stands on the row with the reason.
pub fn stay_failed(
    row: &mut Notification,
    code: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Option<StayedFailed> {
    let channel = row.failover.take()?;
    let failed = came_to_nothing(row)?;
    if row.dealt_with().is_some() {
        return None;
    }
    let fallback_reason = Some(because(failed).to_owned());
    let told_so_far = leave_to_entries(row);
    let (what, whom, by) = (row.kind.label(), row.to_whom(), channel.label());
    let text = format!("{what} to {whom} did not go out by {by} instead: {why}");
    let cause = Unusable::of_code(code);
    if cause.is_some() && row.delivery(channel).is_none() {
        row.deliveries.push(Delivery {
            cause,
            fallback_reason,
            ..Delivery::not_tried(channel, DeliveryStatus::Failed, why.to_owned(), now)
        });
    }
    Some(StayedFailed {
        told_so_far,
        entry: feedback_entry(row, channel, text, now),
    })
}

/// What the timeline says of a row that does not go out by the other channel.
#[derive(Debug, Clone, PartialEq)]
pub struct StayedFailed {
    /// What the row told by itself so far, where it tells it no more.
    pub told_so_far: Option<TimelineEntry>,
    /// Why it does not.
    pub entry: TimelineEntry,
}

/// The delivery that a provider had taken and that reached nobody; none where the row is no
/// notification to an attendee.
fn came_to_nothing(row: &Notification) -> Option<&Delivery> {
    row.kind.notification()?;
    let reported = |each: &&Delivery| each.has_failed() && each.was_accepted();
    row.deliveries.iter().find(reported)
}

/// Why the other channel is used, as staff read it.
fn because(failed: &Delivery) -> &'static str {
    match (failed.channel, failed.status) {
        (Channel::Email, DeliveryStatus::Bounced) => "The email came back.",
        (Channel::Email, _) => "The email was not sent on.",
        (Channel::Sms, _) => "The SMS did not arrive.",
    }
}

#[cfg(test)]
mod tests;
