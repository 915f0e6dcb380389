//! Failover: the other channel takes over once it is known that a message came to nothing.
//!
//! Where the customer's preference decides (C2), an email that came back for good and an SMS
//! that was not taken are followed by the same message on the other channel, once: it is a
//! second delivery of the same row, which says why. Nothing is sent in place of what is in
//! doubt, nor of what was refused before a provider took it.

use chrono::{DateTime, Utc};

use super::{
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
    let there = match other {
        Channel::Email => attendee.email.is_some(),
        Channel::Sms => attendee.phone.is_some(),
    };
    (!tried && there).then_some(other)
}

/// Whether a message may go out by this channel, which it is due on since the other one came
/// to nothing.
///
/// # Errors
/// [`Failure::Refused`] with why it may not, as things stand: what it says is no longer true,
/// its time is over, the channel cannot be used, or somebody has dealt with it.
/// [`Failure::InProgress`] while its meeting is being sent something else, or nobody knows
/// whether it was called off.
pub fn decide_failover(
    meeting: &Meeting,
    deliverability: Deliverability<'_>,
    row: &Notification,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if came_to_nothing(row).is_none() {
        return Err(refused("nothing_failed", "It has arrived after all."));
    }
    let waits = meeting.is_sending(now) || meeting.cancellation_in_doubt();
    if waits && !meeting.started(now) {
        return Err(Failure::InProgress);
    }
    if row.dealt_with().is_some() {
        return Err(refused("dealt_with", "Somebody has dealt with it."));
    }
    let (kind, attendee) = still_said(meeting, row, now)?;
    let unwanted = match kind {
        NotificationType::Reminder => not_reminded(meeting, attendee),
        _ => None,
    };
    if let Some(why) = unwanted {
        return Err(refused("not_reminded", why));
    }
    let usable = deliverability.usable(channel, kind, attendee);
    usable.map_err(|why| refused(why.code(), why.reason()))
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

/// Has a row say why it does not go out by the channel that it was due on: with the code and
/// the sentence of what was [decided](decide_failover). It says nothing where it needs not: it
/// has arrived after all, or somebody has dealt with it.
pub fn stay_failed(row: &mut Notification, code: &str, why: &str, now: DateTime<Utc>) {
    let due = row.failover.take();
    let is_open = came_to_nothing(row).is_some() && row.dealt_with().is_none();
    let is_new = |channel: &Channel| is_open && row.delivery(*channel).is_none();
    let Some(channel) = due.filter(is_new) else {
        return;
    };
    let failed = DeliveryStatus::Failed;
    row.deliveries.push(Delivery {
        cause: Unusable::of_code(code),
        fallback_reason: came_to_nothing(row).map(because).map(str::to_owned),
        ..Delivery::not_tried(channel, failed, why.to_owned(), now)
    });
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
