//! The email around the body: the program's own, not to be changed by any text.

use std::{borrow::Cow, sync::LazyLock};

use chrono::{DateTime, Utc};
use minijinja::{Environment, Error, Output, State, UndefinedBehavior, Value, value::Serde};
use serde::Serialize;

use super::{
    Links, MessageFields, RenderContext,
    clean::joined,
    dates::Dates,
    engine::escape,
    localized::Localized,
    words::{Labels, Words},
};
use crate::{
    meeting::BookingStatus, settings::Settings, template::Buttons, values::answer::Answer,
};

/// What goes into the layout.
#[derive(Serialize)]
pub(super) struct Layout<'a> {
    /// The language, as HTML names it.
    language: String,
    subject: &'a str,
    fields: &'a MessageFields,
    labels: &'static Labels,
    /// What mail lists show behind the subject.
    preheader: String,
    /// What keeps the rest of the message out of mail lists.
    filler: &'static str,
    logo: Option<String>,
    calendar_color: String,
    calendar_text: &'static str,
    button_color: String,
    button_text: &'static str,
    /// The calendar's leaf.
    leaf: Leaf,
    /// The date, as it begins a line.
    date: String,
    /// Start, end, zone and duration.
    hours: String,
    /// When and where it was before, on one line.
    before: String,
    cancelled: bool,
    strike: &'static str,
    organizer_mailto: String,
    buttons: Vec<Button>,
    /// Who the business is and how it is reached.
    footer: Vec<String>,
    /// The page that ends reminders.
    unsubscribe: Option<String>,
}

/// Letters that take room in a mail list and show as nothing: it goes on with the text of
/// the message where the preheader is shorter than its line.
pub(super) static FILLER: LazyLock<String> = LazyLock::new(|| "\u{34f}\u{200c}\u{a0}".repeat(60));

/// The leaf of a calendar of the day it begins, like `Jan`, `15`, `Thu`.
#[derive(Serialize)]
struct Leaf {
    month: String,
    day: String,
    weekday: String,
}

/// One button, a plain link.
#[derive(Serialize)]
struct Button {
    label: &'static str,
    url: String,
    look: Look,
    /// Whether it begins a row: what is not an answer stands apart.
    starts_row: bool,
}

/// How much a button asks for attention, as on the landing page.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Look {
    /// Filled: the one thing that the message is about.
    Prominent,
    /// With a border: what one may do instead.
    Quiet,
    /// No more than a link: what only shows.
    Plain,
}

impl<'a> Layout<'a> {
    /// The layout of a scene's email.
    pub(super) fn new(
        render_context: &RenderContext<'_>,
        localized: &'a Localized,
        subject: &'a str,
    ) -> Self {
        let (fields, words) = (localized.fields(), localized.words);
        let (colors, defaults) = (
            &render_context.config.colors,
            &render_context.settings.colors,
        );
        let calendar = colors.calendar.as_ref().unwrap_or(&defaults.calendar);
        let button = colors.button.as_ref().unwrap_or(&defaults.button);
        let cancelled = render_context.status == BookingStatus::Cancelled;
        let unsubscribable = render_context.config.kind.rules().unsubscribable;
        let when = fields.moment_on(&fields.date);
        Self {
            language: fields.locale.to_string(),
            subject,
            fields,
            labels: &words.labels,
            filler: &FILLER,
            preheader: joined(&[&capitalized(&when), &fields.location], ", "),
            logo: render_context
                .settings
                .business
                .logo
                .as_ref()
                .map(ToString::to_string),
            calendar_color: calendar.to_string(),
            calendar_text: calendar.readable_text(),
            button_color: button.to_string(),
            button_text: button.readable_text(),
            leaf: leaf(render_context.meeting.details.starts_at, fields),
            date: capitalized(&fields.date),
            hours: fields.hours_and_duration(),
            before: before(localized),
            cancelled,
            strike: if cancelled {
                "text-decoration:line-through;"
            } else {
                ""
            },
            organizer_mailto: mailto(&fields.organizer.email),
            buttons: buttons(
                render_context.config.buttons(),
                words,
                render_context.email_links,
            ),
            footer: footer(render_context.settings, fields),
            unsubscribe: unsubscribable.then(|| render_context.email_links.unsubscribe()),
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
        let (fields, labels) = (self.fields, self.labels);
        let colon = labels.colon;
        let when = format!("{}, {}", fields.date, self.hours);
        let when = if self.cancelled {
            format!("{}{colon} {when}", labels.cancelled)
        } else {
            when
        };
        let organizer = &fields.organizer;
        let contact = [&*organizer.name, &organizer.phone, &organizer.email];
        let details: Vec<String> = [
            (labels.when, when.as_str()),
            (labels.before, &self.before),
            (labels.place, &fields.location),
            (labels.map, &fields.map_url),
            (
                labels.video,
                if self.cancelled {
                    ""
                } else {
                    &fields.video_url
                },
            ),
            (labels.contact, &joined(&contact, ", ")),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("{label}{colon} {value}"))
        .collect();
        let buttons = self.buttons.iter();
        let buttons: Vec<String> = buttons
            .map(|button| format!("{}{colon} {}", button.label, button.url))
            .collect();
        let unsubscribe = self.unsubscribe.as_ref();
        let unsubscribe = unsubscribe.map(|url| format!("{}{colon} {url}", labels.stop_reminders));
        let blocks = [
            &fields.title,
            body,
            &details.join("\n"),
            &buttons.join("\n"),
            &self.footer.join("\n"),
            unsubscribe.as_deref().unwrap_or_default(),
        ];
        joined(&blocks, "\n\n") + "\n"
    }
}

fn leaf(starts_at: DateTime<Utc>, fields: &MessageFields) -> Leaf {
    let dates = Dates {
        locale: &fields.locale,
        zone: fields.zone.parse().unwrap_or_default(),
    };
    Leaf {
        month: dates.month(starts_at),
        day: dates.day_of_month(starts_at),
        weekday: dates.weekday(starts_at),
    }
}

/// When and where it was, as far as that is another now: of another time on the same
/// day the time is enough.
fn before(localized: &Localized) -> String {
    let (now, Some(before)) = (localized.fields(), &localized.told.before) else {
        return String::new();
    };
    let hours = before.hours_and_duration();
    let when = if before.date != now.date {
        format!("{}, {hours}", before.date)
    } else if hours != now.hours_and_duration() {
        hours
    } else {
        String::new()
    };
    let place = if before.location == now.location {
        ""
    } else {
        &before.location
    };
    joined(&[&when, place], ", ")
}

/// As it begins a line: several languages write days in small letters.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn buttons(buttons: Buttons, words: &Words, links: &Links) -> Vec<Button> {
    let labels = &words.buttons;
    let answers = [
        (buttons.accept, labels.accept, Answer::Accept),
        (buttons.decline, labels.decline, Answer::Decline),
        (buttons.reschedule, labels.reschedule, Answer::Reschedule),
    ];
    let answers = answers.map(|(shown, label, answer)| (shown, label, links.answer(answer)));
    let others = [
        (buttons.view_details, labels.view_details, links.landing()),
        (
            buttons.add_to_calendar,
            labels.add_to_calendar,
            links.calendar(),
        ),
    ];
    let row = |all: Vec<(bool, &'static str, String)>, looks: fn(usize) -> Look| {
        let shown = all.into_iter().filter(|(shown, ..)| *shown).enumerate();
        shown.map(move |(at, (_, label, url))| Button {
            label,
            url,
            look: looks(at),
            starts_row: at == 0,
        })
    };
    let first_stands_out: fn(usize) -> Look = |at| match at {
        0 => Look::Prominent,
        _ => Look::Quiet,
    };
    let others = if buttons.ask() {
        row(others.into(), |_| Look::Plain)
    } else {
        row(others.into(), first_stands_out)
    };
    row(answers.into(), first_stands_out)
        .chain(others)
        .collect()
}

/// A link that writes to this address and to no other: what else an address may
/// hold would begin further fields (RFC 6068 §2).
pub(super) fn mailto(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => {
            let local: String = url::form_urlencoded::byte_serialize(local.as_bytes()).collect();
            format!("mailto:{local}@{domain}")
        }
        None => String::new(),
    }
}

/// Who the business is and how it is reached, a line each.
pub(super) fn footer(settings: &Settings, fields: &MessageFields) -> Vec<String> {
    let business = &fields.business;
    let address = settings.business.address.as_deref();
    let address = address.map(super::clean::clean).unwrap_or_default();
    let reach = joined(&[&business.phone, &business.email], " · ");
    let lines = [business.name.clone(), address, reach];
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
