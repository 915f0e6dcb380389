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
    send::{Found, SendPlan, Whom, decide_resolve, decide_retry, decide_send},
    template::{IfLate, ReminderTrigger, TemplateBody},
    text::Name,
    values::channel::Channel,
    values::{
        answer::{Answer, AnswerChannel},
        kind::{MessageKind, NotificationType},
        lease::Lease,
    },
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
        row.buttons = config(kind).buttons();
        let lease = Lease::new("owner".to_owned(), at(0));
        let mut delivery = Delivery::dispatching(Channel::Email, None, lease, at(0));
        delivery.settle(Ok("id".to_owned()), at(1));
        delivery.statement = Some(meeting.next_statement());
        row.deliveries = vec![delivery];
        row
    };
    (0..meeting.attendees.len()).map(row).collect()
}

/// The meeting while these messages are being sent.
fn saying(meeting: &Meeting, rows: &[Notification]) -> Meeting {
    let kind = rows[0].kind.notification().unwrap();
    let told = Meeting {
        details: rows[0].details.clone(),
        revision: rows[0].revision,
        ..meeting.clone()
    };
    let number = rows[0].deliveries[0].statement.unwrap();
    let says = statement(&told, &config(kind), number, at(0));
    meeting.clone().about_to_say(vec![says])
}

/// What a message of this kind would say now.
fn says(meeting: &Meeting, kind: NotificationType) -> Statement {
    statement(meeting, &config(kind), meeting.next_statement(), at(0))
}

/// Sends these messages, and records them at this minute.
fn record(meeting: &mut Meeting, template: Option<&Template>, rows: &[Notification], minutes: i64) {
    *meeting = saying(meeting, rows);
    record_sent(meeting, template, rows, at(minutes));
}

fn recorded(meeting: &Meeting, kind: NotificationType) -> Meeting {
    let mut after = meeting.clone();
    record(&mut after, None, &sent(meeting, kind), 5);
    after
}

/// The sample meeting, after its confirmation was sent at this minute.
fn confirmed(minutes: i64) -> Meeting {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, minutes);
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
        after: None,
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
    assert_eq!((after.cancelled_at, after.cancelled_revision), (None, None));
    for attendee in &after.attendees {
        let row = crate::id::NotificationId::new(&meeting.id, &attendee.id, "key", at(0));
        assert_eq!(attendee.last_notification, Some(row));
    }
}

/// The clocks of two processes say nothing of which came first; the store does.
#[test]
fn an_answer_and_a_message_end_in_the_order_of_the_store() {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 0);
    let rows = sent(&meeting, NotificationType::ConfirmationRequest);
    let claimed = saying(&meeting, &rows);
    for (after, minutes, status) in [
        (claimed.highest_statement, -5, BookingStatus::Declined),
        (meeting.highest_statement, 5, BookingStatus::Invited),
    ] {
        let mut meeting = claimed.clone();
        let answer = answered(Answer::Decline, 1, at(minutes));
        let after = Some(after);
        meeting.attendees[0].response = answer.map(|given| Response { after, ..given });
        meeting.status = BookingStatus::Declined;
        record_sent(&mut meeting, None, &rows, at(1));
        assert_eq!(meeting.status, status);
    }
}

/// Of a crowd the last are written to minutes after the lead attendee, who has answered by
/// then.
#[test]
fn an_answer_stands_though_others_were_written_to_after_it() {
    let mut meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::ConfirmationRequest);
    for row in &mut rows[1..] {
        row.deliveries[0].lease = Some(Lease::new("next".to_owned(), at(3)));
    }
    meeting.attendees[0].response = answered(Answer::Accept, 1, at(2));
    let mut after = meeting.clone();
    record(&mut after, None, &rows, 5);
    assert_eq!(after.status, BookingStatus::Confirmed);
    rows[0].deliveries[0].lease = Some(Lease::new("next".to_owned(), at(3)));
    record(&mut meeting, None, &rows, 5);
    assert_eq!(meeting.status, BookingStatus::Invited, "it asks anew");
}

#[test]
fn what_nobody_accepted_leaves_the_meeting_as_it_was() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows.truncate(1);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    record(&mut after, None, &rows, 5);
    assert_eq!(
        after.attendees[0].last_notification,
        Some(rows[0].id.clone())
    );
    assert_eq!(after.attendees[1].last_notification, None);
    after.attendees[0].last_notification = None;
    let number = std::mem::take(&mut after.highest_statement);
    after.sequences.clear();
    assert_eq!((after, number), (meeting, 1), "but that a number is used");
}

#[test]
fn one_accepted_delivery_is_enough() {
    let meeting = sample::meeting();
    let mut rows = sent(&meeting, NotificationType::Confirmation);
    rows[0].deliveries[0].status = DeliveryStatus::Failed;
    let mut after = meeting.clone();
    record(&mut after, None, &rows, 5);
    assert_eq!(after.status, BookingStatus::Booked);
}

#[test]
fn the_same_details_again_are_told_since_the_first_time_and_stay_asked() {
    let mut meeting = recorded(&sample::meeting(), NotificationType::ConfirmationRequest);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 9);
    let told = meeting.announced.clone().unwrap();
    assert_eq!((told.since, told.at, told.asked), (at(5), at(9), true));
    // Other details are told, and asked for, anew.
    moved(&mut meeting);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 11);
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
    assert_eq!(after.cancelled_revision, Some(1));
}

#[test]
fn what_was_sent_of_other_details_does_not_take_a_cancellation_back() {
    let mut meeting = confirmed(5);
    let rows = sent(&meeting, NotificationType::Reminder);
    moved(&mut meeting);
    meeting.status = BookingStatus::Cancelled;
    let before = meeting.announced.clone();
    record(&mut meeting, None, &rows, 9);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(meeting.announced, before);
}

#[test]
fn what_was_sent_of_the_details_that_were_cancelled_announces_them_anew() {
    let mut meeting = confirmed(5);
    meeting.status = BookingStatus::Cancelled;
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &rows, 9);
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert_eq!(meeting.announced.unwrap().since, at(9));
}

#[test]
fn the_snapshot_is_of_the_details_that_were_sent() {
    let mut meeting = confirmed(5);
    moved(&mut meeting);
    let update = sent(&meeting, NotificationType::Update);
    moved(&mut meeting);
    record(&mut meeting, None, &update, 9);
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
    record(&mut meeting, None, &update, 9);
    assert_eq!(meeting.revision, 2);
}

fn template(minutes_before: u32) -> Template {
    let body = TemplateBody {
        reminder_triggers: vec![trigger(minutes_before)],
        ..TemplateBody::built_in(Name::parse("Visit").unwrap())
    };
    Template::from_store(TemplateId::parse("visit").unwrap(), 1, body)
}

fn with_configs(configs: Vec<NotificationConfig>) -> Template {
    let body = TemplateBody {
        configs,
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
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&first), &rows, 5);
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&later), &rows, 6);
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    meeting.status = BookingStatus::Cancelled;
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&later), &rows, 7);
    assert_eq!(meeting.reminders.triggers, [trigger(30)]);
}

#[test]
fn a_cancellation_takes_no_triggers_and_opens_no_reminder() {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Cancellation);
    meeting.reminders.triggers = vec![trigger(60)];
    record(&mut meeting, Some(&template(30)), &rows, 5);
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
        record(&mut meeting, None, &rows, 5);
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
    record(&mut meeting, None, &rows, 5);
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
    record(&mut meeting, None, &rows, 5);
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
    record(&mut meeting, None, &rows, 5);
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
    let mut rows = sent(&meeting, kind);
    let mut config = config(kind);
    config.keep_answer = true;
    rows[0].config_id = config.id.clone();
    let template = with_configs(vec![config]);
    record(&mut meeting, Some(&template), &rows, 9);
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
            let will = once_sent(&meeting, &config(kind), says(&meeting, kind), at(5));
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
    let will = once_sent(&meeting, &config, says(&meeting, config.kind), at(9));
    assert!(!will.status.is_answer(), "{:?}", will.status);
}

/// A meeting whose customers were told, then sent a message of this kind that is in
/// doubt; with that message to the lead attendee.
fn doubted(kind: NotificationType) -> (Meeting, Notification) {
    let mut meeting = confirmed(-1);
    let mut rows = sent(&meeting, kind);
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    }
    record(&mut meeting, None, &rows, 5);
    (meeting, rows.swap_remove(0))
}

#[rstest]
#[case(Found::Sent, BookingStatus::Cancelled)]
#[case(Found::Failed, BookingStatus::Booked)]
fn a_doubt_that_is_settled_leaves_what_would_have_been(
    #[case] found: Found,
    #[case] status: BookingStatus,
) {
    let (mut meeting, mut row) = doubted(NotificationType::Cancellation);
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert!(meeting.cancellation_in_doubt());
    assert_eq!(decide_resolve(&mut row, None, found, at(7)), 1);
    record_settled(&mut meeting, None, &row, at(7));
    assert_eq!(meeting.status, status);
    assert_eq!(
        meeting.cancelled_at.is_some(),
        status == BookingStatus::Cancelled
    );
}

#[test]
fn a_doubt_that_turns_out_sent_moves_nothing_when_something_was_said_since() {
    let (mut meeting, mut row) = doubted(NotificationType::Cancellation);
    let again = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &again, 6);
    let before = meeting.clone();
    decide_resolve(&mut row, None, Found::Sent, at(7));
    record_settled(&mut meeting, None, &row, at(7));
    assert_eq!(meeting, before);
}

#[test]
fn a_send_that_leaves_the_lead_out_leads_out_of_draft_and_no_further() {
    let request = NotificationType::ConfirmationRequest;
    let bob = |meeting: &Meeting, kind| sent(meeting, kind).split_off(1);
    let mut meeting = sample::meeting();
    let rows = bob(&meeting, request);
    record(&mut meeting, None, &rows, 1);
    assert_eq!(meeting.status, BookingStatus::Invited);
    meeting.status = BookingStatus::Confirmed;
    meeting.attendees[0].response = answered(Answer::Accept, 1, at(2));
    for kind in [request, NotificationType::Cancellation] {
        let rows = bob(&meeting, kind);
        record(&mut meeting, None, &rows, 3);
        assert_eq!(meeting.status, BookingStatus::Confirmed, "{kind}");
    }
    assert_eq!(meeting.cancelled_at, None);
}

#[test]
fn a_retry_of_what_was_announced_takes_no_answer_back_and_one_of_what_was_not_asks() {
    let request = NotificationType::ConfirmationRequest;
    let after = |sms: DeliveryStatus| {
        let mut meeting = sample::meeting();
        meeting.attendees.truncate(1);
        let mut rows = sent(&meeting, request);
        let mut second = rows[0].deliveries[0].clone();
        (second.channel, second.status) = (Channel::Sms, sms);
        rows[0].deliveries[0].status = DeliveryStatus::Failed;
        rows[0].deliveries.push(second);
        record(&mut meeting, None, &rows, 1);
        meeting.status = BookingStatus::Confirmed;
        meeting.attendees[0].response = answered(Answer::Accept, 1, at(2));
        let email = &mut rows[0].deliveries[0];
        email.retry(Lease::new("retry".to_owned(), at(3)), at(3));
        email.settle(Ok("id".to_owned()), at(3));
        email.statement = Some(meeting.next_statement());
        record(&mut meeting, None, &rows, 4);
        meeting.status
    };
    assert_eq!(after(DeliveryStatus::Sent), BookingStatus::Confirmed);
    assert_eq!(after(DeliveryStatus::Failed), BookingStatus::Invited);
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
    let start = |meeting: &mut Meeting, row: &mut Notification| {
        meeting.details.starts_at = at(0);
        row.details = meeting.details.clone();
    };
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

/// A meeting that is off, being confirmed again for the same time; with the messages.
fn taken_back() -> (Meeting, Vec<Notification>) {
    let mut meeting = recorded(&confirmed(1), NotificationType::Cancellation);
    meeting.renew_for(NotificationType::Confirmation);
    let rows = sent(&meeting, NotificationType::Confirmation);
    (meeting, rows)
}

/// Decides a send to everybody, without a template.
fn to_everybody(meeting: &Meeting, kind: NotificationType) -> Result<SendPlan, Failure> {
    let settings = sample::settings();
    let deliverability = sample::deliverability(&settings);
    decide_send(meeting, None, deliverability, kind, Whom::EVERYBODY, at(9))
}

/// Whether each of these may be sent: a confirmation, a request, a cancellation.
fn may_send(meeting: &Meeting) -> [bool; 3] {
    let may = |kind| {
        let plan = to_everybody(meeting, kind);
        plan.is_ok()
    };
    [
        NotificationType::Confirmation,
        NotificationType::ConfirmationRequest,
        NotificationType::Cancellation,
    ]
    .map(may)
}

#[test]
fn to_take_back_a_cancellation_changes_nothing_while_nobody_has_heard_of_it() {
    let (mut meeting, mut rows) = taken_back();
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Failed;
    }
    record(&mut meeting, None, &rows, 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, false]);
    // In doubt it is as if it were off, and may be called off again.
    let (mut meeting, mut rows) = taken_back();
    for row in &mut rows {
        row.deliveries[0].status = DeliveryStatus::Unknown;
    }
    record(&mut meeting, None, &rows, 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, true]);
    // A later attempt comes to nothing; then it turns out that the first one went out.
    meeting.renew_for(NotificationType::Confirmation);
    decide_resolve(&mut rows[0], None, Found::Sent, at(8));
    record_settled(&mut meeting, None, &rows[0], at(8));
    assert_eq!(meeting.status, BookingStatus::Booked);
    assert_eq!(meeting.revision, rows[0].revision);
}

#[rstest]
#[case::its_clock_is_behind(-30)]
#[case::its_clock_is_ahead(30)]
fn the_order_of_statements_decides_what_a_settled_doubt_moves(#[case] minutes: i64) {
    // In doubt when it was called off: that holds.
    let (meeting, mut row) = doubted(NotificationType::ConfirmationRequest);
    let mut off = recorded(&meeting, NotificationType::Cancellation);
    off.cancelled_at = Some(row.dispatched_at() + TimeDelta::minutes(minutes));
    decide_resolve(&mut row, None, Found::Sent, at(8));
    record_settled(&mut off, None, &row, at(8));
    assert_eq!(off.status, BookingStatus::Cancelled);
    // Sent when it was off: it takes place again.
    let (mut off, mut rows) = taken_back();
    off.cancelled_at = Some(rows[0].dispatched_at() + TimeDelta::minutes(minutes));
    rows[0].deliveries[0].status = DeliveryStatus::Unknown;
    record(&mut off, None, &rows, 6);
    decide_resolve(&mut rows[0], None, Found::Sent, at(8));
    record_settled(&mut off, None, &rows[0], at(8));
    assert_eq!(off.status, BookingStatus::Booked);
}

#[test]
fn what_was_taken_back_without_the_lead_attendee_can_be_called_off_again() {
    let bob = |rows: &[Notification]| rows[1..].to_vec();
    let (mut meeting, rows) = taken_back();
    record(&mut meeting, None, &bob(&rows), 6);
    assert_eq!(meeting.status, BookingStatus::Cancelled);
    assert_eq!(may_send(&meeting), [true, true, true]);
    // At a new time as well: to those who were told of it.
    let mut meeting = recorded(&confirmed(1), NotificationType::Cancellation);
    moved(&mut meeting);
    assert_eq!(may_send(&meeting), [true, false, false]);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, None, &bob(&rows), 6);
    assert_eq!(may_send(&meeting), [true, false, true]);
    let kind = NotificationType::Cancellation;
    let plan = to_everybody(&meeting, kind);
    let to = plan.unwrap().recipients;
    assert_eq!(to.len(), 1);
    assert_eq!(to[0].attendee.id, meeting.attendees[1].id);
}

#[test]
fn what_is_off_has_the_newest_number_of_its_details() {
    let (mut meeting, rows) = taken_back();
    record(&mut meeting, None, &rows[1..], 6);
    // A message of the old number calls off the lead attendee's.
    let mut again = sent(&meeting, NotificationType::Cancellation);
    again.truncate(1);
    again[0].revision = 1;
    record(&mut meeting, None, &again, 7);
    assert_eq!(meeting.cancelled_revision, Some(meeting.revision));
    // Taken up again meanwhile, they have the number that was announced.
    let (mut meeting, rows) = taken_back();
    (meeting.revision, meeting.cancelled_revision) = (5, Some(5));
    record(&mut meeting, None, &rows[1..], 6);
    assert_eq!((meeting.revision, meeting.cancelled_revision), (2, Some(2)));
}

#[test]
fn an_announcement_is_overtaken_by_a_later_one_whoever_heard_of_it() {
    let mut meeting = confirmed(1);
    let mut older = sent(&meeting, NotificationType::Confirmation);
    older[1].deliveries[0].status = DeliveryStatus::Unknown;
    record(&mut meeting, None, &older[1..], 2);
    moved(&mut meeting);
    let rows = sent(&meeting, NotificationType::Update);
    record(&mut meeting, None, &rows[..1], 3);
    let told = meeting.announced.clone().unwrap();
    assert_eq!(told.statement, 3);
    // Whoever made the later one is gone, and nothing of it is left.
    meeting.attendees.remove(0);
    meeting.forget_what_nobody_was_told();
    decide_resolve(&mut older[1], None, Found::Sent, at(4));
    record_settled(&mut meeting, None, &older[1], at(4));
    assert_eq!(meeting.announced, Some(told));
}

#[test]
fn details_that_were_announced_by_a_request_stay_requested() {
    let request = NotificationType::ConfirmationRequest;
    let requested = |meeting: &Meeting| meeting.announced.as_ref().unwrap().requested;
    let meeting = recorded(&confirmed(1), request);
    assert!(!requested(&confirmed(1)) && requested(&meeting));
    let mut again = recorded(&meeting, NotificationType::Confirmation);
    assert!(requested(&again));
    moved(&mut again);
    assert!(!requested(&recorded(&again, NotificationType::Update)));
}

#[test]
fn a_removal_is_not_sent_again_to_somebody_who_is_back() {
    let removal = |meeting: &mut Meeting, row: &mut Notification| {
        let bob = meeting.attendees.remove(1);
        let (id, kind) = (row.id.clone(), MessageKind::Cancellation);
        let deliveries = row.deliveries.clone();
        *row = Notification::about(meeting, &bob, id, kind, row.config_id.clone(), at(0));
        row.deliveries = deliveries;
        meeting.removed = vec![bob];
    };
    let kind = MessageKind::Cancellation;
    assert_eq!(retried(kind, removal), Ok(vec![Channel::Email]));
    let back = |meeting: &mut Meeting, row: &mut Notification| {
        removal(meeting, row);
        meeting.attendees.append(&mut meeting.removed);
    };
    assert_eq!(retried(kind, back), Err("attendee_back"));
    let off = |meeting: &mut Meeting, row: &mut Notification| {
        back(meeting, row);
        meeting.status = BookingStatus::Cancelled;
    };
    assert_eq!(retried(kind, off), Ok(vec![Channel::Email]), "it is off");
    let renumbered = |meeting: &mut Meeting, _: &mut Notification| meeting.revision += 1;
    assert_eq!(retried(kind, renumbered), Ok(vec![Channel::Email]));
    let longer = |meeting: &mut Meeting, _: &mut Notification| moved(meeting);
    assert_eq!(retried(kind, longer), Err("meeting_changed"));
}
