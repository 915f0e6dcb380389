//! Answers, rule by rule.

use std::str::FromStr as _;

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::*;
use crate::{
    id::AttendeeId,
    meeting::{BookingStatus, Meeting, Response, Wish},
    notification::AnswerGiven,
    notification::Notification,
    sample,
    template::Buttons,
    text::Reason,
    timeline::{TimelineEntry, TimelineKind},
    values::answer::{Answer, AnswerChannel},
    values::channel::Channel,
    values::kind::MessageKind,
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

#[test]
fn an_answer_is_written_and_read_by_one_word() {
    let words = Answer::ALL.iter().map(|answer| answer.as_str());
    assert!(words.eq(["accept", "decline", "reschedule"]));
    for answer in Answer::ALL.iter().copied() {
        assert_eq!(Answer::from_str(answer.as_str()), Ok(answer));
    }
    assert!(Answer::from_str("accepted").is_err());
}

#[test]
fn a_button_offers_its_answer_alone() {
    let offered = |buttons: Buttons| -> Vec<_> {
        let all = Answer::ALL.iter().copied();
        all.filter(|answer| buttons.offer(*answer)).collect()
    };
    let none = Buttons::default();
    assert_eq!(offered(none), []);
    let accept = Buttons {
        accept: true,
        ..none
    };
    assert_eq!(offered(accept), [Answer::Accept]);
    let decline = Buttons {
        decline: true,
        ..none
    };
    assert_eq!(offered(decline), [Answer::Decline]);
    let reschedule = Buttons {
        reschedule: true,
        ..none
    };
    assert_eq!(offered(reschedule), [Answer::Reschedule]);
}

#[test]
fn a_link_came_by_the_channel_that_carried_it() {
    assert_eq!(
        AnswerChannel::from(Channel::Email),
        AnswerChannel::EmailLink
    );
    assert_eq!(AnswerChannel::from(Channel::Sms), AnswerChannel::SmsLink);
    let of = [
        (
            AnswerChannel::EmailLink,
            Some(Channel::Email),
            "over the link in the email",
        ),
        (
            AnswerChannel::SmsLink,
            Some(Channel::Sms),
            "over the link in the SMS",
        ),
        (AnswerChannel::SmsReply, Some(Channel::Sms), "by SMS reply"),
        (AnswerChannel::Staff, None, "as taken down by staff"),
    ];
    for (way, channel, label) in of {
        assert_eq!((way.delivery_channel(), way.label()), (channel, label));
    }
}
