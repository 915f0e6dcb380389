//! Answers that come too late, or too often.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;

#[rstest]
#[case::cancelled(|meeting: &mut Meeting| { meeting.status = BookingStatus::Cancelled; meeting.archived = true; }, Closed::Cancelled)]
#[case::archived(|meeting: &mut Meeting| { meeting.archived = true; meeting.details.starts_at = at(5); }, Closed::Archived)]
#[case::started(|meeting: &mut Meeting| meeting.details.starts_at = at(5), Closed::Started)]
#[case::cut_off(|meeting: &mut Meeting| meeting.details.starts_at = at(35), Closed::CutOff)]
fn an_answer_that_comes_too_late_says_why(#[case] change: fn(&mut Meeting), #[case] why: Closed) {
    let mut meeting = sample::asked();
    change(&mut meeting);
    let before = meeting.clone();
    let mut row = request();
    let incoming = says(&meeting, 0, Answer::Accept);
    assert_eq!(open_until(&meeting, 30, at(5)), Err(why));
    let (outcome, entry) = take(&mut meeting, Some(&mut row), &incoming, 30, at(5));
    assert_eq!(outcome, AnswerOutcome::Closed(why));
    assert_eq!(meeting, before);
    assert_eq!(row.answers, [AnswerGiven::of(&incoming, true)]);
    let entry = entry.unwrap();
    assert_eq!(entry.kind, TimelineKind::StaleAnswer);
    let late = format!(", but too late: {} Not applied", why.reason());
    assert!(entry.text.ends_with(&late), "{}", entry.text);
}

#[test]
fn answers_close_at_the_cutoff_before_the_start_and_not_a_second_earlier() {
    let meeting = sample::asked();
    let start = meeting.details.starts_at;
    let closes = start - TimeDelta::minutes(90);
    let second = TimeDelta::seconds(1);
    assert_eq!(open_until(&meeting, 90, closes - second), Ok(closes));
    assert_eq!(open_until(&meeting, 90, closes), Err(Closed::CutOff));
    assert_eq!(
        open_until(&meeting, 90, start - second),
        Err(Closed::CutOff)
    );
    assert_eq!(open_until(&meeting, 0, start - second), Ok(start));
    assert_eq!(open_until(&meeting, 0, start), Err(Closed::Started));
}

#[test]
fn each_reason_to_take_no_answers_has_a_word_and_a_sentence_of_its_own() {
    let said = [
        (
            Closed::Cancelled,
            "cancelled",
            "This meeting has been cancelled.",
        ),
        (
            Closed::Archived,
            "archived",
            "This meeting is no longer open for answers.",
        ),
        (
            Closed::Started,
            "started",
            "This meeting has already started.",
        ),
        (
            Closed::CutOff,
            "answers_closed",
            "Answers to this meeting are closed, because it starts soon.",
        ),
    ];
    for (closed, code, sentence) in said {
        assert_eq!((closed.code(), closed.reason()), (code, sentence));
    }
}

#[test]
fn what_was_not_applied_is_stale() {
    let stale = [
        AnswerOutcome::Moved,
        AnswerOutcome::Overtaken,
        AnswerOutcome::Closed(Closed::CutOff),
    ];
    assert!(stale.into_iter().all(AnswerOutcome::stale));
    assert!(!AnswerOutcome::Applied.stale() && !AnswerOutcome::Unchanged.stale());
}

/// A row that was answered so often over a channel, once a second before the sample's time.
fn answered(times: i64, channel: AnswerChannel) -> Notification {
    let mut row = request();
    let meeting = sample::asked();
    row.answers = (0..times)
        .map(|ago| {
            let incoming = Incoming {
                channel,
                given_at: sample::now() - TimeDelta::seconds(ago),
                ..says(&meeting, 0, Answer::Accept)
            };
            AnswerGiven::of(&incoming, false)
        })
        .collect();
    row
}

#[rstest]
#[case(AnswerChannel::EmailLink, 50)]
#[case(AnswerChannel::SmsLink, 50)]
#[case(AnswerChannel::Staff, 50)]
#[case(AnswerChannel::SmsReply, 20)]
fn a_way_of_answering_is_used_up_by_itself(#[case] channel: AnswerChannel, #[case] most: i64) {
    assert!(!changed_too_often(&answered(most - 1, channel), channel));
    let full = answered(most, channel);
    assert!(changed_too_often(&full, channel));
    let other = match channel {
        AnswerChannel::Staff => AnswerChannel::SmsReply,
        _ => AnswerChannel::Staff,
    };
    assert!(!changed_too_often(&full, other));
}

#[test]
fn staff_are_emailed_of_so_many_answers_an_hour_over_each_channel() {
    let (link, text) = (AnswerChannel::EmailLink, AnswerChannel::SmsReply);
    assert!(is_news(&answered(5, link), link, sample::now()));
    let many = answered(6, link);
    assert!(!is_news(&many, link, sample::now()));
    assert!(is_news(&many, text, sample::now()), "another channel");
    // The sixth was five seconds before the first.
    let hour_after_the_oldest = sample::now() - TimeDelta::seconds(5) + NOTICES_WINDOW;
    assert!(is_news(&many, link, hour_after_the_oldest));
    assert!(!is_news(
        &many,
        link,
        hour_after_the_oldest - TimeDelta::seconds(1)
    ));
    let mut stale = many.clone();
    stale.answers[0].stale = true;
    assert!(is_news(&stale, link, sample::now()));
}
