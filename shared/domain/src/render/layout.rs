//! The email around the body: the program's own, not to be changed by any text.

use std::{borrow::Cow, sync::LazyLock};

use minijinja::{Environment, Error, Output, State, UndefinedBehavior, Value, value::Serde};
use serde::Serialize;

use super::{Facts, Links, Scene, language::escape};
use crate::{answer::Answer, meeting::BookingStatus, settings::Settings, template::Buttons};

/// What goes into the layout.
#[derive(Serialize)]
pub(super) struct Layout<'a> {
    pub(super) subject: &'a str,
    pub(super) facts: &'a Facts,
    /// What mail lists show behind the subject.
    preheader: String,
    logo: Option<String>,
    calendar_color: String,
    calendar_text: &'static str,
    button_color: String,
    button_text: &'static str,
    cancelled: bool,
    strike: &'static str,
    buttons: Vec<Button>,
    /// Who the business is and how it is reached.
    footer: Vec<String>,
}

/// One button, a plain link.
#[derive(Serialize)]
struct Button {
    label: &'static str,
    url: String,
}

impl<'a> Layout<'a> {
    /// The layout of a scene's email.
    pub(super) fn new(scene: &Scene<'_>, subject: &'a str, facts: &'a Facts) -> Self {
        let colors = &scene.settings.colors;
        let calendar = scene
            .config
            .colors
            .calendar
            .as_ref()
            .unwrap_or(&colors.calendar);
        let button = scene
            .config
            .colors
            .button
            .as_ref()
            .unwrap_or(&colors.button);
        let cancelled = scene.status == BookingStatus::Cancelled;
        let place = if facts.location.is_empty() { "" } else { ", " };
        Self {
            subject,
            facts,
            preheader: format!("{} at {}{place}{}", facts.date, facts.time, facts.location),
            logo: scene
                .settings
                .business
                .logo
                .as_ref()
                .map(ToString::to_string),
            calendar_color: calendar.to_string(),
            calendar_text: calendar.readable_text(),
            button_color: button.to_string(),
            button_text: button.readable_text(),
            cancelled,
            strike: if cancelled {
                "text-decoration:line-through;"
            } else {
                ""
            },
            buttons: buttons(scene.config.buttons(), scene.email_links),
            footer: footer(scene.settings, facts),
        }
    }

    /// The HTML part, around a body that was checked.
    pub(super) fn html(&self, body: String) -> Result<String, Error> {
        let body = Value::from_safe_string(body);
        let layout = Value::from(Serde(self));
        page("layout", minijinja::context! { body, ..layout })
    }

    /// The plain text part, around the body's text.
    pub(super) fn text(&self, body: &str) -> String {
        let facts = self.facts;
        let cancelled = if self.cancelled { "Cancelled: " } else { "" };
        let when = format!(
            "When: {cancelled}{}, {} – {} {} ({})",
            facts.date, facts.time, facts.end_time, facts.timezone, facts.duration
        );
        let organizer = &facts.organizer;
        let contact = [&organizer.name, &organizer.phone, &organizer.email];
        let contact: Vec<&str> = contact
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        let details: Vec<String> = [
            ("Where", facts.location.as_str()),
            ("Map", &facts.map_url),
            ("Video", if self.cancelled { "" } else { &facts.video_url }),
            ("Your contact", &contact.join(", ")),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("{label}: {value}"))
        .collect();
        let details = [vec![when], details].concat().join("\n");
        let buttons: Vec<String> = self
            .buttons
            .iter()
            .map(|button| format!("{}: {}", button.label, button.url))
            .collect();
        let footer = self.footer.join("\n");
        let blocks = [&facts.title, body, &details, &buttons.join("\n"), &footer];
        let blocks: Vec<&str> = blocks
            .into_iter()
            .filter(|block| !block.is_empty())
            .collect();
        blocks.join("\n\n") + "\n"
    }
}

fn buttons(buttons: Buttons, links: &Links) -> Vec<Button> {
    [
        (buttons.accept, "Accept", links.answer(Answer::Accept)),
        (buttons.decline, "Decline", links.answer(Answer::Decline)),
        (
            buttons.reschedule,
            "Reschedule",
            links.answer(Answer::Reschedule),
        ),
        (buttons.view_details, "View details", links.landing()),
        (buttons.add_to_calendar, "Add to calendar", links.calendar()),
    ]
    .into_iter()
    .filter(|(shown, ..)| *shown)
    .map(|(_, label, url)| Button { label, url })
    .collect()
}

/// Who the business is and how it is reached, a line each.
pub(super) fn footer(settings: &Settings, facts: &Facts) -> Vec<String> {
    let business = &facts.business;
    let reach = [&business.phone, &business.email];
    let reach: Vec<&str> = reach
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let address = settings
        .business
        .address
        .as_deref()
        .map(super::facts::clean)
        .unwrap_or_default();
    let lines = [business.name.clone(), address, reach.join(" · ")];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// A page with its values filled in, every one escaped that is not markup already.
pub(super) fn page(name: &str, values: Value) -> Result<String, Error> {
    PAGES.get_template(name)?.render(values)
}

/// A page's source: what stands in the card, between the frame's two halves.
macro_rules! framed {
    ($card:literal) => {
        concat!(
            include_str!("frame_top.html"),
            include_str!($card),
            include_str!("frame_end.html")
        )
    };
}

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // The engine's own escaping also writes / as a reference, which makes links
    // unreadable in the source and is of no use in quoted attributes.
    environment.set_formatter(|output: &mut Output, _: &mut State, value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string().into(), Cow::Borrowed);
        Ok(if value.is_safe() {
            output.write_str(&text)
        } else {
            output.write_str(&escape(&text))
        }?)
    });
    for (name, source) in [
        ("layout", framed!("layout.html")),
        ("answer_notice", framed!("answer_notice.html")),
    ] {
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{added:?}");
    }
    environment
});
