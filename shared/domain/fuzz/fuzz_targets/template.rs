//! Any text as a template: it is refused, or what it makes can be sent.
//!
//! `.ci/long` runs it. With `cargo install cargo-fuzz`, in `shared/domain`, for ten minutes:
//!
//! ```sh
//! cargo +nightly fuzz run template src/render/built_in/* -- -max_total_time=600 -dict=fuzz/template.dict
//! ```
//!
//! New finds go into the first folder named, so give one of your own before the others.

#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_domain::{
    authoring::lint,
    kind::NotificationType,
    language::Language,
    meeting::{BookingStatus, Meeting},
    part::Part,
    render::{Links, RenderContext, RenderError, RenderedMessage, message},
    sample,
    settings::Settings,
    template::NotificationConfig,
    token::Token,
};

/// What a text is tried on, before the text itself.
const CHOICES: usize = 4;

fuzz_target!(|input: &[u8]| {
    let Some((choices, text)) = input.split_first_chunk::<CHOICES>() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let [part, kind, settings, meeting] = choices.map(usize::from);
    let part = [Part::Subject, Part::EmailBody, Part::Sms][part % 3];
    let kind = NotificationType::ALL[kind % NotificationType::ALL.len()];
    let settings = settings_of(settings);
    let language = settings.locale.language();
    if lint(part, text, language, &settings.sms).is_ok() {
        let made = made(part, kind, text, &meeting_of(meeting), &settings);
        can_be_sent(&made, &settings);
    }
});

/// Settings, by the bits of a number.
fn settings_of(bits: usize) -> Settings {
    let mut settings = sample::settings();
    settings.locale = Language::ALL[bits % Language::ALL.len()].into();
    settings.sms.transliterate = bits & 4 == 0;
    settings.sms.short_links = bits & 8 == 0;
    settings.sms.max_segments = [4, 1, 2, 10][bits >> 4 & 3];
    settings
}

/// A meeting with much or little in it, by the bits of a number.
fn meeting_of(bits: usize) -> Meeting {
    let mut meeting = match bits & 3 {
        0 => sample::changed(),
        1 => sample::moved(),
        _ => sample::meeting(),
    };
    if bits & 4 != 0 {
        meeting.organizer = None;
    }
    if bits & 8 != 0 {
        meeting.details.location = Default::default();
    }
    if bits & 16 != 0 {
        meeting.description = Default::default();
    }
    for attendee in &mut meeting.attendees {
        attendee.email = attendee.email.take().filter(|_| bits & 32 == 0);
        attendee.phone = attendee.phone.take().filter(|_| bits & 64 == 0);
    }
    meeting
}

fn made(
    part: Part,
    kind: NotificationType,
    text: &str,
    meeting: &Meeting,
    settings: &Settings,
) -> RenderedMessage {
    let mut config = NotificationConfig::built_in(kind);
    let place = match part {
        Part::Subject => &mut config.subject,
        Part::EmailBody => &mut config.email_body,
        Part::Sms => &mut config.sms_text,
    };
    *place = Some(text.to_owned());
    let links = Links::new("https://meet.example.com", &Token::new([1; 16]));
    message(&RenderContext {
        meeting,
        attendee: &meeting.attendees[0],
        template: None,
        settings,
        config: &config,
        status: BookingStatus::Booked,
        email_links: &links,
        sms_links: &links,
    })
}

fn can_be_sent(made: &RenderedMessage, settings: &Settings) {
    match &made.email {
        Ok(email) => {
            assert!(!email.subject.is_empty() && !email.subject.chars().any(char::is_control));
            let html = email.html.to_lowercase();
            assert!(!html.contains("<script"));
            let cells = |tag| html.matches(tag).count();
            assert_eq!(cells("<td"), cells("</td>"), "nothing leaves its place");
        }
        Err(RenderError::EmailTooLarge { .. }) => {}
        Err(error) => panic!("accepted, and cannot be sent by email: {error}"),
    }
    match &made.sms {
        Ok(sms) => assert!(sms.segments.count <= settings.sms.max_segments.into()),
        // The values may be longer than those that the linter tries: the channel says so.
        Err(RenderError::SmsTooLong { .. }) => {}
        Err(error) => panic!("accepted, and cannot be sent by SMS: {error}"),
    }
}
