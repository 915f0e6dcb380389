//! Details, revisions and the answers that describe them, rule by rule.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    sample,
    values::{answer::Answer, lease::Lease},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

/// The sample meeting, which customers were told of.
fn told(asked: bool) -> Meeting {
    let mut meeting = sample::meeting();
    let details = meeting.details.clone();
    let revision = meeting.revision;
    sample::tell(&mut meeting, details, revision, asked);
    meeting.status = BookingStatus::Booked;
    meeting
}

fn longer(meeting: &Meeting, minutes: u32) -> Details {
    let mut details = meeting.details.clone();
    details.duration_minutes += minutes;
    details
}

fn says(answer: Answer, revision: u32) -> Option<Response> {
    Some(Response {
        answer,
        revision,
        at: at(0),
        channel: None,
        wish: Some(Wish {
            preferred_times: None,
            reason: None,
        }),
        after: None,
    })
}

#[test]
fn customers_know_nothing_the_current_details_or_others() {
    assert_eq!(
        sample::meeting().notification_state(),
        NotificationState::None
    );
    let mut meeting = told(false);
    assert_eq!(meeting.notification_state(), NotificationState::Confirmed);
    meeting.change_details(longer(&meeting, 15));
    assert_eq!(meeting.notification_state(), NotificationState::UpdateDue);
}

#[test]
fn a_meeting_starts_and_ends_on_the_second() {
    let meeting = sample::meeting();
    let second = TimeDelta::seconds(1);
    let start = meeting.details.starts_at;
    let end = start + TimeDelta::minutes(45);
    assert_eq!(meeting.details.ends_at(), end);
    assert!(!meeting.started(start - second) && meeting.started(start));
    assert!(!meeting.over(end - second) && meeting.over(end));
}

#[test]
fn other_details_get_a_number_that_was_never_used_and_told_ones_their_own() {
    let mut meeting = told(false);
    let first = meeting.details.clone();
    meeting.change_details(first.clone());
    assert_eq!((meeting.revision, meeting.highest_revision), (1, 1));
    meeting.change_details(longer(&meeting, 15));
    assert_eq!((meeting.revision, meeting.highest_revision), (2, 2));
    meeting.change_details(first);
    assert_eq!((meeting.revision, meeting.highest_revision), (1, 2));
    meeting.change_details(longer(&meeting, 15));
    assert_eq!((meeting.revision, meeting.highest_revision), (3, 3));
}

#[rstest]
#[case::called_off_with_these(BookingStatus::Cancelled, Some(1), 1)]
#[case::called_off_with_others(BookingStatus::Cancelled, Some(2), 3)]
#[case::confirmed_since(BookingStatus::Booked, Some(2), 1)]
#[case::never_called_off(BookingStatus::Cancelled, None, 1)]
fn told_details_are_news_again_once_a_meeting_was_called_off_with_others(
    #[case] status: BookingStatus,
    #[case] called_off: Option<u32>,
    #[case] revision: u32,
) {
    let mut meeting = told(false);
    let first = meeting.details.clone();
    meeting.change_details(longer(&meeting, 15));
    meeting.status = status;
    if let Some(called_off) = called_off {
        meeting.cancelled_revision = Some(called_off);
    }
    meeting.change_details(first);
    assert_eq!(meeting.revision, revision);
}

#[rstest]
#[case(1, true)]
#[case(2, true)]
#[case(0, false)]
#[case(3, false)]
fn an_answer_stands_for_the_current_details_and_for_the_told_ones(
    #[case] revision: u32,
    #[case] stands: bool,
) {
    let mut meeting = told(false);
    meeting.change_details(longer(&meeting, 15));
    meeting.attendees[1].response = says(Answer::Reschedule, revision);
    let bob = &meeting.attendees[1];
    assert_eq!(meeting.standing_answer(bob).is_some(), stands);
    assert_eq!(meeting.wish_of(bob).is_some(), stands);
    assert!(meeting.standing_answer(&meeting.attendees[0]).is_none());
}

#[rstest]
#[case(true, BookingStatus::Invited)]
#[case(false, BookingStatus::Booked)]
fn a_status_falls_back_when_the_answer_under_it_no_longer_stands(
    #[case] asked: bool,
    #[case] status: BookingStatus,
) {
    let mut meeting = told(asked);
    meeting.status = BookingStatus::Confirmed;
    meeting.attendees[0].response = says(Answer::Accept, 1);
    meeting.forget_answers_of_other_details();
    assert_eq!(meeting.status, BookingStatus::Confirmed);
    meeting.attendees[0].response = says(Answer::Accept, 0);
    meeting.forget_answers_of_other_details();
    assert_eq!(meeting.status, status);
    meeting.status = BookingStatus::Cancelled;
    meeting.forget_answers_of_other_details();
    assert_eq!(meeting.status, BookingStatus::Cancelled);
}

#[test]
fn other_details_take_an_answer_back_that_was_given_before_anybody_was_told() {
    let mut meeting = sample::meeting();
    meeting.status = BookingStatus::Declined;
    meeting.attendees[0].response = says(Answer::Decline, 1);
    meeting.change_details(longer(&meeting, 15));
    assert_eq!(meeting.status, BookingStatus::Booked);
}

#[rstest]
#[case(BookingStatus::Booked, BookingStatus::Declined)]
#[case(BookingStatus::Confirmed, BookingStatus::Declined)]
#[case(BookingStatus::Draft, BookingStatus::Draft)]
#[case(BookingStatus::Cancelled, BookingStatus::Cancelled)]
fn a_new_lead_brings_their_standing_answer(
    #[case] before: BookingStatus,
    #[case] after: BookingStatus,
) {
    let mut meeting = told(false);
    meeting.status = before;
    meeting.attendees[1].response = says(Answer::Decline, 1);
    meeting.attendees.swap(0, 1);
    meeting.follow_new_lead();
    assert_eq!(meeting.status, after);
}

#[rstest]
#[case::asked(true, BookingStatus::Invited)]
#[case::told(false, BookingStatus::Booked)]
fn a_new_lead_without_an_answer_was_asked_or_told(
    #[case] asked: bool,
    #[case] status: BookingStatus,
) {
    let mut meeting = told(asked);
    meeting.status = BookingStatus::Confirmed;
    meeting.follow_new_lead();
    assert_eq!(meeting.status, status);
}

#[test]
fn a_title_is_shown_in_the_templates_format() {
    let mut meeting = sample::meeting();
    assert_eq!(meeting.shown_title(None, "Booked"), "Window measuring");
    let format = Some("{status}: {title}");
    let shown = meeting.shown_title(format, "Booked");
    assert_eq!(shown, "Booked: Window measuring");
    meeting.title = Title::parse("Visit ({status})").unwrap();
    assert_eq!(meeting.shown_title(None, "Draft"), "Visit (Draft)");
}

#[test]
fn each_status_is_shown_by_a_name_of_its_own() {
    let shown = [
        (BookingStatus::Draft, "Draft", false),
        (BookingStatus::Booked, "Booked", false),
        (BookingStatus::Invited, "Invited", false),
        (BookingStatus::Confirmed, "Confirmed", true),
        (BookingStatus::Declined, "Declined", true),
        (
            BookingStatus::RescheduleRequested,
            "Reschedule requested",
            true,
        ),
        (BookingStatus::Cancelled, "Cancelled", false),
    ];
    for (status, label, is_answer) in shown {
        assert_eq!((status.label(), status.is_answer()), (label, is_answer));
    }
    let of = [
        (Answer::Accept, BookingStatus::Confirmed),
        (Answer::Decline, BookingStatus::Declined),
        (Answer::Reschedule, BookingStatus::RescheduleRequested),
    ];
    for (answer, status) in of {
        assert_eq!(BookingStatus::from(answer), status);
    }
}

#[test]
fn an_attendee_is_found_by_their_id() {
    let meeting = sample::meeting();
    let bob = &meeting.attendees[1];
    assert_eq!(meeting.attendee(&bob.id), Some(bob));
    assert_eq!(meeting.lead(), meeting.attendees.first());
    assert_eq!(meeting.attendee(&AttendeeId::parse("gone").unwrap()), None);
}

#[test]
fn a_reminder_that_its_own_schedule_came_for_is_armed_no_more() {
    let mark = |trigger: &str| {
        let instance = crate::reminders::ReminderInstance {
            trigger_id: crate::id::TriggerId::parse(trigger).unwrap(),
            revision: 1,
            due_at: at(5),
        };
        SettledReminder {
            instance,
            outcome: crate::reminders::Settlement::Sent,
            starts_at: at(60),
            at: at(5),
        }
    };
    let settled = |fired| {
        let mut meeting = told(false);
        meeting.reminders.armed = vec![mark("day").instance, mark("hour").instance];
        meeting.settle_reminder(mark("day"), fired);
        assert_eq!(meeting.reminders.marks, [mark("day")]);
        meeting.reminders.armed.len()
    };
    assert_eq!((settled(true), settled(false)), (1, 2));
}

#[test]
fn a_lease_says_when_it_was_taken() {
    let lease = Lease::new("owner".to_owned(), at(3));
    assert_eq!((lease.since(), lease.until), (at(3), at(4)));
}

#[test]
fn an_announcement_of_what_is_off_takes_a_number_that_is_off_too() {
    let cancelled = || {
        let mut meeting = sample::meeting();
        meeting.status = BookingStatus::Cancelled;
        meeting.cancelled_revision = Some(1);
        meeting
    };
    let renewed = |mut meeting: Meeting, kind| {
        meeting.renew_for(kind);
        (meeting.revision, meeting.cancelled_revision)
    };
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest};
    for kind in [Confirmation, ConfirmationRequest] {
        assert_eq!(renewed(cancelled(), kind), (2, Some(2)));
    }
    assert_eq!(renewed(cancelled(), Cancellation), (1, Some(1)));
    let mut moved = cancelled();
    moved.cancelled_revision = Some(7);
    assert_eq!(renewed(moved, Confirmation), (1, Some(7)), "it is news");
    assert_eq!(renewed(sample::meeting(), Confirmation), (1, None));
}
