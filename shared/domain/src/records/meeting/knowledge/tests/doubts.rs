//! What is in doubt, and what ends a doubt.

use super::*;

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
