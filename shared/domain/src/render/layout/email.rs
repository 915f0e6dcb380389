//! What goes into the layout, and the HTML part that it makes.

use std::sync::LazyLock;

use minijinja::{Error, Value, value::Serde};
use serde::Serialize;

use super::{
    buttons::{Button, buttons},
    page::page,
    reach::{footer, mailto},
    when::{Leaf, before, capitalized},
};
use crate::{
    meeting::BookingStatus,
    render::{MessageFields, RenderContext, clean::joined, localized::Localized, words::Labels},
    settings::Settings,
    template::NotificationConfig,
};

/// What strikes a text through.
const STRIKE: &str = "text-decoration:line-through;";

/// What goes into the layout.
#[derive(Serialize)]
pub(in crate::render) struct Layout<'a> {
    /// The language, as HTML names it.
    language: String,
    subject: &'a str,
    pub(super) fields: &'a MessageFields,
    pub(super) labels: &'static Labels,
    /// What mail lists show behind the subject.
    preheader: String,
    /// What keeps the rest of the message out of mail lists.
    filler: &'static str,
    logo: Option<String>,
    #[serde(flatten)]
    colors: Colors,
    /// The calendar's leaf.
    leaf: Leaf,
    /// The date, as it begins a line.
    pub(super) date: String,
    /// Start, end, zone and duration.
    pub(super) hours: String,
    /// When and where it was before, on one line.
    pub(super) before: String,
    pub(super) cancelled: bool,
    strike: &'static str,
    organizer_mailto: String,
    pub(super) buttons: Vec<Button>,
    /// Who the business is and how it is reached.
    pub(super) footer: Vec<String>,
    /// The page that ends reminders.
    pub(super) unsubscribe: Option<String>,
}

/// Letters that take room in a mail list and show as nothing: it goes on with the text of
/// the message where the preheader is shorter than its line.
pub(in crate::render) static FILLER: LazyLock<String> =
    LazyLock::new(|| "\u{34f}\u{200c}\u{a0}".repeat(60));

/// The colours of the calendar's leaf and of the buttons, each with one that is readable
/// on it.
#[derive(Serialize)]
struct Colors {
    calendar_color: String,
    calendar_text: &'static str,
    button_color: String,
    button_text: &'static str,
}

impl Colors {
    /// Those of the config; where it has none, those of the settings.
    fn of(config: &NotificationConfig, settings: &Settings) -> Self {
        let defaults = &settings.colors;
        let calendar = config
            .colors
            .calendar
            .as_ref()
            .unwrap_or(&defaults.calendar);
        let button = config.colors.button.as_ref().unwrap_or(&defaults.button);
        Self {
            calendar_color: calendar.to_string(),
            calendar_text: calendar.readable_text(),
            button_color: button.to_string(),
            button_text: button.readable_text(),
        }
    }
}

impl<'a> Layout<'a> {
    /// The layout of a scene's email.
    pub(in crate::render) fn new(
        render_context: &RenderContext<'_>,
        localized: &'a Localized,
        subject: &'a str,
    ) -> Self {
        let RenderContext {
            config,
            settings,
            email_links: links,
            ..
        } = render_context;
        let (fields, words) = (localized.fields(), localized.words);
        let colors = Colors::of(config, settings);
        let cancelled = render_context.status == BookingStatus::Cancelled;
        let unsubscribable = config.kind.rules().unsubscribable;
        let when = fields.moment_on(&fields.date);
        let logo = settings.business.logo.as_ref();
        Self {
            language: fields.locale.to_string(),
            subject,
            fields,
            labels: &words.labels,
            filler: &FILLER,
            preheader: joined(&[&capitalized(&when), &fields.location], ", "),
            logo: logo.map(ToString::to_string),
            colors,
            leaf: Leaf::of(render_context.meeting.details.starts_at, fields),
            date: capitalized(&fields.date),
            hours: fields.hours_and_duration(),
            before: before(localized),
            cancelled,
            strike: if cancelled { STRIKE } else { "" },
            organizer_mailto: mailto(&fields.organizer.email),
            buttons: buttons(config.buttons(), words, links),
            footer: footer(settings, fields),
            unsubscribe: unsubscribable.then(|| links.unsubscribe()),
        }
    }

    /// The HTML part, around a body that was checked.
    pub(in crate::render) fn html(&self, body: String) -> Result<String, Error> {
        let body = Value::from_safe_string(body);
        let layout = Value::from(Serde(self));
        page("layout", minijinja::context! { body, ..layout })
    }
}
