//! What is owed to somebody whose address was replaced.

use super::*;
use crate::meeting::Owed;

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
