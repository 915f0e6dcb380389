//! What staff are told of answers.

use chrono_tz::Tz;
use mail_parser::MessageParser;

use super::*;
use crate::{
    notification::AnswerGiven,
    template::{Template, TemplateBody},
    text::{Reason, Title},
    values::{
        answer::{Answer, AnswerChannel},
        location::LocationKind,
    },
};

pub(super) fn given(answer: Answer, channel: AnswerChannel) -> AnswerGiven {
    AnswerGiven {
        answer,
        channel,
        reason: None,
        preferred_times: None,
        revision: 1,
        at: sample::now(),
        stale: false,
    }
}

/// The notice of an answer by the attendee at this place in the list.
pub(super) fn notice(meeting: &Meeting, attendee: usize, given: &AnswerGiven) -> AnswerNotice {
    answer_notice(&AnswerNews {
        meeting,
        attendee: &meeting.attendees[attendee],
        template: None,
        settings: &sample::settings(),
        given,
    })
}

/// The sample meeting after its lead attendee's answer.
fn answered(answer: Answer) -> Meeting {
    let mut meeting = sample::meeting();
    meeting.status = answer.into();
    meeting
}

fn prose(text: &str) -> Option<Reason> {
    Some(Reason::parse(text).unwrap())
}

fn snapshot(name: &str, notice: &AnswerNotice) {
    insta::assert_snapshot!(format!("{name}.html"), notice.html);
    insta::assert_snapshot!(
        format!("{name}.text"),
        format!("Subject: {}\n\n{}", notice.subject, notice.text)
    );
}

#[test]
fn one_customer_accepts() {
    let mut meeting = answered(Answer::Accept);
    meeting.attendees.truncate(1);
    let given = given(Answer::Accept, AnswerChannel::EmailLink);
    snapshot("accepted", &notice(&meeting, 0, &given));
}

#[test]
fn a_customer_declines_with_a_reason() {
    let meeting = answered(Answer::Decline);
    let given = AnswerGiven {
        reason: prose("We have found another fitter, thank you & all the best."),
        ..given(Answer::Decline, AnswerChannel::SmsLink)
    };
    snapshot("declined", &notice(&meeting, 0, &given));
}

#[test]
fn a_customer_asks_for_another_time() {
    let meeting = answered(Answer::Reschedule);
    let given = AnswerGiven {
        reason: prose("The plasterers are in until Friday."),
        preferred_times: prose("Monday or Tuesday after 3 PM\nany morning of the week after"),
        ..given(Answer::Reschedule, AnswerChannel::Staff)
    };
    snapshot("asked_for_another_time", &notice(&meeting, 0, &given));
}

#[test]
fn a_second_customers_answer_leaves_the_status_alone() {
    let mut meeting = sample::meeting();
    meeting.status = BookingStatus::Invited;
    let given = given(Answer::Accept, AnswerChannel::SmsLink);
    snapshot("accepted_by_another", &notice(&meeting, 1, &given));
}

#[test]
fn staff_read_the_meetings_zone_and_whose_home_it_is() {
    let mut meeting = answered(Answer::Accept);
    meeting.attendees[0].timezone = Some(Tz::Asia__Tokyo);
    meeting.details.location.address = None;
    meeting.details.location.video_url = None;
    meeting.details.location.kind = Some(LocationKind::ClientHouse);
    let given = given(Answer::Accept, AnswerChannel::EmailLink);
    let text = notice(&meeting, 0, &given).text;
    for line in [
        "Answered on Monday, January 5, 2026 at 10:00 AM EST\n",
        "When: Thursday, January 15, 2026, 2:00 PM – 2:45 PM EST (45 minutes)\n",
        "Where: The customer's home\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn the_title_is_in_the_templates_format_with_the_status_there_is_now() {
    let mut body = TemplateBody::built_in(Name::parse("Measuring").unwrap());
    body.title_format = Name::parse("[{status}] {title}").ok();
    let template = Template::from_store("measuring".to_owned().try_into().unwrap(), 1, body);
    let meeting = answered(Answer::Decline);
    let notice = answer_notice(&AnswerNews {
        meeting: &meeting,
        attendee: &meeting.attendees[0],
        template: Some(&template),
        settings: &sample::settings(),
        given: &given(Answer::Decline, AnswerChannel::EmailLink),
    });
    assert_eq!(
        notice.subject,
        "Ann Lee declined: [Declined] Window measuring, Jan 15 at 2:00 PM"
    );
}

#[test]
fn an_answer_that_was_not_applied_says_so() {
    let given = AnswerGiven {
        stale: true,
        ..given(Answer::Accept, AnswerChannel::EmailLink)
    };
    let notice = notice(&sample::meeting(), 0, &given);
    assert!(
        notice
            .subject
            .starts_with("Ann Lee accepted, not applied: "),
        "{}",
        notice.subject
    );
    for part in [&notice.html, &notice.text] {
        assert!(part.contains("It was not applied: "), "{part}");
    }
}

#[test]
fn a_customer_without_address_and_number_and_an_empty_comment_leave_no_gap() {
    let mut meeting = answered(Answer::Accept);
    meeting.attendees[0].email = None;
    meeting.attendees[0].phone = None;
    let given = AnswerGiven {
        reason: prose(" \u{202e}\n"),
        ..given(Answer::Accept, AnswerChannel::Staff)
    };
    let notice = notice(&meeting, 0, &given);
    for part in [&notice.html, &notice.text] {
        assert!(
            !part.contains("Reach") && !part.contains("Comment") && !part.contains("\n\n\n"),
            "{part}"
        );
    }
}

#[test]
fn a_long_subject_is_cut() {
    let mut meeting = answered(Answer::Accept);
    meeting.title = Title::parse(&"ж".repeat(200)).unwrap();
    meeting.attendees[0].name = Name::parse(&"x".repeat(120)).unwrap();
    let given = given(Answer::Accept, AnswerChannel::EmailLink);
    let subject = notice(&meeting, 0, &given).subject;
    assert!(
        subject.chars().count() == 251 && subject.ends_with("ж…"),
        "{subject}"
    );
}

#[test]
fn what_a_customer_typed_is_inert() {
    assert!(Name::parse("Ann\r\nBcc: x@example.com").is_err());
    let name = "<script>alert(1)</script> {{7*7}} \u{202e}evil =?utf-8?q?x?=";
    let mut meeting = answered(Answer::Decline);
    meeting.attendees[0].name = Name::parse(name).unwrap();
    meeting.attendees[0].email = EmailAddress::parse("ann?bcc=x&y+z@example.com").ok();
    let typed =
        "<script>x</script> {{7*7}} \u{202e}\"&\r\nBcc: x@example.com\u{2028}Status: Booked";
    let given = AnswerGiven {
        reason: prose(typed),
        ..given(Answer::Decline, AnswerChannel::EmailLink)
    };
    let notice = notice(&meeting, 0, &given);

    let shown = "<script>alert(1)</script> {{7*7}} evil";
    assert_eq!(
        notice.subject,
        format!("{shown} =\u{200b}?utf-8?q?x?= declined: Window measuring, Jan 15 at 2:00 PM")
    );
    let html = &notice.html;
    assert!(
        !html.contains("<script") && !html.contains('\u{202e}'),
        "{html}"
    );
    assert!(
        html.contains(
            "&lt;script&gt;x&lt;/script&gt; {{7*7}} &quot;&amp;<br>\nBcc: x@example.com<br>\nStatus: Booked</td>"
        ),
        "{html}"
    );
    assert!(
        html.contains("href=\"mailto:ann%3Fbcc%3Dx%26y%2Bz@example.com\""),
        "{html}"
    );
    assert!(
        notice
            .text
            .contains("> <script>x</script> {{7*7}} \"&\n> Bcc: x@example.com\n> Status: Booked\n"),
        "{}",
        notice.text
    );
    reads_back(&notice);
}

/// Other people's parser reads the notice as we meant it.
fn reads_back(notice: &AnswerNotice) {
    let bytes = mime(notice, None, &envelope());
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some(notice.subject.as_str()));
    assert!(parsed.bcc().is_none());
    assert_eq!(
        parsed.body_text(0).unwrap().replace("\r\n", "\n"),
        notice.text
    );
    assert_eq!(
        parsed.body_html(0).unwrap().replace("\r\n", "\n"),
        notice.html
    );
    let text = String::from_utf8(bytes).unwrap();
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        headers.is_ascii() && headers.split("\r\n").all(|line| line.len() <= 78),
        "{headers}"
    );
}
