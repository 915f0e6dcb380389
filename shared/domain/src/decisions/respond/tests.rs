//! Answers, rule by rule.

mod again;
mod limits;
mod order;
mod words;

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::*;
use crate::{
    id::AttendeeId,
    meeting::{BookingStatus, Meeting, Response, Wish},
    notification::{AnswerGiven, Notification},
    sample,
    text::Reason,
    timeline::TimelineKind,
    values::{
        answer::{Answer, AnswerChannel},
        channel::Channel,
        kind::MessageKind,
    },
};

fn request() -> Notification {
    sample::notification(MessageKind::ConfirmationRequest)
}

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

/// What the attendee in this place says about the meeting as it is, a minute after the
/// sample's time.
fn says(meeting: &Meeting, place: usize, answer: Answer) -> Incoming {
    Incoming {
        attendee_id: meeting.attendees[place].id.clone(),
        answer,
        revision: meeting.revision,
        channel: AnswerChannel::EmailLink,
        reason: None,
        preferred_times: None,
        given_at: at(1),
    }
}

fn reason(text: &str) -> Option<Reason> {
    Reason::parse(text).ok()
}

fn response(answer: Answer, revision: u32, at: DateTime<Utc>) -> Response {
    Response {
        answer,
        revision,
        at,
        wish: None,
        channel: None,
        after: None,
    }
}

/// What stands once it was said as [`says`] has it.
fn by_email(answer: Answer, revision: u32) -> Response {
    Response {
        channel: Some(AnswerChannel::EmailLink),
        // Behind the request that everybody was sent.
        after: Some(1),
        ..response(answer, revision, at(1))
    }
}

fn outcome(meeting: &Meeting, incoming: &Incoming) -> AnswerOutcome {
    take(&mut meeting.clone(), None, incoming, 0, at(5)).0
}

#[rstest]
#[case(Answer::Accept, BookingStatus::Confirmed)]
#[case(Answer::Decline, BookingStatus::Declined)]
#[case(Answer::Reschedule, BookingStatus::RescheduleRequested)]
fn the_status_follows_the_answer_of_the_lead_attendee(
    #[case] answer: Answer,
    #[case] status: BookingStatus,
) {
    let mut meeting = sample::asked();
    let mut row = request();
    let incoming = says(&meeting, 0, answer);
    let (outcome, entry) = take(&mut meeting, Some(&mut row), &incoming, 0, at(5));
    assert_eq!((outcome, meeting.status), (AnswerOutcome::Applied, status));
    let standing = by_email(answer, meeting.revision);
    assert_eq!(meeting.attendees[0].response, Some(standing));
    assert_eq!(meeting.attendees[1].response, None);
    assert_eq!(row.answers, [AnswerGiven::of(&incoming, false)]);
    let entry = entry.unwrap();
    assert_eq!((entry.at, entry.kind), (at(5), TimelineKind::Answer));
    assert_eq!(entry.attendee_id, Some(incoming.attendee_id));
    assert_eq!(entry.channel, Some(Channel::Email));
    let said = format!("Ann Lee {} over the link in the email", answer.past_tense());
    assert_eq!(entry.text, said);
}

#[test]
fn the_answer_of_another_attendee_is_theirs_alone() {
    let mut meeting = sample::asked();
    let incoming = says(&meeting, 1, Answer::Decline);
    let (outcome, entry) = take(&mut meeting, None, &incoming, 0, at(5));
    assert_eq!(outcome, AnswerOutcome::Applied);
    assert_eq!(meeting.status, BookingStatus::Invited);
    assert_eq!(meeting.attendees[0].response, None);
    let standing = by_email(Answer::Decline, meeting.revision);
    assert_eq!(meeting.attendees[1].response, Some(standing));
    assert!(entry.unwrap().text.starts_with("Bob Lee declined"));
}

#[test]
fn an_answer_to_other_details_is_kept_as_stale_and_changes_nothing() {
    for shown in [1, 3] {
        let mut meeting = sample::asked();
        meeting.revision = 2;
        let before = meeting.clone();
        let mut row = request();
        let incoming = Incoming {
            revision: shown,
            ..says(&meeting, 0, Answer::Accept)
        };
        let (outcome, entry) = take(&mut meeting, Some(&mut row), &incoming, 0, at(5));
        assert_eq!(outcome, AnswerOutcome::Moved);
        assert_eq!(meeting, before);
        assert_eq!(row.answers, [AnswerGiven::of(&incoming, true)]);
        let entry = entry.unwrap();
        assert_eq!(entry.kind, TimelineKind::StaleAnswer);
        let why = ", but for details that have changed since: not applied";
        assert!(entry.text.ends_with(why), "{}", entry.text);
    }
}

#[rstest]
#[case(Answer::Reschedule, Some("Monday"), None, true)]
#[case(Answer::Reschedule, None, Some("I am away"), true)]
#[case(Answer::Reschedule, None, None, false)]
#[case(Answer::Decline, Some("Monday"), Some("I am away"), false)]
fn what_came_with_a_request_for_another_time_stands_beside_the_attendee(
    #[case] answer: Answer,
    #[case] times: Option<&str>,
    #[case] why: Option<&str>,
    #[case] kept: bool,
) {
    let mut meeting = sample::asked();
    let incoming = Incoming {
        reason: why.and_then(reason),
        preferred_times: times.and_then(reason),
        ..says(&meeting, 0, answer)
    };
    take(&mut meeting, None, &incoming, 0, at(5));
    let wish = kept.then(|| Wish {
        preferred_times: times.and_then(reason),
        reason: why.and_then(reason),
    });
    assert_eq!(meeting.attendees[0].response.as_ref().unwrap().wish, wish);
}

#[test]
fn the_sentence_has_what_came_with_the_answer() {
    let mut meeting = sample::asked();
    let incoming = Incoming {
        reason: reason("I am away"),
        preferred_times: reason("Monday"),
        channel: AnswerChannel::Staff,
        ..says(&meeting, 0, Answer::Reschedule)
    };
    let (_, entry) = take(&mut meeting, None, &incoming, 0, at(5));
    let entry = entry.unwrap();
    assert_eq!(
        entry.text,
        "Ann Lee asked for another time as taken down by staff — I am away — suitable times: Monday"
    );
    assert_eq!(entry.channel, None);
}

#[test]
fn a_stranger_changes_nothing_but_the_timeline() {
    let mut meeting = sample::asked();
    let incoming = Incoming {
        attendee_id: AttendeeId::parse("gone").unwrap(),
        channel: AnswerChannel::SmsReply,
        ..says(&meeting, 0, Answer::Accept)
    };
    let before = meeting.clone();
    let (_, entry) = take(&mut meeting, None, &incoming, 0, at(5));
    assert_eq!(meeting, before);
    let entry = entry.unwrap();
    assert_eq!(entry.text, "Someone accepted by SMS reply");
    assert_eq!(entry.channel, Some(Channel::Sms));
}
