mod requests;

use rstest::rstest;

use super::*;
use crate::{
    contact::EmailAddress,
    id::NotificationId,
    lease::Lease,
    notification::{Addressee, DeliveryStatus, Notification},
    sample,
    values::{channel::Channel, kind::NotificationType},
};

const SENT: DeliveryStatus = DeliveryStatus::Sent;
const UNKNOWN: DeliveryStatus = DeliveryStatus::Unknown;
const FAILED: DeliveryStatus = DeliveryStatus::Failed;

/// The sample meeting with Ann alone, who can be reached by email only.
fn with_ann() -> Meeting {
    let mut meeting = sample::meeting();
    meeting.attendees.truncate(1);
    meeting.attendees[0].phone = None;
    meeting
}

/// Ann's first address.
fn hers() -> EmailAddress {
    with_ann().attendees[0].email.clone().unwrap()
}

/// Ann was told of the meeting by email, and has another address since.
fn told_and_left() -> Meeting {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, SENT);
    move_to(&mut meeting, "right@example.com");
    meeting
}

fn move_to(meeting: &mut Meeting, address: &str) {
    meeting.attendees[0].email = EmailAddress::parse(address).ok();
    meeting.forget_what_nobody_was_told();
}

/// What became of an email of this kind to Ann, at an address, which has this number.
fn hear(
    meeting: &mut Meeting,
    kind: MessageKind,
    address: &EmailAddress,
    number: u64,
    status: DeliveryStatus,
) {
    let mut row = sample::notification(kind);
    row.recipient = Addressee::of(&meeting.attendees[0]);
    row.recipient.email = Some(address.clone());
    row.id = NotificationId::new(&meeting.id, &row.recipient.id, kind.as_str(), sample::now());
    let lease = Lease::new("owner".to_owned(), sample::now());
    row.deliveries = vec![Delivery {
        status,
        statement: Some(number),
        ..Delivery::dispatching(Channel::Email, None, lease, sample::now())
    }];
    meeting.hear(&Notification { ..row });
    meeting.forget_what_nobody_was_told();
}

/// Has Ann be sent a statement of this kind where she is reached.
fn say(meeting: &mut Meeting, kind: NotificationType, status: DeliveryStatus) {
    let number = meeting.next_statement();
    let said = Statement {
        number,
        kind,
        revision: meeting.revision,
        details: meeting.details.clone(),
        asked: false,
        at: sample::now(),
    };
    *meeting = meeting.clone().about_to_say(vec![said]);
    let address = meeting.attendees[0].email.clone().unwrap();
    hear(meeting, kind.into(), &address, number, status);
}

/// Has the calendar behind Ann's first address be asked, as things stand.
fn ask(meeting: &mut Meeting, status: DeliveryStatus) {
    let address = hers();
    let number = meeting.highest_statement;
    hear(
        meeting,
        MessageKind::CalendarRemoval,
        &address,
        number,
        status,
    );
}

fn is_owed(meeting: &Meeting) -> bool {
    meeting.attendees[0].has_former_address()
}

#[rstest]
#[case::announced(NotificationType::Confirmation, SENT, true)]
#[case::updated(NotificationType::Update, SENT, true)]
#[case::perhaps_announced(NotificationType::Confirmation, UNKNOWN, true)]
#[case::not_announced(NotificationType::Confirmation, FAILED, false)]
#[case::a_reminder_carries_no_file(NotificationType::Reminder, SENT, false)]
#[case::called_off(NotificationType::Cancellation, SENT, false)]
fn a_calendar_is_asked_that_a_file_put_the_meeting_into(
    #[case] kind: NotificationType,
    #[case] status: DeliveryStatus,
    #[case] owed: bool,
) {
    let mut meeting = with_ann();
    say(&mut meeting, kind, status);
    assert!(!is_owed(&meeting), "the address is hers");
    move_to(&mut meeting, "right@example.com");
    assert_eq!(is_owed(&meeting), owed);
}

#[test]
fn what_is_told_at_the_new_address_takes_nothing_out_of_the_old_calendar() {
    let mut meeting = told_and_left();
    say(&mut meeting, NotificationType::Confirmation, SENT);
    assert!(is_owed(&meeting));
    assert!(meeting.owed_to(&meeting.attendees[0]).is_none());
    let left = meeting.attendees[0].former_addresses().next().unwrap();
    assert_eq!(left.statement, 1);
    assert!(
        meeting.statement(1).is_some(),
        "what the file said is known"
    );
}

#[test]
fn a_reminder_of_other_details_leaves_the_calendar_as_it_is() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, SENT);
    // They were left and taken up again, which has a number of its own.
    meeting.revision += 2;
    say(&mut meeting, NotificationType::Reminder, SENT);
    let told = &meeting.attendees[0].told[0];
    assert_eq!(told.certain, [1, 2]);
    move_to(&mut meeting, "right@example.com");
    let left = meeting.attendees[0].former_addresses().next().unwrap();
    assert_eq!(left.statement, 1);
}

/// What becomes known late of what Ann was sent at her first address.
fn settle(meeting: &mut Meeting, kind: NotificationType, number: u64, status: DeliveryStatus) {
    let address = hers();
    hear(meeting, kind.into(), &address, number, status);
}

#[test]
fn what_did_not_come_after_all_has_put_nothing_into_the_calendar_that_was_left() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, UNKNOWN);
    move_to(&mut meeting, "right@example.com");
    assert!(is_owed(&meeting));
    settle(&mut meeting, NotificationType::Confirmation, 1, FAILED);
    assert!(!is_owed(&meeting));
}

#[test]
fn what_came_before_what_did_not_come_is_in_the_calendar_still() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, SENT);
    say(&mut meeting, NotificationType::Update, UNKNOWN);
    move_to(&mut meeting, "right@example.com");
    settle(&mut meeting, NotificationType::Update, 2, FAILED);
    let left = meeting.attendees[0].former_addresses().next().unwrap();
    assert_eq!(left.statement, 1);
}

/// Once she was told at her new address, what reached the old one is forgotten: but not what
/// it put into the calendar there.
#[rstest]
#[case::nothing_else([UNKNOWN, FAILED], &[(1, FAILED)], None)]
#[case::what_certainly_came_before([SENT, UNKNOWN], &[(2, FAILED)], Some(1))]
#[case::neither_came([UNKNOWN, UNKNOWN], &[(2, FAILED), (1, FAILED)], None)]
#[case::one_may_have_come([UNKNOWN, UNKNOWN], &[(2, FAILED)], Some(1))]
#[case::the_first_did_not_come([UNKNOWN, UNKNOWN], &[(1, FAILED)], Some(2))]
#[case::one_came([UNKNOWN, UNKNOWN], &[(2, FAILED), (1, SENT)], Some(1))]
fn what_is_known_of_an_old_calendar_outlasts_what_reached_its_address(
    #[case] came: [DeliveryStatus; 2],
    #[case] found: &[(u64, DeliveryStatus)],
    #[case] owed: Option<u64>,
) {
    let mut meeting = with_ann();
    let kinds = [NotificationType::Confirmation, NotificationType::Update];
    for (kind, status) in kinds.into_iter().zip(came) {
        say(&mut meeting, kind, status);
    }
    move_to(&mut meeting, "right@example.com");
    say(&mut meeting, NotificationType::Confirmation, SENT);
    for (number, status) in found {
        let place = usize::try_from(*number).unwrap() - 1;
        settle(&mut meeting, kinds[place], *number, *status);
    }
    let mut left = meeting.attendees[0].former_addresses();
    assert_eq!(left.next().map(|left| left.statement), owed);
}

/// An email perhaps came, and a reminder, which has no file, says the same after it.
#[test]
fn a_file_that_perhaps_came_is_remembered_though_it_is_said_over() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, UNKNOWN);
    say(&mut meeting, NotificationType::Reminder, SENT);
    assert_eq!(meeting.attendees[0].told[0].doubtful, [0; 0]);
    assert!(!is_owed(&meeting), "the address is hers");
    let mut none = meeting.clone();
    move_to(&mut meeting, "right@example.com");
    let left = meeting.attendees[0].former_addresses().next().unwrap();
    assert_eq!(left.statement, 1);
    settle(&mut none, NotificationType::Confirmation, 1, FAILED);
    move_to(&mut none, "right@example.com");
    assert!(!is_owed(&none), "it did not come");
}

#[test]
fn what_was_put_in_before_what_certainly_is_there_is_forgotten() {
    let (mut meeting, hers) = (with_ann(), hers());
    for _ in 0..3 {
        say(&mut meeting, NotificationType::Update, SENT);
        move_to(&mut meeting, "right@example.com");
        meeting.leave_former_addresses_out(|_| true);
        move_to(&mut meeting, hers.shown());
    }
    let left = meeting.attendees[0].told[0].left_calendar.as_ref();
    assert_eq!(left.unwrap().filed_by, [3]);
}

/// Ann was perhaps told of the meeting, certainly that it is off, and has another address
/// at which she was told since.
fn called_off_before_she_left() -> Meeting {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, UNKNOWN);
    say(&mut meeting, NotificationType::Cancellation, SENT);
    move_to(&mut meeting, "right@example.com");
    say(&mut meeting, NotificationType::Confirmation, SENT);
    meeting
}

#[test]
fn what_is_found_to_have_come_before_a_cancellation_puts_nothing_back() {
    let mut meeting = called_off_before_she_left();
    settle(&mut meeting, NotificationType::Confirmation, 1, SENT);
    assert!(!is_owed(&meeting));
    let hers = hers();
    move_to(&mut meeting, hers.shown());
    move_to(&mut meeting, "right@example.com");
    settle(&mut meeting, NotificationType::Confirmation, 1, SENT);
    assert!(!is_owed(&meeting), "after it was hers in between");
}

#[test]
fn what_is_announced_again_after_a_cancellation_is_in_the_calendar_again() {
    let mut meeting = called_off_before_she_left();
    let hers = hers();
    move_to(&mut meeting, hers.shown());
    say(&mut meeting, NotificationType::Confirmation, SENT);
    move_to(&mut meeting, "right@example.com");
    let left = meeting.attendees[0].former_addresses().next().unwrap();
    assert_eq!(left.statement, meeting.highest_statement);
}

#[test]
fn a_cancellation_from_before_the_announcement_takes_nothing_out() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Cancellation, UNKNOWN);
    say(&mut meeting, NotificationType::Confirmation, SENT);
    move_to(&mut meeting, "right@example.com");
    say(&mut meeting, NotificationType::Confirmation, SENT);
    settle(&mut meeting, NotificationType::Cancellation, 1, SENT);
    assert!(is_owed(&meeting));
}
