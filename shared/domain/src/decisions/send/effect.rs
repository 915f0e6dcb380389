//! What a send does to the meeting, once the providers have spoken (N11, N12, L9).

use chrono::{DateTime, Utc};

use super::decide::status_after;
use crate::{
    meeting::{Announced, Attendee, BookingStatus, Meeting, Statement},
    notification::{AnswerGiven, Notification},
    template::{NotificationConfig, Template},
    values::kind::NotificationType,
};

/// Moves the meeting as these messages of one send do.
///
/// Every recipient is remembered with the message that reached for them and with what
/// they were told by it, certainly or perhaps, unless that is
/// [no news](Meeting::is_no_news). The status follows the lead attendee's
/// message, once a provider has accepted it; a send that leaves them out leads out of
/// `DRAFT` at most (N11, N14). What was sent may be older than the meeting's own details
/// by now, and a meeting that was cancelled meanwhile stays cancelled. With the first of
/// a meeting's announcements, or the first after a cancellation, its reminders are those
/// of `template`, its own.
pub fn record_sent(
    meeting: &mut Meeting,
    template: Option<&Template>,
    notifications: &[Notification],
    now: DateTime<Utc>,
) {
    let to_attendees = notifications.iter().filter(|row| row.is_to_attendee());
    let news = to_attendees.filter(|row| !meeting.is_no_news(row));
    for notification in news.collect::<Vec<_>>() {
        let id = &notification.recipient.id;
        if let Some(attendee) = meeting.attendees.iter_mut().find(|a| &a.id == id) {
            attendee.last_notification = Some(notification.id.clone());
        }
    }
    take_in(meeting, template, notifications, now);
}

/// Takes in what became of messages of one send, whatever was said since.
fn take_in(
    meeting: &mut Meeting,
    template: Option<&Template>,
    notifications: &[Notification],
    now: DateTime<Utc>,
) {
    // What goes to addresses that are nobody's any more says nothing of the meeting.
    let to_attendees = notifications.iter().filter(|row| row.is_to_attendee());
    let to_attendees: Vec<_> = to_attendees.collect();
    let sent = config_of(template, leading(meeting, &to_attendees));
    let moves = Moves {
        status: moves_status(meeting, &to_attendees),
        meeting: sent
            .as_ref()
            .is_some_and(|(sent, _)| !is_overtaken(meeting, sent)),
    };
    for notification in notifications {
        meeting.hear(notification);
    }
    if let Some((sent, config)) = sent {
        move_on(meeting, template, &to_attendees, sent, &config, moves, now);
    }
    meeting.forget_what_nobody_was_told();
    meeting.forget_answers_of_other_details();
}

/// What messages move.
#[derive(Clone, Copy)]
struct Moves {
    /// The status.
    status: bool,
    /// What is announced, or called off.
    meeting: bool,
}

/// Whether something certainly reached an attendee that is no older than a message.
fn is_known_since(attendee: &Attendee, notification: &Notification) -> bool {
    let mut certain = attendee.told.iter().flat_map(|told| &told.certain);
    notification
        .last_statement()
        .is_some_and(|number| certain.any(|later| *later >= number))
}

/// Whether something newer than a message was announced, or by others the same.
fn is_overtaken(meeting: &Meeting, notification: &Notification) -> bool {
    let announced = meeting.announced.as_ref();
    let last = announced.map(|announced| announced.statement);
    notification
        .last_statement()
        .is_some_and(|number| last >= Some(number))
}

/// The message that a send is to the meeting: the lead attendee's where a provider has
/// accepted it, else one that was accepted for another attendee.
fn leading<'a>(meeting: &Meeting, notifications: &[&'a Notification]) -> Option<&'a Notification> {
    // What its receiver was told over since moves nothing.
    let told_over = |row: &Notification| {
        let recipient = meeting.anybody(&row.recipient.id);
        recipient.is_some_and(|recipient| is_known_since(recipient, row))
    };
    let accepted = || {
        let rows = notifications.iter().copied();
        rows.filter(|row| row.accepted() && !told_over(row))
    };
    let of_lead = accepted().find(|row| meeting.is_lead(&row.recipient.id));
    let is_attendee = |row: &&Notification| meeting.attendee(&row.recipient.id).is_some();
    // That one of several is off is not that the meeting is.
    let announces = |row: &&Notification| {
        let kind = row.kind.notification();
        kind.is_some_and(NotificationType::announces) && is_attendee(row)
    };
    of_lead.or_else(|| accepted().find(announces))
}

fn config_of<'a>(
    template: Option<&Template>,
    row: Option<&'a Notification>,
) -> Option<(&'a Notification, NotificationConfig)> {
    let row = row?;
    let kind = row.kind.notification()?;
    let mut config = NotificationConfig::named(template, kind, &row.config_id);
    // The template may have changed since: it asks for what the message asked for.
    config.buttons.accept = Some(row.buttons.accept);
    config.buttons.decline = Some(row.buttons.decline);
    config.buttons.reschedule = Some(row.buttons.reschedule);
    Some((row, config))
}

/// Whether these messages say to the lead attendee what they did not know: to send again
/// what failed on one channel and arrived on another takes no answer back (N14).
fn moves_status(meeting: &Meeting, notifications: &[&Notification]) -> bool {
    let Some(lead) = meeting.lead() else {
        return false;
    };
    let Some(row) = notifications.iter().find(|row| row.recipient.id == lead.id) else {
        return meeting.status == BookingStatus::Draft;
    };
    let again = row.deliveries.iter().any(|delivery| delivery.attempt > 1);
    let mut known = meeting.certain_statements_of(lead);
    let known = known
        .any(|said| Some(said.kind) == row.kind.notification() && said.revision == row.revision);
    let out_of_draft = meeting.status == BookingStatus::Draft;
    let nothing_new = (again && known) || is_known_since(lead, row);
    out_of_draft || (row.accepted() && !nothing_new)
}

/// Moves the status and what was announced as `sent` does, of messages that were made
/// from `config`.
fn move_on(
    meeting: &mut Meeting,
    template: Option<&Template>,
    notifications: &[&Notification],
    sent: &Notification,
    config: &NotificationConfig,
    moves: Moves,
    now: DateTime<Utc>,
) {
    let was_cancelled = meeting.status == BookingStatus::Cancelled;
    if was_cancelled && sent.details != meeting.details {
        return;
    }
    if moves.status {
        meeting.status = answered_meanwhile(meeting, notifications)
            .filter(|_| !config.kind.calls_off())
            .unwrap_or_else(|| status_after(meeting, config));
    }
    // A reminder tells nobody what they did not know.
    if config.kind.announces() && config.kind != NotificationType::Reminder {
        meeting.reminders.announced(sent.revision);
    }
    if config.kind.announces() && moves.meeting {
        let before = meeting.announced.take().filter(|_| !was_cancelled);
        if before.is_none() {
            meeting.take_triggers(template.map_or(&[], |t| &t.body().reminder_triggers));
        }
        announce(meeting, before, sent, config, now);
    }
    if config.kind.calls_off() && moves.status {
        call_off(meeting, sent, now);
    }
}

/// Notes what a message has announced, after what was announced `before`.
fn announce(
    meeting: &mut Meeting,
    before: Option<Announced>,
    sent: &Notification,
    config: &NotificationConfig,
    now: DateTime<Utc>,
) {
    if sent.details == meeting.details {
        take_up(meeting, sent.revision);
    }
    let said = Statement {
        number: sent.last_statement().unwrap_or_default(),
        kind: config.kind,
        revision: sent.revision,
        details: sent.details.clone(),
        asked: config.buttons().invite(),
        at: now,
    };
    meeting.announced = Some(announcement(before, said));
}

/// Notes what a message has called off.
fn call_off(meeting: &mut Meeting, sent: &Notification, now: DateTime<Utc>) {
    // These very details may have a newer number since.
    let called_off = if sent.details == meeting.details {
        meeting.revision
    } else {
        sent.revision
    };
    meeting.cancelled_at = Some(now);
    meeting.cancelled_revision = Some(called_off);
    meeting.cancelled_statement = sent.last_statement().max(meeting.cancelled_statement);
}

/// Gives the details the number that they were announced with: they may have been left and
/// taken up again since. Where that has not reached the lead attendee of a meeting that is
/// off, it is this that is off.
fn take_up(meeting: &mut Meeting, revision: u32) {
    let off = meeting.status == BookingStatus::Cancelled;
    if off && meeting.cancelled_revision == Some(meeting.revision) {
        meeting.cancelled_revision = Some(revision);
    }
    meeting.revision = revision;
}

/// What customers are told last, after `before`.
fn announcement(before: Option<Announced>, said: Statement) -> Announced {
    let same = before.filter(|announced| announced.revision == said.revision);
    let same = same.as_ref();
    let requested = said.kind == NotificationType::ConfirmationRequest;
    Announced {
        since: same.map_or(said.at, |announced| announced.since),
        asked: said.asked || same.is_some_and(|announced| announced.asked),
        requested: requested || same.is_some_and(|announced| announced.requested),
        statement: said.number,
        details: said.details,
        revision: said.revision,
        at: said.at,
    }
}

/// The meeting as it will be when all that is sent of this config now has arrived:
/// the calendar files that travel along tell of that, and are those that can be
/// downloaded afterwards.
pub fn once_sent(
    meeting: &Meeting,
    config: &NotificationConfig,
    statement: Statement,
    now: DateTime<Utc>,
) -> Meeting {
    let mut after = meeting.clone();
    after.status = status_after(meeting, config);
    let said = Statement {
        at: now,
        ..statement.clone()
    };
    after.suppose_told(statement);
    if config.kind.calls_off() {
        after.cancelled_statement = Some(said.number);
        after.cancelled_at = Some(now);
        after.cancelled_revision = Some(meeting.revision);
    }
    if config.kind.announces() {
        let cancelled = meeting.status == BookingStatus::Cancelled;
        let before = after.announced.take().filter(|_| !cancelled);
        after.announced = Some(announcement(before, said));
    }
    after.forget_answers_of_other_details();
    after
}

/// What messages of this config tell of a meeting as it is.
pub fn statement(
    meeting: &Meeting,
    config: &NotificationConfig,
    number: u64,
    now: DateTime<Utc>,
) -> Statement {
    Statement {
        number,
        kind: config.kind,
        revision: meeting.revision,
        details: meeting.details.clone(),
        asked: config.buttons().invite(),
        at: now,
    }
}

/// Moves the meeting as a notification does of which it was in doubt whether it went
/// out, and is not any more. What was said later holds: by the numbers that the store has
/// put statements in order by, and by no two clocks. So does what another delivery
/// of the same send has moved already; but the lead attendee's status moves with what was
/// said to them, whoever else was told it before (N14).
pub fn record_settled(
    meeting: &mut Meeting,
    template: Option<&Template>,
    notification: &Notification,
    now: DateTime<Utc>,
) {
    let off = meeting.status == BookingStatus::Cancelled;
    let since = notification.last_statement() > meeting.cancelled_statement;
    let kind = notification.kind.notification();
    let announces = kind.is_some_and(NotificationType::announces);
    if announces && off && !since {
        meeting.hear(notification);
        meeting.forget_what_nobody_was_told();
    } else if is_overtaken(meeting, notification) {
        take_in(meeting, template, std::slice::from_ref(notification), now);
    } else {
        record_sent(meeting, template, std::slice::from_ref(notification), now);
    }
}

/// The status that the lead attendee's answer led to, when it came while the
/// send was still under way: an SMS can be answered before SES has answered us, an older
/// message at any time, and others of a crowd may be written to minutes after them. The
/// store has put the claim of what was said and the answer in order.
fn answered_meanwhile(meeting: &Meeting, notifications: &[&Notification]) -> Option<BookingStatus> {
    let lead = &meeting.lead()?.id;
    let rows = || notifications.iter().copied();
    let theirs = rows().find(|row| &row.recipient.id == lead);
    let all = rows().map(Notification::dispatched_at);
    let dispatched = theirs.map(Notification::dispatched_at).or(all.max())?;
    let last = meeting.attendee(lead)?.response.as_ref();
    let said = rows().filter_map(Notification::last_statement).max();
    let said = theirs.and_then(Notification::last_statement).or(said);
    if let Some((given, after, said)) = last.and_then(|given| Some((given, given.after?, said?))) {
        return (after >= said).then(|| given.answer.into());
    }
    let since = last.filter(|given| given.at > dispatched);
    // Within one instant, what was noted on this very message came after it.
    // Whose answer is forgotten has been removed since.
    let to_this = || {
        last?;
        let holds = |given: &&AnswerGiven| !given.stale && given.at >= dispatched;
        let theirs = theirs?;
        let last = theirs.answers.iter().rfind(holds)?;
        (last.revision == theirs.revision).then_some(last.answer)
    };
    since
        .map(|given| given.answer)
        .or_else(to_this)
        .map(BookingStatus::from)
}

#[cfg(test)]
mod tests;
