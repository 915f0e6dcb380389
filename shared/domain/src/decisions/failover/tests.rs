//! When the other channel takes over, and when it does not.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    answer::Answer,
    meeting::{BookingStatus, Response},
    notification::{NotDelivered, Report, ReportKind},
    sample,
    values::{contact::EmailAddress, id::NotificationId, kind::MessageKind, lease::LEASE},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn lease() -> Lease {
    Lease::new("owner".to_owned(), at(0))
}

/// What went by this channel and came to this.
fn delivery(channel: Channel, reported: ReportKind) -> Delivery {
    let mut delivery = Delivery::dispatching(channel, None, lease(), at(0));
    delivery.settle(Ok("id".to_owned()), at(0));
    delivery.take_report(Report::new(reported, at(1), None), None);
    delivery
}

fn row(kind: MessageKind, deliveries: Vec<Delivery>) -> Notification {
    Notification {
        deliveries,
        ..sample::notification(kind)
    }
}

fn bounced() -> Notification {
    let delivery = delivery(Channel::Email, ReportKind::HardBounce);
    row(MessageKind::Confirmation, vec![delivery])
}

fn config(channel_mode: ChannelMode) -> NotificationConfig {
    NotificationConfig {
        channel_mode,
        ..NotificationConfig::built_in(NotificationType::Confirmation)
    }
}

#[rstest]
#[case(Channel::Email, ReportKind::HardBounce, Some(Channel::Sms))]
#[case(Channel::Email, ReportKind::Rejected, Some(Channel::Sms))]
#[case(Channel::Email, ReportKind::SoftBounce, None)]
#[case(Channel::Email, ReportKind::Complaint, None)]
#[case(Channel::Email, ReportKind::Delayed, None)]
#[case(Channel::Email, ReportKind::Delivered, None)]
#[case(Channel::Sms, ReportKind::NotTaken, Some(Channel::Email))]
#[case(Channel::Sms, ReportKind::TakenByCarrier, None)]
fn the_other_channel_is_due_on_what_reached_nobody(
    #[case] channel: Channel,
    #[case] reported: ReportKind,
    #[case] due: Option<Channel>,
) {
    let follows = config(ChannelMode::FollowPreference);
    let row = row(MessageKind::Confirmation, vec![delivery(channel, reported)]);
    let ann = &sample::meeting().attendees[0];
    assert_eq!(failover_channel(&follows, &row, ann), due);
}

#[test]
fn nothing_is_due_that_the_template_or_the_customer_does_not_have_so() {
    let ann = sample::meeting().attendees.remove(0);
    let follows = config(ChannelMode::FollowPreference);
    for mode in [ChannelMode::Email, ChannelMode::Sms, ChannelMode::Both] {
        assert_eq!(failover_channel(&config(mode), &bounced(), &ann), None);
    }
    let off = NotificationConfig {
        failover: false,
        ..follows.clone()
    };
    assert_eq!(failover_channel(&off, &bounced(), &ann), None);
    let mut without = ann.clone();
    without.phone = None;
    assert_eq!(failover_channel(&follows, &bounced(), &without), None);
    // News for staff and automatic replies have no other channel.
    for kind in [MessageKind::AutoReply, MessageKind::CalendarRemoval] {
        let other = row(kind, bounced().deliveries);
        assert_eq!(failover_channel(&follows, &other, &ann), None);
    }
    // What no provider took is for staff.
    let mut refused = Delivery::dispatching(Channel::Email, None, lease(), at(0));
    refused.settle(Err(NotDelivered::Refused("no".to_owned())), at(0));
    let refused = row(MessageKind::Confirmation, vec![refused]);
    assert_eq!(failover_channel(&follows, &refused, &ann), None);
}

#[test]
fn it_takes_over_once() {
    let ann = sample::meeting().attendees.remove(0);
    let follows = config(ChannelMode::FollowPreference);
    let mut row = bounced();
    row.failover = failover_channel(&follows, &row, &ann);
    let told = fail_over(&mut row, Channel::Sms, &lease(), at(2));
    assert!(told.is_some() && row.has_entries && row.failover.is_none());
    let sms = row.delivery(Channel::Sms).unwrap();
    assert_eq!((sms.status, sms.attempt), (DeliveryStatus::Dispatching, 1));
    let because = sms.fallback_reason.as_deref();
    assert_eq!(because, Some("The email came back."));
    assert_eq!(failover_channel(&follows, &row, &ann), None, "it is at it");
    // Nor does the first one take over in turn.
    let failed = delivery(Channel::Sms, ReportKind::NotTaken);
    *row.delivery_mut(Channel::Sms).unwrap() = failed;
    assert_eq!(failover_channel(&follows, &row, &ann), None);
}

#[test]
fn what_was_not_tried_before_is_tried_then() {
    let mut row = bounced();
    let skipped = DeliveryStatus::Skipped;
    let no_number = "No phone number.".to_owned();
    let skipped = Delivery::not_tried(Channel::Sms, skipped, no_number, at(0));
    row.deliveries.push(skipped);
    let ann = sample::meeting().attendees.remove(0);
    let follows = config(ChannelMode::FollowPreference);
    assert_eq!(
        failover_channel(&follows, &row, &ann),
        Some(Channel::Sms),
        "she has one by now"
    );
    fail_over(&mut row, Channel::Sms, &lease(), at(2));
    assert_eq!(row.deliveries.len(), 2);
    assert_eq!(row.delivery(Channel::Sms).unwrap().attempt, 1);
}

#[test]
fn a_row_and_the_timeline_say_why_the_other_channel_did_not_take_over() {
    let mut row = bounced();
    row.failover = Some(Channel::Sms);
    let said = stay_failed(&mut row, "opted_out", "They want no SMS.", at(2)).unwrap();
    let text = "Confirmation to Ann Lee did not go out by SMS instead: They want no SMS.";
    assert_eq!(said.entry.text, text);
    assert!(said.told_so_far.is_some() && row.has_entries);
    assert_eq!(row.failover, None);
    let sms = row.delivery(Channel::Sms).unwrap();
    assert_eq!((sms.status, sms.attempt), (DeliveryStatus::Failed, 0));
    assert_eq!(sms.cause, Some(Unusable::OptedOut));
    assert_eq!(sms.reason.as_deref(), Some("They want no SMS."));
    assert_eq!(sms.fallback_reason.as_deref(), Some("The email came back."));
    let before = row.clone();
    assert_eq!(stay_failed(&mut row, "started", "Once more.", at(3)), None);
    assert_eq!(row, before);
    // What is no trouble of the channel makes no trouble on the row.
    let mut answered = bounced();
    answered.failover = Some(Channel::Sms);
    let said = stay_failed(&mut answered, "not_needed", "Answered.", at(2));
    assert!(said.is_some() && answered.delivery(Channel::Sms).is_none());
}

/// Whether Ann's message of this type may go out by SMS, as her meeting is.
fn decided(meeting: &Meeting, kind: MessageKind, now: DateTime<Utc>) -> Result<(), &'static str> {
    let settings = sample::settings();
    let row = row(kind, bounced().deliveries);
    let deliverability = sample::deliverability(&settings);
    match decide_failover(meeting, deliverability, &row, Channel::Sms, now) {
        Ok(()) => Ok(()),
        Err(Failure::Refused { code, .. }) => Err(code),
        Err(Failure::InProgress) => Err("waits"),
        Err(failure) => panic!("{failure:?}"),
    }
}

/// The sample meeting, which Ann knows.
fn known() -> Meeting {
    let mut meeting = sample::meeting();
    let details = meeting.details.clone();
    let revision = meeting.revision;
    sample::tell(&mut meeting, details, revision, false);
    meeting.status = BookingStatus::Booked;
    meeting
}

#[test]
fn it_takes_over_while_what_it_says_is_true_and_of_use() {
    let meeting = known();
    for kind in [MessageKind::Confirmation, MessageKind::Reminder] {
        assert_eq!(decided(&meeting, kind, at(2)), Ok(()));
        let begun = meeting.details.starts_at;
        assert_eq!(decided(&meeting, kind, begun), Err("started"));
    }
    let untold = sample::meeting();
    let reminder = decided(&untold, MessageKind::Reminder, at(2));
    assert_eq!(reminder, Err("attendee_changed"));
    let confirmed = decided(&untold, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Ok(()));
    let mut changed = known();
    changed.revision += 1;
    let confirmed = decided(&changed, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Err("meeting_changed"));
    let mut without = known();
    without.attendees[0].phone = None;
    let unreachable = decided(&without, MessageKind::Confirmation, at(2));
    assert_eq!(unreachable, Err(Unusable::NoPhone.code()));
    let mut corrected = known();
    corrected.attendees[0].email = EmailAddress::parse("ann.lee@example.com").ok();
    let confirmed = decided(&corrected, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Err("address_changed"));
}

#[test]
fn a_mailbox_that_is_written_otherwise_is_the_same_address() {
    let mut meeting = known();
    let then = meeting.attendees[0].email.clone().unwrap();
    let otherwise = then.shown().to_uppercase();
    meeting.attendees[0].email = EmailAddress::parse(&otherwise).ok();
    assert_ne!(meeting.attendees[0].email, Some(then));
    let confirmed = decided(&meeting, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Ok(()));
    // Without the address, a message to it reaches nobody.
    meeting.attendees[0].email = None;
    let confirmed = decided(&meeting, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Err("address_changed"));
}

/// An answer is taken back by nothing that nobody asked for.
#[rstest]
#[case(Answer::Accept, BookingStatus::Confirmed, Ok(()))]
#[case(Answer::Decline, BookingStatus::Declined, Err("not_needed"))]
#[case(
    Answer::Reschedule,
    BookingStatus::RescheduleRequested,
    Err("not_needed")
)]
fn who_has_answered_is_asked_no_more(
    #[case] answer: Answer,
    #[case] status: BookingStatus,
    #[case] reminded: Result<(), &'static str>,
) {
    let mut answered = known();
    answered.status = status;
    answered.attendees[0].response = Some(Response {
        answer,
        revision: answered.revision,
        at: at(1),
        wish: None,
        channel: None,
        after: None,
    });
    for asks in [MessageKind::Confirmation, MessageKind::ConfirmationRequest] {
        assert_eq!(decided(&answered, asks, at(2)), Err("not_needed"));
    }
    assert_eq!(decided(&answered, MessageKind::Reminder, at(2)), reminded);
    // An answer to other details is none to these.
    answered.status = BookingStatus::Booked;
    if let Some(response) = &mut answered.attendees[0].response {
        response.revision -= 1;
    }
    let confirmed = decided(&answered, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Ok(()));
}

#[test]
fn who_was_sent_something_newer_gets_nothing_older() {
    let mut meeting = known();
    let row = sample::notification(MessageKind::Confirmation);
    meeting.attendees[0].last_notification = Some(row.id.clone());
    assert_eq!(decided(&meeting, MessageKind::Confirmation, at(2)), Ok(()));
    let ann = &meeting.attendees[0].id;
    let newer = NotificationId::new(row.id.meeting(), ann, "newer", at(1));
    assert!(newer.ulid() > row.id.ulid());
    meeting.attendees[0].last_notification = Some(newer);
    let confirmed = decided(&meeting, MessageKind::Confirmation, at(2));
    assert_eq!(confirmed, Err("not_needed"));
}

#[test]
fn it_waits_while_something_else_is_sent_and_for_no_longer_than_it_is_of_use() {
    let mut meeting = known();
    meeting.sending = Some(lease());
    let confirmation = MessageKind::Confirmation;
    assert_eq!(decided(&meeting, confirmation, at(0)), Err("waits"));
    assert_eq!(decided(&meeting, confirmation, at(0) + LEASE), Ok(()));
    let begun = meeting.details.starts_at;
    meeting.sending = Some(Lease::new("owner".to_owned(), begun));
    assert_eq!(decided(&meeting, confirmation, begun), Err("started"));
    // What calls it off is of use until it would have ended.
    let cancellation = MessageKind::Cancellation;
    assert_eq!(decided(&meeting, cancellation, begun), Err("waits"));
    meeting.sending = None;
    assert_eq!(decided(&meeting, cancellation, begun), Ok(()));
    let ended = meeting.details.ends_at();
    assert_eq!(decided(&meeting, cancellation, ended), Err("started"));
}

/// Nobody knows whether Bob was told that it is off: that keeps no cancellation from Ann, and
/// everything else.
#[test]
fn a_cancellation_does_not_wait_for_another_ones_doubt() {
    let mut meeting = known();
    meeting.calling_off = true;
    assert!(meeting.cancellation_in_doubt());
    assert_eq!(
        decided(&meeting, MessageKind::Reminder, at(2)),
        Err("waits")
    );
    assert_eq!(decided(&meeting, MessageKind::Cancellation, at(2)), Ok(()));
}

#[test]
fn what_somebody_has_dealt_with_is_theirs() {
    let mut row = bounced();
    row.deal_with(crate::records::dealt_with::ada());
    let (meeting, settings) = (known(), sample::settings());
    let deliverability = sample::deliverability(&settings);
    let decided = decide_failover(&meeting, deliverability, &row, Channel::Sms, at(3));
    let dealt_with = |failure| {
        matches!(
            failure,
            Failure::Refused {
                code: "dealt_with",
                ..
            }
        )
    };
    assert!(decided.is_err_and(dealt_with));
}

#[rstest]
#[case(
    delivery(Channel::Email, ReportKind::HardBounce),
    "The email came back."
)]
#[case(
    delivery(Channel::Email, ReportKind::Rejected),
    "The email was not sent on."
)]
#[case(
    delivery(Channel::Sms, ReportKind::NotTaken),
    "The SMS did not arrive."
)]
fn staff_read_why(#[case] failed: Delivery, #[case] why: &str) {
    assert_eq!(because(&failed), why);
}

#[test]
fn what_was_due_gives_way_to_staff_and_to_an_answer() {
    // Staff send it again.
    let mut retried = bounced();
    retried.failover = Some(Channel::Sms);
    crate::send::try_again(&mut retried, Delivery::has_failed, &lease(), at(2));
    assert_eq!(retried.failover, None);
    // They deal with it, or the customer has answered it.
    let mut dealt_with = bounced();
    dealt_with.deal_with(crate::records::dealt_with::ada());
    let mut answered = bounced();
    answered.arrived(Channel::Email, at(2));
    for (mut row, code) in [(dealt_with, "dealt_with"), (answered, "nothing_failed")] {
        row.failover = Some(Channel::Sms);
        let (meeting, settings) = (known(), sample::settings());
        let deliverability = sample::deliverability(&settings);
        let decided = decide_failover(&meeting, deliverability, &row, Channel::Sms, at(3));
        let Err(Failure::Refused { code: why, reason }) = decided else {
            panic!("{decided:?}");
        };
        assert_eq!(why, code);
        let before = row.deliveries.clone();
        assert_eq!(stay_failed(&mut row, why, &reason, at(3)), None);
        assert_eq!((row.failover, row.deliveries), (None, before));
    }
}
