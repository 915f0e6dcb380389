//! What may be sent, to whom, and what must be confirmed, rule by rule.

use rstest::rstest;

use super::*;
use crate::{meeting::Meeting, sample, values::lease::Lease};

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

/// Who gets what type, and what must be confirmed for that.
type Would = (Vec<(String, NotificationType)>, Option<String>);

/// What this send would send to whom: the attendee, the type, and what must be confirmed.
fn would(
    meeting: &Meeting,
    kind: NotificationType,
    named: Option<&[&str]>,
) -> Result<Would, Failure> {
    let settings = sample::settings();
    let named: Option<Vec<String>> =
        named.map(|named| named.iter().map(ToString::to_string).collect());
    let deliverability = sample::deliverability(&settings);
    let plan = decide_send(
        meeting,
        None,
        deliverability,
        kind,
        named.as_deref().map_or(Whom::EVERYBODY, Whom::named),
        sample::now(),
    )?;
    let each = plan.recipients.iter();
    let each = each.map(|each| (each.attendee.id.to_string(), each.config.kind));
    Ok((each.collect(), plan.confirm))
}

/// The sample meeting, of which only Ann was told, by a message of this type.
fn ann_told(kind: NotificationType) -> Meeting {
    let mut meeting = sample::meeting();
    let bob = meeting.attendees.pop().unwrap();
    let config = NotificationConfig::built_in(kind);
    let says = super::super::statement(&meeting, &config, 1, sample::now());
    meeting.suppose_told(says);
    meeting.attendees.push(bob);
    meeting.status = BookingStatus::Booked;
    meeting
}

#[test]
fn an_update_brings_each_up_to_date_with_what_is_true_for_them() {
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Update};
    let update = |meeting: &Meeting| would(meeting, Update, None).unwrap();
    let to = |id: &str, kind| (id.to_owned(), kind);
    // Bob came later: he gets what Ann got, and nobody is told twice.
    let meeting = ann_told(Confirmation);
    assert_eq!(update(&meeting), (vec![to("bob", Confirmation)], None));
    let meeting = ann_told(ConfirmationRequest);
    assert_eq!(update(&meeting).0, [to("bob", ConfirmationRequest)]);
    // It has changed for Ann.
    let meeting = moved(ann_told(Confirmation));
    assert_eq!(
        update(&meeting).0,
        [to("ann", Update), to("bob", Confirmation)]
    );
    // Ann is no longer expected.
    let mut meeting = ann_told(Confirmation);
    meeting.removed = vec![meeting.attendees.remove(0)];
    let (each, confirm) = update(&meeting);
    assert_eq!(each, [to("bob", Confirmation), to("ann", Cancellation)]);
    assert_eq!(
        confirm.as_deref(),
        Some("This tells Ann Lee that they are no longer expected.")
    );
    let (each, confirm) = would(&meeting, Update, Some(&["bob"])).unwrap();
    assert_eq!((each, confirm), (vec![to("bob", Confirmation)], None));
    // Whoever is in sync needs nothing.
    let alone = would(&ann_told(Confirmation), Update, Some(&["ann"]));
    assert!(matches!(
        alone,
        Err(Failure::Refused {
            code: "in_sync",
            ..
        })
    ));
}

#[test]
fn a_first_message_to_one_who_came_later_is_not_sent_again() {
    let confirmation = NotificationType::Confirmation;
    let meeting = ann_told(confirmation);
    let confirm = |named: &[&str]| would(&meeting, confirmation, Some(named)).unwrap().1;
    assert_eq!(confirm(&["bob"]), None);
    assert_eq!(
        confirm(&["ann", "bob"]).as_deref(),
        Some(
            "The confirmation was sent for these details already. This sends it to 1 attendee again."
        )
    );
}

#[test]
fn what_may_have_gone_out_is_sent_again_only_with_a_word() {
    let mut meeting = sample::meeting();
    let config = NotificationConfig::built_in(NotificationType::Confirmation);
    let says = super::super::statement(&meeting, &config, 1, sample::now());
    meeting.suppose_told(says);
    for told in &mut meeting.attendees[0].told {
        told.doubtful = std::mem::take(&mut told.certain);
    }
    let confirm = |named: &[&str]| {
        let request = NotificationType::ConfirmationRequest;
        would(&meeting, request, Some(named)).unwrap().1
    };
    assert_eq!(
        confirm(&["ann"]).as_deref(),
        Some("It is in doubt whether Ann Lee was told already: this may be sent twice.")
    );
    assert_eq!(confirm(&["bob"]), None);
}

#[test]
fn a_cancellation_goes_again_to_those_who_do_not_know_of_it() {
    let mut meeting = announced(sample::meeting());
    let bob = meeting.attendees.pop().unwrap();
    let config = NotificationConfig::built_in(NotificationType::Cancellation);
    let number = meeting.next_statement();
    let says = super::super::statement(&meeting, &config, number, sample::now());
    meeting.suppose_told(says);
    meeting.attendees.push(bob);
    let meeting = cancelled(meeting);
    let cancellation = NotificationType::Cancellation;
    let (each, _) = would(&meeting, cancellation, None).unwrap();
    assert_eq!(each, [("bob".to_owned(), cancellation)]);
    let again = would(&meeting, cancellation, Some(&["ann"]));
    assert!(matches!(
        again,
        Err(Failure::Refused {
            code: "cancelled",
            ..
        })
    ));
    let (_, confirm) = would(&meeting, NotificationType::Confirmation, None).unwrap();
    assert!(confirm.unwrap().contains("takes place after all"));
}

#[test]
fn a_cancellation_goes_to_those_who_were_removed_and_do_not_know_it() {
    let mut meeting = announced(sample::meeting());
    meeting.removed = vec![meeting.attendees.remove(1)];
    let whom = |kind| {
        let plan = to_everybody(&meeting, kind);
        let recipients = plan.unwrap().recipients.into_iter();
        recipients
            .map(|each| each.attendee.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(whom(NotificationType::Cancellation), ["ann", "bob"]);
    assert_eq!(whom(NotificationType::Confirmation), ["ann"]);
}

#[test]
fn who_was_removed_and_knows_of_nothing_is_sent_nothing() {
    let mut meeting = sample::meeting();
    assert!(meeting.attendees.len() > 1);
    let removed = meeting.attendees.pop().unwrap();
    meeting.removed.push(removed);
    let kinds = [
        NotificationType::Confirmation,
        NotificationType::ConfirmationRequest,
    ];
    for kind in kinds {
        let plan = to_everybody(&meeting, kind).unwrap();
        let to: Vec<_> = plan
            .recipients
            .iter()
            .map(|each| &each.attendee.id)
            .collect();
        let expected: Vec<_> = meeting.attendees.iter().map(|each| &each.id).collect();
        assert_eq!(to, expected, "{kind:?}");
    }
}
