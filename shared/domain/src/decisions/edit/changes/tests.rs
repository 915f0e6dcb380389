//! What a save says in the timeline, field by field.

use super::*;
use crate::sample;

fn said(change: impl FnOnce(&mut Meeting)) -> Vec<String> {
    let before = sample::meeting();
    let mut after = before.clone();
    change(&mut after);
    changes(&before, &after, None)
}

#[test]
fn a_save_that_changes_nothing_says_nothing() {
    assert_eq!(said(|_| {}), Vec::<String>::new());
}

#[test]
fn an_hour_that_comes_twice_is_told_apart() {
    let before = {
        let mut meeting = sample::meeting();
        meeting.details.timezone = chrono_tz::America::New_York;
        meeting.details.starts_at = "2026-11-01T05:30:00Z".parse().unwrap();
        meeting
    };
    let mut after = before.clone();
    after.details.starts_at = "2026-11-01T06:30:00Z".parse().unwrap();
    assert_eq!(
        changes(&before, &after, None),
        [
            "Moved from Sun 1 Nov 2026, 01:30 (UTC-04:00) to Sun 1 Nov 2026, 01:30 (UTC-05:00) (America/New_York)"
        ]
    );
}

#[test]
fn what_is_too_much_for_one_entry_is_counted() {
    let many: Vec<_> = (0..NAMED + 3).map(|i| format!("Change {i}")).collect();
    let text = in_one_text(&many);
    assert!(text.ends_with("Change 19. And 3 more changes"), "{text}");
    assert!(in_one_text(&many[..=NAMED]).ends_with("And 1 more change"));
    assert_eq!(in_one_text(&many[..2]), "Change 0. Change 1");
}

#[test]
fn each_field_that_staff_edit_leaves_a_sentence() {
    let attendee = said(|meeting| {
        meeting.attendees[0].email = crate::contact::EmailAddress::parse("new@example.com").ok();
        meeting.attendees[0].timezone = Some(chrono_tz::Europe::Berlin);
    });
    assert_eq!(attendee.len(), 2, "{attendee:?}");
    assert!(
        attendee[0].contains("’s email changed from")
            && attendee[0].ends_with("to new@example.com")
    );
    assert!(attendee[1].ends_with("’s time zone added: Europe/Berlin"));
    assert_eq!(
        said(|meeting| meeting.details.duration_minutes = 61)[0],
        "Duration changed from 45 to 61 minutes"
    );
    assert!(said(|meeting| meeting.organizer = None)[0].starts_with("Organizer removed: it was "));
    assert!(
        said(|meeting| meeting.attendees.clear())[0].ends_with("was removed from the attendees")
    );
}

fn address(text: &str) -> Option<crate::text::Address> {
    crate::text::Address::parse(text).ok()
}

#[test]
fn a_moment_and_a_zone_that_changed_are_told_apart() {
    let before = sample::meeting();
    let hour = chrono::TimeDelta::hours(1);
    assert_eq!(
        said(|meeting| meeting.details.starts_at += hour),
        ["Moved from Thu 15 Jan 2026, 14:00 to Thu 15 Jan 2026, 15:00 (America/New_York)"]
    );
    let zone = |meeting: &mut Meeting| meeting.details.timezone = chrono_tz::Europe::Berlin;
    assert_eq!(
        said(zone),
        [
            "Time zone changed from America/New_York to Europe/Berlin, for the same moment: it was Thu 15 Jan 2026, 14:00 and is Thu 15 Jan 2026, 20:00 there"
        ]
    );
    let both = said(|meeting| {
        zone(meeting);
        meeting.details.starts_at += hour;
    });
    assert_eq!(
        both,
        [
            "Moved from Thu 15 Jan 2026, 14:00 (America/New_York) to Thu 15 Jan 2026, 21:00 (Europe/Berlin)"
        ]
    );
    assert_eq!(before.details.timezone, chrono_tz::America::New_York);
}

#[test]
fn each_part_of_the_place_has_a_sentence() {
    assert_eq!(
        said(|meeting| meeting.details.location.address = address("5 Elm St")),
        ["Address changed from “123 Main St, Springfield” to “5 Elm St”"]
    );
    assert_eq!(
        said(|meeting| meeting.details.location.address = None),
        ["Address removed: it was “123 Main St, Springfield”"]
    );
    assert_eq!(
        said(|meeting| meeting.details.location.video_url = None),
        ["Video call removed: it was https://video.example.com/j/42"]
    );
    for (kind, whose) in [
        (LocationKind::Office, "the office"),
        (LocationKind::Jobsite, "the jobsite"),
        (LocationKind::Other, "elsewhere"),
    ] {
        let sentence = format!("Whose place it is changed from the client’s house to {whose}");
        assert_eq!(
            said(|meeting| meeting.details.location.kind = Some(kind)),
            [sentence]
        );
    }
}

#[test]
fn a_title_is_quoted_and_a_description_is_not() {
    let title = crate::text::Title::parse("Another").unwrap();
    assert_eq!(
        said(|meeting| meeting.title = title),
        ["Title changed from “Window measuring” to “Another”"]
    );
    let description = |text| crate::text::Description::parse(text).unwrap();
    assert_eq!(
        said(|meeting| meeting.description = description("x")),
        ["Description changed"]
    );
    assert_eq!(
        said(|meeting| meeting.description = description("")),
        ["Description removed"]
    );
    let mut before = sample::meeting();
    before.description = description("");
    let after = sample::meeting();
    assert_eq!(changes(&before, &after, None), ["Description added"]);
}

#[test]
fn another_template_is_named() {
    let body = crate::template::TemplateBody::built_in(crate::text::Name::parse("Visit").unwrap());
    let id = crate::id::TemplateId::parse("visit").unwrap();
    let template = Template::from_store(id.clone(), 1, body);
    let before = sample::meeting();
    let mut after = before.clone();
    after.template_id = Some(id);
    let named = changes(&before, &after, Some(&template));
    assert_eq!(named, ["Template changed to “Visit”"]);
    assert_eq!(changes(&after, &before, None), ["Template removed"]);
}

#[test]
fn who_owns_follows_and_comes_is_said_by_name() {
    let email = |text| crate::contact::EmailAddress::parse(text).ok();
    assert_eq!(
        said(|meeting| meeting.organizer = None),
        [
            "Organizer removed: it was Sam Rivera",
            "Organizer’s email removed: it was sam@progrid.example.com",
            "Organizer’s phone removed: it was +12025550101",
        ]
    );
    let followers = said(|meeting| {
        meeting.followers = email("new@example.com").into_iter().collect();
    });
    assert_eq!(
        followers,
        [
            "office@progrid.example.com no longer follows",
            "new@example.com follows now"
        ]
    );
    assert_eq!(
        said(|meeting| meeting.attendees.swap(0, 1)),
        ["Bob Lee is the lead attendee now"]
    );
    assert_eq!(
        said(|meeting| meeting.attendees.truncate(1)),
        ["Bob Lee (bob@example.com) was removed from the attendees"]
    );
    let added = said(|meeting| {
        let mut cleo = meeting.attendees[0].clone();
        cleo.id = crate::id::AttendeeId::parse("cleo").unwrap();
        cleo.name = crate::text::Name::parse("Cleo").unwrap();
        cleo.email = None;
        let mut dan = cleo.clone();
        dan.id = crate::id::AttendeeId::parse("dan").unwrap();
        dan.phone = None;
        meeting.attendees.extend([cleo, dan]);
    });
    assert_eq!(
        added,
        [
            "Cleo (+12025550123) was added to the attendees",
            "Cleo was added to the attendees"
        ]
    );
}

#[test]
fn each_field_of_an_attendee_has_a_sentence() {
    let renamed = said(|meeting| {
        meeting.attendees[0].name = crate::text::Name::parse("Anna Lee").unwrap();
    });
    assert_eq!(renamed, ["Ann Lee is called Anna Lee now"]);
    let phone = said(|meeting| meeting.attendees[0].phone = None);
    assert_eq!(phone, ["Ann Lee’s phone removed: it was +12025550123"]);
    for (preference, named) in [
        (Preference::Email, "email"),
        (Preference::Sms, "SMS"),
        (Preference::Both, "both"),
    ] {
        let said = said(|meeting| meeting.attendees[0].preference = Some(preference));
        assert_eq!(said, [format!("Ann Lee’s preferred way added: {named}")]);
    }
    let language = said(|meeting| {
        meeting.attendees[0].language = crate::language::LanguageTag::parse("de").ok();
    });
    assert_eq!(language, ["Ann Lee’s language added: de"]);
}

#[test]
fn a_long_value_is_cut_where_it_is_quoted() {
    let whole = "x".repeat(QUOTED);
    assert_eq!(shortened(&whole), whole);
    assert_eq!(shortened(&format!("{whole}y")), format!("{whole}…"));
    assert_eq!(quoted("x"), "“x”");
}

#[test]
fn a_text_of_all_changes_that_fit_leaves_none_out() {
    let many: Vec<_> = (0..NAMED).map(|i| format!("Change {i}")).collect();
    assert!(in_one_text(&many).ends_with("Change 19"));
}
