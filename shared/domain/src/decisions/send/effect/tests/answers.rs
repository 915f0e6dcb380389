//! What a send leaves of an answer, and an answer of a send.

use super::*;
use crate::{id::TemplateId, template::TemplateBody, text::Name, values::answer::AnswerChannel};

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

fn with_configs(configs: Vec<NotificationConfig>) -> Template {
    let body = TemplateBody {
        configs,
        ..TemplateBody::built_in(Name::parse("Visit").unwrap())
    };
    Template::from_store(TemplateId::parse("visit").unwrap(), 1, body)
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
