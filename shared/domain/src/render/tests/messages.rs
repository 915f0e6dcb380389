//! What messages say and show.

use super::*;
use crate::{
    template::ButtonToggles,
    text::{Description, Title},
    values::channel::Channel,
};

#[test]
fn built_in_messages_look_like_this() {
    for &kind in NotificationType::ALL {
        looks_like_this(kind);
    }
}

fn looks_like_this(kind: NotificationType) {
    let message = built_in(kind);
    insta::assert_snapshot!(format!("{kind}.html"), message.html);
    insta::assert_snapshot!(
        format!("{kind}.text"),
        format!("Subject: {}\n\n{}", message.subject, message.text)
    );
    let Segments { count, encoding } = message.segments;
    insta::assert_snapshot!(
        format!("{kind}.sms"),
        format!("{}\n\n({count} parts, {encoding:?})", message.sms)
    );
}

#[test]
fn what_is_shown_of_a_sent_message_is_what_it_would_be_with_links_that_open_nothing() {
    let own = NotificationConfig {
        email_body: Some(
            "<p>{{ link|upper }} <a href=\"{{ link }}\">{{ link|title }}</a></p>".to_owned(),
        ),
        sms_text: Some("{{ link|lower }} or {{ link }}".to_owned()),
        ..NotificationConfig::built_in(NotificationType::Confirmation)
    };
    let built_in = NotificationType::ALL.iter().copied();
    for config in built_in.map(NotificationConfig::built_in).chain([own]) {
        for &language in Language::ALL {
            sent_is_shown_without_its_tokens(config.clone(), language);
        }
    }
}

fn sent_is_shown_without_its_tokens(mut config: NotificationConfig, language: Language) {
    let (mut meeting, status) = meeting_for(config.kind);
    meeting.attendees[0].language = None;
    let mut settings = sample::settings();
    settings.locale = language.into();
    settings.sms.max_segments = 10;
    config.reply_codes.enabled = true;
    let rendered = |email: &Token, sms: &Token| {
        let links = |token| Links::new("https://meet.example.com", token);
        with_scene(&meeting, &settings, &config, status, |context| {
            let message = message(&RenderContext {
                email_links: &links(email),
                sms_links: &links(sms),
                ..*context
            });
            Both::try_from(message).unwrap()
        })
    };
    let email = Token::new([250; 16]);
    let sms = Token::new(*b"sms-token-of-16.");
    let sent = rendered(&email, &sms);
    let shown = Both {
        subject: email.redact_in(&sent.subject),
        html: email.redact_in(&sent.html),
        text: email.redact_in(&sent.text),
        sms: sms.redact_in(&sent.sms),
        ..sent
    };
    assert_eq!(shown, rendered(&Token::redacted(), &Token::redacted()));
}

#[test]
fn buttons_are_the_configs_and_nobody_elses() {
    let mut config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    config.buttons.reschedule = Some(false);
    config.email_body = Some("<p>Only this.</p>".to_owned());
    let message = sample_message(&config).unwrap();
    for (button, action) in [
        ("Accept", "&amp;action=accept"),
        ("Decline", "&amp;action=decline"),
    ] {
        assert!(message.html.contains(&format!(">{button}</a>")) && message.html.contains(action));
    }
    assert!(!message.html.contains("Reschedule") && !message.text.contains("Reschedule"));

    let mut config = NotificationConfig::built_in(NotificationType::Cancellation);
    config.buttons = ButtonToggles {
        accept: Some(true),
        decline: Some(true),
        reschedule: Some(true),
        ..config.buttons
    };
    let message = sample_message(&config).unwrap();
    assert!(!message.html.contains("action=") && !message.sms.contains("respond"));
}

#[test]
fn colours_are_the_configs_over_the_settings() {
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.colors.calendar = Some("#ffee88".to_owned().try_into().unwrap());
    let html = sample_message(&config).unwrap().html;
    assert!(
        html.contains("background-color:#ffee88;color:#000000"),
        "{html}"
    );
    assert!(
        html.contains("background-color:#1f5fbf;color:#ffffff"),
        "{html}"
    );
}

#[test]
fn an_unfilled_meeting_makes_a_message_too() {
    let mut meeting = sample::meeting();
    meeting.organizer = None;
    meeting.description = Description::default();
    meeting.details.location = Default::default();
    for &kind in NotificationType::ALL {
        let config = NotificationConfig::built_in(kind);
        let message = render(
            &meeting,
            &Settings::default(),
            &config,
            BookingStatus::Booked,
        )
        .unwrap();
        for absent in ["Where", "Your contact", "Progrid", "Video"] {
            assert!(
                !message.text.contains(absent),
                "{kind} {absent}: {}",
                message.text
            );
        }
    }
}

#[test]
fn data_that_looks_like_code_stays_text() {
    let mut meeting = sample::meeting();
    meeting.attendees[0].name =
        Name::parse("<script>alert(1)</script> {{7*7}} \u{202e}evil").unwrap();
    meeting.title = Title::parse("{{ attendee.email }} <b>").unwrap();
    meeting.description = Description::parse("a<br>\n\"quoted\" & {% if x %}").unwrap();
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.subject = Some("For {{ attendee.name }}".to_owned());
    config.email_body =
        Some("<p>{{ attendee.name }}</p><p>{{ meeting.description }}</p>".to_owned());
    let message = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    )
    .unwrap();
    assert_eq!(
        message.subject,
        "For <script>alert(1)</script> {{7*7}} evil"
    );
    assert!(
        message
            .html
            .contains("<p>&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} evil</p>"),
        "{}",
        message.html
    );
    assert!(
        message
            .html
            .contains("a&lt;br&gt;<br>\n&quot;quoted&quot; &amp; {% if x %}"),
        "{}",
        message.html
    );
    assert!(!message.html.contains("<script") && !message.html.contains('\u{202e}'));
    assert!(
        message.text.contains("a<br>\n\"quoted\" & {% if x %}"),
        "{}",
        message.text
    );
    assert!(
        message.sms.contains("{{ attendee.email }} <b>"),
        "{}",
        message.sms
    );
}

#[test]
fn a_value_cannot_add_a_line_to_a_subject_or_an_sms() {
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.subject = Some("About {{ meeting.description }}\r\nBcc: x@example.com".to_owned());
    config.sms_text = Some("{{ meeting.description }}".to_owned());
    let message = sample_message(&config).unwrap();
    assert_eq!(
        message.subject,
        "About We measure all windows. Please make sure they can be reached. Bcc: x@example.com"
    );
    assert!(
        message.sms.starts_with(
            "We measure all windows. Please make sure they can be reached.\nDetails: "
        )
    );
}

#[test]
fn an_sms_is_shortened_before_it_is_given_up() {
    let mut meeting = sample::meeting();
    meeting.title = Title::parse(&"ж".repeat(200)).unwrap();
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    let message = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    )
    .unwrap();
    assert!(
        message.sms.contains(&format!("{}...", "ж".repeat(37))) && message.segments.count <= 4,
        "{}",
        message.sms
    );
    let settings = sample::settings();
    let both = with_scene(
        &meeting,
        &settings,
        &config,
        BookingStatus::Booked,
        super::message,
    );
    let warned = warnings(&both, &meeting.attendees[0], &settings, &[Channel::Sms]);
    assert_eq!(warned.len(), 2, "{warned:?}");

    config.sms_text = Some("x".repeat(1_000));
    let refused = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    );
    assert!(
        matches!(
            refused,
            Err(RenderError::SmsTooLong {
                segments: 8,
                max: 4,
                ..
            })
        ),
        "{refused:?}"
    );
    let made = with_scene(
        &meeting,
        &settings,
        &config,
        BookingStatus::Booked,
        super::message,
    );
    assert!(made.email.is_ok(), "the email is as good as ever (C5)");
}

#[test]
fn a_text_that_was_stored_under_other_rules_fails_on_its_channel_alone() {
    for body in [
        "<script>x</script>",
        "{% for x in [1] %}{% endfor %}",
        "{{ gone }}",
        "<p>open",
        "{{ meeting.description|upper",
    ] {
        let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
        config.email_body = Some(body.to_owned());
        let (meeting, settings) = (sample::meeting(), sample::settings());
        let made = with_scene(
            &meeting,
            &settings,
            &config,
            BookingStatus::Booked,
            super::message,
        );
        assert!(
            matches!(
                made.email,
                Err(RenderError::Text {
                    part: Part::EmailBody,
                    ..
                })
            ),
            "{body}: {made:?}"
        );
        assert!(made.sms.is_ok(), "{made:?}");
        config.email_body = None;
        config.sms_text = Some(body.replace("<script>", "{{ y }}").replace("<p>open", "{{"));
        let made = with_scene(
            &meeting,
            &settings,
            &config,
            BookingStatus::Booked,
            super::message,
        );
        assert!(made.sms.is_err() && made.email.is_ok(), "{made:?}");
    }
    let mut config = NotificationConfig::built_in(NotificationType::Confirmation);
    config.email_body = Some("{{ meeting.description }}".repeat(400));
    let mut meeting = sample::meeting();
    meeting.description = Description::parse(&"ж".repeat(10_000)).unwrap();
    let refused = render(
        &meeting,
        &sample::settings(),
        &config,
        BookingStatus::Booked,
    )
    .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The email body of the config cannot be used: the email body comes out longer than 150000 bytes"
    );
}

/// What an update's email says of the details before.
fn said_before(change: impl FnOnce(&mut crate::meeting::Details)) -> Vec<String> {
    let mut meeting = sample::meeting();
    let mut told = meeting.details.clone();
    change(&mut told);
    sample::tell(&mut meeting, told, 1, false);
    let config = NotificationConfig::built_in(NotificationType::Update);
    let settings = sample::settings();
    let message = render(&meeting, &settings, &config, BookingStatus::Booked).unwrap();
    let said = message
        .text
        .lines()
        .filter(|line| line.starts_with("Before: "));
    let said: Vec<_> = said.map(str::to_owned).collect();
    assert_eq!(message.html.contains("Before: <s>"), !said.is_empty());
    said
}

#[test]
fn an_update_says_what_was_another() {
    let hour = chrono::TimeDelta::hours(1);
    assert_eq!(
        said_before(|told| told.starts_at -= hour),
        ["Before: 1:00 PM – 1:45 PM EST (45 minutes)"]
    );
    assert_eq!(
        said_before(|told| told.starts_at -= hour * 24),
        ["Before: Wednesday, January 14, 2026, 2:00 PM – 2:45 PM EST (45 minutes)"]
    );
    assert_eq!(
        said_before(|told| told.location.address = crate::text::Address::parse("5 Elm St").ok()),
        ["Before: 5 Elm St"]
    );
    assert_eq!(said_before(|_| ()), [""; 0]);
}
