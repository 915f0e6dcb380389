//! What texts are tried on before they are saved.

use std::sync::LazyLock;

use minijinja::Value;

use crate::{
    language::Language,
    meeting::{BookingStatus, Meeting},
    render::{Links, RenderContext, localized::Localized, variables::Variables},
    sample,
    settings::Settings,
    template::NotificationConfig,
    token::Token,
    values::kind::NotificationType,
};

pub(super) fn sample_links() -> Links {
    Links::new("https://meetings.example.com", &Token::redacted())
}

/// What texts of one language are tried on.
pub(super) struct Sample {
    pub(super) language: Language,
    /// A meeting with everything, one with as little as a meeting may have, and one
    /// whose every text is full of what ends an attribute or a tag, which finds values
    /// in places where they cannot be made safe.
    pub(super) values: [Value; 3],
}

/// The values of a meeting with everything, in a language.
pub(super) fn rich_sample(language: Language) -> &'static Value {
    let sample = SAMPLES.iter().find(|sample| sample.language == language);
    let [rich, ..] = &sample.unwrap_or(&SAMPLES[0]).values;
    rich
}

pub(super) static SAMPLES: LazyLock<Vec<Sample>> =
    LazyLock::new(|| Language::ALL.iter().copied().map(Sample::new).collect());

impl Sample {
    fn new(language: Language) -> Self {
        let full = sample::changed();
        let rich = variables(&full, &sample::settings(), language);
        let bare = variables(&bare_meeting(&full), &Settings::default(), language);
        let hostile = rich.clone().hostile();
        let link = sample_links().landing();
        Self {
            language,
            values: [rich, bare, hostile].map(|variables| variables.with_link(link.clone())),
        }
    }
}

fn variables(meeting: &Meeting, settings: &Settings, language: Language) -> Variables {
    let links = sample_links();
    let config = NotificationConfig::built_in(NotificationType::Update);
    let settings = Settings {
        locale: language.into(),
        ..settings.clone()
    };
    let render_context = render_context(meeting, &settings, &config, &links);
    Localized::of_email(&render_context).variables(&render_context)
}

pub(super) fn render_context<'a>(
    meeting: &'a Meeting,
    settings: &'a Settings,
    config: &'a NotificationConfig,
    links: &'a Links,
) -> RenderContext<'a> {
    RenderContext {
        meeting,
        attendee: &meeting.attendees[0],
        template: None,
        settings,
        config,
        status: BookingStatus::Booked,
        email_links: links,
        sms_links: links,
    }
}

fn bare_meeting(full: &Meeting) -> Meeting {
    let mut meeting = full.clone();
    meeting.announced = None;
    meeting.organizer = None;
    meeting.description = Default::default();
    meeting.details.location = Default::default();
    for attendee in &mut meeting.attendees {
        (attendee.email, attendee.phone) = (None, None);
    }
    meeting
}
