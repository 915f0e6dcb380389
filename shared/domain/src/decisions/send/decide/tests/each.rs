//! Each is sent what is true for them, and nobody what they know.

use super::*;
use crate::send::statement;

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
    let says = statement(&meeting, &config, 1, sample::now());
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
    let says = statement(&meeting, &config, 1, sample::now());
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
    let says = statement(&meeting, &config, number, sample::now());
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
