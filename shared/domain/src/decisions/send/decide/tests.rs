//! What may be sent, to whom, and what must be confirmed, rule by rule.

mod each;
mod refusals;
mod status;

use super::*;
use crate::{meeting::Meeting, sample};

/// Decides a send to everybody, without a template.
fn to_everybody(meeting: &Meeting, kind: NotificationType) -> Result<SendPlan, Failure> {
    let settings = sample::settings();
    let deliverability = sample::deliverability(&settings);
    let now = sample::now();
    decide_send(meeting, None, deliverability, kind, Whom::EVERYBODY, now)
}

#[test]
fn who_is_not_reached_is_not_told() {
    let mut meeting = announced(sample::meeting());
    let confirm = |meeting: &Meeting| {
        let kind = NotificationType::Cancellation;
        let plan = to_everybody(meeting, kind);
        plan.unwrap().confirm.unwrap()
    };
    assert!(confirm(&meeting).starts_with("This tells 2 attendees"));
    meeting.attendees[1].phone = None;
    meeting.attendees[1].email = None;
    assert!(confirm(&meeting).starts_with("This tells 1 of 2 attendees"));
    meeting.attendees[0].phone = None;
    meeting.attendees[0].email = None;
    assert!(confirm(&meeting).starts_with("This tells nobody"));
    meeting.attendees.truncate(1);
    assert!(confirm(&meeting).starts_with("This tells nobody"));
}

fn announced(mut meeting: Meeting) -> Meeting {
    let (details, revision) = (meeting.details.clone(), meeting.revision);
    sample::tell(&mut meeting, details, revision, false);
    meeting.status = BookingStatus::Booked;
    meeting
}

fn moved(mut meeting: Meeting) -> Meeting {
    let mut details = meeting.details.clone();
    details.duration_minutes += 15;
    meeting.change_details(details);
    meeting
}

fn cancelled(mut meeting: Meeting) -> Meeting {
    meeting.status = BookingStatus::Cancelled;
    meeting.cancelled_revision = Some(meeting.revision);
    meeting
}

#[test]
fn only_attendees_of_the_meeting_can_be_named() {
    let decide = |named: &[&str]| {
        let named: Vec<_> = named.iter().map(ToString::to_string).collect();
        let (meeting, kind) = (sample::meeting(), NotificationType::Confirmation);
        decide_send(
            &meeting,
            None,
            sample::deliverability(&sample::settings()),
            kind,
            Whom::named(&named),
            sample::now(),
        )
    };
    assert!(matches!(decide(&["stranger"]), Err(Failure::Invalid(_))));
    assert!(matches!(decide(&[]), Err(Failure::Invalid(_))));
    assert_eq!(decide(&["ann", "ann"]).unwrap().recipients.len(), 1);
}

#[test]
fn the_same_type_for_the_same_revision_wants_a_second_word() {
    let confirm = |meeting: &Meeting, kind| to_everybody(meeting, kind).unwrap().confirm;
    let meeting = announced(sample::meeting());
    assert!(confirm(&meeting, NotificationType::Confirmation).is_some());
    assert!(confirm(&meeting, NotificationType::ConfirmationRequest).is_none());
    assert!(confirm(&meeting, NotificationType::Cancellation).is_some());
    assert!(confirm(&moved(meeting), NotificationType::Confirmation).is_none());
}

fn pointers(named: &[String]) -> Vec<String> {
    match chosen(&sample::meeting(), Some(named)) {
        Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.pointer).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn who_is_named_and_is_no_attendee_is_pointed_at() {
    let named = ["ann", "x", "bob", "y"].map(str::to_owned);
    assert_eq!(pointers(&named), ["/attendees/1", "/attendees/3"]);
    assert_eq!(pointers(&[]), ["/attendees"]);
    let many = vec!["ann".to_owned(); MAX_ATTENDEES];
    assert_eq!(pointers(&many), [""; 0]);
    let too_many = vec!["ann".to_owned(); MAX_ATTENDEES + 1];
    assert_eq!(pointers(&too_many), ["/attendees"]);
    let meeting = sample::meeting();
    assert_eq!(chosen(&meeting, None).unwrap().len(), 2);
    let bob = chosen(&meeting, Some(&["bob".to_owned()])).unwrap();
    assert_eq!(bob, [&meeting.attendees[1]]);
}

#[test]
fn a_plan_says_to_whom_by_which_config_and_on_which_channels() {
    let meeting = sample::meeting();
    let kind = NotificationType::Confirmation;
    let plan = to_everybody(&meeting, kind).unwrap();
    assert_eq!(
        (plan.kind, plan.config),
        (kind, NotificationConfig::built_in(kind))
    );
    assert_eq!(plan.confirm, None);
    let to: Vec<_> = plan.recipients.iter().map(|each| &each.attendee).collect();
    assert_eq!(to, [&meeting.attendees[0], &meeting.attendees[1]]);
    assert!(plan.recipients.iter().all(Recipient::is_reached));
}

#[test]
fn what_must_be_confirmed_says_how_many_it_reaches() {
    let confirm = |meeting: &Meeting, kind| {
        let plan = to_everybody(meeting, kind);
        plan.unwrap().confirm.unwrap()
    };
    let mut meeting = announced(sample::meeting());
    let request = NotificationType::ConfirmationRequest;
    let says = super::super::statement(
        &meeting,
        &NotificationConfig::built_in(request),
        meeting.next_statement(),
        sample::now(),
    );
    meeting.suppose_told(says);
    assert_eq!(
        confirm(&meeting, request),
        "The RSVP request was sent for these details already. This sends it to 2 attendees again."
    );
    meeting.attendees.truncate(1);
    assert_eq!(
        confirm(&meeting, NotificationType::Cancellation),
        "This tells 1 attendee that the meeting is cancelled, and cannot be undone."
    );
}
