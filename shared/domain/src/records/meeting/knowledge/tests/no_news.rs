//! What is noted of reminders to those who know of the meeting.

use super::*;

/// A reminder that was sent to Bob, behind the lead, by these channels with these outcomes.
fn reminder(meeting: &mut Meeting, outcomes: &[(Channel, DeliveryStatus)]) -> Notification {
    message(
        meeting,
        1,
        MessageKind::from(NotificationType::Reminder),
        outcomes,
    )
}

/// A message that was sent to the attendee in a place.
fn message(
    meeting: &mut Meeting,
    place: usize,
    kind: MessageKind,
    outcomes: &[(Channel, DeliveryStatus)],
) -> Notification {
    let number = meeting.next_statement();
    meeting.will_say(Statement {
        number,
        kind: kind.notification().unwrap(),
        revision: meeting.revision,
        details: meeting.details.clone(),
        asked: false,
        at: sample::now(),
    });
    let attendee = &meeting.attendees[place];
    let lease = Lease::new("owner".to_owned(), sample::now());
    let delivery = |(channel, status): &(Channel, DeliveryStatus)| Delivery {
        status: *status,
        statement: (*status != DeliveryStatus::Skipped).then_some(number),
        ..Delivery::dispatching(*channel, None, lease.clone(), sample::now())
    };
    Notification {
        id: NotificationId::new(
            &meeting.id,
            &attendee.id,
            &number.to_string(),
            sample::now(),
        ),
        recipient: Addressee::of(attendee),
        revision: meeting.revision,
        deliveries: outcomes.iter().map(delivery).collect(),
        ..sample::notification(kind)
    }
}

/// The sample meeting, of which Bob was told by email.
fn with_bob_told() -> Meeting {
    let mut meeting = sample::meeting();
    let kind = MessageKind::Confirmation;
    let confirmation = message(&mut meeting, 1, kind, &[(EMAIL, SENT)]);
    meeting.hear(&confirmation);
    meeting
}

#[rstest]
#[case::where_they_were_told(&[(EMAIL, SENT)], true)]
#[case::where_they_were_not(&[(SMS, SENT)], false)]
#[case::on_both(&[(EMAIL, SENT), (SMS, SENT)], false)]
#[case::by_the_other_one_instead(&[(EMAIL, SENT), (SMS, DeliveryStatus::Skipped)], true)]
#[case::perhaps(&[(EMAIL, UNKNOWN)], false)]
#[case::perhaps_on_the_other_one(&[(EMAIL, SENT), (SMS, UNKNOWN)], false)]
#[case::not_at_all(&[(EMAIL, FAILED)], false)]
#[case::on_no_channel(&[], false)]
fn a_reminder_is_no_news_where_it_certainly_says_what_is_known(
    #[case] outcomes: &[(Channel, DeliveryStatus)],
    #[case] no_news: bool,
) {
    let mut meeting = with_bob_told();
    let row = reminder(&mut meeting, outcomes);
    assert_eq!(meeting.is_no_news(&row), no_news);
    let before = meeting.attendees[1].clone();
    meeting.hear(&row);
    let is_noted = meeting.attendees[1] != before;
    let is_certain_or_doubtful = outcomes.iter().any(|(_, status)| *status != FAILED);
    assert_eq!(is_noted, !no_news && is_certain_or_doubtful);
}

#[test]
fn what_else_a_message_tells_is_noted() {
    let sent = &[(EMAIL, SENT)];
    // Another message.
    let mut meeting = with_bob_told();
    let row = message(&mut meeting, 1, MessageKind::Confirmation, sent);
    assert!(!meeting.is_no_news(&row));
    // To the lead.
    let told = message(&mut meeting, 0, MessageKind::Confirmation, sent);
    meeting.hear(&told);
    let kind = MessageKind::from(NotificationType::Reminder);
    let row = message(&mut meeting, 0, kind, sent);
    assert!(!meeting.is_no_news(&row));
    // Of other details.
    let mut meeting = with_bob_told();
    longer(&mut meeting);
    let row = reminder(&mut meeting, sent);
    assert!(!meeting.is_no_news(&row));
    // That asks what was not asked.
    let mut meeting = with_bob_told();
    let mut row = reminder(&mut meeting, sent);
    row.buttons.accept = true;
    assert!(row.buttons.invite() && !meeting.is_no_news(&row));
    // Once what told it has come back.
    let mut meeting = with_bob_told();
    meeting.attendees[1].told.clear();
    let row = reminder(&mut meeting, sent);
    assert!(!meeting.is_no_news(&row));
    // Where something may have come elsewhere since.
    let mut meeting = with_bob_told();
    let kind = MessageKind::Confirmation;
    let perhaps = message(&mut meeting, 1, kind, &[(SMS, UNKNOWN)]);
    meeting.hear(&perhaps);
    let row = reminder(&mut meeting, sent);
    assert!(!meeting.is_no_news(&row));
    // Where something is owed to an address that was left.
    let mut meeting = with_bob_told();
    let kind = MessageKind::Confirmation;
    let by_sms = message(&mut meeting, 1, kind, &[(SMS, SENT)]);
    meeting.hear(&by_sms);
    meeting.attendees[1].email = None;
    let row = reminder(&mut meeting, &[(SMS, SENT)]);
    assert!(!meeting.is_no_news(&row));
}
