//! Feedback: what a provider's report on a message changes.
//!
//! The row always takes it. The meeting moves where the report changes what a customer
//! certainly knows: what was in doubt is settled, and what came back for good told nobody
//! anything. The timeline tells what staff would otherwise not see: not that what was sent
//! arrived, but that it did not, and how a doubt ended.

use chrono::{DateTime, TimeDelta, Utc};

use super::send::leave_to_entries;
use crate::{
    notification::{Delivery, DeliveryStatus, Notification, Report, ReportKind},
    suppression::{AddressSuppression, SuppressionCause},
    timeline::{TimelineEntry, TimelineKind},
    values::{
        actor::Actor, channel::Channel, contact::EmailAddress, id::NotificationId, unread::Unread,
    },
};

/// A report on one delivery of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The channel it went by.
    pub channel: Channel,
    /// The attempt that the reporter names; none where the message is known by its name.
    pub attempt: Option<u32>,
    /// What the provider calls the message.
    pub provider_message_id: String,
    /// When the provider took it, where the report says that.
    pub taken_at: Option<DateTime<Utc>>,
    /// What it says.
    pub report: Report,
    /// The email address that it went to.
    pub to: Option<EmailAddress>,
    /// Whether the provider did not try, because its own list has the address.
    pub on_account_list: bool,
}

/// What a report has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Whether the meeting moves with it.
    pub moves_meeting: bool,
    /// Whether it takes back what the attendee certainly knew.
    pub withdraws: bool,
    /// Whether it is the first word that the message reached nobody.
    pub came_to_nothing: bool,
    /// What the timeline says of it.
    pub entry: Option<TimelineEntry>,
    /// What the row told in the timeline by itself so far, where it tells it no more.
    pub told_so_far: Option<TimelineEntry>,
}

/// How sure it is that a delivery reached for its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is being sent, by somebody who records what comes of it.
    UnderWay,
    /// Nobody knows.
    InDoubt,
    /// As far as is known it did.
    Good,
    /// Staff must look at it.
    Bad,
}

impl Standing {
    fn of(delivery: &Delivery) -> Self {
        match delivery.status {
            DeliveryStatus::Dispatching => Self::UnderWay,
            DeliveryStatus::Unknown => Self::InDoubt,
            DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Skipped => {
                Self::Good
            }
            DeliveryStatus::Bounced | DeliveryStatus::Complained | DeliveryStatus::Failed => {
                Self::Bad
            }
        }
    }
}

/// Has a row, as it is [by now](Notification::as_of), take a report. None where nothing
/// changes: it is known, or of an attempt that another one took the place of.
pub fn hear_report(
    row: &mut Notification,
    reported: &DeliveryReport,
    now: DateTime<Utc>,
) -> Option<Heard> {
    let before = row.delivery(reported.channel)?.clone();
    let same_message = before.provider_message_id.as_ref() == Some(&reported.provider_message_id);
    let same_attempt = reported.attempt.is_none_or(|named| named == before.attempt);
    if !same_attempt || (reported.attempt.is_none() && !same_message) {
        return None;
    }
    let mut told = row.clone();
    let id = Some(reported.provider_message_id.as_str());
    if !row.take_report(reported.channel, reported.report.clone(), id) {
        return None;
    }
    let after = row.delivery(reported.channel)?;
    let (was, is) = (Standing::of(&before), Standing::of(after));
    let under_way = was == Standing::UnderWay;
    let known = |delivery: &Delivery| (delivery.got_through(), delivery.status.in_doubt());
    let moves_meeting = !under_way && before.statement.is_some() && known(&before) != known(after);
    let withdraws = moves_meeting && before.got_through() && !after.got_through();
    let came_to_nothing = !before.has_failed() && after.has_failed();
    // Whoever sent it may still be about to record it: until then the row tells by itself.
    let is_fresh = before.lease.as_ref().is_some_and(|lease| lease.until > now);
    let row_tells = under_way || (is_fresh && !row.has_entries);
    let entry = (!row_tells && was != is)
        .then(|| feedback_entry(row, after.channel, became(row, after), now));
    let told_so_far = entry.as_ref().and_then(|_| leave_to_entries(&mut told));
    row.has_entries |= entry.is_some();
    Some(Heard {
        moves_meeting,
        withdraws,
        came_to_nothing,
        entry,
        told_so_far,
    })
}

/// The timeline's sentence on what became of a delivery.
fn became(row: &Notification, delivery: &Delivery) -> String {
    let (kind, whom) = (row.kind.label(), row.to_whom());
    let by = delivery.channel.label();
    let became = match delivery.status {
        DeliveryStatus::Bounced if delivery.got_through() => {
            let kind = row.kind.in_sentence();
            format!("Something came back on the {kind} to {whom} by {by}")
        }
        DeliveryStatus::Bounced => format!("{kind} to {whom} by {by} came back"),
        DeliveryStatus::Complained => format!("{kind} to {whom} by {by} was called spam"),
        DeliveryStatus::Failed => format!("{kind} to {whom} by {by} did not arrive"),
        DeliveryStatus::Delivered => format!("{kind} to {whom} by {by} arrived"),
        DeliveryStatus::Sent
        | DeliveryStatus::Dispatching
        | DeliveryStatus::Unknown
        | DeliveryStatus::Skipped => format!("{kind} to {whom} went out by {by}"),
    };
    let reason = delivery.reason.as_ref();
    let reason = reason.map(|reason| format!(" ({reason})"));
    format!("{became}{}", reason.unwrap_or_default())
}

/// The timeline's entry on what was reported of a row, or followed from that, on a channel.
pub(super) fn feedback_entry(
    row: &Notification,
    channel: Channel,
    text: String,
    now: DateTime<Utc>,
) -> TimelineEntry {
    TimelineEntry {
        attendee_id: Some(row.recipient.id.clone()),
        channel: Some(channel),
        actor: Some(Actor::System),
        ..TimelineEntry::of_meeting(now, TimelineKind::Feedback, text)
    }
}

/// By how much the clocks of a provider and of whoever called it may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(5);

/// Which of these rows, all to the number that a report names, is the one that was taken by its
/// provider while nobody heard of it; with the attempt that it was. Only where it must have
/// been: where it is the only one in doubt that was being sent then. Whoever asks knows that
/// the message is none of another sender's, and of no other row.
pub fn doubt_that_was_taken<'a>(
    rows: &'a [Notification],
    reported: &DeliveryReport,
) -> Option<(&'a Notification, u32)> {
    let taken_at = reported.taken_at?;
    let may_be = rows.iter().filter_map(|row| {
        let delivery = row.delivery(reported.channel)?;
        let lease = delivery.lease.as_ref()?;
        let sending = lease.since() - CLOCKS_DIFFER..lease.until + CLOCKS_DIFFER;
        let doubtful = delivery.status == DeliveryStatus::Unknown && sending.contains(&taken_at);
        doubtful.then_some((row, delivery.attempt))
    });
    let mut may_be = may_be.take(2);
    let first = may_be.next();
    first.filter(|_| may_be.next().is_none())
}

/// What a report says of the address that an email went to: that nothing more is to be sent
/// to it. It does so whatever became of the row since.
pub fn suppression(
    notification: &NotificationId,
    reported: &DeliveryReport,
) -> Option<AddressSuppression> {
    let cause = match reported.report.kind {
        ReportKind::HardBounce if reported.on_account_list => SuppressionCause::AccountList,
        ReportKind::HardBounce => SuppressionCause::HardBounce,
        ReportKind::Complaint => SuppressionCause::Complaint,
        _ => return None,
    };
    Some(AddressSuppression {
        address: reported.to.clone()?,
        cause,
        at: reported.report.at,
        detail: reported.report.detail.clone(),
        notification: Some(notification.clone()),
        by: None,
        lifted: None,
        unread: Unread::default(),
    })
}

#[cfg(test)]
mod tests;
