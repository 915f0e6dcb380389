//! That built-in texts read well, whatever stands in them.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::*;
use crate::{
    language::LanguageTag,
    meeting::Details,
    respond::Closed,
    template::Code,
    text::{Address, Title},
    values::answer::Answer,
    web::HttpsUrl,
};

/// Every language, and regions whose times end in a dot.
fn locales() -> impl Iterator<Item = &'static str> {
    let languages = Language::ALL.iter().map(|language| language.code());
    languages.chain(["en-AU", "es-MX", "fr-CA"])
}

/// What people call meetings, companies, streets and themselves.
const VALUES: [&str; 9] = [
    "Window measuring",
    "Measure living room.",
    "Can we talk?",
    "Last call!",
    "And then…",
    "Wait...",
    "The \"big one.\"",
    "Acme Inc.",
    "-",
];

fn meeting_of(tag: &str, value: &str, kind: NotificationType) -> (Meeting, Settings) {
    let mut settings = sample::settings();
    settings.business.name = Name::parse(value).ok();
    let mut meeting = match kind {
        NotificationType::Update => sample::changed(),
        _ => sample::meeting(),
    };
    meeting.title = Title::parse(value).unwrap();
    meeting.details.location.address = Address::parse(value).ok();
    let ann = &mut meeting.attendees[0];
    ann.language = LanguageTag::parse(tag).ok();
    ann.name = Name::parse(value).unwrap();
    (meeting, settings)
}

/// Everything that is said to a customer of a meeting like this.
fn everything_said(tag: &str, value: &str) -> Vec<String> {
    let mut said = Vec::new();
    for &kind in NotificationType::ALL {
        let (meeting, settings) = meeting_of(tag, value, kind);
        let mut config = NotificationConfig::built_in(kind);
        config.reply_codes.enabled = true;
        let message = render(&meeting, &settings, &config, BookingStatus::Booked).unwrap();
        let (body, _) = message.text.split_once("http").unwrap();
        let (sms, _) = message.sms.split_once("http").unwrap();
        said.extend([message.subject.clone(), body.to_owned(), sms.to_owned()]);
    }
    let (meeting, settings) = meeting_of(tag, value, NotificationType::Update);
    let codes = [Code {
        word: "1".to_owned(),
        answer: Answer::Accept,
    }];
    let config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    for reply in [
        AutoReply::Taken(Answer::Accept),
        AutoReply::Taken(Answer::Reschedule),
        AutoReply::Taken(Answer::Decline),
        AutoReply::Moved(&codes),
        AutoReply::Overtaken(Answer::Decline),
        AutoReply::Closed(Closed::Cancelled),
        AutoReply::Closed(Closed::CutOff),
    ] {
        let say = |render_context: &RenderContext<'_>| auto_reply(render_context, reply);
        said.push(with_scene(
            &meeting,
            &settings,
            &config,
            meeting.status,
            say,
        ));
    }
    said
}

#[test]
fn no_sentence_ends_twice() {
    for locale in locales() {
        for value in VALUES {
            for text in everything_said(locale, value) {
                // What people typed may end in several dots; and then in no more.
                let text = text.replace("...", "…");
                for twice in ["..", "?.", "!.", "….", "??", "?,", "!,", "….", " .", ",,"] {
                    assert!(!text.contains(twice), "{twice} in {text}");
                }
            }
        }
    }
}

#[test]
fn a_mexican_text_has_one_full_stop() {
    let (mut meeting, mut settings) = meeting_of("es-MX", "Revisión", NotificationType::Reminder);
    settings.locale = crate::language::Locale::parse("es-MX").unwrap();
    meeting.details.timezone = Tz::America__Mexico_City;
    let config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    let say = |render_context: &RenderContext<'_>| {
        auto_reply(render_context, AutoReply::Taken(Answer::Decline))
    };
    let mut own = config.clone();
    own.sms_text = Some("Nos vemos a las {{ meeting.time }}.".to_owned());
    let booked = BookingStatus::Booked;
    let sms = render(&meeting, &settings, &own, booked).unwrap().sms;
    assert!(sms.starts_with("Nos vemos a las 01:00 p.m.\n"), "{sms}");
    let reply = with_scene(&meeting, &settings, &config, booked, say);
    assert_eq!(
        reply,
        "Anotado: ha rechazado \"Revisión\" (15 ene, 01:00 p.m.).".replace('ó', "o")
    );
}

/// What a message of an update says when this is what has changed.
fn update(tag: &str, change: impl FnOnce(&mut Details)) -> [String; 3] {
    let mut meeting = sample::meeting();
    meeting.attendees[0].language = LanguageTag::parse(tag).ok();
    let mut told = meeting.details.clone();
    change(&mut told);
    sample::tell(&mut meeting, told, 1, false);
    let config = NotificationConfig::built_in(NotificationType::Update);
    let message = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    )
    .unwrap();
    let paragraph = message.text.split("\n\n").nth(2).unwrap_or_default();
    let sms = message.sms.lines().next().unwrap_or_default();
    [message.subject, paragraph.to_owned(), sms.to_owned()]
}

#[test]
fn an_update_says_what_has_changed_and_nothing_else() {
    let subject = "Changed: Window measuring, Jan 15 at 2:00 PM";
    let business = "Your appointment with Progrid Windows & Doors";
    let same_time = |change: &str| {
        [
            subject.to_owned(),
            format!("{business} has changed. {change} These are the details now:"),
            format!("{business} on Jan 15 at 2:00 PM has changed: Window measuring. {change}"),
        ]
    };
    let moved = |now: &str, before: &str| {
        let change = format!("It is now on {now} (was {before}).");
        [
            format!("Changed: Window measuring, now {now}"),
            format!("{business} has changed. {change} These are the details now:"),
            format!("{business} has changed: Window measuring. {change}"),
        ]
    };
    let address = |text: &str| Address::parse(text).ok();
    let video = |text: &str| HttpsUrl::parse(text).ok();
    for (said, expected) in [
        (
            update("en", |told| {
                told.location.video_url = video("https://video.example.com/1");
            }),
            same_time("There is a new link for the video call."),
        ),
        (
            update("en", |told| told.location.video_url = None),
            same_time("There is now a link for the video call."),
        ),
        (
            update("en", |told| told.duration_minutes = 90),
            same_time("It now takes 45 minutes (was 1 hour 30 minutes)."),
        ),
        (
            update("en", |told| told.location.address = address("5 Elm St.")),
            same_time("New location: 123 Main St, Springfield (was 5 Elm St.)."),
        ),
        (
            update("en", |told| told.location.kind = None),
            [
                subject.to_owned(),
                format!("{business} has changed. These are the details now:"),
                format!("{business} on Jan 15 at 2:00 PM has changed: Window measuring."),
            ],
        ),
        (
            update("en", |told| told.starts_at -= TimeDelta::hours(1)),
            moved("Jan 15 at 2:00 PM", "Jan 15 at 1:00 PM"),
        ),
        // The year alone.
        (
            update("en", |told| told.starts_at -= TimeDelta::days(365)),
            moved("Jan 15, 2026 at 2:00 PM", "Jan 15, 2025 at 2:00 PM"),
        ),
        // The zone alone, and with it the instant.
        (
            update("en", |told| {
                told.timezone = Tz::America__Los_Angeles;
                told.starts_at += TimeDelta::hours(3);
            }),
            moved("Jan 15 at 2:00 PM EST", "Jan 15 at 2:00 PM PST"),
        ),
        // The zone alone: other clocks show the same instant.
        (
            update("en", |told| told.timezone = Tz::America__Chicago),
            moved("Jan 15 at 2:00 PM EST", "Jan 15 at 1:00 PM CST"),
        ),
        // Another zone whose clocks show the same is no news to anybody.
        (
            update("en", |told| told.timezone = Tz::America__Toronto),
            [
                subject.to_owned(),
                format!("{business} has changed. These are the details now:"),
                format!("{business} on Jan 15 at 2:00 PM has changed: Window measuring."),
            ],
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn was_stands_only_where_words_differ() {
    for language in Language::ALL.iter().map(|language| language.code()) {
        was_stands_where_words_differ(language);
    }
}

fn was_stands_where_words_differ(language: &str) {
    let was = ["(was ", "(bisher ", "(antes: ", "(avant : "];
    let said_before = |change: fn(&mut Details)| {
        let said = update(language, change).concat();
        was.iter().any(|was| said.contains(was))
    };
    assert!(
        !said_before(|told| told.location.video_url = None),
        "{language}"
    );
    assert!(!said_before(|told| told.location.kind = None), "{language}");
    assert!(
        !said_before(|told| told.timezone = Tz::America__Toronto),
        "{language}"
    );
    assert!(
        said_before(|told| told.starts_at -= TimeDelta::days(365)),
        "{language}"
    );
    assert!(said_before(|told| told.duration_minutes = 90), "{language}");
    assert!(
        said_before(|told| told.timezone = Tz::America__Chicago),
        "{language}"
    );
}

#[test]
fn a_text_of_ones_own_names_the_zone_where_it_must() {
    let mut meeting = sample::meeting();
    meeting.details.location.address = None;
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    let mut said = |language: &str, text: &str| {
        meeting.attendees[0].language = LanguageTag::parse(language).ok();
        config.sms_text = Some(text.to_owned());
        let mut settings = sample::settings();
        settings.locale = crate::language::Locale::parse(language).unwrap();
        let sms = render(&meeting, &settings, &config, BookingStatus::Booked).unwrap();
        sms.sms.lines().next().unwrap_or_default().to_owned()
    };
    for (language, text, expected) in [
        ("en", "At {{ meeting.time }}.", "At 2:00 PM EST."),
        ("en", "At {{ meeting.when }}.", "At Jan 15 at 2:00 PM EST."),
        (
            "en",
            "From {{ meeting.time }} to {{ meeting.end_time }}.",
            "From 2:00 PM EST to 2:45 PM.",
        ),
        (
            "en",
            "At {{ meeting.time }} ({{ meeting.timezone }}).",
            "At 2:00 PM (EST).",
        ),
        (
            "en",
            "In your timezone: {{ meeting.time }}.",
            "In your timezone: 2:00 PM EST.",
        ),
        (
            "en",
            "{% if meeting.timezone %}At {{ meeting.time }}.{% endif %}",
            "At 2:00 PM EST.",
        ),
        (
            "en",
            "{% if not meeting.title %}{{ meeting.timezone }}{% endif %}At {{ meeting.time }}.",
            "At 2:00 PM EST.",
        ),
        ("de", "Um {{ meeting.time }} Uhr.", "Um 14:00 Uhr GMT-5."),
        ("fr", "À {{ meeting.time }}.", "À 14:00 UTC-5."),
    ] {
        assert_eq!(said(language, text), expected.replace('À', "A"));
    }
}

/// Case 32, in people's own texts too.
#[test]
fn a_range_over_a_change_of_clocks_names_both_zones_in_texts_of_ones_own() {
    let mut meeting = sample::meeting();
    meeting.details.starts_at = "2027-11-07T04:30:00Z".parse().unwrap();
    meeting.details.duration_minutes = 120;
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.sms_text = Some("{{ meeting.time }} to {{ meeting.end_time }}".to_owned());
    let made = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    );
    let sms = made.unwrap().sms;
    assert!(sms.starts_with("12:30 AM EDT to 1:30 AM EST"), "{sms}");
}

/// The hour that comes twice: the same words, and another time.
#[test]
fn an_update_within_the_hour_that_comes_twice_names_the_zones() {
    let mut meeting = sample::meeting();
    let mut told = meeting.details.clone();
    told.starts_at = "2026-11-01T05:30:00Z".parse().unwrap();
    meeting.details.starts_at = "2026-11-01T06:30:00Z".parse().unwrap();
    sample::tell(&mut meeting, told, 1, false);
    let said = changes(&meeting, &meeting.attendees[0], None, &sample::settings());
    for zone in ["1:30 AM EST", "1:30 AM EDT"] {
        assert!(said.contains(zone), "{said}");
    }
}

/// The landing link is followed from wherever it stands, however long the rest is.
#[test]
fn a_link_is_whole_or_not_there() {
    let mut meeting = sample::meeting();
    meeting.title = Title::parse(&"Long title ".repeat(17)).unwrap();
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.sms_text = Some("{{ link }} {{ meeting.title }} {{ meeting.title }}".to_owned());
    let mut settings = sample::settings();
    settings.sms.max_segments = 2;
    let sms = render(&meeting, &settings, &config, BookingStatus::Booked);
    let sms = sms.unwrap().sms;
    assert!(sms.contains("Long title Long..."), "{sms}");
    let token = "AgICAgICAgICAgICAgICAg";
    assert_eq!(
        sms.matches("http").count(),
        sms.matches(token).count(),
        "{sms}"
    );
}

/// One letter that SMS lacks more than halves what fits: no reason to say nothing.
#[test]
fn a_name_in_other_letters_is_written_by_its_sound_where_nothing_would_go_out_otherwise() {
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    let text = format!(
        "{{{{ attendee.name }}}}, {}",
        "please be on time. ".repeat(16)
    );
    config.sms_text = Some(text);
    config.reply_codes.enabled = true;
    let said = |name: &str, transliterate: bool| {
        let mut meeting = sample::meeting();
        meeting.attendees[0].name = Name::parse(name).unwrap();
        let mut settings = sample::settings();
        settings.sms.transliterate = transliterate;
        let sms = with_scene(&meeting, &settings, &config, BookingStatus::Booked, message).sms;
        sms.map(|sms| sms.text.split(',').next().unwrap_or_default().to_owned())
    };
    assert_eq!(said("Ann", true).unwrap(), "Ann");
    assert_eq!(said("Дмитрий 👍", true).unwrap().trim(), "Dmitrii");
    assert_eq!(said("Łukasz", true).unwrap(), "Lukasz");
    assert!(matches!(
        said("Łukasz", false),
        Err(RenderError::SmsTooLong { .. })
    ));
    // Where it fits, it is written as they write it.
    config.sms_text = Some("{{ attendee.name }}, be on time".to_owned());
    let mut meeting = sample::meeting();
    meeting.attendees[0].name = Name::parse("Дмитрий").unwrap();
    let sms = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    );
    assert!(sms.unwrap().sms.starts_with("Дмитрий,"));
}
