//! What customers know, and what they are owed, rule by rule.

mod addresses;
mod doubts;
mod no_news;
mod owed;

use rstest::rstest;

use super::*;
use crate::{
    contact::EmailAddress,
    id::NotificationId,
    notification::{Addressee, Delivery, DeliveryStatus, NotDelivered},
    sample,
    values::{channel::Channel, kind::MessageKind, lease::Lease},
};

/// Has Ann be sent a statement of this kind, by these channels, with these outcomes.
fn say(meeting: &mut Meeting, kind: NotificationType, outcomes: &[(Channel, DeliveryStatus)]) {
    let number = meeting.next_statement();
    meeting.will_say(Statement {
        number,
        kind,
        revision: meeting.revision,
        details: meeting.details.clone(),
        asked: kind == NotificationType::ConfirmationRequest,
        at: sample::now(),
    });
    hear(meeting, number, outcomes);
}

/// Takes in what became of a statement's deliveries to Ann.
fn hear(meeting: &mut Meeting, number: u64, outcomes: &[(Channel, DeliveryStatus)]) {
    let mut row = sample::notification(MessageKind::Confirmation);
    let ann = meeting.everybody().next().unwrap();
    row.recipient = Addressee::of(ann);
    row.id = NotificationId::new(&meeting.id, &ann.id, &number.to_string(), sample::now());
    let lease = Lease::new("owner".to_owned(), sample::now());
    let delivery = |(channel, status): &(Channel, DeliveryStatus)| Delivery {
        status: *status,
        statement: Some(number),
        ..Delivery::dispatching(*channel, None, lease.clone(), sample::now())
    };
    row.deliveries = outcomes.iter().map(delivery).collect();
    meeting.hear(&row);
}

fn longer(meeting: &mut Meeting) {
    let mut details = meeting.details.clone();
    details.duration_minutes += 15;
    meeting.change_details(details);
}

fn set_email(attendee: &mut Attendee, address: &str) {
    attendee.email = EmailAddress::parse(address).ok();
}

/// The sample meeting with Ann alone, who can be reached by email only.
fn with_anns_email() -> Meeting {
    let mut meeting = with_ann();
    meeting.attendees[0].phone = None;
    meeting
}

/// The sample meeting with Ann alone.
fn with_ann() -> Meeting {
    let mut meeting = sample::meeting();
    meeting.attendees.truncate(1);
    meeting
}

const EMAIL: Channel = Channel::Email;

const SMS: Channel = Channel::Sms;

const SENT: DeliveryStatus = DeliveryStatus::Sent;

const UNKNOWN: DeliveryStatus = DeliveryStatus::Unknown;

const FAILED: DeliveryStatus = DeliveryStatus::Failed;

#[rstest]
#[case::nothing(&[], Knowledge::Untold, false)]
#[case::accepted(&[(EMAIL, SENT)], Knowledge::Current, false)]
#[case::one_of_two(&[(EMAIL, FAILED), (SMS, SENT)], Knowledge::Current, false)]
#[case::refused(&[(EMAIL, FAILED)], Knowledge::Untold, false)]
#[case::doubtful(&[(EMAIL, UNKNOWN)], Knowledge::Untold, true)]
#[case::under_way(&[(EMAIL, DeliveryStatus::Dispatching)], Knowledge::Untold, true)]
#[case::came_back(&[(EMAIL, DeliveryStatus::Bounced)], Knowledge::Untold, false)]
#[case::came_back_from_one(&[(EMAIL, DeliveryStatus::Bounced), (SMS, SENT)], Knowledge::Current, false)]
fn what_is_certain_is_known_and_what_is_doubtful_is_not(
    #[case] outcomes: &[(Channel, DeliveryStatus)],
    #[case] knowledge: Knowledge,
    #[case] doubt: bool,
) {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, outcomes);
    let ann = &meeting.attendees[0];
    assert_eq!(meeting.knowledge_of(ann), knowledge);
    assert_eq!(meeting.doubtful_of(ann).count() > 0, doubt);
}

#[test]
fn other_details_make_knowledge_outdated_and_the_same_ones_current_again() {
    let mut meeting = with_ann();
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    let first = meeting.details.clone();
    longer(&mut meeting);
    assert_eq!(
        meeting.knowledge_of(&meeting.attendees[0]),
        Knowledge::Outdated
    );
    assert_eq!(
        meeting.details_known_to(&meeting.attendees[0]),
        Some(&first)
    );
    meeting.change_details(first);
    assert_eq!(
        meeting.knowledge_of(&meeting.attendees[0]),
        Knowledge::Current
    );
}

#[test]
fn statements_of_one_kind_give_way_and_those_that_reached_nobody_are_forgotten() {
    let mut meeting = with_ann();
    say(
        &mut meeting,
        NotificationType::ConfirmationRequest,
        &[(EMAIL, SENT)],
    );
    say(&mut meeting, NotificationType::Reminder, &[(EMAIL, SENT)]);
    say(&mut meeting, NotificationType::Reminder, &[(EMAIL, SENT)]);
    say(&mut meeting, NotificationType::Update, &[(EMAIL, FAILED)]);
    meeting.forget_what_nobody_was_told();
    assert_eq!(meeting.attendees[0].told[0].certain, [1, 3]);
    assert_eq!(meeting.statements.len(), 2);
    assert_eq!(meeting.next_statement(), 5, "a number is never used again");
    assert!(meeting.was_asked(&meeting.attendees[0]));
    assert!(meeting.was_requested());
    // Other details take the place of all of it.
    longer(&mut meeting);
    say(&mut meeting, NotificationType::Update, &[(EMAIL, SENT)]);
    assert_eq!(meeting.attendees[0].told[0].certain, [5]);
    assert!(!meeting.was_asked(&meeting.attendees[0]));
}

#[test]
fn a_delivery_that_tells_nothing_of_the_meeting_is_not_heard() {
    let mut meeting = with_ann();
    let mut row = sample::notification(MessageKind::AutoReply);
    row.recipient = Addressee::of(&meeting.attendees[0]);
    let lease = Lease::new("owner".to_owned(), sample::now());
    let mut delivery = Delivery::dispatching(EMAIL, None, lease, sample::now());
    delivery.settle(Err(NotDelivered::Doubtful(String::new())), sample::now());
    row.deliveries = vec![delivery];
    let before = meeting.clone();
    meeting.hear(&row);
    assert_eq!(meeting, before);
}

#[test]
fn what_is_off_is_named_with_the_details_that_its_reader_knows() {
    use NotificationType::{Cancellation, Confirmation, Update};
    let mut meeting = with_ann();
    let first = meeting.details.clone();
    let named = |meeting: &Meeting, kind| {
        let ann = meeting.everybody().next().unwrap();
        meeting.as_named_to(ann, kind).details.clone()
    };
    say(&mut meeting, Confirmation, &[(EMAIL, UNKNOWN)]);
    longer(&mut meeting);
    let second = meeting.details.clone();
    assert_eq!(named(&meeting, Cancellation), first, "perhaps");
    assert_eq!(named(&meeting, Update), second);
    hear(&mut meeting, 1, &[(EMAIL, SENT)]);
    say(&mut meeting, Update, &[(SMS, UNKNOWN)]);
    longer(&mut meeting);
    assert_eq!(named(&meeting, Cancellation), first, "for certain");
    // Wherever she was told, and whether or not she is still expected.
    set_email(&mut meeting.attendees[0], "right@example.com");
    assert_eq!(named(&meeting, Cancellation), first);
    meeting.removed = vec![meeting.attendees.remove(0)];
    assert_eq!(named(&meeting, Cancellation), first);
    hear(&mut meeting, 2, &[(SMS, SENT)]);
    assert_eq!(named(&meeting, Cancellation), second);
}

#[test]
fn how_it_was_announced_is_known_when_those_who_know_it_have_left() {
    let mut meeting = sample::meeting();
    let (details, revision) = (meeting.details.clone(), meeting.revision);
    sample::tell(&mut meeting, details, revision, true);
    assert!(!meeting.was_requested(), "by a confirmation");
    meeting.announced.as_mut().unwrap().requested = true;
    assert!(!meeting.was_requested(), "the lead attendee's decides");
    for attendee in &mut meeting.attendees {
        (attendee.email, attendee.phone) = (None, None);
    }
    assert!(meeting.was_requested());
    meeting.announced = None;
    assert!(!meeting.was_requested());
}
