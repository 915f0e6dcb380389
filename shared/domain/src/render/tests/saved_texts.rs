//! What can be saved can be sent: any text that the linter takes, for any meeting that
//! the API takes, under any settings that a business may have.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::*;
use crate::{authoring::lint, contact::PhoneNumber, language::LanguageTag, template::Translation};

/// A piece of a text, of what people write and of what they should not.
fn piece() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec![
        "a",
        " ",
        "\n",
        "<p>",
        "</p>",
        "<b>x</b>",
        "<script>",
        "<a href=\"",
        "\">",
        "</a>",
        "<img src=\"",
        "https://x.example/?u=",
        "https:",
        "mailto:",
        "javascript:",
        "é",
        "“x”",
        "👍",
        "Reply ",
        "STOP",
        "&amp;",
        "<",
        "<a href=\"{{ link }}\">l</a>",
        "<br>",
        "'",
        "\u{202e}",
        "<img src=\"https://y.example/a.png\" alt=\"",
        "x.example/?u=",
    ])
    .prop_map(str::to_owned);
    let name = || {
        prop::sample::select(vec![
            "link",
            "attendee.name",
            "attendee.email",
            "meeting.title",
            "meeting.location",
            "meeting.description",
            "meeting.map_url",
            "meeting.video_url",
            "before.date",
            "organizer.name",
            "organizer.email",
            "business.name",
            "meeting.changes",
            "meeting.timezone",
            "before.timezone",
            "'x'",
            "''",
            "'https://x.example/?u='",
            "(meeting.title == 'x')",
        ])
    };
    let filter = prop::sample::select(vec![
        "",
        "|upper",
        "|title",
        "|trim",
        "|default('y')",
        "|default(meeting.location)",
        "|default('https://x.example/?u=')",
    ]);
    let value = (name(), filter).prop_map(|(name, filter)| format!("{{{{ {name}{filter} }}}}"));
    let leaf = prop_oneof![3 => literal, 2 => value];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let some = || prop::collection::vec(inner.clone(), 0..3).prop_map(|all| all.concat());
        let condition = (name(), prop::sample::select(vec!["", "not ", "'1' and "]))
            .prop_map(|(name, before)| format!("{before}{name}"));
        (condition, some(), some()).prop_map(|(condition, a, b)| {
            format!("{{% if {condition} %}}{a}{{% else %}}{b}{{% endif %}}")
        })
    })
}

/// Settings that change what a text becomes.
fn any_settings() -> impl Strategy<Value = Settings> {
    let language = prop::sample::select(Language::ALL);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (1_u8..=10, language, flags).prop_map(|(max, language, (transliterate, short, named))| {
        let mut settings = if named {
            sample::settings()
        } else {
            Settings::default()
        };
        settings.locale = language.into();
        settings.sms.max_segments = max;
        settings.sms.transliterate = transliterate;
        settings.sms.short_links = short;
        settings
    })
}

/// A customer as they may be, of a meeting as it may be.
fn any_customer() -> impl Strategy<Value = Meeting> {
    let present = prop::array::uniform6(any::<bool>());
    let tag = prop::option::of(prop::sample::select(vec![
        "de", "fr-CA", "es-MX", "pl", "en-GB",
    ]));
    let zone = prop::option::of(prop::sample::select(&chrono_tz::TZ_VARIANTS[..]));
    let meeting = super::properties::any_meeting();
    (meeting, present, tag, zone).prop_map(|(mut meeting, present, tag, zone)| {
        let [email, phone, organizer, place, description, moved] = present;
        let lead = &mut meeting.attendees[0];
        lead.email = lead.email.take().filter(|_| email);
        lead.phone = phone.then(|| PhoneNumber::from_e164("+12025550143").unwrap());
        lead.language = tag.map(|tag| LanguageTag::parse(tag).unwrap());
        lead.timezone = zone;
        if !organizer {
            meeting.organizer = None;
        }
        if !place {
            meeting.details.location = Default::default();
        }
        if !description {
            meeting.description = Default::default();
        }
        if moved {
            let told = sample::meeting().details;
            sample::tell(&mut meeting, told, 1, true);
            meeting.revision = 2;
        }
        meeting
    })
}

/// The part with this text, in the language of the business or as a translation.
fn config_with(
    kind: NotificationType,
    part: Part,
    text: &str,
    of: Option<Language>,
) -> NotificationConfig {
    let mut config = NotificationConfig::built_in(kind);
    let all = Some(true);
    (
        config.buttons.accept,
        config.buttons.decline,
        config.buttons.reschedule,
    ) = (all, all, all);
    config.reply_codes.enabled = true;
    let text = Some(text.to_owned());
    match of {
        None => match part {
            Part::Subject => config.subject = text,
            Part::EmailBody => config.email_body = text,
            Part::Sms => config.sms_text = text,
        },
        Some(language) => {
            let mut translation = Translation::default();
            match part {
                Part::Subject => translation.subject = text,
                Part::EmailBody => translation.email_body = text,
                Part::Sms => translation.sms_text = text,
            }
            config.translations.insert(language, translation);
        }
    }
    config
}

/// How often; more with `USHER_TEXT_CASES`.
#[allow(
    clippy::disallowed_methods,
    reason = "how long a test runs is no decision"
)]
fn cases() -> u32 {
    let asked = std::env::var("USHER_TEXT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    asked.unwrap_or(256)
}

/// Holds what a text makes against what may go out.
fn can_be_sent(made: &RenderedMessage, settings: &Settings) -> Result<(), TestCaseError> {
    match &made.email {
        Ok(email) => {
            prop_assert!(!email.subject.is_empty());
            prop_assert!(!email.subject.chars().any(char::is_control));
            let html = email.html.to_lowercase();
            prop_assert!(!html.contains("<script"));
            prop_assert_eq!(html.matches("<td").count(), html.matches("</td>").count());
            for at in email.html.split("x.example/?u=").skip(1) {
                let address = at.split(['"', '<', ' ', '\n']).next().unwrap_or_default();
                prop_assert!(
                    !address.contains("AQEBAQEBAQEBAQEBAQEBAQ"),
                    "the link goes to others"
                );
            }
        }
        Err(RenderError::EmailTooLarge { .. }) => {}
        Err(error) => prop_assert!(false, "{error}"),
    }
    match &made.sms {
        Ok(sms) => {
            prop_assert!(sms.segments.count <= settings.sms.max_segments.into());
            prop_assert!(sms.text.len() <= 1_600);
        }
        // The values may be longer than the sample's: the channel says so (C5).
        Err(RenderError::SmsTooLong { .. }) => {}
        Err(error) => prop_assert!(false, "{error}"),
    }
    Ok(())
}

#[test]
fn what_can_be_saved_can_be_sent() {
    let config = Config {
        cases: cases(),
        failure_persistence: None,
        ..Config::default()
    };
    let part = prop::sample::select(vec![Part::Subject, Part::EmailBody, Part::Sms]);
    let kind = prop::sample::select(NotificationType::ALL);
    let translated = prop::option::of(prop::sample::select(Language::ALL));
    let text = prop::collection::vec(piece(), 1..6).prop_map(|pieces| pieces.concat());
    let cases = (part, kind, translated, text, any_customer(), any_settings());
    let saved = std::cell::Cell::new(0_u32);
    TestRunner::new(config.clone())
        .run(
            &cases,
            |(part, kind, translated, text, meeting, settings)| {
                let language = translated.unwrap_or(settings.locale.language());
                if lint(part, &text, language, &settings.sms).is_err() {
                    return Ok(());
                }
                saved.set(saved.get() + 1);
                let config = config_with(kind, part, &text, translated);
                let (_, status) = meeting_for(kind);
                let made = with_scene(&meeting, &settings, &config, status, message);
                can_be_sent(&made, &settings)
            },
        )
        .unwrap_or_else(|failure| panic!("{failure}"));
    // A quarter is, give or take a few in a hundred: far fewer would show nothing.
    let saved = saved.get();
    assert!(
        saved * 10 > config.cases,
        "{saved} of {} texts were saved",
        config.cases
    );
}
