//! The same answer once more: what is news, and what is one answer.

use rstest::rstest;

use super::*;
use crate::timeline::TimelineEntry;

/// The lead attendee's wish for another time, and what has taken it.
struct Wished {
    meeting: Meeting,
    row: Notification,
    incoming: Incoming,
}

fn wished() -> Wished {
    let mut meeting = sample::asked();
    let mut row = request();
    let incoming = Incoming {
        reason: reason("I am away"),
        preferred_times: reason("Monday"),
        ..says(&meeting, 0, Answer::Reschedule)
    };
    let (outcome, _) = take(&mut meeting, Some(&mut row), &incoming, 0, at(5));
    assert_eq!(outcome, AnswerOutcome::Applied);
    Wished {
        meeting,
        row,
        incoming,
    }
}

impl Wished {
    fn again(&mut self) -> (AnswerOutcome, Option<TimelineEntry>) {
        let row = Some(&mut self.row);
        take(&mut self.meeting, row, &self.incoming, 0, at(6))
    }
}

#[test]
fn the_same_form_twice_is_one_answer() {
    let mut said = wished();
    let before = said.meeting.clone();
    let logged = said.row.answers.clone();
    assert_eq!(said.again(), (AnswerOutcome::Unchanged, None));
    assert_eq!(said.meeting, before);
    assert_eq!(said.row.answers, logged);
}

#[rstest]
#[case::another_answer(|said: &mut Wished| said.incoming.answer = Answer::Decline)]
#[case::another_reason(|said: &mut Wished| said.incoming.reason = None)]
#[case::other_times(|said: &mut Wished| said.incoming.preferred_times = None)]
#[case::asked_again(|said: &mut Wished| said.meeting.status = BookingStatus::Invited)]
#[case::nothing_stands(|said: &mut Wished| said.meeting.attendees[0].response = None)]
#[case::another_answer_stands(|said: &mut Wished| {
    said.meeting.attendees[0].response = Some(response(Answer::Accept, 1, at(1)));
})]
fn an_answer_that_differs_in_anything_is_news(#[case] differ: fn(&mut Wished)) {
    let mut said = wished();
    differ(&mut said);
    let logged = said.row.answers.len();
    let (outcome, entry) = said.again();
    assert_eq!(outcome, AnswerOutcome::Applied);
    assert!(entry.is_some());
    assert_eq!(said.row.answers.len(), logged + 1);
}

/// It is what stands that counts, not what was noted last, or on which message (L11).
#[rstest]
#[case::noted_elsewhere(|said: &mut Wished| said.row.answers.clear())]
#[case::a_stale_one_came_since(|said: &mut Wished| {
    let stale = AnswerGiven { stale: true, answer: Answer::Decline, ..said.row.answers[0].clone() };
    said.row.answers.push(stale);
})]
#[case::given_earlier(|said: &mut Wished| said.incoming.given_at = at(-60))]
#[case::given_later(|said: &mut Wished| said.incoming.given_at = at(3))]
#[case::over_another_link(|said: &mut Wished| said.incoming.channel = AnswerChannel::SmsLink)]
#[case::as_a_code_without_its_words(|said: &mut Wished| {
    said.incoming = Incoming {
        channel: AnswerChannel::SmsReply,
        reason: None,
        preferred_times: None,
        ..said.incoming.clone()
    };
})]
fn an_equal_answer_is_one_answer_however_it_comes_again(#[case] again: fn(&mut Wished)) {
    let mut said = wished();
    again(&mut said);
    let before = (said.meeting.clone(), said.row.answers.clone());
    assert_eq!(said.again(), (AnswerOutcome::Unchanged, None));
    assert_eq!((said.meeting, said.row.answers), before);
}

#[test]
fn the_reason_of_a_decline_is_news_once() {
    let mut meeting = sample::asked();
    let mut row = request();
    let mut declines = |why: Option<&str>| {
        let incoming = Incoming {
            reason: why.and_then(reason),
            ..says(&meeting, 0, Answer::Decline)
        };
        take(&mut meeting, Some(&mut row), &incoming, 0, at(5)).0
    };
    let (applied, unchanged) = (AnswerOutcome::Applied, AnswerOutcome::Unchanged);
    let outcomes = [None, Some("Ill"), Some("Ill"), None, Some("Away")].map(&mut declines);
    assert_eq!(outcomes, [applied, applied, unchanged, unchanged, applied]);
}

#[test]
fn an_answer_that_was_not_applied_is_noted_once() {
    let mut meeting = sample::asked();
    let mut row = request();
    let incoming = says(&meeting, 0, Answer::Accept);
    meeting.revision += 1;
    let mut take = || take(&mut meeting, Some(&mut row), &incoming, 0, at(5));
    let (outcome, entry) = take();
    assert!(outcome == AnswerOutcome::Moved && entry.is_some());
    assert_eq!(take(), (AnswerOutcome::Moved, None));
    assert_eq!(row.answers.len(), 1);
}

#[test]
fn an_equal_answer_to_older_details_is_no_repetition() {
    let mut said = wished();
    said.meeting.revision += 1;
    said.incoming.revision += 1;
    said.row.answers[0].revision += 1;
    assert_eq!(said.again().0, AnswerOutcome::Applied);
}

#[test]
fn another_attendee_repeats_themselves_whatever_the_status() {
    let mut meeting = sample::asked();
    let mut row = request();
    let incoming = says(&meeting, 1, Answer::Decline);
    take(&mut meeting, Some(&mut row), &incoming, 0, at(5));
    let (again, _) = take(&mut meeting, Some(&mut row), &incoming, 0, at(6));
    assert_eq!(again, AnswerOutcome::Unchanged);
}
