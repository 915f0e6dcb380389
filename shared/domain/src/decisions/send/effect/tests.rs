//! What a send does to the meeting, rule by rule.

mod announced;
mod answers;
mod cancellations;
mod failed;
mod triggers;

use chrono::TimeDelta;

use super::*;
use crate::{
    meeting::Response,
    notification::{Delivery, DeliveryStatus},
    sample,
    values::{answer::Answer, channel::Channel, kind::NotificationType, lease::Lease},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn config(kind: NotificationType) -> NotificationConfig {
    NotificationConfig::built_in(kind)
}

/// What a send of this type makes of the meeting: a row for each attendee, dispatched at
/// the sample's time and accepted.
fn sent(meeting: &Meeting, kind: NotificationType) -> Vec<Notification> {
    let row = |place: usize| {
        let mut row = sample::notification(kind.into());
        row.recipient = crate::notification::Addressee::of(&meeting.attendees[place]);
        row.id = crate::id::NotificationId::new(&meeting.id, &row.recipient.id, "key", at(0));
        row.revision = meeting.revision;
        row.details = meeting.details.clone();
        row.buttons = config(kind).buttons();
        let lease = Lease::new("owner".to_owned(), at(0));
        let mut delivery = Delivery::dispatching(Channel::Email, None, lease, at(0));
        delivery.settle(Ok("id".to_owned()), at(1));
        delivery.statement = Some(meeting.next_statement());
        row.deliveries = vec![delivery];
        row
    };
    (0..meeting.attendees.len()).map(row).collect()
}

/// The meeting while these messages are being sent.
fn saying(meeting: &Meeting, rows: &[Notification]) -> Meeting {
    let kind = rows[0].kind.notification().unwrap();
    let told = Meeting {
        details: rows[0].details.clone(),
        revision: rows[0].revision,
        ..meeting.clone()
    };
    let number = rows[0].deliveries[0].statement.unwrap();
    let says = statement(&told, &config(kind), number, at(0));
    meeting.clone().about_to_say(vec![says])
}

/// What a message of this kind would say now.
fn says(meeting: &Meeting, kind: NotificationType) -> Statement {
    statement(meeting, &config(kind), meeting.next_statement(), at(0))
}

/// Sends these messages, and records them at this minute.
fn record(meeting: &mut Meeting, template: Option<&Template>, rows: &[Notification], minutes: i64) {
    *meeting = saying(meeting, rows);
    record_sent(meeting, template, rows, at(minutes));
}

fn recorded(meeting: &Meeting, kind: NotificationType) -> Meeting {
    let mut after = meeting.clone();
    record(&mut after, None, &sent(meeting, kind), 5);
    after
}

/// The sample meeting, after its confirmation was sent at this minute.
fn confirmed(minutes: i64) -> Meeting {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, minutes);
    meeting
}

fn moved(meeting: &mut Meeting) {
    let mut details = meeting.details.clone();
    details.duration_minutes += 15;
    meeting.change_details(details);
}

fn answered(answer: Answer, revision: u32, at: DateTime<Utc>) -> Option<Response> {
    Some(Response {
        answer,
        revision,
        at,
        wish: None,
        channel: None,
        after: None,
    })
}

/// A meeting whose customers were told, then sent a message of this kind that is in
/// doubt; with that message to the lead attendee.
fn doubted(kind: NotificationType) -> (Meeting, Notification) {
    let mut meeting = confirmed(-1);
    let mut rows = sent(&meeting, kind);
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    }
    record(&mut meeting, None, &rows, 5);
    (meeting, rows.swap_remove(0))
}
