//! What failed is sent again, and what is in doubt is settled.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    Failure,
    id::AttendeeId,
    send::{Found, decide_resolve, decide_retry},
    values::kind::MessageKind,
};

#[rstest]
#[case(Found::Sent, BookingStatus::Cancelled)]
#[case(Found::Failed, BookingStatus::Booked)]
fn a_doubt_that_is_settled_leaves_what_would_have_been(
    #[case] found: Found,
    #[case] status: BookingStatus,
) {
    let (mut meeting, mut row) = doubted(NotificationType::Cancellation);
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert!(meeting.cancellation_in_doubt());
    assert_eq!(decide_resolve(&mut row, None, found, at(7)), 1);
    record_settled(&mut meeting, None, &row, at(7));
    assert_eq!(meeting.status, status);
    assert_eq!(
        meeting.cancelled_at.is_some(),
        status == BookingStatus::Cancelled
    );
}

#[test]
fn a_doubt_that_turns_out_sent_moves_nothing_when_something_was_said_since() {
    let (mut meeting, mut row) = doubted(NotificationType::Cancellation);
    let again = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &again, 6);
    let before = meeting.clone();
    decide_resolve(&mut row, None, Found::Sent, at(7));
    record_settled(&mut meeting, None, &row, at(7));
    assert_eq!(meeting, before);
}

/// Why the failed email of this type is not sent again.
fn retried(
    kind: MessageKind,
    change: impl FnOnce(&mut Meeting, &mut Notification),
) -> Result<Vec<Channel>, &'static str> {
    let settings = sample::settings();
    let mut meeting = confirmed(-9);
    let mut row = sent(&meeting, NotificationType::Confirmation).remove(0);
    row.kind = kind;
    row.deliveries[0].status = DeliveryStatus::Failed;
    change(&mut meeting, &mut row);
    let deliverability = sample::deliverability(&settings);
    let again = decide_retry(&meeting, None, deliverability, &row, at(0));
    again.map_err(|failure| match failure {
        Failure::Refused { code, .. } => code,
        _ => "another failure",
    })
}

#[test]
fn a_retry_is_refused_with_a_code_of_its_own() {
    use MessageKind::{AnswerNotice, AutoReply, Cancellation, Confirmation};
    assert_eq!(retried(Confirmation, |_, _| {}), Ok(vec![Channel::Email]));
    assert_eq!(
        retried(Confirmation, |meeting, _| meeting.archived = true),
        Err("archived")
    );
    let start = |meeting: &mut Meeting, row: &mut Notification| {
        meeting.details.starts_at = at(0);
        row.details = meeting.details.clone();
    };
    assert_eq!(retried(Confirmation, start), Err("started"));
    assert_eq!(retried(Cancellation, start), Ok(vec![Channel::Email]));
    let over = |meeting: &mut Meeting, _: &mut Notification| {
        let length = TimeDelta::minutes(meeting.details.duration_minutes.into());
        meeting.details.starts_at = at(0) - length;
    };
    assert_eq!(retried(Cancellation, over), Err("started"));
    for kind in [AutoReply, AnswerNotice] {
        assert_eq!(retried(kind, |_, _| {}), Err("not_sent_again"));
    }
    let cancel = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.status = BookingStatus::Cancelled;
    };
    assert_eq!(retried(Confirmation, cancel), Err("cancelled"));
    assert_eq!(retried(Cancellation, cancel), Ok(vec![Channel::Email]));
    assert_eq!(
        retried(Confirmation, |_, row| row.revision += 1),
        Err("meeting_changed")
    );
    let stranger = |_: &mut Meeting, row: &mut Notification| {
        row.recipient.id = AttendeeId::parse("gone").unwrap();
    };
    assert_eq!(retried(Confirmation, stranger), Err("attendee_gone"));
    let unreachable = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.attendees[0].email = None;
    };
    assert_eq!(retried(Confirmation, unreachable), Err("unreachable"));
    let doubtful = |_: &mut Meeting, row: &mut Notification| {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    };
    assert_eq!(retried(Confirmation, doubtful), Err("unknown"));
    let sent = |_: &mut Meeting, row: &mut Notification| {
        row.deliveries[0].status = DeliveryStatus::Sent;
    };
    assert_eq!(retried(Confirmation, sent), Err("nothing_failed"));
}

#[test]
fn a_retry_takes_what_the_plan_would_use_before_what_it_would_not() {
    let both_failed = |meeting: &mut Meeting, row: &mut Notification| {
        let mut sms = row.deliveries[0].clone();
        sms.channel = Channel::Sms;
        row.deliveries.push(sms);
        meeting.attendees[0].preference = Some(crate::values::channel::Preference::Sms);
    };
    let kind = MessageKind::Confirmation;
    assert_eq!(retried(kind, both_failed), Ok(vec![Channel::Sms]));
    let only_email = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.attendees[0].preference = Some(crate::values::channel::Preference::Sms);
    };
    assert_eq!(retried(kind, only_email), Ok(vec![Channel::Email]));
}

#[rstest]
#[case(None, Found::Sent, 2)]
#[case(Some(Channel::Sms), Found::Sent, 1)]
#[case(Some(Channel::Sms), Found::Failed, 1)]
fn staff_settle_what_is_unknown_and_nothing_else(
    #[case] channel: Option<Channel>,
    #[case] found: Found,
    #[case] settled: usize,
) {
    let mut row = sample::notification(MessageKind::Confirmation);
    let lease = Lease::new("owner".to_owned(), at(0));
    let delivery = |channel| Delivery {
        status: DeliveryStatus::Unknown,
        ..Delivery::dispatching(channel, None, lease.clone(), at(0))
    };
    row.deliveries = vec![delivery(Channel::Email), delivery(Channel::Sms)];
    let before = row.clone();
    assert_eq!(decide_resolve(&mut row, channel, found, at(7)), settled);
    for (was, is) in before.deliveries.iter().zip(&row.deliveries) {
        if channel.is_some_and(|channel| channel != is.channel) {
            assert_eq!(was, is);
            continue;
        }
        let (status, said) = match found {
            Found::Sent => (DeliveryStatus::Sent, "Staff found that it was sent."),
            Found::Failed => (DeliveryStatus::Failed, "Staff found that it was not sent."),
        };
        assert_eq!((is.status, is.at), (status, at(7)));
        assert_eq!(is.reason.as_deref(), Some(said));
    }
    let after = row.clone();
    assert_eq!(decide_resolve(&mut row, channel, found, at(8)), 0);
    assert_eq!(row, after);
}

#[test]
fn a_removal_is_not_sent_again_to_somebody_who_is_back() {
    let removal = |meeting: &mut Meeting, row: &mut Notification| {
        let bob = meeting.attendees.remove(1);
        let (id, kind) = (row.id.clone(), MessageKind::Cancellation);
        let deliveries = row.deliveries.clone();
        *row = Notification::about(meeting, &bob, id, kind, row.config_id.clone(), at(0));
        row.deliveries = deliveries;
        meeting.removed = vec![bob];
    };
    let kind = MessageKind::Cancellation;
    assert_eq!(retried(kind, removal), Ok(vec![Channel::Email]));
    let back = |meeting: &mut Meeting, row: &mut Notification| {
        removal(meeting, row);
        meeting.attendees.append(&mut meeting.removed);
    };
    assert_eq!(retried(kind, back), Err("attendee_back"));
    let off = |meeting: &mut Meeting, row: &mut Notification| {
        back(meeting, row);
        meeting.status = BookingStatus::Cancelled;
    };
    assert_eq!(retried(kind, off), Ok(vec![Channel::Email]), "it is off");
    let renumbered = |meeting: &mut Meeting, _: &mut Notification| meeting.revision += 1;
    assert_eq!(retried(kind, renumbered), Ok(vec![Channel::Email]));
    let longer = |meeting: &mut Meeting, _: &mut Notification| moved(meeting);
    assert_eq!(retried(kind, longer), Err("meeting_changed"));
}
