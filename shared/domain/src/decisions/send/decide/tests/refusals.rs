//! What may be sent, when, and why not.

use rstest::rstest;

use super::*;
use crate::values::lease::Lease;

/// Has everybody who was told of it know that it is off.
fn known_to_be_off(mut meeting: Meeting) -> Meeting {
    for said in &mut meeting.statements {
        said.kind = NotificationType::Cancellation;
    }
    meeting
}

fn calling_off(mut meeting: Meeting) -> Meeting {
    meeting.calling_off = true;
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
#[case(cancelled(announced(sample::meeting())), [None, None, Some(Refusal::Cancelled), None])]
#[case(cancelled(moved(announced(sample::meeting()))), [None, None, Some(Refusal::Cancelled), None])]
#[case(calling_off(announced(sample::meeting())), [
    Some(Refusal::CancellationInDoubt), Some(Refusal::CancellationInDoubt), Some(Refusal::CancellationInDoubt), None,
])]
#[case(moved(known_to_be_off(cancelled(announced(sample::meeting())))), [
    None, Some(Refusal::CancelledButMoved), Some(Refusal::CancelledButMoved), Some(Refusal::CancelledButMoved),
])]
#[case(moved(cancelled(announced(sample::meeting()))), [
    None, Some(Refusal::CancelledButMoved), Some(Refusal::CancelledButMoved), None,
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
