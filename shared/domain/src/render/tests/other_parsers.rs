//! Emails and calendar files, read by other people's parsers.

use chrono::{DateTime, Utc};
use icalendar::{Component as _, EventLike as _};
use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};

use super::{invitation::method_of, *};
use crate::{
    language::LanguageTag,
    meeting::Response,
    text::{Address, Description, Title},
    values::answer::Answer,
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

/// The calendar parts of an email: the one among the alternatives, and the attachment.
fn calendar_parts(bytes: &[u8]) -> [(Option<String>, Vec<u8>); 2] {
    let parsed = MessageParser::default().parse(bytes).unwrap();
    assert_eq!(parsed.content_type().unwrap().subtype(), Some("mixed"));
    let part = |subtype: &str| {
        let is_it = |part: &&MessagePart<'_>| {
            let kind = part.content_type();
            kind.is_some_and(|kind| kind.subtype() == Some(subtype))
        };
        let part = parsed.parts.iter().find(is_it).unwrap();
        let method = part.content_type().unwrap().attribute("method");
        (method.map(str::to_owned), part.contents().to_vec())
    };
    let attached = parsed.attachments().map(|part| part.attachment_name());
    assert!(attached.flatten().any(|name| name == "invite.ics"));
    [part("calendar"), part("ics")]
}

#[test]
fn a_calendar_file_is_among_the_alternatives_with_its_method_and_attached() {
    let mut meeting = sample::meeting();
    meeting.title = Title::parse("Fensteraufmaß 🪟, с нами").unwrap();
    for (kind, method) in [
        (NotificationType::Confirmation, "REQUEST"),
        (NotificationType::Cancellation, "CANCEL"),
    ] {
        let config = NotificationConfig::built_in(kind);
        let meeting = sample::once_sent(&meeting, &config);
        let file = calendar(&meeting);
        assert_eq!(
            calendar_type(&file),
            format!("text/calendar; charset=utf-8; method={method}")
        );
        let message = render(&meeting, &sample::settings(), &config, meeting.status).unwrap();
        let bytes = mime(&message, Some(&file), &envelope());
        let [alternative, attached] = calendar_parts(&bytes);
        assert_eq!(alternative.0.as_deref(), Some(method));
        assert_eq!(String::from_utf8(alternative.1).unwrap(), file);
        assert_eq!(String::from_utf8(attached.1).unwrap(), file);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(
            parsed.body_html(0).unwrap().replace("\r\n", "\n"),
            message.html
        );
    }
}

#[test]
fn one_click_ends_messages_that_say_so() {
    let config = NotificationConfig::built_in(NotificationType::Reminder);
    let message = sample_message(&config).unwrap();
    let with = String::from_utf8(mime(&message, None, &envelope())).unwrap();
    for header in [
        "\r\nList-Unsubscribe: <https://meet.example.com/meeting/unsubscribe?token=x>\r\n",
        "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    ] {
        assert!(with.contains(header), "{with}");
    }
    let without = Envelope {
        unsubscribe: None,
        ..envelope()
    };
    let without = String::from_utf8(mime(&message, None, &without)).unwrap();
    assert!(!without.contains("List-Unsubscribe"), "{without}");
}

#[test]
fn no_name_subject_or_line_breaks_the_wire_format() {
    let long_name = "🪟 窓口 \u{5d7}\u{5dc}\u{5d5}\u{5df} ".repeat(20);
    let long_name: String = long_name.trim().chars().take(120).collect();
    for (name, subject, body) in [
        (long_name.trim(), "ж".repeat(250), "x".repeat(10_000)),
        (
            "\"quoted\" <a@b.example>, with; specials",
            "a\"b\\".repeat(60),
            ".\r\n..\n.".to_owned(),
        ),
        (
            "=?utf-8?q?x?=",
            "=?utf-8?q?x?=".to_owned(),
            "a\rb\r\rc\n\rd".to_owned(),
        ),
    ] {
        let envelope = Envelope {
            to_name: Some(Name::parse(name).unwrap()),
            ..envelope()
        };
        let html = format!("<p>{body}</p>");
        let parts = EmailParts {
            subject: &subject,
            html: &html,
            text: &body,
        };
        let bytes = mime(parts, None, &envelope);
        assert!(bytes.is_ascii());
        let lines = bytes.split(|byte| *byte == b'\n');
        let longest = lines.map(<[u8]>::len).max();
        assert!(longest <= Some(998), "{longest:?} octets");

        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let literal = |text: &str| text.replace("=?", "=\u{200b}?");
        if !subject.contains("=?") {
            assert_eq!(parsed.subject(), Some(subject.as_str()));
        }
        let to = parsed.to().unwrap().first().unwrap();
        assert_eq!(to.name(), Some(literal(name).as_str()));
        assert_eq!(to.address(), Some("zoe@example.com"));
        let even = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(even(&parsed.body_text(0).unwrap()), even(&body));
    }
}

#[test]
fn calendar_files_look_like_this() {
    let meeting = |kind| {
        let (meeting, _) = meeting_for(kind);
        sample::once_sent(&meeting, &NotificationConfig::built_in(kind))
    };
    for kind in [
        NotificationType::Confirmation,
        NotificationType::ConfirmationRequest,
        NotificationType::Update,
        NotificationType::Cancellation,
    ] {
        let file = calendar(&meeting(kind)).replace('\r', "");
        insta::assert_snapshot!(format!("{kind}.ics"), file);
    }
    let mut accepted = meeting(NotificationType::ConfirmationRequest);
    accepted.attendees[0].response = Some(Response {
        answer: Answer::Accept,
        revision: accepted.revision,
        at: sample::now() + TimeDelta::hours(1),
        wish: None,
        channel: None,
        after: None,
    });
    insta::assert_snapshot!("accepted.ics", calendar(&accepted).replace('\r', ""));
    accepted.attendees[0].email = None;
    insta::assert_snapshot!("publish.ics", calendar(&accepted).replace('\r', ""));
    accepted.attendees[0].language = LanguageTag::parse("de").ok();
    insta::assert_snapshot!("german.ics", calendar(&accepted).replace('\r', ""));
}

#[test]
fn an_entry_belongs_to_the_organizer_else_to_the_business_else_to_the_sender() {
    let mut meeting = sample::meeting();
    let mut settings = sample::settings();
    let organizer = |meeting: &Meeting, settings: &Settings| {
        let file = ics(meeting, &meeting.attendees[0], None, settings, None);
        let unfolded = file.replace("\r\n ", "");
        let line = unfolded.lines().find(|line| line.starts_with("ORGANIZER"));
        (
            line.map(str::to_owned),
            method_of(&file).unwrap().to_owned(),
        )
    };
    let request = |line: &str| (Some(line.to_owned()), "REQUEST".to_owned());
    assert_eq!(
        organizer(&meeting, &settings),
        request("ORGANIZER;CN=Sam Rivera:mailto:sam@progrid.example.com")
    );
    meeting.organizer = None;
    assert_eq!(
        organizer(&meeting, &settings),
        request("ORGANIZER;CN=Progrid Windows & Doors:mailto:office@progrid.example.com")
    );
    settings.business.email = None;
    assert_eq!(
        organizer(&meeting, &settings),
        request("ORGANIZER;CN=Progrid Notifications:mailto:notifications@progrid.example.com")
    );
    settings.sender.email = None;
    assert_eq!(organizer(&meeting, &settings), (None, "PUBLISH".to_owned()));
}

#[test]
fn an_answer_makes_a_later_file_of_the_same_sequence() {
    let config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    let mut meeting = sample::once_sent(&sample::meeting(), &config);
    let before = calendar(&meeting);
    assert_eq!(before, calendar(&meeting), "a download changes nothing");
    meeting.attendees[0].response = Some(Response {
        answer: Answer::Decline,
        revision: meeting.revision,
        at: sample::now() + TimeDelta::hours(1),
        wish: None,
        channel: None,
        after: None,
    });
    let changed = |a: &str, b: &str| {
        let (a, b) = (a.replace("\r\n ", ""), b.replace("\r\n ", ""));
        let names = a.lines().zip(b.lines()).filter(|(a, b)| a != b);
        let name = |line: &str| line.split([':', ';']).next().unwrap_or_default().to_owned();
        names.map(|(a, _)| name(a)).collect::<Vec<_>>()
    };
    let after = calendar(&meeting);
    assert_eq!(changed(&before, &after), ["DTSTAMP", "ATTENDEE"]);
    assert!(after.contains("PARTSTAT=DECLINED"));
    assert!(parsed(&after).1.get_timestamp() > parsed(&before).1.get_timestamp());
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
    sample::tell(&mut meeting, details, 1, true);
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
