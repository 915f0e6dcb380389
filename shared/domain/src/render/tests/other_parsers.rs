//! Emails and calendar files, read by other people's parsers.

use chrono::{DateTime, Utc};
use icalendar::{Component as _, EventLike as _};
use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};

use super::*;
use crate::{
    answer::Answer,
    meeting::Response,
    text::{Address, Description, Title},
};

#[test]
fn other_peoples_parsers_read_the_email_as_we_meant_it() {
    let mut meeting = sample::meeting();
    meeting.title = Title::parse(
        "Fensteraufmaß 🪟 für die ganze Familie, mit allen Räumen und dem Wintergarten",
    )
    .unwrap();
    meeting.description = Description::parse(&"ж\"<&. ".repeat(1_666)).unwrap();
    let config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    let message = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Invited,
    )
    .unwrap();
    let bytes = mime(&message, None, &envelope());
    assert_eq!(
        bytes,
        mime(&message, None, &envelope()),
        "the same bytes again"
    );

    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.is_ascii()
            && text
                .split("\r\n")
                .all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
    );
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        headers.split("\r\n").all(|line| line.len() <= 78),
        "{headers}"
    );
    assert!(!headers.contains("\r\nBcc"), "{headers}");

    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some(message.subject.as_str()));
    assert_eq!(
        parsed.body_text(0).unwrap().replace("\r\n", "\n"),
        message.text
    );
    assert_eq!(
        parsed.body_html(0).unwrap().replace("\r\n", "\n"),
        message.html
    );
    let address = |address: Option<&mail_parser::Address<'_>>| {
        let first = address.unwrap().first().unwrap();
        (
            first.name().unwrap().to_owned(),
            first.address().unwrap().to_owned(),
        )
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        address(parsed.from()),
        pair(
            "Progrid Fenster & Türen",
            "notifications@progrid.example.com"
        )
    );
    assert_eq!(
        address(parsed.to()),
        pair("Zoë \"Z\" Łukasz, Jr.", "zoe@example.com")
    );
    assert_eq!(
        address(parsed.reply_to()),
        pair("Sam Rivera", "sam@progrid.example.com")
    );
    assert_eq!(
        parsed.message_id(),
        Some("01kabc.1---Bcc--x@progrid.example.com")
    );
    assert_eq!(
        parsed.date().unwrap().to_timestamp(),
        sample::now().timestamp()
    );
    assert_eq!(
        parsed.content_type().unwrap().subtype(),
        Some("alternative")
    );
    assert_eq!(
        parsed.header("Auto-Submitted").unwrap().as_text(),
        Some("auto-generated")
    );
}

#[test]
fn a_calendar_file_in_an_email_says_what_it_asks_for_in_its_type() {
    let mut meeting = sample::meeting();
    assert_eq!(
        calendar_type(&calendar(&meeting)),
        "text/calendar; charset=utf-8; method=PUBLISH"
    );
    meeting.status = BookingStatus::Cancelled;
    let file = calendar(&meeting);
    assert_eq!(
        calendar_type(&file),
        "text/calendar; charset=utf-8; method=CANCEL"
    );
    let config = NotificationConfig::built_in(NotificationType::Cancellation);
    let message = render(&meeting, &sample::settings(), &config, meeting.status).unwrap();
    let bytes = mime(&message, Some(&file), &envelope());
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    let is_calendar = |part: &&MessagePart<'_>| {
        part.content_type()
            .is_some_and(|kind| kind.subtype() == Some("calendar"))
    };
    let part = parsed.parts.iter().find(is_calendar).unwrap();
    let kind = part.content_type().unwrap();
    assert_eq!(kind.attribute("method"), Some("CANCEL"));
    let carried = part.text_contents().unwrap();
    assert_eq!(carried.replace("\r\n", "\n"), file.replace("\r\n", "\n"));
    assert_eq!(
        parsed.body_html(0).unwrap().replace("\r\n", "\n"),
        message.html
    );
}

#[test]
fn calendar_files_look_like_this() {
    let mut meeting = sample::meeting();
    insta::assert_snapshot!("publish.ics", calendar(&meeting).replace('\r', ""));
    let details = meeting.details.clone();
    meeting.announced = Some(sample::announced(details, 1, true));
    meeting.attendees[0].response = Some(Response {
        answer: Answer::Accept,
        revision: 1,
        at: sample::now(),
    });
    insta::assert_snapshot!("request.ics", calendar(&meeting).replace('\r', ""));
    meeting.status = BookingStatus::Cancelled;
    insta::assert_snapshot!("cancel.ics", calendar(&meeting).replace('\r', ""));
}

#[test]
fn a_calendar_entry_keeps_its_identity_and_moves_forward() {
    let meeting = sample::meeting();
    let mut moved = meeting.clone();
    moved.revision = 2;
    let mut cancelled = moved.clone();
    cancelled.status = BookingStatus::Cancelled;
    let events = [meeting.clone(), moved, cancelled].map(|meeting| parsed(&calendar(&meeting)).1);
    assert!(
        events
            .iter()
            .all(|event| event.get_uid() == events[0].get_uid())
    );
    assert_eq!(
        events.map(|event| event.get_sequence()),
        [Some(0), Some(2), Some(3)]
    );
    let other = ics(
        &meeting,
        &meeting.attendees[1],
        None,
        &sample::settings(),
        None,
        sample::now(),
    );
    assert_ne!(
        parsed(&other).1.get_uid(),
        parsed(&calendar(&meeting)).1.get_uid()
    );
}

#[test]
fn calendar_times_are_utc_on_either_side_of_a_clock_change() {
    for start in [
        "2026-03-08T06:30:00Z",
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:30:00Z",
    ] {
        let mut meeting = sample::meeting();
        meeting.details.starts_at = start.parse::<DateTime<Utc>>().unwrap();
        let ics = calendar(&meeting);
        let compact = start.replace(['-', ':'], "");
        assert!(ics.contains(&format!("DTSTART:{compact}\r\n")), "{ics}");
        let end = meeting
            .details
            .ends_at()
            .format("DTEND:%Y%m%dT%H%M%SZ\r\n")
            .to_string();
        assert!(ics.contains(&end), "{ics}");
    }
}

#[test]
fn a_location_cannot_end_its_event() {
    let mut meeting = sample::meeting();
    meeting.details.location.address =
        Address::parse("1 Main St, \\nEND:VEVENT; BEGIN:VALARM").ok();
    meeting.description = Description::parse("a\nEND:VEVENT\nBEGIN:VEVENT\nb, c; d\\").unwrap();
    meeting.attendees[0].name = Name::parse("\"Ann\";CN=x:mailto:evil@example.com\"").unwrap();
    let details = meeting.details.clone();
    meeting.announced = Some(sample::announced(details, 1, true));
    let ics = calendar(&meeting);
    assert_eq!(ics.matches("\r\nEND:VEVENT").count(), 1, "{ics}");
    let (_, event) = parsed(&ics);
    assert_eq!(
        event.get_location(),
        Some("1 Main St, \\nEND:VEVENT; BEGIN:VALARM")
    );
    assert!(
        event
            .get_description()
            .unwrap()
            .starts_with("a\nEND:VEVENT\nBEGIN:VEVENT\nb, c; d\\\n")
    );
    assert_eq!(event.get_attendees().len(), 1);
    assert!(
        ics.replace("\r\n ", "")
            .contains("CN=\"'Ann';CN=x:mailto:evil@example.com'\""),
        "{ics}"
    );
}
