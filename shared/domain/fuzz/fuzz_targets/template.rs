//! Any text as a template: it is refused, or what it makes can be sent.
//!
//! With `cargo install cargo-fuzz`, in `shared/domain`, for ten minutes:
//!
//! ```sh
//! cargo +nightly fuzz run template src/render/built_in/* -- -max_total_time=600 -dict=fuzz/template.dict
//! ```
//!
//! Without a nightly compiler: `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none …`.
//! New finds go into the first folder named, so give one of your own before the others.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use usher_domain::{
    language::Language,
    meeting::{BookingStatus, Meeting},
    notification::NotificationType,
    render::{Links, Part, RenderError, Scene, lint, message},
    sample,
    settings::Settings,
    template::NotificationConfig,
    token::Token,
};

/// Mail programs cut longer ones off.
const MAX_HTML: usize = 200_000;
/// What SNS takes.
const MAX_SMS: usize = 1_600;

static SAMPLE: LazyLock<(Meeting, Settings)> =
    LazyLock::new(|| (sample::moved(), sample::settings()));

fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let part = [Part::Subject, Part::EmailBody, Part::Sms][usize::from(choice % 3)];
    let language = Language::ALL[usize::from(choice / 3 % 4)];
    let (meeting, settings) = &*SAMPLE;
    let settings = Settings {
        locale: language.into(),
        ..settings.clone()
    };
    if lint(part, text, language, &settings.sms).is_ok() {
        can_be_sent(part, text, meeting, &settings);
    }
});

fn can_be_sent(part: Part, text: &str, meeting: &Meeting, settings: &Settings) {
    let mut config = NotificationConfig::built_in(NotificationType::Update);
    let place = match part {
        Part::Subject => &mut config.subject,
        Part::EmailBody => &mut config.email_body,
        Part::Sms => &mut config.sms_text,
    };
    *place = Some(text.to_owned());
    let links = Links::new("https://meet.example.com", &Token::new([1; 16]));
    let made = message(&Scene {
        meeting,
        attendee: &meeting.attendees[0],
        template: None,
        settings,
        config: &config,
        status: BookingStatus::Booked,
        email_links: &links,
        sms_links: &links,
    });
    match made {
        Ok(made) => {
            assert!(!made.subject.is_empty() && !made.subject.chars().any(char::is_control));
            let html = made.html.to_lowercase();
            assert!(made.html.len() <= MAX_HTML && !html.contains("<script"));
            let cells = |tag| html.matches(tag).count();
            assert_eq!(cells("<td"), cells("</td>"), "nothing leaves its place");
            assert!(made.sms.len() <= MAX_SMS);
            assert!(made.segments.count <= settings.sms.max_segments.into());
        }
        // The linter holds texts against other meetings than this one, too.
        Err(RenderError::Empty { .. } | RenderError::EmailTooLarge { .. }) => {}
        Err(error) => panic!("accepted, and cannot be sent: {error}"),
    }
}
