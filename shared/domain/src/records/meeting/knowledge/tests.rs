//! What customers know, and what they are owed, rule by rule.

use rstest::rstest;

use super::*;
use crate::{
    contact::EmailAddress,
    id::NotificationId,
    meeting::{BookingStatus, NotificationState, Owed},
    notification::{Addressee, DeliveryStatus, NotDelivered},
    sample,
    values::{kind::MessageKind, lease::Lease},
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
#[case::bounced_later(&[(EMAIL, DeliveryStatus::Bounced)], Knowledge::Current, false)]
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
fn a_doubt_that_is_settled_ends_as_if_there_had_been_none() {
    for (outcome, knowledge) in [(SENT, Knowledge::Cancelled), (FAILED, Knowledge::Current)] {
        let mut meeting = with_ann();
        say(
            &mut meeting,
            NotificationType::Confirmation,
            &[(EMAIL, SENT)],
        );
        say(
            &mut meeting,
            NotificationType::Cancellation,
            &[(EMAIL, UNKNOWN)],
        );
        assert!(meeting.cancellation_in_doubt());
        hear(&mut meeting, 2, &[(EMAIL, outcome)]);
        assert!(!meeting.cancellation_in_doubt());
        assert_eq!(meeting.knowledge_of(&meeting.attendees[0]), knowledge);
        let settled = meeting.clone();
        hear(&mut meeting, 2, &[(EMAIL, outcome)]);
        assert_eq!(meeting, settled, "the same again");
    }
}

#[test]
fn what_comes_late_takes_its_place_in_the_order_of_statements() {
    let mut meeting = with_ann();
    say(
        &mut meeting,
        NotificationType::Cancellation,
        &[(EMAIL, UNKNOWN)],
    );
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    assert!(!meeting.cancellation_in_doubt(), "it was said over");
    hear(&mut meeting, 1, &[(EMAIL, SENT)]);
    assert_eq!(
        meeting.knowledge_of(&meeting.attendees[0]),
        Knowledge::Current
    );
}

#[test]
fn a_doubt_at_one_address_is_over_once_another_one_was_told_later() {
    let mut meeting = with_ann();
    say(
        &mut meeting,
        NotificationType::Cancellation,
        &[(SMS, UNKNOWN)],
    );
    assert!(meeting.cancellation_in_doubt());
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    assert!(!meeting.cancellation_in_doubt());
}

#[test]
fn a_cancellation_on_its_way_is_in_doubt() {
    let mut meeting = with_ann();
    meeting.calling_off = true;
    assert!(meeting.cancellation_in_doubt());
}

#[test]
fn an_address_that_was_replaced_knows_nothing_for_its_owner() {
    let mut meeting = with_ann();
    meeting.attendees[0].phone = None;
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    assert_eq!(meeting.owed_to(&meeting.attendees[0]), None);
    meeting.attendees[0].email = EmailAddress::parse("right@example.com").ok();
    assert_eq!(
        meeting.knowledge_of(&meeting.attendees[0]),
        Knowledge::Untold
    );
    assert_eq!(
        meeting.owed_to(&meeting.attendees[0]),
        Some(Owed::Announcement)
    );
    assert_eq!(meeting.notification_state(), NotificationState::UpdateDue);
    meeting.forget_what_nobody_was_told();
    assert_eq!(
        meeting.attendees[0].told.len(),
        1,
        "until the new one is told"
    );
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    meeting.leave_former_addresses_out(|_| true);
    meeting.forget_what_nobody_was_told();
    assert_eq!(meeting.notification_state(), NotificationState::Confirmed);
    let told: Vec<_> = meeting.attendees[0]
        .told_now()
        .map(|told| told.address.as_str())
        .collect();
    assert_eq!(told, ["right@example.com"]);
}

#[test]
fn a_new_address_is_owed_the_meeting_although_the_telephone_knows_it() {
    let mut meeting = with_ann();
    let both = [(EMAIL, SENT), (SMS, SENT)];
    say(&mut meeting, NotificationType::Confirmation, &both);
    meeting.attendees[0].email = EmailAddress::parse("right@example.com").ok();
    assert_eq!(
        meeting.knowledge_of(&meeting.attendees[0]),
        Knowledge::Current
    );
    assert_eq!(
        meeting.owed_to(&meeting.attendees[0]),
        Some(Owed::Announcement)
    );
    // An address that was never told at, nor stands for one that was, is owed nothing.
    let mut meeting = with_ann();
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    assert_eq!(meeting.owed_to(&meeting.attendees[0]), None);
}

#[test]
fn who_came_later_is_owed_the_meeting_and_who_has_no_address_nothing() {
    let mut meeting = sample::meeting();
    assert_eq!(meeting.notification_state(), NotificationState::None);
    say(
        &mut meeting,
        NotificationType::Confirmation,
        &[(EMAIL, SENT)],
    );
    assert_eq!(
        meeting.owed_to(&meeting.attendees[1]),
        Some(Owed::Announcement)
    );
    assert_eq!(meeting.notification_state(), NotificationState::UpdateDue);
    (meeting.attendees[1].email, meeting.attendees[1].phone) = (None, None);
    assert_eq!(meeting.notification_state(), NotificationState::Confirmed);
}

#[test]
fn who_was_removed_is_owed_that_until_they_know() {
    let mut meeting = sample::meeting();
    let details = meeting.details.clone();
    sample::tell(&mut meeting, details, 1, false);
    let ann = meeting.attendees.remove(0);
    meeting.removed = vec![ann];
    assert_eq!(meeting.owed_to(&meeting.removed[0]), Some(Owed::Removal));
    assert_eq!(meeting.notification_state(), NotificationState::UpdateDue);
    let number = meeting.next_statement();
    let (kind, asked) = (NotificationType::Cancellation, false);
    meeting.will_say(Statement {
        number,
        kind,
        revision: 1,
        details: meeting.details.clone(),
        asked,
        at: sample::now(),
    });
    let address = meeting.removed[0].addresses().next().unwrap();
    let statements = meeting.statements.clone();
    meeting.removed[0].hear(address, number, Certainty::Certain, &statements);
    meeting.forget_what_nobody_was_told();
    assert!(meeting.removed.is_empty());
    assert_eq!(meeting.notification_state(), NotificationState::Confirmed);
}

#[test]
fn a_cancelled_meeting_owes_the_cancellation_to_whoever_was_told_something_else() {
    let mut meeting = sample::meeting();
    let details = meeting.details.clone();
    sample::tell(&mut meeting, details, 1, false);
    meeting.status = BookingStatus::Cancelled;
    assert_eq!(
        meeting.owed_to(&meeting.attendees[0]),
        Some(Owed::Cancellation)
    );
    say(
        &mut meeting,
        NotificationType::Cancellation,
        &[(EMAIL, SENT), (SMS, SENT)],
    );
    assert_eq!(meeting.owed_to(&meeting.attendees[0]), None);
    longer(&mut meeting);
    assert_eq!(
        meeting.owed_to(&meeting.attendees[0]),
        Some(Owed::Cancellation)
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
fn who_was_told_that_it_is_off_is_owed_the_meeting_while_it_takes_place() {
    use NotificationType::{Cancellation, Confirmation};
    let mut meeting = with_ann();
    say(&mut meeting, Confirmation, &[(EMAIL, SENT)]);
    say(&mut meeting, Cancellation, &[(EMAIL, SENT)]);
    let owed = |meeting: &Meeting| meeting.owed_to(&meeting.attendees[0]);
    assert_eq!(owed(&meeting), Some(Owed::Announcement));
    assert_eq!(meeting.notification_state(), NotificationState::UpdateDue);
    say(&mut meeting, Confirmation, &[(EMAIL, SENT)]);
    assert_eq!(owed(&meeting), None);
    say(&mut meeting, Cancellation, &[(EMAIL, SENT)]);
    meeting.status = BookingStatus::Cancelled;
    assert_eq!(owed(&meeting), None);
}

#[test]
fn a_cancellation_in_doubt_at_an_address_that_was_replaced_is_still_in_doubt() {
    use NotificationType::{Cancellation, Confirmation};
    let mut meeting = with_ann();
    say(&mut meeting, Confirmation, &[(EMAIL, SENT), (SMS, SENT)]);
    say(&mut meeting, Cancellation, &[(EMAIL, UNKNOWN)]);
    set_email(&mut meeting.attendees[0], "right@example.com");
    meeting.forget_what_nobody_was_told();
    assert!(meeting.cancellation_in_doubt());
    let ann = &meeting.attendees[0];
    assert!(!meeting.is_known_to(ann), "nor is she reminded");
    // An address that she had before, and that knew the meeting then, ends no doubt.
    set_email(&mut meeting.attendees[0], "ann@example.com");
    meeting.forget_what_nobody_was_told();
    assert!(meeting.cancellation_in_doubt());
    say(&mut meeting, Cancellation, &[(SMS, SENT)]);
    assert!(!meeting.cancellation_in_doubt(), "she was told since");
}

#[test]
fn a_doubt_at_another_address_outlasts_the_return_to_the_first() {
    use NotificationType::{Cancellation, Confirmation};
    let mut meeting = with_anns_email();
    say(&mut meeting, Confirmation, &[(EMAIL, SENT)]);
    set_email(&mut meeting.attendees[0], "right@example.com");
    say(&mut meeting, Cancellation, &[(EMAIL, UNKNOWN)]);
    set_email(&mut meeting.attendees[0], "ann@example.com");
    meeting.forget_what_nobody_was_told();
    assert!(meeting.cancellation_in_doubt());
}

#[test]
fn who_was_told_at_a_replaced_address_only_is_owed_the_cancellation() {
    use NotificationType::{Cancellation, Confirmation};
    let replaced = |told: &[NotificationType]| {
        let mut meeting = with_anns_email();
        for kind in told {
            say(&mut meeting, *kind, &[(EMAIL, SENT)]);
        }
        set_email(&mut meeting.attendees[0], "right@example.com");
        meeting.status = BookingStatus::Cancelled;
        meeting
    };
    let owed = |meeting: &Meeting| meeting.owed_to(&meeting.attendees[0]);
    let mut meeting = replaced(&[Confirmation]);
    assert_eq!(owed(&meeting), Some(Owed::Cancellation));
    say(&mut meeting, Cancellation, &[(EMAIL, SENT)]);
    assert_eq!(owed(&meeting), None);
    assert_eq!(owed(&replaced(&[Confirmation, Cancellation])), None);
    // Where there is an address of another kind, too.
    let mut meeting = replaced(&[Confirmation]);
    let ann = &mut meeting.attendees[0];
    ann.phone = sample::meeting().attendees[0].phone.clone();
    ann.email = None;
    meeting.forget_what_nobody_was_told();
    assert_eq!(owed(&meeting), Some(Owed::Cancellation));
    meeting.attendees[0].phone = None;
    assert_eq!(owed(&meeting), None, "she can be told nothing");
}

#[test]
fn a_doubtful_word_that_it_takes_place_leaves_the_cancellation_owed() {
    use NotificationType::{Cancellation, Confirmation};
    let mut meeting = with_ann();
    say(&mut meeting, Confirmation, &[(EMAIL, UNKNOWN)]);
    meeting.status = BookingStatus::Cancelled;
    let owed = |meeting: &Meeting| meeting.owed_to(&meeting.attendees[0]);
    assert_eq!(owed(&meeting), Some(Owed::Cancellation));
    say(&mut meeting, Cancellation, &[(EMAIL, SENT)]);
    assert_eq!(owed(&meeting), None);
    say(&mut meeting, Confirmation, &[(EMAIL, UNKNOWN)]);
    assert_eq!(owed(&meeting), Some(Owed::Cancellation));
}

#[test]
fn a_replaced_address_is_dealt_with_once_its_owner_was_told_on_another_channel() {
    use NotificationType::{Confirmation, Reminder};
    let both = [(EMAIL, SENT), (SMS, SENT)];
    let mut meeting = with_ann();
    say(&mut meeting, Confirmation, &both);
    say(&mut meeting, Reminder, &[(SMS, SENT)]);
    set_email(&mut meeting.attendees[0], "right@example.com");
    let owed = |meeting: &Meeting| meeting.owed_to(&meeting.attendees[0]);
    assert_eq!(owed(&meeting), Some(Owed::Announcement));
    hear(&mut meeting, 2, &[(SMS, SENT)]);
    assert_eq!(owed(&meeting), Some(Owed::Announcement), "nothing new");
    // She prefers texts by now.
    say(&mut meeting, Confirmation, &[(SMS, SENT)]);
    assert_eq!(owed(&meeting), None);
    meeting.forget_what_nobody_was_told();
    assert_eq!(meeting.attendees[0].told.len(), 1);
    assert_eq!(meeting.notification_state(), NotificationState::Confirmed);
}

/// The sample meeting, from which Ann was removed after she was told these.
fn without_ann(told: &[(NotificationType, &[(Channel, DeliveryStatus)])]) -> Meeting {
    let mut meeting = sample::meeting();
    for (kind, outcomes) in told {
        say(&mut meeting, *kind, outcomes);
    }
    meeting.removed = vec![meeting.attendees.remove(0)];
    meeting
}

#[test]
fn who_was_removed_is_owed_that_only_while_they_may_expect_the_meeting() {
    use NotificationType::{Cancellation, Confirmation};
    let owed = |meeting: &Meeting| meeting.owed_to(&meeting.removed[0]).is_some();
    let told: &[_] = &[(Confirmation, &[(SMS, UNKNOWN)][..])];
    assert!(owed(&without_ann(told)), "perhaps");
    // A doubt that a cancellation has come after is none.
    let off: &[_] = &[told[0], (Cancellation, &[(EMAIL, SENT)][..])];
    let mut knows = without_ann(off);
    assert!(!owed(&knows));
    knows.forget_what_nobody_was_told();
    assert!(knows.removed.is_empty());
    let again: &[_] = &[off[0], off[1], (Confirmation, &[(SMS, UNKNOWN)][..])];
    assert!(owed(&without_ann(again)), "she may have been told again");
    // Nobody can tell somebody who has no address.
    let mut unreachable = without_ann(told);
    (unreachable.removed[0].email, unreachable.removed[0].phone) = (None, None);
    assert!(!owed(&unreachable));
    unreachable.forget_what_nobody_was_told();
    assert!(unreachable.removed.is_empty());
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
