//! What staff send again, and what they find out of what was in doubt.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{Deliverability, Refusal, Unusable, leave_to_entries, plan_channels};
use crate::{
    Failure,
    meeting::{Attendee, BookingStatus, Meeting},
    notification::{Delivery, DeliveryStatus, FailedBy, Notification},
    template::{NotificationConfig, Template},
    timeline::TimelineEntry,
    values::{
        channel::Channel,
        kind::{MessageKind, NotificationType},
        lease::Lease,
    },
};

/// Has those deliveries of a row be tried again by whoever has the lease. Returns the entry
/// for what the row has told in the timeline by itself so far, to be written with it.
pub fn try_again(
    row: &mut Notification,
    is_tried: impl Fn(&Delivery) -> bool,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Option<TimelineEntry> {
    let told_so_far = leave_to_entries(row);
    // Whoever sends it again has taken over what was due by the other channel.
    row.failover = None;
    for delivery in row.deliveries.iter_mut().filter(|each| is_tried(each)) {
        delivery.retry(lease.clone(), now);
    }
    told_so_far
}

/// Which channels of a notification a retry sends again: those that have certainly
/// failed, and can be used as things stand. Never none.
///
/// # Errors
/// [`Failure::Refused`] when there is none, or when the meeting is no longer as the
/// notification said.
pub fn decide_retry(
    meeting: &Meeting,
    template: Option<&Template>,
    deliverability: Deliverability<'_>,
    notification: &Notification,
    now: DateTime<Utc>,
) -> Result<Vec<Channel>, Failure> {
    let (kind, attendee) = still_said(meeting, notification, now)?;
    let failed = certainly_failed(notification)?;
    let mut usable = Vec::with_capacity(failed.len());
    let mut suppressions = Vec::new();
    for channel in failed {
        match deliverability.usable(channel, kind, attendee) {
            Ok(()) => usable.push(channel),
            Err(why) => suppressions.push(why),
        }
    }
    if usable.is_empty() {
        // Nothing is usable, so that each of what failed has said why.
        let reasons: Vec<_> = suppressions.iter().map(Unusable::reason).collect();
        return Err(refused("unreachable", &reasons.join(" ")));
    }
    // What the plan would use now comes first; where that has not failed, what has
    // failed is sent again as it was meant to be: in place of a message that could not
    // be made, or before the customer preferred another channel.
    let config = NotificationConfig::named(template, kind, &notification.config_id);
    let plans = plan_channels(&config, attendee, deliverability);
    let planned = |channel: &Channel| {
        let mut used = plans.iter().filter(|plan| plan.used());
        used.any(|plan| plan.channel == *channel)
    };
    let again: Vec<_> = usable.iter().copied().filter(planned).collect();
    Ok(if again.is_empty() { usable } else { again })
}

/// Whether what a notification said may still be said to its attendee, as things stand.
///
/// # Errors
/// [`Failure::Refused`] when the meeting is no longer as it said, or the attendee no longer
/// somebody to whom it would be true.
pub(in crate::decisions) fn still_said<'a>(
    meeting: &'a Meeting,
    notification: &Notification,
    now: DateTime<Utc>,
) -> Result<(NotificationType, &'a Attendee), Failure> {
    let kind = resendable(meeting, notification, now)?;
    let gone = || {
        refused(
            "attendee_gone",
            "This attendee is no longer part of the meeting.",
        )
    };
    let attendee = meeting
        .anybody(&notification.recipient.id)
        .ok_or_else(gone)?;
    let expected = meeting.attendee(&attendee.id).is_some();
    if !expected && !kind.calls_off() {
        return Err(gone());
    }
    if notification.removal && expected && meeting.status != BookingStatus::Cancelled {
        return Err(refused(
            "attendee_back",
            "This attendee is part of the meeting again: this message would tell them that they are not expected. Send them what they need instead.",
        ));
    }
    if !is_true_for(meeting, kind, attendee) {
        return Err(refused(
            "attendee_changed",
            "This message speaks of what this attendee does not certainly know, at the address that is theirs now. Send them what they need instead.",
        ));
    }
    Ok((kind, attendee))
}

/// Whether an attendee certainly knows what a message of this type takes for known; or perhaps,
/// where it says that it is off.
fn is_true_for(meeting: &Meeting, kind: NotificationType, attendee: &Attendee) -> bool {
    match kind {
        NotificationType::Reminder => meeting.is_known_to(attendee),
        NotificationType::Update => meeting.details_known_to(attendee).is_some(),
        NotificationType::Cancellation => attendee.may_know_of_it(),
        NotificationType::Confirmation | NotificationType::ConfirmationRequest => true,
    }
}

pub(in crate::decisions) fn refused(code: &'static str, reason: &str) -> Failure {
    Failure::Refused {
        code,
        reason: reason.to_owned(),
    }
}

/// Whether what a notification said may be said again.
fn resendable(
    meeting: &Meeting,
    notification: &Notification,
    now: DateTime<Utc>,
) -> Result<NotificationType, Failure> {
    let kind = notification.kind.notification();
    takes_messages(meeting, kind, now)?;
    let not_sent_again = || refused("not_sent_again", not_sent_again(notification.kind));
    let kind = kind.ok_or_else(not_sent_again)?;
    says_what_is_so(meeting, notification, kind)?;
    Ok(kind)
}

/// Whether a message about a meeting, of a type where it is a notification, may go out now.
fn takes_messages(
    meeting: &Meeting,
    kind: Option<NotificationType>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if meeting.archived {
        return Err(Refusal::Archived);
    }
    if meeting.is_sending(now) {
        return Err(Refusal::Sending);
    }
    let too_late = if kind.is_some_and(NotificationType::calls_off) {
        meeting.over(now)
    } else {
        meeting.started(now)
    };
    if too_late {
        return Err(Refusal::Started);
    }
    Ok(())
}

/// Whether a notification says what is still so, as far as that is known.
fn says_what_is_so(
    meeting: &Meeting,
    notification: &Notification,
    kind: NotificationType,
) -> Result<(), Failure> {
    let cancellation = kind.calls_off();
    if meeting.cancellation_in_doubt() && !cancellation {
        return Err(Refusal::CancellationInDoubt.into());
    }
    if meeting.status == BookingStatus::Cancelled && !cancellation {
        return Err(refused(
            "cancelled",
            "The meeting has been cancelled since.",
        ));
    }
    // What is off is off whatever number its details have by now.
    let same = if cancellation {
        meeting.details == notification.details
    } else {
        meeting.revision == notification.revision
    };
    if !same {
        return Err(refused(
            "meeting_changed",
            "The meeting has changed since: this message would tell the customer something old. Send a new one.",
        ));
    }
    Ok(())
}

/// Why what is no notification is not sent again.
fn not_sent_again(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::CalendarRemoval => {
            "The meeting's next update asks that calendar again: send the update."
        }
        _ => {
            "Automatic replies and news of answers belong to their moment: they are not sent again."
        }
    }
}

/// The channels that have certainly failed.
fn certainly_failed(notification: &Notification) -> Result<Vec<Channel>, Failure> {
    let deliveries = notification.deliveries.iter();
    let failed = deliveries.filter(|delivery| delivery.has_failed());
    let failed: Vec<_> = failed.map(|delivery| delivery.channel).collect();
    if !failed.is_empty() {
        return Ok(failed);
    }
    Err(if notification.in_doubt() {
        refused(
            "unknown",
            "It is not known whether this message went out. Settle that first: mark it as sent, or as failed to send it again.",
        )
    } else {
        refused("nothing_failed", "Nothing of this notification has failed.")
    })
}

/// What staff found out about a doubtful delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Found {
    /// It went out.
    Sent,
    /// It did not go out; it can be retried now.
    Failed,
}

/// Settles the unknown deliveries of a notification as staff found them, on one
/// channel or on all. Returns how many were settled.
pub fn decide_resolve(
    notification: &mut Notification,
    channel: Option<Channel>,
    found: Found,
    now: DateTime<Utc>,
) -> usize {
    let mut settled = 0;
    for delivery in &mut notification.deliveries {
        let meant = channel.is_none_or(|channel| channel == delivery.channel);
        if delivery.status != DeliveryStatus::Unknown || !meant {
            continue;
        }
        if found == Found::Sent {
            delivery.status = DeliveryStatus::Sent;
            delivery.reason = Some("Staff found that it was sent.".to_owned());
            delivery.at = now;
        } else {
            let reason = "Staff found that it was not sent.".to_owned();
            delivery.fail(FailedBy::StaffFound, reason, now);
        }
        settled += 1;
    }
    settled
}

#[cfg(test)]
mod tests;
