//! Of two answers, which one is the last word.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;

/// What comes of an Accept over this channel, given at one minute, where a decline of so
/// many seconds after that stands.
fn after_a_decline(
    channel: AnswerChannel,
    standing: Option<AnswerChannel>,
    later: i64,
) -> AnswerOutcome {
    let mut meeting = sample::asked();
    meeting.attendees[0].response = Some(Response {
        channel: standing,
        ..response(
            Answer::Decline,
            meeting.revision,
            at(1) + TimeDelta::seconds(later),
        )
    });
    let incoming = Incoming {
        channel,
        ..says(&meeting, 0, Answer::Accept)
    };
    outcome(&meeting, &incoming)
}

#[test]
fn of_two_texts_the_one_that_was_sent_later_stands_in_whatever_order_they_come() {
    let text = AnswerChannel::SmsReply;
    let outcome = |later| after_a_decline(text, Some(text), later);
    assert_eq!(outcome(1), AnswerOutcome::Overtaken);
    assert_eq!(outcome(0), AnswerOutcome::Applied, "the same instant");
    assert_eq!(outcome(-1), AnswerOutcome::Applied);
}

#[rstest]
#[case(Some(AnswerChannel::EmailLink))]
#[case(Some(AnswerChannel::SmsLink))]
#[case(Some(AnswerChannel::Staff))]
#[case::stored_before_that_was_noted(None)]
fn a_text_is_overtaken_by_another_answer_where_no_clock_can_be_wrong(
    #[case] standing: Option<AnswerChannel>,
) {
    let outcome = |later| after_a_decline(AnswerChannel::SmsReply, standing, later);
    assert_eq!(outcome(6), AnswerOutcome::Overtaken);
    assert_eq!(outcome(5), AnswerOutcome::Applied);
}

#[rstest]
#[case(AnswerChannel::EmailLink)]
#[case(AnswerChannel::SmsLink)]
#[case(AnswerChannel::Staff)]
fn what_is_not_a_text_is_the_last_word_when_it_is_stored_whatever_the_clocks_say(
    #[case] channel: AnswerChannel,
) {
    for standing in [Some(AnswerChannel::SmsReply), Some(channel), None] {
        let outcome = after_a_decline(channel, standing, 3_600);
        assert_eq!(outcome, AnswerOutcome::Applied);
    }
}

#[test]
fn a_text_is_overtaken_by_its_own_senders_answer_to_the_same_details() {
    let mut meeting = sample::asked();
    let current = meeting.revision;
    let text = |meeting: &Meeting| Incoming {
        channel: AnswerChannel::SmsReply,
        ..says(meeting, 0, Answer::Accept)
    };
    // An answer to the details that were announced stands until the update goes out.
    meeting.revision = current + 1;
    meeting.attendees[0].response = Some(response(Answer::Decline, current, at(2)));
    assert_eq!(outcome(&meeting, &text(&meeting)), AnswerOutcome::Applied);
    let mut meeting = sample::asked();
    meeting.attendees[1].response = Some(response(Answer::Decline, current, at(2)));
    assert_eq!(outcome(&meeting, &text(&meeting)), AnswerOutcome::Applied);
}

#[test]
fn an_overtaken_answer_says_that_the_later_one_stands() {
    let mut meeting = sample::asked();
    meeting.attendees[0].response = Some(response(Answer::Decline, meeting.revision, at(2)));
    let before = meeting.clone();
    let incoming = Incoming {
        channel: AnswerChannel::SmsReply,
        ..says(&meeting, 0, Answer::Accept)
    };
    let (_, entry) = take(&mut meeting, None, &incoming, 0, at(5));
    assert_eq!(meeting, before);
    let entry = entry.unwrap();
    assert_eq!(entry.kind, TimelineKind::StaleAnswer);
    let why = ", but before their last answer, which stands: not applied";
    assert!(entry.text.ends_with(why), "{}", entry.text);
}
