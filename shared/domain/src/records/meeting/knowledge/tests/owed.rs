//! What is owed to those who came later, to those who left, and to all when it is off.

use super::*;
use crate::meeting::Owed;

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
