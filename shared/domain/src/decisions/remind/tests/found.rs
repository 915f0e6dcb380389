//! What random histories have found, each as the shortest of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::visit::{
    accepted, decide, doubtful, instance, postpone, prolong, remind, rows, settle, tell, template,
    told,
};
use crate::{
    edit::compose,
    meeting::{AttendeeDraft, BookingStatus, Meeting, MeetingDraft},
    notification::Notification,
    records::reminders::{SettledReminder, Settlement, Skip},
    remind::{ReminderDecision, due, wanted},
    respond::{self, Incoming},
    sample,
    send::{Found, decide_resolve, record_sent, record_settled},
    values::{
        answer::{Answer, AnswerChannel},
        kind::NotificationType,
    },
};

const DAY: &[(&str, u32, &str)] = &[("day", 1_440, "send_now")];

fn after(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

/// An attendee answers a message, for the meeting as it is.
fn answer(meeting: &mut Meeting, said: Answer, row: &mut Notification, now: DateTime<Utc>) {
    let incoming = Incoming {
        attendee_id: row.recipient.id.clone(),
        answer: said,
        revision: meeting.revision,
        channel: AnswerChannel::EmailLink,
        reason: None,
        preferred_times: None,
        given_at: now,
    };
    respond::take(meeting, Some(row), &incoming, 0, now);
}

/// The rows of the confirmation that the meeting was told with.
fn confirmation(meeting: &mut Meeting) -> Vec<Notification> {
    let kind = NotificationType::Confirmation;
    rows(meeting, &template(DAY), kind, accepted, sample::now())
}

/// Sends a message whose fate is not known, and returns the lead attendee's row.
fn doubt(meeting: &mut Meeting, kind: NotificationType, now: DateTime<Utc>) -> Notification {
    let template = template(DAY);
    let mut rows = rows(meeting, &template, kind, doubtful, now);
    record_sent(meeting, Some(&template), &rows, now);
    rows.remove(0)
}

/// Staff find that a doubtful message went out.
fn found_sent(meeting: &mut Meeting, row: &mut Notification, now: DateTime<Utc>) {
    let template = template(DAY);
    decide_resolve(row, None, Found::Sent, now);
    record_settled(meeting, Some(&template), row, now);
}

#[test]
fn a_trigger_that_comes_back_remembers_that_it_was_sent() {
    let (visit, other) = (template(DAY), template(&[]));
    let mut meeting = told(&visit);
    let sent = remind(&mut meeting, &visit);
    meeting.take_triggers(&other.body().reminder_triggers);
    meeting.take_triggers(&visit.body().reminder_triggers);
    assert_eq!(due(&meeting, sent.due_at), []);
    // Nor is it sent once more with the update of another field.
    prolong(&mut meeting);
    let now = sent.due_at + TimeDelta::minutes(5);
    tell(&mut meeting, &visit, NotificationType::Update, now);
    let verdict = decide(&meeting, &visit, &due(&meeting, now)[0], now);
    assert_eq!(verdict, ReminderDecision::Skip(Skip::AlreadySent));
}

#[test]
fn a_trigger_that_was_skipped_goes_at_its_new_time() {
    let before = template(&[("soon", 14_400, "skip")]);
    let mut meeting = sample::meeting();
    let now = meeting.details.starts_at - TimeDelta::days(5);
    tell(&mut meeting, &before, NotificationType::Confirmation, now);
    let late = due(&meeting, now).remove(0);
    settle(&mut meeting, &late, Settlement::Skipped(Skip::LateBooking));
    let after = template(&[("soon", 60, "skip")]);
    meeting.take_triggers(&after.body().reminder_triggers);
    let hour = meeting.details.starts_at - TimeDelta::hours(1);
    assert_eq!(wanted(&meeting), [instance(&meeting, "soon", hour)]);
}

#[test]
fn the_status_follows_an_attendee_who_becomes_the_lead() {
    for (ann, bob, expected) in [
        (None, Answer::Decline, BookingStatus::Declined),
        (
            Some(Answer::Decline),
            Answer::Accept,
            BookingStatus::Confirmed,
        ),
    ] {
        let mut meeting = told(&template(DAY));
        let mut rows = confirmation(&mut meeting);
        if let Some(ann) = ann {
            answer(&mut meeting, ann, &mut rows[0], after(1));
        }
        answer(&mut meeting, bob, &mut rows[1], after(2));
        let draft = MeetingDraft {
            title: "Window measuring".to_owned(),
            starts_at: "2026-01-15T14:00:00".to_owned(),
            timezone: "America/New_York".to_owned(),
            duration_minutes: Some(45),
            attendees: vec![AttendeeDraft {
                id: Some("bob".to_owned()),
                name: "Bob Lee".to_owned(),
                email: Some("bob@example.com".to_owned()),
                phone: Some("+1 202 555 0124".to_owned()),
                ..AttendeeDraft::default()
            }],
            ..MeetingDraft::default()
        };
        let (id, settings) = (meeting.id.clone(), sample::settings());
        let meeting = compose(id, &draft, None, &settings, Some(&meeting), after(3)).unwrap();
        assert_eq!(meeting.status, expected);
    }
}

#[test]
fn a_reminder_under_way_while_the_meeting_is_moved_was_of_the_old_time() {
    let template = template(DAY);
    let mut meeting = told(&template);
    let sent = wanted(&meeting).remove(0);
    let mark = SettledReminder {
        instance: sent.clone(),
        outcome: Settlement::Sent,
        starts_at: meeting.details.starts_at,
        at: sent.due_at,
    };
    postpone(&mut meeting, 60);
    meeting.settle_reminder(mark, true);
    let now = sent.due_at + TimeDelta::minutes(90);
    tell(&mut meeting, &template, NotificationType::Update, now);
    let verdict = decide(&meeting, &template, &due(&meeting, now)[0], now);
    assert!(matches!(verdict, ReminderDecision::Send(_)), "{verdict:?}");
}

#[test]
fn details_that_are_announced_have_one_number() {
    let template = template(DAY);
    let mut meeting = sample::meeting();
    let mut row = doubt(&mut meeting, NotificationType::Confirmation, after(0));
    let before = meeting.details.clone();
    prolong(&mut meeting);
    meeting.change_details(before.clone());
    found_sent(&mut meeting, &mut row, after(5));
    remind(&mut meeting, &template);
    // Going elsewhere and back must not open it again.
    prolong(&mut meeting);
    meeting.change_details(before);
    assert_eq!(wanted(&meeting), []);
}

#[test]
fn a_doubtful_cancellation_cancels_whatever_was_answered_since() {
    let mut meeting = told(&template(DAY));
    let mut row = doubt(&mut meeting, NotificationType::Cancellation, after(1));
    // Staff note an answer on the last message, which this is.
    answer(&mut meeting, Answer::Accept, &mut row, after(2));
    found_sent(&mut meeting, &mut row, after(3));
    assert_eq!(meeting.status, BookingStatus::Cancelled);
}

#[test]
fn a_doubt_settled_late_leaves_an_answer_over_another_link() {
    let mut meeting = told(&template(DAY));
    let mut first = confirmation(&mut meeting).remove(0);
    let request = NotificationType::ConfirmationRequest;
    let mut second = doubt(&mut meeting, request, after(1));
    answer(&mut meeting, Answer::Decline, &mut first, after(2));
    found_sent(&mut meeting, &mut second, after(3));
    assert_eq!(meeting.status, BookingStatus::Declined);
}

#[test]
fn the_same_answer_counts_again_after_a_message_that_asked_again() {
    let template = template(DAY);
    let mut meeting = told(&template);
    let mut first = confirmation(&mut meeting).remove(0);
    answer(&mut meeting, Answer::Decline, &mut first, after(1));
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, &template, kind, after(2));
    assert_eq!(meeting.status, BookingStatus::Booked);
    answer(&mut meeting, Answer::Decline, &mut first, after(3));
    assert_eq!(meeting.status, BookingStatus::Declined);
}
