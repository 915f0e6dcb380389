//! What needs attention and until when, rule by rule.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use crate::{
    id::{AttendeeId, NotificationId},
    meeting::{BookingStatus, Meeting, Response},
    notification::{Delivery, DeliveryStatus, FailedBy, Notification, StatusFilter},
    records::{
        dealt_with::ada,
        sms::{Inbound, ReceivedText},
    },
    sample,
    values::{
        answer::Answer, channel::Channel, kind::MessageKind, lease::Lease, unusable::Unusable,
    },
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn delivery(channel: Channel, status: DeliveryStatus) -> Delivery {
    let lease = Lease::new("owner".to_owned(), at(0));
    Delivery {
        status,
        ..Delivery::dispatching(channel, None, lease, at(0))
    }
}

fn row(statuses: &[DeliveryStatus]) -> Notification {
    let mut row = sample::notification(MessageKind::Confirmation);
    let channels = [Channel::Email, Channel::Sms].into_iter();
    let each = channels.zip(statuses);
    row.deliveries = each
        .map(|(channel, status)| delivery(channel, *status))
        .collect();
    row
}

#[rstest]
#[case(DeliveryStatus::Dispatching, &[StatusFilter::Pending])]
#[case(DeliveryStatus::Unknown, &[StatusFilter::NeedsAttention, StatusFilter::Pending, StatusFilter::Unknown])]
#[case(DeliveryStatus::Sent, &[StatusFilter::Sent])]
#[case(DeliveryStatus::Delivered, &[StatusFilter::Sent])]
#[case(DeliveryStatus::Complained, &[StatusFilter::Sent])]
#[case(DeliveryStatus::Skipped, &[StatusFilter::Sent])]
#[case(DeliveryStatus::Failed, &[StatusFilter::NeedsAttention, StatusFilter::Failed])]
#[case(DeliveryStatus::Bounced, &[StatusFilter::NeedsAttention, StatusFilter::Failed])]
fn a_filter_takes_the_rows_that_stand_so(
    #[case] status: DeliveryStatus,
    #[case] takes: &[StatusFilter],
) {
    let row = row(&[status]);
    let all = StatusFilter::ALL.iter().copied();
    assert!(
        all.filter(|filter| filter.takes(&row))
            .eq(takes.iter().copied())
    );
    let troubled = takes.contains(&StatusFilter::NeedsAttention);
    assert_eq!(row.needs_attention(), troubled);
    let until = troubled.then_some(row.details.starts_at);
    assert_eq!(row.needs_attention_until(), until);
}

#[test]
fn what_was_dealt_with_needs_no_attention_and_has_no_next_step() {
    let mut row = row(&[DeliveryStatus::Failed, DeliveryStatus::Sent]);
    let failed = row.deliveries[0].clone();
    assert!(row.next_step(&failed).is_some());
    assert_eq!(row.next_step(&row.deliveries[1]), None);
    row.deal_with(ada());
    assert_eq!(row.dealt_with(), Some(&ada()));
    assert_eq!(row.needs_attention_until(), None);
    assert_eq!(row.next_step(&failed), None);
    row.deliveries[0].status = DeliveryStatus::Sent;
    assert_eq!(row.dealt_with(), None, "nothing is the matter any more");
}

/// A newer message to the same attendee, of the same meeting, which went out.
fn newer(row: &Notification) -> Notification {
    let mut newer = row.clone();
    newer.id = NotificationId::new(row.id.meeting(), &row.recipient.id, "another", at(0));
    for delivery in &mut newer.deliveries {
        delivery.status = DeliveryStatus::Sent;
    }
    newer
}

#[test]
fn a_message_gives_way_to_a_newer_one_that_said_the_same() {
    let mut row = row(&[DeliveryStatus::Failed]);
    let newer = newer(&row);
    assert!(row.give_way_to(&newer, at(9)));
    let dealt = row.dealt_with().unwrap();
    assert_eq!((dealt.by.as_str(), dealt.at), ("Usher", at(9)));
    assert_eq!(dealt.note.as_deref(), Some("it was sent again"));
    let noted = row.clone();
    assert!(!row.give_way_to(&newer, at(10)), "it was noted already");
    assert_eq!(row, noted);
}

#[rstest]
#[case::itself(|newer: &mut Notification, row: &Notification| newer.id = row.id.clone())]
#[case::of_another_type(|newer: &mut Notification, _: &Notification| newer.kind = MessageKind::Reminder)]
#[case::to_another(|newer: &mut Notification, _: &Notification| newer.recipient.id = AttendeeId::parse("bob").unwrap())]
#[case::of_older_details(|newer: &mut Notification, row: &Notification| newer.revision = row.revision - 1)]
#[case::of_another_meeting(|newer: &mut Notification, row: &Notification| {
    let other = crate::id::MeetingId::parse("other").unwrap();
    newer.id = NotificationId::new(&other, &row.recipient.id, "another", at(0));
})]
#[case::on_another_channel(|newer: &mut Notification, _: &Notification| newer.deliveries[0].channel = Channel::Sms)]
#[case::on_its_way(|newer: &mut Notification, _: &Notification| newer.deliveries[0].status = DeliveryStatus::Dispatching)]
#[case::in_doubt(|newer: &mut Notification, _: &Notification| newer.deliveries[0].status = DeliveryStatus::Unknown)]
#[case::skipped(|newer: &mut Notification, _: &Notification| newer.deliveries[0].status = DeliveryStatus::Skipped)]
fn a_message_gives_way_to_no_other(#[case] change: fn(&mut Notification, &Notification)) {
    let mut row = row(&[DeliveryStatus::Failed]);
    let before = row.clone();
    let mut newer = newer(&row);
    change(&mut newer, &row);
    assert!(!row.give_way_to(&newer, at(9)));
    assert_eq!(row, before);
}

#[rstest]
#[case(DeliveryStatus::Failed, DeliveryStatus::Delivered, true)]
#[case(DeliveryStatus::Failed, DeliveryStatus::Failed, true)]
#[case(DeliveryStatus::Failed, DeliveryStatus::Bounced, true)]
#[case(DeliveryStatus::Bounced, DeliveryStatus::Sent, true)]
#[case(DeliveryStatus::Unknown, DeliveryStatus::Sent, true)]
#[case(DeliveryStatus::Unknown, DeliveryStatus::Failed, false)]
#[case(DeliveryStatus::Unknown, DeliveryStatus::Bounced, false)]
#[case(DeliveryStatus::Sent, DeliveryStatus::Sent, false)]
fn what_is_in_doubt_gives_way_only_to_what_arrived(
    #[case] old: DeliveryStatus,
    #[case] new: DeliveryStatus,
    #[case] gives_way: bool,
) {
    let mut row = row(&[old]);
    let mut newer = newer(&row);
    newer.revision += 1;
    newer.deliveries[0].status = new;
    assert_eq!(row.give_way_to(&newer, at(9)), gives_way);
}

#[test]
fn a_dismissal_of_the_first_release_covers_what_was_there_by_then() {
    let mut row = row(&[DeliveryStatus::Failed]);
    row.deal_with(ada());
    if let Some(given) = &mut row.dealt_with {
        given.of = None;
        given.dealt.at = at(0);
    }
    assert!(!row.needs_attention(), "the same instant");
    row.deliveries[0].at = at(1);
    assert!(row.needs_attention());
}

#[test]
fn a_text_of_no_meeting_waits_two_weeks_for_somebody() {
    let mut text = Inbound::received(ReceivedText::default(), "Hi", at(0));
    let until = at(0) + TimeDelta::days(14);
    assert_eq!(text.needs_attention_until(), Some(until));
    text.handled = true;
    assert_eq!(text.needs_attention_until(), None);
}

fn moved(mut meeting: Meeting) -> Meeting {
    let mut details = meeting.details.clone();
    details.duration_minutes += 15;
    meeting.change_details(details);
    meeting
}

fn says(meeting: &mut Meeting, place: usize, answer: Answer, minutes: i64) {
    meeting.attendees[place].response = Some(Response {
        answer,
        revision: meeting.revision,
        at: at(minutes),
        wish: None,
        channel: None,
        after: None,
    });
}

#[test]
fn an_update_that_is_due_needs_attention_until_the_meeting_ends() {
    assert_eq!(sample::asked().needs_attention_until(), None);
    let mut meeting = moved(sample::asked());
    assert_eq!(
        meeting.needs_attention_until(),
        Some(meeting.details.ends_at())
    );
    let mut rests = meeting.clone();
    rests.archived = true;
    assert!(!rests.needs_attention());
    meeting.deal_with(ada());
    assert_eq!(meeting.needs_attention_until(), None);
    assert_eq!(meeting.attention_dealt_with(), Some(&ada()));
}

#[rstest]
#[case(Answer::Reschedule, 1, true)]
#[case(Answer::Reschedule, 0, true)]
#[case(Answer::Reschedule, -1, false)]
#[case(Answer::Accept, 1, false)]
#[case(Answer::Decline, 1, false)]
fn a_further_attendee_waits_from_their_request_until_something_is_announced(
    #[case] answer: Answer,
    #[case] minutes: i64,
    #[case] waits: bool,
) {
    let mut meeting = sample::asked();
    says(&mut meeting, 1, answer, minutes);
    assert_eq!(meeting.wishes().count(), usize::from(waits));
    assert_eq!(meeting.needs_attention(), waits);
    // Only what was said of these details, or of those that were announced.
    meeting.attendees[1].response.as_mut().unwrap().revision = 99;
    assert_eq!(meeting.wishes().count(), 0);
}

#[test]
fn the_lead_attendee_waits_as_long_as_the_status_says_so() {
    let mut meeting = sample::asked();
    says(&mut meeting, 0, Answer::Reschedule, -1);
    assert_eq!(meeting.wishes().count(), 0);
    meeting.status = BookingStatus::RescheduleRequested;
    let waiting: Vec<_> = meeting.wishes().map(|(who, _)| &who.id).collect();
    assert_eq!(waiting, [&meeting.attendees[0].id]);
    meeting.attendees[0].response = None;
    assert!(meeting.needs_attention(), "the status itself says it");
}

#[test]
fn a_request_that_came_after_the_dismissal_is_not_covered_by_it() {
    let mut meeting = sample::asked();
    says(&mut meeting, 1, Answer::Reschedule, 1);
    meeting.deal_with(ada());
    assert!(!meeting.needs_attention());
    says(&mut meeting, 1, Answer::Reschedule, 2);
    assert!(meeting.needs_attention() && meeting.attention_dealt_with().is_none());
    // The last request counts.
    says(&mut meeting, 0, Answer::Reschedule, 1);
    meeting.status = BookingStatus::RescheduleRequested;
    meeting.deal_with(ada());
    assert_eq!(meeting.dealt_with.as_ref().unwrap().wish_at, Some(at(2)));
}

#[test]
fn nobody_has_dealt_with_what_does_not_need_it() {
    let mut meeting = sample::asked();
    meeting.deal_with(ada());
    assert_eq!(meeting.attention_dealt_with(), None);
}

fn next(kind: MessageKind, change: impl Fn(&mut Delivery)) -> Option<&'static str> {
    let mut row = row(&[DeliveryStatus::Failed]);
    row.kind = kind;
    change(&mut row.deliveries[0]);
    row.next_step(&row.deliveries[0])
}

#[rstest]
#[case(
    DeliveryStatus::Dispatching,
    "It is being sent right now.",
    Some("Look again")
)]
#[case(DeliveryStatus::Sent, "The provider has accepted it.", None)]
#[case(DeliveryStatus::Delivered, "It arrived.", None)]
#[case(
    DeliveryStatus::Bounced,
    "The receiver's side refused it for good.",
    Some("Correct the address")
)]
#[case(
    DeliveryStatus::Complained,
    "It arrived, and the receiver called it spam.",
    Some("Use another channel")
)]
#[case(
    DeliveryStatus::Unknown,
    "Nobody knows whether it went out.",
    Some("Ask the customer")
)]
#[case(DeliveryStatus::Skipped, "The other channel was used instead.", None)]
#[case(DeliveryStatus::Failed, "It was not sent.", Some("See the reason"))]
fn each_status_says_what_it_means_and_what_to_do(
    #[case] status: DeliveryStatus,
    #[case] meaning: &str,
    #[case] step: Option<&str>,
) {
    let delivery = delivery(Channel::Sms, status);
    assert_eq!(delivery.meaning(), meaning);
    let said = next(MessageKind::Update, |each| each.status = status);
    assert_eq!(said.is_some(), step.is_some());
    assert!(
        said.unwrap_or_default()
            .starts_with(step.unwrap_or_default())
    );
}

#[rstest]
#[case(Unusable::NoEmail, "Add an email address")]
#[case(Unusable::NoPhone, "Add a mobile number")]
#[case(Unusable::CountryNotAllowed, "Have the country allowed")]
#[case(Unusable::NoSmsSender, "Have a number or a sender id")]
#[case(Unusable::SmsHeld, "Have the settings saved anew")]
#[case(Unusable::OptedOut, "Only they can allow texts")]
#[case(Unusable::Held, "See what they wrote")]
#[case(Unusable::Unsubscribed, "Phone them")]
#[case(Unusable::NoSender, "Have a sender address set")]
#[case(Unusable::SenderNotVerified, "Have the sender address verified")]
fn each_cause_has_a_next_step_of_its_own(#[case] cause: Unusable, #[case] step: &str) {
    let said = next(MessageKind::Update, |delivery| {
        *delivery = Delivery::unusable(Channel::Sms, &cause, at(0));
    });
    assert!(said.unwrap().starts_with(step), "{said:?}");
}

#[rstest]
#[case(
    0,
    false,
    Some(FailedBy::Text),
    "It was not sent: it was not tried.",
    "Mend what"
)]
#[case(
    1,
    true,
    None,
    "It was not sent: there was no time or no room for it.",
    "Retry it now."
)]
#[case(
    1,
    false,
    Some(FailedBy::Refusal),
    "It was not sent: the provider refused it.",
    "Check the address"
)]
#[case(
    1,
    false,
    Some(FailedBy::Account),
    "It was not sent: the provider refused it.",
    "Have an admin"
)]
#[case(
    1,
    false,
    Some(FailedBy::NoConnection),
    "It was not sent: the provider could not be reached.",
    "Retry it in a minute"
)]
#[case(
    1,
    false,
    Some(FailedBy::Text),
    "It was not sent: its text could not be sent.",
    "Mend what"
)]
#[case(
    1,
    false,
    Some(FailedBy::StaffFound),
    "It was not sent, as staff found.",
    "Retry it now, or"
)]
fn how_it_failed_says_what_to_do(
    #[case] attempt: u32,
    #[case] not_yet: bool,
    #[case] failed_by: Option<FailedBy>,
    #[case] meaning: &str,
    #[case] step: &str,
) {
    let failed = |delivery: &mut Delivery| {
        delivery.attempt = attempt;
        delivery.not_yet = not_yet;
        delivery.failed_by = failed_by;
    };
    let mut delivery = delivery(Channel::Sms, DeliveryStatus::Failed);
    failed(&mut delivery);
    assert_eq!(delivery.meaning(), meaning);
    let said = next(MessageKind::Update, failed).unwrap();
    assert!(said.starts_with(step), "{said}");
    // What is not sent again cannot be retried.
    let said = next(MessageKind::AutoReply, failed).unwrap();
    assert!(said.starts_with("It is not sent again."), "{said}");
}
