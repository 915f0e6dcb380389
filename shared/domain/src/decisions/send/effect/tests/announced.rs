//! What customers were told last, and what stays of it.

use super::*;
use crate::send::{Found, decide_resolve};

#[test]
fn an_announcement_is_what_customers_were_told_last() {
    let meeting = sample::meeting();
    let after = recorded(&meeting, NotificationType::Confirmation);
    assert_eq!(after.status, BookingStatus::Booked);
    let told = after.announced.clone().unwrap();
    assert_eq!((&told.details, told.revision), (&meeting.details, 1));
    assert_eq!((told.at, told.since, told.asked), (at(5), at(5), false));
    assert_eq!((after.cancelled_at, after.cancelled_revision), (None, None));
    for attendee in &after.attendees {
        let row = crate::id::NotificationId::new(&meeting.id, &attendee.id, "key", at(0));
        assert_eq!(attendee.last_notification, Some(row));
    }
}

#[test]
fn what_nobody_accepted_leaves_the_meeting_as_it_was() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows.truncate(1);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    record(&mut after, None, &rows, 5);
    assert_eq!(
        after.attendees[0].last_notification,
        Some(rows[0].id.clone())
    );
    assert_eq!(after.attendees[1].last_notification, None);
    after.attendees[0].last_notification = None;
    let number = std::mem::take(&mut after.highest_statement);
    after.sequences.clear();
    assert_eq!((after, number), (meeting, 1), "but that a number is used");
}

#[test]
fn one_accepted_delivery_is_enough() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    record(&mut after, None, &rows, 5);
    assert_eq!(after.status, BookingStatus::Booked);
}

#[test]
fn the_same_details_again_are_told_since_the_first_time_and_stay_asked() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 9);
    let told = meeting.announced.clone().unwrap();
    assert_eq!((told.since, told.at, told.asked), (at(5), at(9), true));
    // Other details are told, and asked for, anew.
    moved(&mut meeting);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 11);
    let told = meeting.announced.unwrap();
    assert_eq!((told.since, told.at, told.asked), (at(11), at(11), false));
}

#[test]
fn the_snapshot_is_of_the_details_that_were_sent() {
    let mut meeting = confirmed(5);
    moved(&mut meeting);
    let update = sent(&meeting, NotificationType::Update);
    moved(&mut meeting);
    record(&mut meeting, None, &update, 9);
    let told = meeting.announced.clone().unwrap();
    assert_eq!(
        (told.details, told.revision),
        (update[0].details.clone(), 2)
    );
    assert_eq!(meeting.revision, 3, "the meeting has moved on");
    // Taken up again meanwhile, they have the number that was told.
    let mut meeting = confirmed(5);
    moved(&mut meeting);
    let update = sent(&meeting, NotificationType::Update);
    meeting.revision = 4;
    record(&mut meeting, None, &update, 9);
    assert_eq!(meeting.revision, 2);
}

#[test]
fn once_sent_the_meeting_is_as_it_will_be_recorded() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    moved(&mut meeting);
    let mut cancelled = meeting.clone();
    cancelled.status = BookingStatus::Cancelled;
    for meeting in [sample::meeting(), meeting, cancelled] {
        for kind in [
            NotificationType::Confirmation,
            NotificationType::ConfirmationRequest,
            NotificationType::Update,
            NotificationType::Cancellation,
        ] {
            let will = once_sent(&meeting, &config(kind), says(&meeting, kind), at(5));
            let is = recorded(&meeting, kind);
            assert_eq!(
                (will.status, will.cancelled_at),
                (is.status, is.cancelled_at)
            );
            assert_eq!(will.announced, is.announced, "{kind}");
        }
    }
}

#[test]
fn once_sent_an_answer_to_older_details_no_longer_stands() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    meeting.attendees[0].response = answered(Answer::Accept, 1, at(-5));
    meeting.status = BookingStatus::Confirmed;
    moved(&mut meeting);
    let mut config = config(NotificationType::Confirmation);
    config.keep_answer = true;
    let will = once_sent(&meeting, &config, says(&meeting, config.kind), at(9));
    assert!(!will.status.is_answer(), "{:?}", will.status);
}

#[test]
fn an_announcement_is_overtaken_by_a_later_one_whoever_heard_of_it() {
    let mut meeting = confirmed(1);
    let mut older = sent(&meeting, NotificationType::Confirmation);
    older[1].deliveries[0].status = DeliveryStatus::Unknown;
    record(&mut meeting, None, &older[1..], 2);
    moved(&mut meeting);
    let rows = sent(&meeting, NotificationType::Update);
    record(&mut meeting, None, &rows[..1], 3);
    let told = meeting.announced.clone().unwrap();
    assert_eq!(told.statement, 3);
    // Whoever made the later one is gone, and nothing of it is left.
    meeting.attendees.remove(0);
    meeting.forget_what_nobody_was_told();
    decide_resolve(&mut older[1], None, Found::Sent, at(4));
    record_settled(&mut meeting, None, &older[1], at(4));
    assert_eq!(meeting.announced, Some(told));
}

#[test]
fn details_that_were_announced_by_a_request_stay_requested() {
    let request = NotificationType::ConfirmationRequest;
    let requested = |meeting: &Meeting| meeting.announced.as_ref().unwrap().requested;
    let meeting = recorded(&confirmed(1), request);
    assert!(!requested(&confirmed(1)) && requested(&meeting));
    let mut again = recorded(&meeting, NotificationType::Confirmation);
    assert!(requested(&again));
    moved(&mut again);
    assert!(!requested(&recorded(&again, NotificationType::Update)));
}
