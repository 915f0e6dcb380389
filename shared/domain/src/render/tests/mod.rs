//! Whole messages: what they look like, and that nothing typed anywhere can
//! make them something else.

mod answer_notices;
mod auto_replies;
mod branches;
mod calendar_files;
mod calendar_removals;
mod languages;
mod messages;
mod other_parsers;
mod properties;
mod reading;
mod saved_texts;
mod texts;
mod zones;

use chrono::TimeDelta;
use icalendar::{Calendar, CalendarComponent};

use super::*;
use crate::{
    authoring::lint,
    contact::EmailAddress,
    language::Language,
    meeting::{BookingStatus, Meeting},
    sample,
    settings::Settings,
    template::NotificationConfig,
    text::Name,
    token::Token,
    values::kind::NotificationType,
};

/// A sample meeting as it is when `kind` goes out.
fn meeting_for(kind: NotificationType) -> (Meeting, BookingStatus) {
    let mut meeting = sample::meeting();
    let status = match kind {
        NotificationType::Confirmation | NotificationType::Update => BookingStatus::Booked,
        NotificationType::ConfirmationRequest | NotificationType::Reminder => {
            BookingStatus::Invited
        }
        NotificationType::Cancellation => BookingStatus::Cancelled,
    };
    if kind == NotificationType::Update {
        let mut details = meeting.details.clone();
        details.starts_at -= TimeDelta::hours(25);
        sample::tell(&mut meeting, details, 1, false);
        meeting.revision = 2;
    }
    (meeting, status)
}

fn render(
    meeting: &Meeting,
    settings: &Settings,
    config: &NotificationConfig,
    status: BookingStatus,
) -> Result<Both, RenderError> {
    with_scene(meeting, settings, config, status, message).try_into()
}

/// A message that can be sent on both channels.
#[derive(Debug, Clone, PartialEq)]
struct Both {
    subject: String,
    html: String,
    text: String,
    sms: String,
    segments: Segments,
    email_language: Language,
    sms_language: Language,
}

impl TryFrom<RenderedMessage> for Both {
    type Error = RenderError;
    fn try_from(message: RenderedMessage) -> Result<Self, RenderError> {
        let (email, sms) = (message.email?, message.sms?);
        Ok(Self {
            subject: email.subject,
            html: email.html,
            text: email.text,
            email_language: email.language,
            sms: sms.text,
            segments: sms.segments,
            sms_language: sms.language,
        })
    }
}

impl<'a> From<&'a Both> for EmailParts<'a> {
    fn from(message: &'a Both) -> Self {
        Self {
            subject: &message.subject,
            html: &message.html,
            text: &message.text,
        }
    }
}

fn built_in(kind: NotificationType) -> Both {
    let (meeting, status) = meeting_for(kind);
    let mut config = NotificationConfig::built_in(kind);
    config.reply_codes.enabled = true;
    render(&meeting, &sample::settings(), &config, status).unwrap()
}

fn sample_message(config: &NotificationConfig) -> Result<Both, RenderError> {
    render(
        &sample::meeting(),
        &sample::settings(),
        config,
        BookingStatus::Booked,
    )
}

fn envelope() -> Envelope {
    Envelope {
        from_name: Name::parse("Progrid Fenster & Türen").ok(),
        from: EmailAddress::parse("notifications@progrid.example.com").unwrap(),
        to_name: Name::parse("Zoë \"Z\" Łukasz, Jr.").ok(),
        to: EmailAddress::parse("zoe@example.com").unwrap(),
        reply_to: Some((
            Name::parse("Sam Rivera").ok(),
            EmailAddress::parse("sam@progrid.example.com").unwrap(),
        )),
        unsubscribe: Some("https://meet.example.com/meeting/unsubscribe?token=x".to_owned()),
        message_id: "01kabc.1>\r\nBcc: x".to_owned(),
        date: sample::now(),
    }
}

fn calendar(meeting: &Meeting) -> String {
    let links = Links::new("https://meet.example.com", &Token::new([1; 16]));
    ics(
        meeting,
        &meeting.attendees[0],
        None,
        &sample::settings(),
        Some(&links),
    )
}

fn parsed(ics: &str) -> (Calendar, icalendar::Event) {
    let calendar: Calendar = ics.parse().unwrap();
    let [CalendarComponent::Event(event)] = calendar.components.as_slice() else {
        panic!("one event: {ics}");
    };
    (calendar.clone(), event.clone())
}

/// Holds a text against the rules, as English and with the default settings.
fn check(part: Part, text: &str) -> Result<(), LintError> {
    lint(part, text, Language::English, &Settings::default().sms)
}

/// The scene of a message to the lead attendee, with links that tests know.
fn with_scene<T>(
    meeting: &Meeting,
    settings: &Settings,
    config: &NotificationConfig,
    status: BookingStatus,
    look: impl FnOnce(&RenderContext<'_>) -> T,
) -> T {
    let links = |bits| Links::new("https://meet.example.com", &Token::new([bits; 16]));
    look(&RenderContext {
        meeting,
        attendee: &meeting.attendees[0],
        template: None,
        settings,
        config,
        status,
        email_links: &links(1),
        sms_links: &links(2),
    })
}
