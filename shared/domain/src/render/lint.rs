//! Holding a text against what would make it fail when it is sent.

use std::{fmt, sync::LazyLock};

use minijinja::Value;

use super::{
    Links, Part, RenderContext, RenderError, branches, engine, html,
    localized::Localized,
    message::sms_message,
    sms::{SmsSuffix, compose, transliterate},
    variables::Variables,
    words::Words,
};
use crate::{
    language::Language,
    meeting::{BookingStatus, Meeting},
    sample,
    settings::{Settings, SmsSettings},
    template::NotificationConfig,
    token::Token,
    values::kind::NotificationType,
    values::segments::segments,
};

/// Why a template text cannot be used, in a sentence for who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintError {
    line: Option<usize>,
    reason: String,
}

impl LintError {
    pub(super) fn new(line: Option<usize>, reason: impl Into<String>) -> Self {
        Self {
            line,
            reason: reason.into(),
        }
    }

    /// From a flaw of the HTML that `source` rendered to.
    pub(super) fn of_html(flaw: &html::Flaw, source: &str) -> Self {
        let mut lines = source.lines();
        let line = lines.position(|line| line.to_ascii_lowercase().contains(&flaw.at));
        Self::new(line.map(|at| at + 1), flaw.to_string())
    }
}

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for LintError {}

/// Checks a template text: that it is of the template language, that every way it can
/// come out keeps the rules, and that what it makes of sample meetings, read in
/// `language`, could be sent as `sms` says.
///
/// # Errors
/// [`LintError`] with the line, as far as there is one, and the reason.
pub fn lint(
    part: Part,
    source: &str,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    engine::check(part, source)?;
    branches::check(part, source, language, sms)?;
    let samples = SAMPLES.iter().filter(|sample| sample.language == language);
    samples
        .flat_map(|sample| &sample.values)
        .try_for_each(|values| try_on(part, source, values, language, sms))
}

/// Checks that the built-in SMS of a type can be sent to the sample customer in the
/// language of the business.
///
/// # Errors
/// [`RenderError`] as [`super::message`] would meet it.
pub fn built_in_sms_fits(kind: NotificationType, settings: &Settings) -> Result<(), RenderError> {
    let meeting = sample::changed();
    let config = NotificationConfig::built_in(kind);
    let links = sample_links();
    sms_message(&render_context(&meeting, settings, &config, &links)).map(|_| ())
}

fn try_on(
    part: Part,
    source: &str,
    values: &Value,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    let rendered = engine::render(part, source, values, None)?;
    if rendered.trim().is_empty() {
        let reason = format!("the {part} comes out empty for some meetings");
        return Err(LintError::new(None, reason));
    }
    match part {
        Part::Subject => Ok(()),
        Part::EmailBody => match html::Body::check(&rendered, &sample_links().landing()) {
            Ok(_) => Ok(()),
            Err(flaw) => Err(LintError::of_html(&flaw, source)),
        },
        Part::Sms => {
            let suffix = SmsSuffix::longest(Words::of(language), sample_links().in_sms(sms));
            let text = transliterate(&compose(&rendered, &suffix), sms);
            let (count, max) = (segments(&text).count, sms.max_segments);
            if count > max.into() {
                let reason = format!("the SMS takes {count} parts; the settings allow {max}");
                return Err(LintError::new(None, reason));
            }
            Ok(())
        }
    }
}

pub(super) fn sample_links() -> Links {
    Links::new("https://meetings.example.com", &Token::redacted())
}

/// What texts of one language are tried on.
struct Sample {
    language: Language,
    /// A meeting with everything, one with as little as a meeting may have, and one
    /// whose every text is full of what ends an attribute or a tag, which finds values
    /// in places where they cannot be made safe.
    values: [Value; 3],
}

/// The values of a meeting with everything, in a language.
pub(super) fn rich_sample(language: Language) -> &'static Value {
    let sample = SAMPLES.iter().find(|sample| sample.language == language);
    let [rich, ..] = &sample.unwrap_or(&SAMPLES[0]).values;
    rich
}

static SAMPLES: LazyLock<Vec<Sample>> =
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

fn render_context<'a>(
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
