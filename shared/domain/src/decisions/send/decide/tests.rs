//! What may be sent, to whom, and what must be confirmed, rule by rule.

use rstest::rstest;

use super::*;
use crate::{meeting::Meeting, sample, values::lease::Lease};

#[test]
fn who_is_not_reached_is_not_told() {
    let settings = sample::settings();
    let mut meeting = announced(sample::meeting());
    let confirm = |meeting: &Meeting| {
        let kind = NotificationType::Cancellation;
        let deliverability = sample::deliverability(&settings);
        let plan = decide_send(meeting, None, deliverability, kind, None, sample::now());
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
    meeting.announced = Some(sample::announced(
        meeting.details.clone(),
        meeting.revision,
        false,
    ));
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
    meeting
        .sent
        .insert(NotificationType::Cancellation, meeting.revision);
    meeting
}

fn archived(mut meeting: Meeting) -> Meeting {
    meeting.archived = true;
    meeting
}

fn sending(mut meeting: Meeting) -> Meeting {
    meeting.sending = Some(Lease::new("owner".to_owned(), sample::now()));
    meeting
}

fn started(mut meeting: Meeting) -> Meeting {
    meeting.details.starts_at = sample::now();
    meeting
}

#[rstest]
#[case(sample::meeting(), [None, None, Some(Refusal::NotAnnounced), Some(Refusal::NotAnnounced)])]
#[case(announced(sample::meeting()), [None, None, Some(Refusal::InSync), None])]
#[case(moved(announced(sample::meeting())), [None, None, None, None])]
#[case(cancelled(announced(sample::meeting())), [Some(Refusal::Cancelled); 4])]
#[case(cancelled(moved(announced(sample::meeting()))), [Some(Refusal::Cancelled); 4])]
#[case(moved(cancelled(announced(sample::meeting()))), [
    None, Some(Refusal::CancelledButMoved), Some(Refusal::CancelledButMoved), Some(Refusal::CancelledButMoved),
])]
#[case(sending(announced(sample::meeting())), [Some(Refusal::Sending); 4])]
#[case(archived(announced(sample::meeting())), [Some(Refusal::Archived); 4])]
#[case(announced(started(sample::meeting())), [
    Some(Refusal::Started), Some(Refusal::Started), Some(Refusal::Started), None,
])]
fn what_may_be_sent(#[case] meeting: Meeting, #[case] expected: [Option<Refusal>; 4]) {
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Update};
    let kinds = [Confirmation, ConfirmationRequest, Update, Cancellation];
    let verdicts = kinds.map(|kind| allowed(&meeting, kind, sample::now()).err());
    assert_eq!(verdicts, expected);
    let reminder = allowed(&meeting, NotificationType::Reminder, sample::now());
    assert_eq!(reminder, Err(Refusal::ByItself));
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
            Some(&named),
            sample::now(),
        )
    };
    assert!(matches!(decide(&["stranger"]), Err(Failure::Invalid(_))));
    assert!(matches!(decide(&[]), Err(Failure::Invalid(_))));
    assert_eq!(decide(&["ann", "ann"]).unwrap().recipients.len(), 1);
}

#[test]
fn the_same_type_for_the_same_revision_wants_a_second_word() {
    let confirm = |meeting: &Meeting, kind| {
        let settings = sample::settings();
        decide_send(
            meeting,
            None,
            sample::deliverability(&settings),
            kind,
            None,
            sample::now(),
        )
        .unwrap()
        .confirm
    };
    let mut meeting = announced(sample::meeting());
    meeting
        .sent
        .insert(NotificationType::Confirmation, meeting.revision);
    assert!(confirm(&meeting, NotificationType::Confirmation).is_some());
    assert!(confirm(&meeting, NotificationType::ConfirmationRequest).is_none());
    assert!(confirm(&meeting, NotificationType::Cancellation).is_some());
    assert!(confirm(&moved(meeting), NotificationType::Confirmation).is_none());
}

#[test]
fn each_refusal_has_a_code_and_a_sentence_of_its_own() {
    let refusals = [
        (
            Refusal::ByItself,
            "sent_by_itself",
            "Reminders are sent by themselves",
        ),
        (Refusal::Sending, "sending", "Another notification"),
        (Refusal::Archived, "archived", "The meeting is archived"),
        (
            Refusal::Started,
            "started",
            "The meeting has already started.",
        ),
        (Refusal::Cancelled, "cancelled", "The meeting is cancelled."),
        (
            Refusal::CancelledButMoved,
            "needs_confirmation_first",
            "The meeting was cancelled and",
        ),
        (
            Refusal::NotAnnounced,
            "not_announced",
            "Nobody has been told",
        ),
        (Refusal::InSync, "in_sync", "The customers know"),
    ];
    for (refusal, code, sentence) in refusals {
        assert_eq!(refusal.code(), code);
        assert!(refusal.reason().starts_with(sentence), "{code}");
        let failure = Failure::Refused {
            code,
            reason: refusal.reason().to_owned(),
        };
        assert_eq!(Failure::from(refusal), failure);
    }
}

#[test]
fn a_lease_that_has_lapsed_stops_no_send() {
    let mut meeting = announced(sample::meeting());
    let now = sample::now();
    let kind = NotificationType::Confirmation;
    let lease = Lease::new("owner".to_owned(), now);
    let until = lease.until;
    meeting.sending = Some(lease);
    let second = chrono::TimeDelta::seconds(1);
    assert_eq!(
        allowed(&meeting, kind, until - second),
        Err(Refusal::Sending)
    );
    assert_eq!(allowed(&meeting, kind, until), Ok(()));
}

#[test]
fn a_meeting_can_be_cancelled_until_it_is_over() {
    let meeting = announced(sample::meeting());
    let kind = NotificationType::Cancellation;
    let end = meeting.details.ends_at();
    let second = chrono::TimeDelta::seconds(1);
    assert_eq!(allowed(&meeting, kind, end - second), Ok(()));
    assert_eq!(allowed(&meeting, kind, end), Err(Refusal::Started));
    let start = meeting.details.starts_at;
    let confirmation = NotificationType::Confirmation;
    assert_eq!(allowed(&meeting, confirmation, start - second), Ok(()));
    assert_eq!(
        allowed(&meeting, confirmation, start),
        Err(Refusal::Started)
    );
}

#[rstest]
#[case(NotificationType::Confirmation, BookingStatus::Booked)]
#[case(NotificationType::ConfirmationRequest, BookingStatus::Invited)]
#[case(NotificationType::Reminder, BookingStatus::Declined)]
#[case(NotificationType::Update, BookingStatus::Booked)]
#[case(NotificationType::Cancellation, BookingStatus::Cancelled)]
fn the_status_follows_the_type(#[case] kind: NotificationType, #[case] status: BookingStatus) {
    let mut meeting = announced(sample::meeting());
    meeting.status = BookingStatus::Declined;
    let config = NotificationConfig::built_in(kind);
    assert_eq!(status_after(&meeting, &config), status);
}

#[rstest]
#[case(NotificationType::Confirmation, BookingStatus::Booked)]
#[case(NotificationType::ConfirmationRequest, BookingStatus::Invited)]
#[case(NotificationType::Reminder, BookingStatus::Invited)]
#[case(NotificationType::Update, BookingStatus::Invited)]
fn a_reminder_or_an_update_that_asks_invites(
    #[case] kind: NotificationType,
    #[case] status: BookingStatus,
) {
    let meeting = announced(sample::meeting());
    for (accept, decline) in [(true, false), (false, true)] {
        let mut config = NotificationConfig::built_in(kind);
        config.buttons.accept = Some(accept);
        config.buttons.decline = Some(decline);
        assert_eq!(status_after(&meeting, &config), status);
    }
}

#[rstest]
#[case(
    NotificationType::Confirmation,
    BookingStatus::Confirmed,
    BookingStatus::Confirmed
)]
#[case(
    NotificationType::Confirmation,
    BookingStatus::Invited,
    BookingStatus::Booked
)]
#[case(
    NotificationType::ConfirmationRequest,
    BookingStatus::Confirmed,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Reminder,
    BookingStatus::Declined,
    BookingStatus::Declined
)]
#[case(
    NotificationType::Reminder,
    BookingStatus::Booked,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Update,
    BookingStatus::Confirmed,
    BookingStatus::Invited
)]
#[case(
    NotificationType::Cancellation,
    BookingStatus::Confirmed,
    BookingStatus::Cancelled
)]
fn a_config_may_keep_an_answer_where_a_reminder_or_a_confirmation_would_move_it(
    #[case] kind: NotificationType,
    #[case] before: BookingStatus,
    #[case] after: BookingStatus,
) {
    let mut meeting = announced(sample::meeting());
    meeting.status = before;
    let mut config = NotificationConfig::built_in(kind);
    config.keep_answer = true;
    config.buttons.accept = Some(true);
    assert_eq!(status_after(&meeting, &config), after);
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
    let settings = sample::settings();
    let meeting = sample::meeting();
    let kind = NotificationType::Confirmation;
    let deliverability = sample::deliverability(&settings);
    let plan = decide_send(&meeting, None, deliverability, kind, None, sample::now()).unwrap();
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
    let settings = sample::settings();
    let confirm = |meeting: &Meeting, kind| {
        let deliverability = sample::deliverability(&settings);
        let plan = decide_send(meeting, None, deliverability, kind, None, sample::now());
        plan.unwrap().confirm.unwrap()
    };
    let mut meeting = announced(sample::meeting());
    let request = NotificationType::ConfirmationRequest;
    meeting.sent.insert(request, meeting.revision);
    assert_eq!(
        confirm(&meeting, request),
        "The RSVP request was sent for these details already. This sends it to 2 attendees again."
    );
    meeting.attendees.truncate(1);
    assert_eq!(
        confirm(&meeting, NotificationType::Cancellation),
        "This tells 1 attendee that the meeting is cancelled, and cannot be undone."
    );
    (meeting.attendees[0].email, meeting.attendees[0].phone) = (None, None);
    assert_eq!(
        confirm(&meeting, request),
        "The RSVP request was sent for these details already. This sends it to nobody: none of the attendees can be reached."
    );
}
