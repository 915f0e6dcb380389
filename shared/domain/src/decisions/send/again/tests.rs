//! What staff send again, and what they find out.

use super::*;
use crate::{
    notification::{Delivery, NotDelivered},
    sample,
    values::{
        channel::Preference,
        kind::MessageKind,
        lease::{LEASE, Lease},
    },
};

const CHANNELS: [Channel; 2] = [Channel::Email, Channel::Sms];

/// A row with each channel as it is named, if it is.
fn row(statuses: [Option<DeliveryStatus>; 2]) -> Notification {
    let mut row = sample::notification(MessageKind::Confirmation);
    let with = CHANNELS.into_iter().zip(statuses);
    row.deliveries = with
        .filter_map(|(channel, status)| {
            let reason = "why".to_owned();
            Some(Delivery::not_tried(channel, status?, reason, sample::now()))
        })
        .collect();
    row
}

#[test]
fn a_retry_sends_what_failed_or_says_why_not() {
    let failed = Some(DeliveryStatus::Failed);
    let settings = sample::settings();
    let statuses = [
        [failed, failed],
        [failed, None],
        [None, failed],
        [Some(DeliveryStatus::Skipped), failed],
        [failed, Some(DeliveryStatus::Sent)],
    ];
    let preferences = [
        None,
        Some(Preference::Email),
        Some(Preference::Sms),
        Some(Preference::Both),
    ];
    for (statuses, preference) in statuses
        .iter()
        .flat_map(|statuses| preferences.map(|preference| (*statuses, preference)))
    {
        for (email, phone) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut meeting = sample::meeting();
            let attendee = &mut meeting.attendees[0];
            attendee.preference = preference;
            attendee.email = attendee.email.take().filter(|_| email);
            attendee.phone = attendee.phone.take().filter(|_| phone);
            let deliverability = sample::deliverability(&settings);
            let row = row(statuses);
            let again = decide_retry(&meeting, None, deliverability, &row, sample::now());
            let usable = CHANNELS.into_iter().zip([email, phone]);
            let usable = usable.filter(|(channel, usable)| {
                let delivery = row.delivery(*channel).filter(|_| *usable);
                delivery.is_some_and(|each| each.status == DeliveryStatus::Failed)
            });
            let usable: Vec<_> = usable.map(|(channel, _)| channel).collect();
            match again {
                Ok(again) => {
                    assert!(!again.is_empty());
                    assert!(again.iter().all(|channel| usable.contains(channel)));
                }
                Err(Failure::Refused { reason, .. }) => {
                    assert!(usable.is_empty(), "{statuses:?} {preference:?}");
                    assert!(reason.ends_with('.'), "a sentence: {reason:?}");
                }
                Err(failure) => panic!("{failure:?}"),
            }
        }
    }
}

#[test]
fn what_staff_find_unsent_is_no_refusal() {
    let mut row = sample::notification(MessageKind::Confirmation);
    let lease = Lease::new("owner".to_owned(), sample::now());
    let mut delivery = Delivery::dispatching(Channel::Sms, None, lease, sample::now());
    let doubtful = NotDelivered::Doubtful("no answer".to_owned());
    delivery.settle(Err(doubtful), sample::now());
    row.deliveries = vec![delivery];
    assert_eq!(
        decide_resolve(&mut row, None, Found::Failed, sample::now()),
        1
    );
    let delivery = &row.deliveries[0];
    assert_eq!(delivery.status, DeliveryStatus::Failed);
    assert_eq!(delivery.meaning(), "It was not sent, as staff found.");
}

#[test]
fn nothing_is_retried_while_another_message_of_the_meeting_is_being_sent() {
    let settings = sample::settings();
    let row = row([Some(DeliveryStatus::Failed), None]);
    let mut meeting = sample::meeting();
    let retry = |meeting: &Meeting, now| {
        decide_retry(meeting, None, sample::deliverability(&settings), &row, now)
    };
    meeting.sending = Some(Lease::new("owner".to_owned(), sample::now()));
    let refused = retry(&meeting, sample::now());
    assert!(
        matches!(
            &refused,
            Err(Failure::Refused {
                code: "sending",
                ..
            })
        ),
        "{refused:?}"
    );
    let lapsed = sample::now() + LEASE;
    assert!(retry(&meeting, lapsed).is_ok());
}
