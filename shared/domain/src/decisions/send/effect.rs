//! What a send does to the meeting, once the providers have spoken (N11, N12, L9).

use chrono::{DateTime, Utc};

use super::decide::status_after;
use crate::{
    meeting::{Announced, BookingStatus, Details, Meeting},
    notification::{AnswerGiven, DeliveryStatus, Notification},
    template::{NotificationConfig, Template},
    timeline::{TimelineEntry, TimelineKind},
    values::kind::NotificationType,
};

/// Moves the meeting as a send of `notifications` does.
///
/// Every recipient is remembered with the notification that reached for them.
/// Status, snapshot and state move only when a provider accepted at least one
/// delivery. The snapshot is of the details that were sent, which may be older
/// than the meeting's own by now; a meeting that was cancelled meanwhile stays
/// cancelled. With the first of a meeting's announcements, or the first after a
/// cancellation, its reminders are those of `template`, its own.
pub fn record_sent(
    meeting: &mut Meeting,
    template: Option<&Template>,
    config: &NotificationConfig,
    notifications: &[Notification],
    now: DateTime<Utc>,
) {
    for notification in notifications {
        let id = &notification.recipient.id;
        if let Some(attendee) = meeting.attendees.iter_mut().find(|a| &a.id == id) {
            attendee.last_notification = Some(notification.id.clone());
        }
    }
    let Some(sent) = notifications
        .iter()
        .find(|notification| notification.accepted())
    else {
        return;
    };
    if meeting.status == BookingStatus::Cancelled && sent.revision != meeting.revision {
        return;
    }
    let was_cancelled = meeting.status == BookingStatus::Cancelled;
    meeting.status = answered_meanwhile(meeting, notifications)
        .filter(|_| !config.kind.calls_off())
        .unwrap_or_else(|| status_after(meeting, config));
    if config.kind.announces() {
        if sent.details == meeting.details {
            // These very details may have been left and taken up again since.
            meeting.revision = sent.revision;
        }
        let before = meeting.announced.take().filter(|_| !was_cancelled);
        if before.is_none() {
            meeting.take_triggers(template.map_or(&[], |t| &t.body().reminder_triggers));
        }
        let told = (sent.details.clone(), sent.revision);
        meeting.announced = Some(announcement(before, told, config, now));
        meeting.reminders.announced(sent.revision);
    }
    if config.kind.calls_off() {
        meeting.cancelled_at = Some(now);
    }
    meeting.sent.insert(config.kind, sent.revision);
    meeting.forget_answers_of_other_details();
}

/// What customers are told last, after `before`.
fn announcement(
    before: Option<Announced>,
    (details, revision): (Details, u32),
    config: &NotificationConfig,
    now: DateTime<Utc>,
) -> Announced {
    let same = before.filter(|announced| announced.revision == revision);
    Announced {
        details,
        revision,
        at: now,
        since: same.as_ref().map_or(now, |announced| announced.since),
        asked: config.buttons().invite() || same.is_some_and(|announced| announced.asked),
    }
}

/// The meeting as it will be when all that is sent of this config now has arrived:
/// the calendar files that travel along tell of that, and are those that can be
/// downloaded afterwards.
pub fn once_sent(meeting: &Meeting, config: &NotificationConfig, now: DateTime<Utc>) -> Meeting {
    let mut after = meeting.clone();
    after.status = status_after(meeting, config);
    if config.kind.calls_off() {
        after.cancelled_at = Some(now);
    }
    if config.kind.announces() {
        let cancelled = meeting.status == BookingStatus::Cancelled;
        let before = after.announced.take().filter(|_| !cancelled);
        let told = (meeting.details.clone(), meeting.revision);
        after.announced = Some(announcement(before, told, config, now));
    }
    after.forget_answers_of_other_details();
    after
}

/// Moves the meeting as a notification does that was in doubt and turns out to
/// have gone out: only if nothing was announced or cancelled since it was
/// dispatched. What came later holds, and so does what another delivery of the
/// same send has moved already.
pub fn record_settled(
    meeting: &mut Meeting,
    template: Option<&Template>,
    config: &NotificationConfig,
    notification: &Notification,
    now: DateTime<Utc>,
) {
    let announced_since = meeting
        .announced
        .as_ref()
        .is_some_and(|announced| announced.at >= notification.dispatched_at());
    let cancelled = meeting.sent.get(&NotificationType::Cancellation);
    let cancelled_since = meeting.status == BookingStatus::Cancelled
        && cancelled.is_some_and(|revision| *revision >= notification.revision);
    if !announced_since && !cancelled_since {
        record_sent(
            meeting,
            template,
            config,
            std::slice::from_ref(notification),
            now,
        );
    }
}

/// The status that the lead attendee's answer led to, when it came while the
/// send was still under way: an SMS can be answered before SES has answered us.
fn answered_meanwhile(meeting: &Meeting, notifications: &[Notification]) -> Option<BookingStatus> {
    let lead = &meeting.lead()?.id;
    let dispatched = notifications
        .iter()
        .map(Notification::dispatched_at)
        .max()?;
    let last = meeting.attendee(lead)?.response.as_ref();
    let since = last.filter(|given| given.at > dispatched);
    // Within one instant, what was noted on this very message came after it.
    let to_this = || {
        let theirs = notifications.iter().find(|row| &row.recipient.id == lead)?;
        let holds = |given: &&AnswerGiven| !given.stale && given.at >= dispatched;
        let last = theirs.answers.iter().rfind(holds)?;
        (last.revision == theirs.revision).then_some(last.answer)
    };
    since
        .map(|given| given.answer)
        .or_else(to_this)
        .map(BookingStatus::from)
}

/// The timeline's sentence on one notification of a send.
pub fn sent_entry(notification: &Notification, now: DateTime<Utc>) -> TimelineEntry {
    let label = notification.kind.label();
    let staff = notification.staff.as_ref().map(ToString::to_string);
    let name = staff.unwrap_or_else(|| notification.recipient.name.to_string());
    let on = |wanted: fn(DeliveryStatus) -> bool| {
        let deliveries = notification.deliveries.iter().filter(|d| wanted(d.status));
        deliveries
            .map(|d| d.channel.label())
            .collect::<Vec<_>>()
            .join(" and ")
    };
    let clauses: Vec<_> = [
        (on(DeliveryStatus::accepted), "sent to", "by"),
        (
            on(|status| status == DeliveryStatus::Failed),
            "not sent to",
            "by",
        ),
        (on(DeliveryStatus::in_doubt), "perhaps sent to", "by"),
    ]
    .into_iter()
    .filter(|(channels, ..)| !channels.is_empty())
    .map(|(channels, verb, by)| format!("{verb} {name} {by} {channels}"))
    .collect();
    let reasons: Vec<_> = notification
        .deliveries
        .iter()
        .filter_map(|d| d.reason.as_deref())
        .collect();
    let mut text = format!("{label} {}", clauses.join(", "));
    if !reasons.is_empty() {
        text.push_str(&format!(" ({})", reasons.join(" ")));
    }
    let channel = match notification.deliveries.as_slice() {
        [only] => Some(only.channel),
        _ => None,
    };
    TimelineEntry {
        at: now,
        kind: TimelineKind::Notification,
        text,
        attendee_id: Some(notification.recipient.id.clone()),
        channel,
        actor: notification.actor.clone(),
    }
}

#[cfg(test)]
mod tests;
