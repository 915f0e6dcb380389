//! What an address reads that somebody has left.

use strum::VariantArray as _;

use super::*;
use crate::{
    language::{Language, LanguageTag},
    meeting::Statement,
    values::kind::NotificationType,
};

fn told() -> Meeting {
    let mut meeting = sample::meeting();
    let said = Statement {
        number: 1,
        kind: NotificationType::Confirmation,
        revision: 3,
        details: meeting.details.clone(),
        asked: true,
        at: sample::now(),
    };
    meeting.statements.push(said);
    // It has moved since.
    meeting.details.duration_minutes += 15;
    meeting.revision = 4;
    meeting
}

fn removal(language: Language) -> CalendarRemoval {
    let meeting = told();
    let mut attendee = meeting.attendees[0].clone();
    attendee.language = LanguageTag::parse(language.code()).ok();
    calendar_removal(&meeting, &attendee, 1, &sample::settings())
}

/// It says nothing of the meeting, nor whose it is, and nobody is told that it is off.
#[test]
fn it_is_neutral_in_each_language() {
    let (meeting, settings) = (sample::meeting(), sample::settings());
    let mut subjects = std::collections::BTreeSet::new();
    for language in Language::VARIANTS.iter().copied() {
        let removal = removal(language);
        assert_eq!(removal.language, language);
        assert!(
            subjects.insert(removal.subject.clone()),
            "{language:?} has its own words"
        );
        let all = [
            &removal.subject,
            &removal.text,
            &removal.html,
            &removal.calendar,
        ];
        for said in all {
            assert!(!said.contains(&*meeting.title), "{said}");
            assert!(!said.contains(&*meeting.attendees[0].name), "{said}");
            assert!(!said.contains("http"), "{said}");
        }
        assert!(removal.html.contains(&removal.subject));
        let business = settings.business.name.as_deref().unwrap_or_default();
        assert!(removal.text.contains(business), "{}", removal.text);
    }
}

#[test]
fn its_file_takes_out_what_was_put_in_and_tells_nothing_newer() {
    let file = removal(Language::English).calendar.replace("\r\n ", "");
    let (meeting, settings) = (told(), sample::settings());
    let attendee = &meeting.attendees[0];
    let own = ics(&meeting, attendee, None, &settings, None).replace("\r\n ", "");
    let value = |file: &str, name: &str| {
        let mut lines = file.lines().map(str::to_owned);
        lines.find(|line| line.starts_with(name))
    };
    for same in ["UID:", "DTSTART:"] {
        assert_eq!(value(&file, same), value(&own, same));
    }
    assert_eq!(value(&file, "METHOD:").as_deref(), Some("METHOD:CANCEL"));
    // Behind that of the third revision, which put it there.
    assert_eq!(value(&file, "SEQUENCE:").as_deref(), Some("SEQUENCE:5"));
    let ends = meeting.statements[0].details.ends_at();
    let ends = ends.format("DTEND:%Y%m%dT%H%M%SZ").to_string();
    assert_eq!(value(&file, "DTEND:"), Some(ends), "not the newer end");
    assert_eq!(
        value(&file, "STATUS:"),
        None,
        "it takes place (RFC 5546 §3.2.5)"
    );
    assert!(file.contains("ATTENDEE:mailto:ann@example.com"), "{file}");
}
