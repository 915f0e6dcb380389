//! What a row of the log says of itself, rule by rule.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    contact::EmailAddress,
    sample,
    values::{lease::LEASE, unusable::Unusable},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn dispatching(channel: Channel, since: DateTime<Utc>) -> Delivery {
    let lease = Lease::new("owner".to_owned(), since);
    Delivery::dispatching(channel, None, lease, since)
}

/// A row with a delivery of each of these statuses, by email, then by SMS.
fn row(statuses: &[DeliveryStatus]) -> Notification {
    let mut row = sample::notification(MessageKind::Confirmation);
    let channels = [Channel::Email, Channel::Sms].into_iter();
    row.deliveries = channels
        .zip(statuses)
        .map(|(channel, status)| Delivery {
            status: *status,
            ..dispatching(channel, sample::now())
        })
        .collect();
    row
}

#[test]
fn entries_on_a_row_stand_behind_its_own() {
    let mut row = row(&[]);
    row.after = 7;
    let (own, behind) = (row.timeline_key(), row.timeline_key_behind());
    assert_eq!((own.meeting, own.version), (row.meeting_id(), 7));
    assert_eq!((behind.meeting, behind.version), (row.meeting_id(), 8));
}

#[rstest]
#[case(DeliveryStatus::Dispatching, Status::Pending)]
#[case(DeliveryStatus::Unknown, Status::Pending)]
#[case(DeliveryStatus::Sent, Status::Sent)]
#[case(DeliveryStatus::Delivered, Status::Sent)]
#[case(DeliveryStatus::Complained, Status::Sent)]
#[case(DeliveryStatus::Skipped, Status::Sent)]
#[case(DeliveryStatus::Failed, Status::Failed)]
#[case(DeliveryStatus::Bounced, Status::Failed)]
fn a_rows_status_is_that_of_its_delivery(#[case] delivery: DeliveryStatus, #[case] status: Status) {
    assert_eq!(row(&[delivery]).status(), status);
}

#[rstest]
#[case([DeliveryStatus::Sent, DeliveryStatus::Failed], Status::Failed)]
#[case([DeliveryStatus::Unknown, DeliveryStatus::Failed], Status::Failed)]
#[case([DeliveryStatus::Unknown, DeliveryStatus::Delivered], Status::Pending)]
fn what_did_not_get_through_is_not_hidden_behind_what_did(
    #[case] deliveries: [DeliveryStatus; 2],
    #[case] status: Status,
) {
    assert_eq!(row(&deliveries).status(), status);
}

#[rstest]
#[case(DeliveryStatus::Dispatching, false, true)]
#[case(DeliveryStatus::Unknown, false, true)]
#[case(DeliveryStatus::Sent, true, false)]
#[case(DeliveryStatus::Delivered, true, false)]
#[case(DeliveryStatus::Bounced, true, false)]
#[case(DeliveryStatus::Complained, true, false)]
#[case(DeliveryStatus::Failed, false, false)]
#[case(DeliveryStatus::Skipped, false, false)]
fn a_provider_has_accepted_a_delivery_or_it_is_open_whether_it_has(
    #[case] status: DeliveryStatus,
    #[case] accepted: bool,
    #[case] in_doubt: bool,
) {
    assert_eq!((status.accepted(), status.in_doubt()), (accepted, in_doubt));
    assert_eq!(row(&[status]).accepted(), accepted);
    let other = row(&[DeliveryStatus::Failed, status]);
    assert_eq!(other.accepted(), accepted);
    // What came back for good reached nobody, though a provider had accepted it.
    let got_through = other.deliveries[1].got_through();
    assert_eq!(got_through, accepted && status != DeliveryStatus::Bounced);
    assert_eq!(other.in_doubt(), status == DeliveryStatus::Unknown);
}

#[test]
fn a_channel_was_taken_unless_another_was_used_instead() {
    let row = row(&[DeliveryStatus::Skipped, DeliveryStatus::Failed]);
    assert!(!row.took(Channel::Email) && row.took(Channel::Sms));
    let sms = row.delivery(Channel::Sms).unwrap();
    assert_eq!(sms.channel, Channel::Sms);
    let mut by_email = row;
    by_email.deliveries.truncate(1);
    assert!(!by_email.took(Channel::Sms));
    assert!(by_email.delivery_mut(Channel::Sms).is_none());
}

#[test]
fn it_went_to_the_member_of_staff_where_it_is_news_for_one() {
    let mut row = row(&[]);
    assert_eq!(row.to_whom(), "Ann Lee");
    assert_eq!(row.meeting_id(), &sample::meeting().id);
    row.staff = EmailAddress::parse("sam@progrid.example.com").ok();
    assert_eq!(row.to_whom(), "sam@progrid.example.com");
}

#[test]
fn it_was_dispatched_when_its_last_lease_was_taken() {
    let mut row = row(&[]);
    row.created_at = at(-5);
    assert_eq!(row.dispatched_at(), at(-5));
    row.deliveries = vec![
        dispatching(Channel::Email, at(2)),
        dispatching(Channel::Sms, at(1)),
    ];
    assert_eq!(row.dispatched_at(), at(2));
}

#[rstest]
#[case(DeliveryStatus::Dispatching, true)]
#[case(DeliveryStatus::Unknown, true)]
#[case(DeliveryStatus::Sent, false)]
#[case(DeliveryStatus::Failed, false)]
fn an_answer_proves_what_was_in_doubt_and_nothing_else(
    #[case] status: DeliveryStatus,
    #[case] doubtful: bool,
) {
    let mut row = row(&[DeliveryStatus::Failed, status]);
    let before = row.clone();
    assert_eq!(row.arrived(Channel::Sms, at(3)), doubtful);
    if doubtful {
        let delivery = row.delivery(Channel::Sms).unwrap();
        assert_eq!(delivery.status, DeliveryStatus::Delivered);
        let said = delivery.reason.as_deref();
        assert_eq!(
            (said, delivery.at),
            (Some("The customer answered it."), at(3))
        );
        assert_eq!(row.deliveries[0], before.deliveries[0]);
    } else {
        assert_eq!(row, before);
    }
}

#[test]
fn a_row_is_on_its_way_as_long_as_any_of_its_deliveries_is() {
    let mut row = row(&[DeliveryStatus::Sent, DeliveryStatus::Unknown]);
    assert!(!row.is_on_its_way());
    row.deliveries[1].status = DeliveryStatus::Dispatching;
    assert!(row.is_on_its_way());
    row.deliveries[0].status = DeliveryStatus::Failed;
    assert!(row.is_on_its_way());
}

#[test]
fn a_dispatch_is_in_doubt_from_the_moment_its_lease_lapses() {
    let before = row(&[DeliveryStatus::Dispatching, DeliveryStatus::Sent]);
    let lapses = sample::now() + LEASE;
    let second = TimeDelta::seconds(1);
    assert_eq!(before.clone().as_of(lapses - second), before);
    let after = before.clone().as_of(lapses);
    assert_eq!(after.deliveries[0].status, DeliveryStatus::Unknown);
    let why = "The sending was cut off: the message may or may not have gone out.";
    assert_eq!(after.deliveries[0].reason.as_deref(), Some(why));
    assert_eq!(after.deliveries[1], before.deliveries[1]);
    let mut without = before;
    without.deliveries[0].lease = None;
    let without = without.as_of(sample::now());
    assert_eq!(without.deliveries[0].status, DeliveryStatus::Unknown);
}

fn why() -> String {
    "why".to_owned()
}

#[rstest]
#[case(Ok("id".to_owned()), DeliveryStatus::Sent, None, false)]
#[case(
    Err(NotDelivered::Refused(why())),
    DeliveryStatus::Failed,
    Some(FailedBy::Refusal),
    false
)]
#[case(
    Err(NotDelivered::ByAccount(why())),
    DeliveryStatus::Failed,
    Some(FailedBy::Account),
    false
)]
#[case(
    Err(NotDelivered::NotReached(why())),
    DeliveryStatus::Failed,
    Some(FailedBy::NoConnection),
    false
)]
#[case(Err(NotDelivered::NotYet(why())), DeliveryStatus::Failed, None, true)]
#[case(
    Err(NotDelivered::Doubtful(why())),
    DeliveryStatus::Unknown,
    None,
    false
)]
fn what_a_provider_says_settles_a_delivery(
    #[case] said: Result<String, NotDelivered>,
    #[case] status: DeliveryStatus,
    #[case] failed_by: Option<FailedBy>,
    #[case] not_yet: bool,
) {
    let mut delivery = dispatching(Channel::Sms, at(0));
    delivery.reason = Some("before".to_owned());
    delivery.settle(said.clone(), at(1));
    assert_eq!((delivery.status, delivery.at), (status, at(1)));
    assert_eq!((delivery.failed_by, delivery.not_yet), (failed_by, not_yet));
    assert_eq!(delivery.provider_message_id.as_ref(), said.as_ref().ok());
    let reason = said.err().map(|not| not.reason().to_owned());
    assert_eq!(delivery.reason, reason);
}

#[test]
fn each_way_of_not_being_delivered_has_a_word_of_its_own() {
    let words = [
        NotDelivered::Refused(why()),
        NotDelivered::ByAccount(why()),
        NotDelivered::NotReached(why()),
        NotDelivered::NotYet(why()),
        NotDelivered::Doubtful(why()),
    ];
    let words = words.iter().map(NotDelivered::outcome);
    assert!(words.eq([
        "refused",
        "refused_to_account",
        "not_reached",
        "not_yet",
        "in_doubt"
    ]));
}

#[test]
fn a_failure_that_is_not_the_providers_to_say_leaves_nothing_of_an_attempt() {
    let mut delivery = dispatching(Channel::Sms, at(0));
    delivery.settle(Ok("id".to_owned()), at(1));
    delivery.not_yet = true;
    delivery.fail(FailedBy::Text, why(), at(2));
    assert_eq!(
        (delivery.status, delivery.at),
        (DeliveryStatus::Failed, at(2))
    );
    assert_eq!(delivery.failed_by, Some(FailedBy::Text));
    assert_eq!(
        (delivery.reason, delivery.provider_message_id),
        (Some(why()), None)
    );
    assert!(!delivery.not_yet);
}

#[test]
fn a_retry_is_another_attempt_with_a_lease_of_its_own() {
    let mut delivery = Delivery::unusable(Channel::Sms, &Unusable::OptedOut, at(0));
    delivery.not_yet = true;
    delivery.failed_by = Some(FailedBy::Refusal);
    let lease = Lease::new("other".to_owned(), at(3));
    delivery.retry(lease.clone(), at(3));
    assert_eq!(
        delivery,
        Delivery::dispatching(Channel::Sms, None, lease.clone(), at(3))
    );
    delivery.retry(lease, at(4));
    assert_eq!((delivery.attempt, delivery.at), (2, at(4)));
}

#[test]
fn what_cannot_be_used_has_failed_without_an_attempt() {
    let delivery = Delivery::unusable(Channel::Sms, &Unusable::OptedOut, at(0));
    assert_eq!(
        (delivery.status, delivery.attempt),
        (DeliveryStatus::Failed, 0)
    );
    assert_eq!(delivery.cause, Some(Unusable::OptedOut));
    assert_eq!(
        delivery.reason.as_deref(),
        Some(Unusable::OptedOut.reason())
    );
    let unsendable = Unusable::Unsendable {
        code: "too_long",
        reason: why(),
    };
    let delivery = Delivery::unusable(Channel::Sms, &unsendable, at(0));
    assert_eq!((delivery.cause, delivery.reason), (None, Some(why())));
    let skipped = Delivery::not_tried(Channel::Email, DeliveryStatus::Skipped, why(), at(1));
    assert_eq!(
        (skipped.status, skipped.channel),
        (DeliveryStatus::Skipped, Channel::Email)
    );
    assert_eq!(
        (skipped.at, skipped.attempt, skipped.lease),
        (at(1), 0, None)
    );
}

#[test]
fn a_filter_names_every_status_that_a_row_it_takes_may_have() {
    let both = &[Status::Failed, Status::Pending][..];
    let statuses = [
        (StatusFilter::NeedsAttention, both, "Needs attention"),
        (StatusFilter::Pending, &[Status::Pending], "Pending"),
        (StatusFilter::Unknown, both, "In doubt"),
        (StatusFilter::Sent, &[Status::Sent], "Sent"),
        (StatusFilter::Failed, &[Status::Failed], "Failed"),
    ];
    for (filter, statuses, label) in statuses {
        assert_eq!((filter.statuses(), filter.label()), (statuses, label));
    }
    let words = [Status::Pending, Status::Sent, Status::Failed].map(Status::as_str);
    assert_eq!(words, ["pending", "sent", "failed"]);
}
