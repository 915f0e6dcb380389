//! Holding a text against what would make it fail when it is sent.

use std::{fmt, sync::LazyLock};

use minijinja::Value;

use super::{
    Links, Part, Scene, facts, html, language,
    sms::{self, segments},
    variables::Variables,
};
use crate::{
    meeting::{BookingStatus, Meeting},
    notification::NotificationType,
    sample,
    settings::Settings,
    template::{Buttons, NotificationConfig, ReplyCodes},
    token::Token,
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

/// Checks a template text: that it is of the language, and that what it makes
/// of sample meetings could be sent.
///
/// # Errors
/// [`LintError`] with the line, as far as there is one, and the reason.
pub fn lint(part: Part, source: &str, max_segments: u8) -> Result<(), LintError> {
    language::check(part, source)?;
    SAMPLES
        .iter()
        .try_for_each(|sample| try_on(part, source, sample, max_segments))
}

fn try_on(part: Part, source: &str, sample: &Value, max_segments: u8) -> Result<(), LintError> {
    let rendered = language::render(part, source, sample, None)?;
    if rendered.trim().is_empty() {
        let reason = format!("the {part} comes out empty for some meetings");
        return Err(LintError::new(None, reason));
    }
    match part {
        Part::Subject => Ok(()),
        Part::EmailBody => match html::Body::check(&rendered) {
            Ok(_) => Ok(()),
            Err(flaw) => Err(LintError::of_html(&flaw, source)),
        },
        Part::Sms => {
            let all = Buttons {
                accept: true,
                decline: true,
                reschedule: true,
                ..Buttons::default()
            };
            let codes = ReplyCodes {
                enabled: true,
                ..ReplyCodes::default()
            };
            let count = segments(&sms::compose(&rendered, all, &codes, &sample_links())).count;
            if count > max_segments.into() {
                let reason =
                    format!("the SMS takes {count} parts; the settings allow {max_segments}");
                return Err(LintError::new(None, reason));
            }
            Ok(())
        }
    }
}

fn sample_links() -> Links {
    Links::new("https://meetings.example.com", &Token::blotted())
}

/// What texts are tried on: a meeting with everything, one with as little as a
/// meeting may have, and one whose every text is full of what ends an attribute
/// or a tag, which finds values in places where they cannot be made safe.
static SAMPLES: LazyLock<[Value; 3]> = LazyLock::new(|| {
    let full = full_meeting();
    let rich = variables(&full, &sample::settings());
    let bare = variables(&bare_meeting(&full), &Settings::default());
    let link = sample_links().landing();
    let thorny = rich.clone().thorny();
    [rich, bare, thorny].map(|variables| variables.with_link(link.clone()))
});

fn variables(meeting: &Meeting, settings: &Settings) -> Variables {
    let (links, config) = (
        sample_links(),
        NotificationConfig::built_in(NotificationType::Update),
    );
    let scene = Scene {
        meeting,
        attendee: &meeting.attendees[0],
        template: None,
        settings,
        config: &config,
        status: BookingStatus::Booked,
        email_links: &links,
        sms_links: &links,
        texted: true,
    };
    Variables::of(
        &scene,
        &facts(meeting, scene.attendee, None, settings, scene.status),
    )
}

/// The sample, moved by an hour since it was announced.
fn full_meeting() -> Meeting {
    let mut meeting = sample::meeting();
    let mut details = meeting.details.clone();
    details.starts_at -= chrono::TimeDelta::hours(1);
    meeting.announced = Some(sample::announced(details, 0, false));
    meeting
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
