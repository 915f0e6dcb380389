//! What a send does to the meeting, rule by rule.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    Failure,
    id::{AttendeeId, TemplateId, TriggerId},
    meeting::Response,
    notification::Delivery,
    records::reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    sample,
    send::{Found, decide_resolve, decide_retry},
    template::{IfLate, ReminderTrigger, TemplateBody},
    text::Name,
    values::channel::Channel,
    values::{answer::Answer, answer::AnswerChannel, kind::MessageKind, lease::Lease},
};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn config(kind: NotificationType) -> NotificationConfig {
    NotificationConfig::built_in(kind)
}

/// What a send of this type makes of the meeting: a row for each attendee, dispatched at
/// the sample's time and accepted.
fn sent(meeting: &Meeting, kind: NotificationType) -> Vec<Notification> {
    let row = |place: usize| {
        let mut row = sample::notification(kind.into());
        row.recipient = crate::notification::Addressee::of(&meeting.attendees[place]);
        row.id = crate::id::NotificationId::new(&meeting.id, &row.recipient.id, "key", at(0));
        row.revision = meeting.revision;
        row.details = meeting.details.clone();
        let lease = Lease::new("owner".to_owned(), at(0));
        let mut delivery = Delivery::dispatching(Channel::Email, None, lease, at(0));
        delivery.settle(Ok("id".to_owned()), at(1));
        row.deliveries = vec![delivery];
        row
    };
    (0..meeting.attendees.len()).map(row).collect()
}

fn recorded(meeting: &Meeting, kind: NotificationType) -> Meeting {
    let mut after = meeting.clone();
    record_sent(&mut after, None, &config(kind), &sent(meeting, kind), at(5));
    after
}

/// The sample meeting, after its confirmation was sent at this minute.
fn confirmed(minutes: i64) -> Meeting {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    let config = config(NotificationType::Confirmation);
    record_sent(&mut meeting, None, &config, &rows, at(minutes));
    meeting
}

fn moved(meeting: &mut Meeting) {
    let mut details = meeting.details.clone();
    details.duration_minutes += 15;
    meeting.change_details(details);
}

fn answered(answer: Answer, revision: u32, at: DateTime<Utc>) -> Option<Response> {
    Some(Response {
        answer,
        revision,
        at,
        wish: None,
        channel: None,
    })
}

#[test]
fn an_announcement_is_what_customers_were_told_last() {
    let meeting = sample::meeting();
    let after = recorded(&meeting, NotificationType::Confirmation);
    assert_eq!(after.status, BookingStatus::Booked);
    let told = after.announced.clone().unwrap();
    assert_eq!((&told.details, told.revision), (&meeting.details, 1));
    assert_eq!((told.at, told.since, told.asked), (at(5), at(5), false));
    assert_eq!(after.sent.get(&NotificationType::Confirmation), Some(&1));
    assert_eq!(after.cancelled_at, None);
    for attendee in &after.attendees {
        let row = crate::id::NotificationId::new(&meeting.id, &attendee.id, "key", at(0));
        assert_eq!(attendee.last_notification, Some(row));
    }
}

#[test]
fn what_nobody_accepted_leaves_the_meeting_as_it_was() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows.truncate(1);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    let config = config(NotificationType::Confirmation);
    record_sent(&mut after, None, &config, &rows, at(5));
    assert_eq!(
        after.attendees[0].last_notification,
        Some(rows[0].id.clone())
    );
    assert_eq!(after.attendees[1].last_notification, None);
    after.attendees[0].last_notification = None;
    assert_eq!(after, meeting);
}

#[test]
fn one_accepted_delivery_is_enough() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    let config = config(NotificationType::Confirmation);
    record_sent(&mut after, None, &config, &rows, at(5));
    assert_eq!(after.status, BookingStatus::Booked);
}

#[test]
fn the_same_details_again_are_told_since_the_first_time_and_stay_asked() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    let config = config(NotificationType::Confirmation);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record_sent(&mut meeting, None, &config, &rows, at(9));
    let told = meeting.announced.clone().unwrap();
    assert_eq!((told.since, told.at, told.asked), (at(5), at(9), true));
    // Other details are told, and asked for, anew.
    moved(&mut meeting);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record_sent(&mut meeting, None, &config, &rows, at(11));
    let told = meeting.announced.unwrap();
    assert_eq!((told.since, told.at, told.asked), (at(11), at(11), false));
}

#[test]
fn a_cancellation_says_when_and_leaves_what_was_announced() {
    let meeting = confirmed(5);
    let after = recorded(&meeting, NotificationType::Cancellation);
    assert_eq!(after.status, BookingStatus::Cancelled);
    assert_eq!(after.cancelled_at, Some(at(5)));
    assert_eq!(after.announced, meeting.announced);
    assert_eq!(after.sent.get(&NotificationType::Cancellation), Some(&1));
}

#[test]
fn what_was_sent_of_other_details_does_not_take_a_cancellation_back() {
    let mut meeting = confirmed(5);
    let rows = sent(&meeting, NotificationType::Reminder);
    moved(&mut meeting);
    meeting.status = BookingStatus::Cancelled;
    let before = (meeting.announced.clone(), meeting.sent.clone());
    let config = config(NotificationType::Reminder);
    record_sent(&mut meeting, None, &config, &rows, at(9));
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!((meeting.announced, meeting.sent), before);
}

#[test]
fn what_was_sent_of_the_details_that_were_cancelled_announces_them_anew() {
    let mut meeting = confirmed(5);
    meeting.status = BookingStatus::Cancelled;
    let config = config(NotificationType::Confirmation);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record_sent(&mut meeting, None, &config, &rows, at(9));
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert_eq!(meeting.announced.unwrap().since, at(9));
}

#[test]
fn the_snapshot_is_of_the_details_that_were_sent() {
    let mut meeting = confirmed(5);
    moved(&mut meeting);
    let update = sent(&meeting, NotificationType::Update);
    moved(&mut meeting);
    let config = config(NotificationType::Update);
    record_sent(&mut meeting, None, &config, &update, at(9));
    let told = meeting.announced.clone().unwrap();
    assert_eq!(
        (told.details, told.revision),
        (update[0].details.clone(), 2)
    );
    assert_eq!(meeting.revision, 3, "the meeting has moved on");
    // Taken up again meanwhile, they have the number that was told.
    let mut meeting = confirmed(5);
    moved(&mut meeting);
    let update = sent(&meeting, NotificationType::Update);
    meeting.revision = 4;
    record_sent(&mut meeting, None, &config, &update, at(9));
    assert_eq!(meeting.revision, 2);
}

fn template(minutes_before: u32) -> Template {
    let body = TemplateBody {
        reminder_triggers: vec![trigger(minutes_before)],
        ..TemplateBody::built_in(Name::parse("Visit").unwrap())
    };
    Template::from_store(TemplateId::parse("visit").unwrap(), 1, body)
}

fn trigger(minutes_before: u32) -> ReminderTrigger {
    ReminderTrigger {
        id: TriggerId::parse("day").unwrap(),
        config_id: NotificationType::Reminder.config_id(),
        minutes_before,
        if_late: IfLate::Skip,
    }
}

#[test]
fn the_first_announcement_takes_the_templates_triggers_and_a_later_one_does_not() {
    let (first, later) = (template(60), template(30));
    let config = config(NotificationType::Confirmation);
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record_sent(&mut meeting, Some(&first), &config, &rows, at(5));
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    record_sent(&mut meeting, Some(&later), &config, &rows, at(6));
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    meeting.status = BookingStatus::Cancelled;
    record_sent(&mut meeting, Some(&later), &config, &rows, at(7));
    assert_eq!(meeting.reminders.triggers, [trigger(30)]);
}

#[test]
fn a_cancellation_takes_no_triggers_and_opens_no_reminder() {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Cancellation);
    let config = config(NotificationType::Cancellation);
    meeting.reminders.triggers = vec![trigger(60)];
    record_sent(&mut meeting, Some(&template(30)), &config, &rows, at(5));
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
}

#[test]
fn what_was_skipped_only_because_nobody_had_been_told_is_open_again() {
    let mut meeting = confirmed(5);
    let mark = |skip, revision| SettledReminder {
        instance: ReminderInstance {
            trigger_id: trigger(60).id,
            revision,
            due_at: at(0),
        },
        outcome: Settlement::Skipped(skip),
        starts_at: at(60),
        at: at(0),
    };
    meeting.reminders.marks = vec![
        mark(Skip::UpdateDue, 1),
        mark(Skip::NotAnnounced, 1),
        mark(Skip::Missed, 1),
        mark(Skip::UpdateDue, 2),
    ];
    let after = recorded(&meeting, NotificationType::Confirmation);
    assert_eq!(
        after.reminders.marks,
        [mark(Skip::Missed, 1), mark(Skip::UpdateDue, 2)]
    );
}

#[test]
fn an_answer_that_came_while_a_send_was_under_way_is_the_status() {
    let meeting = sample::meeting();
    let after = |kind, minutes| {
        let mut meeting = meeting.clone();
        let rows = sent(&meeting, kind);
        meeting.attendees[0].response = answered(Answer::Accept, 1, at(minutes));
        record_sent(&mut meeting, None, &config(kind), &rows, at(5));
        meeting.status
    };
    let request = NotificationType::ConfirmationRequest;
    assert_eq!(after(request, 1), BookingStatus::Confirmed);
    assert_eq!(
        after(request, 0),
        BookingStatus::Invited,
        "the same instant"
    );
    let cancellation = NotificationType::Cancellation;
    assert_eq!(after(cancellation, 1), BookingStatus::Cancelled);
}

#[test]
fn an_answer_of_another_attendee_moves_no_status() {
    let mut meeting = sample::meeting();
    let kind = NotificationType::ConfirmationRequest;
    let rows = sent(&meeting, kind);
    meeting.attendees[1].response = answered(Answer::Accept, 1, at(1));
    record_sent(&mut meeting, None, &config(kind), &rows, at(5));
    assert_eq!(meeting.status, BookingStatus::Invited);
}

fn given(minutes: i64, change: impl Fn(&mut AnswerGiven)) -> BookingStatus {
    let mut meeting = sample::meeting();
    let kind = NotificationType::ConfirmationRequest;
    let mut rows = sent(&meeting, kind);
    let mut given = AnswerGiven {
        answer: Answer::Decline,
        channel: AnswerChannel::SmsReply,
        reason: None,
        preferred_times: None,
        revision: 1,
        at: at(minutes),
        stale: false,
    };
    change(&mut given);
    rows[0].answers = vec![given];
    meeting.attendees[0].response = answered(Answer::Decline, 1, at(minutes));
    record_sent(&mut meeting, None, &config(kind), &rows, at(5));
    meeting.status
}

#[test]
fn an_answer_on_this_very_message_came_after_it_within_one_instant() {
    assert_eq!(given(0, |_| {}), BookingStatus::Declined);
    assert_eq!(given(-1, |_| {}), BookingStatus::Invited, "of before");
    let stale = given(0, |given| given.stale = true);
    assert_eq!(stale, BookingStatus::Invited);
    let other = given(0, |given| given.revision = 0);
    assert_eq!(other, BookingStatus::Invited);
}

#[test]
fn the_answer_of_another_attendee_on_their_message_is_not_the_leads() {
    let mut meeting = sample::meeting();
    let kind = NotificationType::ConfirmationRequest;
    let mut rows = sent(&meeting, kind);
    rows[1].answers = vec![AnswerGiven {
        answer: Answer::Decline,
        channel: AnswerChannel::SmsReply,
        reason: None,
        preferred_times: None,
        revision: 1,
        at: at(0),
        stale: false,
    }];
    record_sent(&mut meeting, None, &config(kind), &rows, at(5));
    assert_eq!(meeting.status, BookingStatus::Invited);
}

#[test]
fn an_update_takes_back_a_status_that_rests_on_an_older_answer() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    meeting.attendees[0].response = answered(Answer::Accept, 1, at(-5));
    meeting.status = BookingStatus::Confirmed;
    moved(&mut meeting);
    assert_eq!(meeting.status, BookingStatus::Confirmed, "until it is told");
    let kind = NotificationType::Reminder;
    let rows = sent(&meeting, kind);
    let mut config = config(kind);
    config.keep_answer = true;
    record_sent(&mut meeting, None, &config, &rows, at(9));
    assert!(!meeting.status.is_answer(), "{:?}", meeting.status);
}

#[test]
fn once_sent_the_meeting_is_as_it_will_be_recorded() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    moved(&mut meeting);
    let mut cancelled = meeting.clone();
    cancelled.status = BookingStatus::Cancelled;
    for meeting in [sample::meeting(), meeting, cancelled] {
        for kind in [
            NotificationType::Confirmation,
            NotificationType::ConfirmationRequest,
            NotificationType::Update,
            NotificationType::Cancellation,
        ] {
            let will = once_sent(&meeting, &config(kind), at(5));
            let is = recorded(&meeting, kind);
            assert_eq!(
                (will.status, will.cancelled_at),
                (is.status, is.cancelled_at)
            );
            assert_eq!(will.announced, is.announced, "{kind}");
        }
    }
}

#[test]
fn once_sent_an_answer_to_older_details_no_longer_stands() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    meeting.attendees[0].response = answered(Answer::Accept, 1, at(-5));
    meeting.status = BookingStatus::Confirmed;
    moved(&mut meeting);
    let mut config = config(NotificationType::Confirmation);
    config.keep_answer = true;
    let will = once_sent(&meeting, &config, at(9));
    assert!(!will.status.is_answer(), "{:?}", will.status);
}

#[test]
fn a_doubt_that_turns_out_sent_moves_the_meeting_unless_something_came_since() {
    let kind = NotificationType::Update;
    let settled = |meeting: &Meeting, revision: u32| {
        let mut after = meeting.clone();
        let mut row = sent(meeting, kind).remove(0);
        row.revision = revision;
        record_settled(&mut after, None, &config(kind), &row, at(9));
        after.sent.contains_key(&kind)
    };
    assert!(settled(&confirmed(-1), 1));
    // It was dispatched at the sample's time.
    assert!(!settled(&confirmed(0), 1), "announced at the same instant");
    assert!(!settled(&confirmed(1), 1), "announced since");
    let mut cancelled = confirmed(-1);
    cancelled.status = BookingStatus::Cancelled;
    assert!(settled(&cancelled, 1), "no cancellation was sent");
    cancelled.sent.insert(NotificationType::Cancellation, 1);
    assert!(!settled(&cancelled, 1), "cancelled since");
    cancelled.sent.insert(NotificationType::Cancellation, 0);
    assert!(settled(&cancelled, 1), "older details were cancelled");
    cancelled.sent.insert(NotificationType::Cancellation, 1);
    cancelled.status = BookingStatus::Booked;
    assert!(settled(&cancelled, 1), "and confirmed again");
}

#[rstest]
#[case(&[(Channel::Email, DeliveryStatus::Sent)], "Confirmation sent to Ann Lee by email", Some(Channel::Email))]
#[case(&[(Channel::Email, DeliveryStatus::Sent), (Channel::Sms, DeliveryStatus::Delivered)], "Confirmation sent to Ann Lee by email and SMS", None)]
#[case(&[(Channel::Email, DeliveryStatus::Failed), (Channel::Sms, DeliveryStatus::Unknown)], "Confirmation not sent to Ann Lee by email, perhaps sent to Ann Lee by SMS", None)]
#[case(&[(Channel::Email, DeliveryStatus::Skipped), (Channel::Sms, DeliveryStatus::Dispatching)], "Confirmation perhaps sent to Ann Lee by SMS", None)]
fn the_timeline_says_what_went_where(
    #[case] deliveries: &[(Channel, DeliveryStatus)],
    #[case] text: &str,
    #[case] channel: Option<Channel>,
) {
    let mut row = sample::notification(MessageKind::Confirmation);
    let lease = Lease::new("owner".to_owned(), at(0));
    let each = deliveries.iter().map(|(channel, status)| Delivery {
        status: *status,
        ..Delivery::dispatching(*channel, None, lease.clone(), at(0))
    });
    row.deliveries = each.collect();
    let entry = sent_entry(&row, at(3));
    assert_eq!(entry.text, text);
    assert_eq!((entry.at, entry.kind), (at(3), TimelineKind::Notification));
    assert_eq!(entry.channel, channel);
    assert_eq!(entry.attendee_id, Some(row.recipient.id.clone()));
    row.deliveries[0].reason = Some("First.".to_owned());
    row.staff = crate::contact::EmailAddress::parse("sam@example.com").ok();
    let entry = sent_entry(&row, at(3));
    let said = text.replace("Ann Lee", "sam@example.com");
    assert_eq!(entry.text, format!("{said} (First.)"));
}

/// Why the failed email of this type is not sent again.
fn retried(
    kind: MessageKind,
    change: impl FnOnce(&mut Meeting, &mut Notification),
) -> Result<Vec<Channel>, &'static str> {
    let settings = sample::settings();
    let mut meeting = confirmed(-9);
    let mut row = sent(&meeting, NotificationType::Confirmation).remove(0);
    row.kind = kind;
    row.deliveries[0].status = DeliveryStatus::Failed;
    change(&mut meeting, &mut row);
    let deliverability = sample::deliverability(&settings);
    let again = decide_retry(&meeting, None, deliverability, &row, at(0));
    again.map_err(|failure| match failure {
        Failure::Refused { code, .. } => code,
        _ => "another failure",
    })
}

#[test]
fn a_retry_is_refused_with_a_code_of_its_own() {
    use MessageKind::{AnswerNotice, AutoReply, Cancellation, Confirmation};
    assert_eq!(retried(Confirmation, |_, _| {}), Ok(vec![Channel::Email]));
    assert_eq!(
        retried(Confirmation, |meeting, _| meeting.archived = true),
        Err("archived")
    );
    let start = |meeting: &mut Meeting, _: &mut Notification| meeting.details.starts_at = at(0);
    assert_eq!(retried(Confirmation, start), Err("started"));
    assert_eq!(retried(Cancellation, start), Ok(vec![Channel::Email]));
    let over = |meeting: &mut Meeting, _: &mut Notification| {
        let length = TimeDelta::minutes(meeting.details.duration_minutes.into());
        meeting.details.starts_at = at(0) - length;
    };
    assert_eq!(retried(Cancellation, over), Err("started"));
    for kind in [AutoReply, AnswerNotice] {
        assert_eq!(retried(kind, |_, _| {}), Err("not_sent_again"));
    }
    let cancel = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.status = BookingStatus::Cancelled;
    };
    assert_eq!(retried(Confirmation, cancel), Err("cancelled"));
    assert_eq!(retried(Cancellation, cancel), Ok(vec![Channel::Email]));
    assert_eq!(
        retried(Confirmation, |_, row| row.revision += 1),
        Err("meeting_changed")
    );
    let stranger = |_: &mut Meeting, row: &mut Notification| {
        row.recipient.id = AttendeeId::parse("gone").unwrap();
    };
    assert_eq!(retried(Confirmation, stranger), Err("attendee_gone"));
    let unreachable = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.attendees[0].email = None;
    };
    assert_eq!(retried(Confirmation, unreachable), Err("unreachable"));
    let doubtful = |_: &mut Meeting, row: &mut Notification| {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    };
    assert_eq!(retried(Confirmation, doubtful), Err("unknown"));
    let sent = |_: &mut Meeting, row: &mut Notification| {
        row.deliveries[0].status = DeliveryStatus::Sent;
    };
    assert_eq!(retried(Confirmation, sent), Err("nothing_failed"));
}

#[test]
fn a_retry_takes_what_the_plan_would_use_before_what_it_would_not() {
    let both_failed = |meeting: &mut Meeting, row: &mut Notification| {
        let mut sms = row.deliveries[0].clone();
        sms.channel = Channel::Sms;
        row.deliveries.push(sms);
        meeting.attendees[0].preference = Some(crate::values::channel::Preference::Sms);
    };
    let kind = MessageKind::Confirmation;
    assert_eq!(retried(kind, both_failed), Ok(vec![Channel::Sms]));
    let only_email = |meeting: &mut Meeting, _: &mut Notification| {
        meeting.attendees[0].preference = Some(crate::values::channel::Preference::Sms);
    };
    assert_eq!(retried(kind, only_email), Ok(vec![Channel::Email]));
}

#[rstest]
#[case(None, Found::Sent, 2)]
#[case(Some(Channel::Sms), Found::Sent, 1)]
#[case(Some(Channel::Sms), Found::Failed, 1)]
fn staff_settle_what_is_unknown_and_nothing_else(
    #[case] channel: Option<Channel>,
    #[case] found: Found,
    #[case] settled: usize,
) {
    let mut row = sample::notification(MessageKind::Confirmation);
    let lease = Lease::new("owner".to_owned(), at(0));
    let delivery = |channel| Delivery {
        status: DeliveryStatus::Unknown,
        ..Delivery::dispatching(channel, None, lease.clone(), at(0))
    };
    row.deliveries = vec![delivery(Channel::Email), delivery(Channel::Sms)];
    let before = row.clone();
    assert_eq!(decide_resolve(&mut row, channel, found, at(7)), settled);
    for (was, is) in before.deliveries.iter().zip(&row.deliveries) {
        if channel.is_some_and(|channel| channel != is.channel) {
            assert_eq!(was, is);
            continue;
        }
        let (status, said) = match found {
            Found::Sent => (DeliveryStatus::Sent, "Staff found that it was sent."),
            Found::Failed => (DeliveryStatus::Failed, "Staff found that it was not sent."),
        };
        assert_eq!((is.status, is.at), (status, at(7)));
        assert_eq!(is.reason.as_deref(), Some(said));
    }
    let after = row.clone();
    assert_eq!(decide_resolve(&mut row, channel, found, at(8)), 0);
    assert_eq!(row, after);
}
