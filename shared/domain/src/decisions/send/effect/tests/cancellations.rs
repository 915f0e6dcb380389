//! What calls a meeting off, and what takes that back.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    Failure,
    send::{Found, SendPlan, Whom, decide_resolve, decide_send},
};

#[test]
fn a_cancellation_says_when_and_leaves_what_was_announced() {
    let meeting = confirmed(5);
    let after = recorded(&meeting, NotificationType::Cancellation);
    assert_eq!(after.status, BookingStatus::Cancelled);
    assert_eq!(after.cancelled_at, Some(at(5)));
    assert_eq!(after.announced, meeting.announced);
    assert_eq!(after.cancelled_revision, Some(1));
}

#[test]
fn what_was_sent_of_other_details_does_not_take_a_cancellation_back() {
    let mut meeting = confirmed(5);
    let rows = sent(&meeting, NotificationType::Reminder);
    moved(&mut meeting);
    meeting.status = BookingStatus::Cancelled;
    let before = meeting.announced.clone();
    record(&mut meeting, None, &rows, 9);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(meeting.announced, before);
}

#[test]
fn what_was_sent_of_the_details_that_were_cancelled_announces_them_anew() {
    let mut meeting = confirmed(5);
    meeting.status = BookingStatus::Cancelled;
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 9);
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert_eq!(meeting.announced.unwrap().since, at(9));
}

/// A meeting that is off, being confirmed again for the same time; with the messages.
fn taken_back() -> (Meeting, Vec<Notification>) {
    let mut meeting = recorded(&confirmed(1), NotificationType::Cancellation);
    meeting.renew_for(NotificationType::Confirmation);
    let rows = sent(&meeting, NotificationType::Confirmation);
    (meeting, rows)
}

/// Decides a send to everybody, without a template.
fn to_everybody(meeting: &Meeting, kind: NotificationType) -> Result<SendPlan, Failure> {
    let settings = sample::settings();
    let deliverability = sample::deliverability(&settings);
    decide_send(meeting, None, deliverability, kind, Whom::EVERYBODY, at(9))
}

/// Whether each of these may be sent: a confirmation, a request, a cancellation.
fn may_send(meeting: &Meeting) -> [bool; 3] {
    let may = |kind| {
        let plan = to_everybody(meeting, kind);
        plan.is_ok()
    };
    [
        NotificationType::Confirmation,
        NotificationType::ConfirmationRequest,
        NotificationType::Cancellation,
    ]
    .map(may)
}

#[test]
fn to_take_back_a_cancellation_changes_nothing_while_nobody_has_heard_of_it() {
    let (mut meeting, mut rows) = taken_back();
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Failed;
    }
    record(&mut meeting, None, &rows, 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, false]);
    // In doubt it is as if it were off, and may be called off again.
    let (mut meeting, mut rows) = taken_back();
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    }
    record(&mut meeting, None, &rows, 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, true]);
    // A later attempt comes to nothing; then it turns out that the first one went out.
    meeting.renew_for(NotificationType::Confirmation);
    decide_resolve(&mut rows[0], None, Found::Sent, at(8));
    record_settled(&mut meeting, None, &rows[0], at(8));
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert_eq!(meeting.revision, rows[0].revision);
}

#[rstest]
#[case::its_clock_is_behind(-30)]
#[case::its_clock_is_ahead(30)]
fn the_order_of_statements_decides_what_a_settled_doubt_moves(#[case] minutes: i64) {
    // In doubt when it was called off: that holds.
    let (meeting, mut row) = doubted(NotificationType::ConfirmationRequest);
    let mut off = recorded(&meeting, NotificationType::Cancellation);
    off.cancelled_at = Some(row.dispatched_at() + TimeDelta::minutes(minutes));
    decide_resolve(&mut row, None, Found::Sent, at(8));
    record_settled(&mut off, None, &row, at(8));
    assert_eq!(off.status, BookingStatus::Cancelled);
    // Sent when it was off: it takes place again.
    let (mut off, mut rows) = taken_back();
    off.cancelled_at = Some(rows[0].dispatched_at() + TimeDelta::minutes(minutes));
    rows[0].deliveries[0].status = DeliveryStatus::Unknown;
    record(&mut off, None, &rows, 6);
    decide_resolve(&mut rows[0], None, Found::Sent, at(8));
    record_settled(&mut off, None, &rows[0], at(8));
    assert_eq!(off.status, BookingStatus::Booked);
}

#[test]
fn what_was_taken_back_without_the_lead_attendee_can_be_called_off_again() {
    let bob = |rows: &[Notification]| rows[1..].to_vec();
    let (mut meeting, rows) = taken_back();
    record(&mut meeting, None, &bob(&rows), 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, true]);
    // At a new time as well: to those who were told of it.
    let mut meeting = recorded(&confirmed(1), NotificationType::Cancellation);
    moved(&mut meeting);
    assert_eq!(may_send(&meeting), [true, false, false]);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &bob(&rows), 6);
    assert_eq!(may_send(&meeting), [true, false, true]);
    let kind = NotificationType::Cancellation;
    let plan = to_everybody(&meeting, kind);
    let to = plan.unwrap().recipients;
    assert_eq!(to.len(), 1);
    assert_eq!(to[0].attendee.id, meeting.attendees[1].id);
}

#[test]
fn what_is_off_has_the_newest_number_of_its_details() {
    let (mut meeting, rows) = taken_back();
    record(&mut meeting, None, &rows[1..], 6);
    // A message of the old number calls off the lead attendee's.
    let mut again = sent(&meeting, NotificationType::Cancellation);
    again.truncate(1);
    again[0].revision = 1;
    record(&mut meeting, None, &again, 7);
    assert_eq!(meeting.cancelled_revision, Some(meeting.revision));
    // Taken up again meanwhile, they have the number that was announced.
    let (mut meeting, rows) = taken_back();
    (meeting.revision, meeting.cancelled_revision) = (5, Some(5));
    record(&mut meeting, None, &rows[1..], 6);
    assert_eq!((meeting.revision, meeting.cancelled_revision), (2, Some(2)));
}
