use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    answer::{Answer, AnswerChannel},
    notification::{AnswerGiven, NotDelivered},
    sample,
    values::{kind::MessageKind, lease::Lease},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

/// A confirmation by email that is on its way, or that came to this.
fn row(recorded: Option<Result<String, NotDelivered>>) -> Notification {
    let lease = Lease::new("owner".to_owned(), at(0));
    let mut delivery = Delivery::dispatching(Channel::Email, None, lease, at(0));
    delivery.statement = Some(1);
    if let Some(recorded) = recorded {
        delivery.settle(recorded, at(0));
    }
    Notification {
        deliveries: vec![delivery],
        ..sample::notification(MessageKind::Confirmation)
    }
}

fn sent() -> Notification {
    row(Some(Ok("id".to_owned())))
}

fn reported(kind: ReportKind) -> DeliveryReport {
    DeliveryReport {
        channel: Channel::Email,
        attempt: Some(1),
        provider_message_id: "id".to_owned(),
        taken_at: None,
        report: Report::new(kind, at(5), Some("550 no such user")),
        to: EmailAddress::parse("ann@example.com").ok(),
        on_account_list: false,
    }
}

#[rstest]
#[case::sent_arrived(sent(), ReportKind::Delivered, false, None)]
#[case::sent_came_back(
    sent(),
    ReportKind::HardBounce,
    true,
    Some("Confirmation to Ann Lee by email came back (550 no such user)")
)]
#[case::an_absence_note(
    sent(),
    ReportKind::SoftBounce,
    false,
    Some("Something came back on the confirmation to Ann Lee by email (550 no such user)")
)]
#[case::called_spam(
    sent(),
    ReportKind::Complaint,
    false,
    Some("Confirmation to Ann Lee by email was called spam (550 no such user)")
)]
#[case::rejected(
    sent(),
    ReportKind::Rejected,
    true,
    Some("Confirmation to Ann Lee by email did not arrive (550 no such user)")
)]
#[case::in_doubt_and_accepted(
    in_doubt(),
    ReportKind::Accepted,
    true,
    Some("Confirmation to Ann Lee went out by email (550 no such user)")
)]
#[case::in_doubt_and_came_back(
    in_doubt(),
    ReportKind::HardBounce,
    true,
    Some("Confirmation to Ann Lee by email came back (550 no such user)")
)]
#[case::its_sender_is_at_it(row(None), ReportKind::HardBounce, false, None)]
fn what_a_report_moves_and_what_staff_read_of_it(
    #[case] mut row: Notification,
    #[case] kind: ReportKind,
    #[case] moves_meeting: bool,
    #[case] said: Option<&str>,
) {
    let told = crate::send::own_entry(&row);
    let heard = hear_report(&mut row, &reported(kind), at(6)).unwrap();
    assert_eq!(heard.moves_meeting, moves_meeting);
    let text = heard.entry.as_ref().map(|entry| entry.text.as_str());
    assert_eq!(text, said);
    assert_eq!(row.has_entries, said.is_some());
    assert_eq!(heard.told_so_far, told.filter(|_| said.is_some()));
    assert_eq!(hear_report(&mut row, &reported(kind), at(7)), None, "twice");
}

fn in_doubt() -> Notification {
    row(Some(Err(NotDelivered::Doubtful("no answer".to_owned()))))
}

/// A message that says nothing of the meeting.
fn saying_nothing() -> Notification {
    let mut row = sent();
    row.deliveries[0].statement = None;
    row
}

#[rstest]
#[case::what_was_known(sent(), ReportKind::HardBounce, true)]
#[case::what_was_known_and_is(sent(), ReportKind::Delivered, false)]
#[case::what_nobody_knew(in_doubt(), ReportKind::HardBounce, false)]
#[case::what_nobody_knew_and_is_known(in_doubt(), ReportKind::Accepted, false)]
#[case::what_told_nothing(saying_nothing(), ReportKind::HardBounce, false)]
#[case::what_is_being_sent(row(None), ReportKind::HardBounce, false)]
fn only_what_was_certainly_known_is_taken_back(
    #[case] mut row: Notification,
    #[case] kind: ReportKind,
    #[case] withdraws: bool,
) {
    let heard = hear_report(&mut row, &reported(kind), at(6)).unwrap();
    assert_eq!(heard.withdraws, withdraws);
}

#[test]
fn the_timeline_says_whose_message_it_was_and_that_nobody_of_us_reported_it() {
    let mut row = sent();
    let heard = hear_report(&mut row, &reported(ReportKind::HardBounce), at(6)).unwrap();
    let entry = heard.entry.unwrap();
    assert_eq!((entry.at, entry.kind), (at(6), TimelineKind::Feedback));
    assert_eq!(entry.attendee_id, Some(row.recipient.id));
    assert_eq!(entry.channel, Some(Channel::Email));
    assert_eq!(entry.actor, Some(Actor::System));
}

#[test]
fn what_comes_back_at_once_is_told_by_its_row() {
    let mut row = sent();
    let now = at(0) + TimeDelta::seconds(59);
    let heard = hear_report(&mut row, &reported(ReportKind::HardBounce), now).unwrap();
    assert_eq!((heard.entry, heard.told_so_far), (None, None));
    assert!(heard.moves_meeting && !row.has_entries);
    let told = crate::send::own_entry(&row).unwrap();
    assert!(told.text.starts_with("Confirmation came back from Ann Lee"));
    // What was sent again is told by entries, so by one of its own.
    let mut again = sent();
    again.has_entries = true;
    let heard = hear_report(&mut again, &reported(ReportKind::HardBounce), now).unwrap();
    assert!(heard.entry.is_some() && heard.told_so_far.is_none());
}

#[test]
fn what_tells_nothing_of_the_meeting_does_not_move_it() {
    let mut row = saying_nothing();
    let heard = hear_report(&mut row, &reported(ReportKind::HardBounce), at(6)).unwrap();
    assert!(!heard.moves_meeting && heard.entry.is_some());
}

#[test]
fn a_report_on_another_attempt_or_message_is_none_on_this_one() {
    let before = sent();
    let mut row = before.clone();
    let of = |attempt, id: &str| DeliveryReport {
        attempt,
        provider_message_id: id.to_owned(),
        taken_at: None,
        ..reported(ReportKind::Delivered)
    };
    for other in [
        of(Some(2), "id"),
        of(None, "another"),
        DeliveryReport {
            channel: Channel::Sms,
            ..reported(ReportKind::Delivered)
        },
    ] {
        assert_eq!(hear_report(&mut row, &other, at(6)), None);
        assert_eq!(row, before);
    }
    assert!(hear_report(&mut row, &of(None, "id"), at(6)).is_some());
}

#[test]
fn what_was_answered_arrived_whatever_comes_back_later() {
    let given = AnswerGiven {
        answer: Answer::Accept,
        channel: AnswerChannel::EmailLink,
        reason: None,
        preferred_times: None,
        revision: 1,
        at: at(3),
        stale: false,
    };
    let mut answered = sent();
    answered.answers.push(given.clone());
    hear_report(&mut answered, &reported(ReportKind::HardBounce), at(6));
    assert_eq!(answered.deliveries[0].status, DeliveryStatus::Delivered);
    let mut bounced = sent();
    hear_report(&mut bounced, &reported(ReportKind::HardBounce), at(6));
    assert!(bounced.arrived(Channel::Email, at(3)));
    bounced.answers.push(given);
    assert_eq!(bounced.deliveries, answered.deliveries);
}

#[rstest]
#[case(ReportKind::HardBounce, false, Some(SuppressionCause::HardBounce))]
#[case(ReportKind::HardBounce, true, Some(SuppressionCause::AccountList))]
#[case(ReportKind::Complaint, false, Some(SuppressionCause::Complaint))]
#[case(ReportKind::SoftBounce, false, None)]
#[case(ReportKind::Delivered, false, None)]
#[case(ReportKind::NotTaken, false, None)]
fn what_comes_back_for_good_and_what_is_called_spam_keeps_its_address(
    #[case] kind: ReportKind,
    #[case] on_account_list: bool,
    #[case] cause: Option<SuppressionCause>,
) {
    let reported = DeliveryReport {
        on_account_list,
        ..reported(kind)
    };
    let kept = suppression(&sent().id, &reported);
    assert_eq!(kept.as_ref().map(|kept| kept.cause), cause);
    if let Some(kept) = kept {
        assert_eq!((kept.at, kept.notification), (at(5), Some(sent().id)));
        assert_eq!(Some(kept.address), reported.to);
        assert_eq!(kept.lifted, None);
    }
}

/// A confirmation by SMS that nobody knows of whether it went out, which was being sent from
/// that minute on.
fn sms_in_doubt(since: i64) -> Notification {
    let lease = Lease::new("owner".to_owned(), at(since));
    let mut delivery = Delivery::dispatching(Channel::Sms, None, lease, at(since));
    let doubtful = NotDelivered::Doubtful("no answer".to_owned());
    delivery.settle(Err(doubtful), at(since));
    Notification {
        deliveries: vec![delivery],
        ..sample::notification(MessageKind::Confirmation)
    }
}

#[rstest]
#[case::the_only_one(vec![sms_in_doubt(0)], Some(0), Some(0))]
#[case::at_the_end_of_its_lease(vec![sms_in_doubt(0)], Some(1), Some(0))]
#[case::later(vec![sms_in_doubt(0)], Some(2), None)]
#[case::before(vec![sms_in_doubt(0)], Some(-1), None)]
#[case::one_of_two(vec![sms_in_doubt(0), sms_in_doubt(0)], Some(0), None)]
#[case::one_of_two_at_other_times(vec![sms_in_doubt(5), sms_in_doubt(0)], Some(5), Some(0))]
#[case::nobody_says_when(vec![sms_in_doubt(0)], None, None)]
#[case::none_in_doubt(vec![sent()], Some(0), None)]
#[case::none(vec![], Some(0), None)]
fn a_message_of_no_name_is_the_one_that_was_in_doubt_then(
    #[case] rows: Vec<Notification>,
    #[case] taken: Option<i64>,
    #[case] expected: Option<usize>,
) {
    let reported = DeliveryReport {
        channel: Channel::Sms,
        taken_at: taken.map(at),
        ..reported(ReportKind::TakenByCarrier)
    };
    let found = doubt_that_was_taken(&rows, &reported);
    assert_eq!(found, expected.map(|place| (&rows[place], 1)));
}
