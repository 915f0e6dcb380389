//! Requests to take the meeting out of a calendar, sent or withheld.

use rstest::rstest;

use super::*;

/// It is asked while it is in doubt whether it has the meeting; both turn out not to be so.
#[test]
fn a_calendar_that_has_nothing_is_not_asked_again_where_asking_failed() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, UNKNOWN);
    move_to(&mut meeting, "right@example.com");
    ask(&mut meeting, UNKNOWN);
    settle(&mut meeting, NotificationType::Confirmation, 1, FAILED);
    ask(&mut meeting, FAILED);
    assert!(!is_owed(&meeting));
}

#[test]
fn what_is_left_out_stays_so_when_its_address_is_taken_back_and_left_again() {
    let (mut meeting, hers) = (told_and_left(), hers());
    let owes_hers = |meeting: &Meeting| {
        let mut left = meeting.attendees[0].former_addresses();
        left.any(|left| left.email == &hers)
    };
    meeting.leave_former_addresses_out(|_| true);
    say(&mut meeting, NotificationType::Confirmation, SENT);
    move_to(&mut meeting, hers.shown());
    move_to(&mut meeting, "other@example.com");
    assert!(!owes_hers(&meeting));
    move_to(&mut meeting, hers.shown());
    say(&mut meeting, NotificationType::Update, SENT);
    move_to(&mut meeting, "other@example.com");
    assert!(
        owes_hers(&meeting),
        "what was put in since is another matter"
    );
}

#[test]
fn an_address_that_was_left_out_and_is_taken_back_knows_what_it_was_told() {
    let (mut meeting, hers) = (told_and_left(), hers());
    meeting.leave_former_addresses_out(|_| true);
    let sequences = meeting.sequences.clone();
    move_to(&mut meeting, hers.shown());
    assert_eq!(meeting.attendees[0].told[0].certain, [1]);
    assert_eq!(meeting.sequences, sequences, "nothing was taken out");
}

/// A request was sent; a later one, for what may have been put in since, was not.
#[test]
fn a_request_that_was_not_sent_leaves_the_one_before_it_as_it_was() {
    let (mut meeting, hers) = (told_and_left(), hers());
    ask(&mut meeting, SENT);
    move_to(&mut meeting, hers.shown());
    say(&mut meeting, NotificationType::Update, UNKNOWN);
    move_to(&mut meeting, "right@example.com");
    assert!(is_owed(&meeting));
    ask(&mut meeting, FAILED);
    assert!(is_owed(&meeting));
    settle(&mut meeting, NotificationType::Update, 2, FAILED);
    assert!(!is_owed(&meeting), "the first has been taken out");
}

#[rstest]
#[case::sent(SENT, false)]
#[case::not_sent(FAILED, true)]
fn a_request_in_doubt_outlasts_that_its_address_is_taken_back(
    #[case] found: DeliveryStatus,
    #[case] owed: bool,
) {
    let (mut meeting, hers) = (told_and_left(), hers());
    ask(&mut meeting, UNKNOWN);
    move_to(&mut meeting, hers.shown());
    let sequence = meeting.sequences.clone();
    move_to(&mut meeting, hers.shown());
    assert_eq!(meeting.sequences, sequence, "it is taken back once");
    move_to(&mut meeting, "other@example.com");
    assert!(!is_owed(&meeting));
    ask(&mut meeting, found);
    assert_eq!(is_owed(&meeting), owed);
}

#[test]
fn a_calendar_that_a_cancellation_has_emptied_is_not_asked_again_where_asking_failed() {
    let mut meeting = with_ann();
    say(&mut meeting, NotificationType::Confirmation, SENT);
    say(&mut meeting, NotificationType::Cancellation, UNKNOWN);
    move_to(&mut meeting, "right@example.com");
    ask(&mut meeting, UNKNOWN);
    settle(&mut meeting, NotificationType::Cancellation, 2, SENT);
    ask(&mut meeting, FAILED);
    assert!(!is_owed(&meeting));
}

#[rstest]
#[case::asked(SENT, false)]
#[case::perhaps_asked(UNKNOWN, false)]
#[case::not_asked(FAILED, true)]
fn a_calendar_is_asked_once(#[case] status: DeliveryStatus, #[case] owed: bool) {
    let mut meeting = told_and_left();
    ask(&mut meeting, status);
    assert_eq!(is_owed(&meeting), owed);
    move_to(&mut meeting, "right@example.com");
    assert_eq!(is_owed(&meeting), owed, "another save changes nothing");
}

#[test]
fn a_doubt_that_is_settled_as_failed_is_owed_again() {
    let mut meeting = told_and_left();
    ask(&mut meeting, UNKNOWN);
    ask(&mut meeting, FAILED);
    assert!(is_owed(&meeting));
}

#[rstest]
#[case::asked(SENT, 0)]
#[case::perhaps_asked(UNKNOWN, 0)]
#[case::not_asked(FAILED, 1)]
fn an_address_that_is_taken_back_knows_what_its_calendar_still_has(
    #[case] status: DeliveryStatus,
    #[case] certain: usize,
) {
    let (mut meeting, hers) = (told_and_left(), hers());
    ask(&mut meeting, status);
    move_to(&mut meeting, hers.shown());
    let told = meeting.attendees[0].told.iter();
    assert_eq!(told.map(|told| told.certain.len()).sum::<usize>(), certain);
    assert!(!is_owed(&meeting));
    // What is heard of it later once more takes nothing back.
    say(&mut meeting, NotificationType::Confirmation, SENT);
    let number = meeting.highest_statement - 1;
    hear(
        &mut meeting,
        MessageKind::CalendarRemoval,
        &hers,
        number,
        SENT,
    );
    assert_eq!(meeting.attendees[0].told[0].certain.last(), Some(&2));
}

#[test]
fn what_is_left_out_is_dealt_with_and_forgotten() {
    let mut meeting = told_and_left();
    meeting.leave_former_addresses_out(|attendee| attendee.id.as_str() != "ann");
    assert!(is_owed(&meeting), "it was somebody else's");
    meeting.leave_former_addresses_out(|_| true);
    assert!(!is_owed(&meeting));
    move_to(&mut meeting, "other@example.com");
    assert!(!is_owed(&meeting), "nothing was told at the one in between");
}

#[test]
fn who_was_removed_is_kept_until_their_calendars_were_asked() {
    let mut meeting = told_and_left();
    say(&mut meeting, NotificationType::Cancellation, SENT);
    meeting.removed = vec![meeting.attendees[0].clone()];
    meeting.attendees[0].id = crate::id::AttendeeId::parse("other").unwrap();
    meeting.attendees[0].told.clear();
    meeting.forget_what_nobody_was_told();
    assert_eq!(meeting.removed.len(), 1);
    meeting.leave_former_addresses_out(|_| true);
    meeting.forget_what_nobody_was_told();
    assert!(meeting.removed.is_empty());
}
