//! The email that takes a meeting out of the calendar behind an address which somebody
//! has left (N7).
//!
//! Nobody knows who reads it: the address may have been mistyped, and be a stranger's. So
//! it is neutral. It names neither the customer nor the meeting, links to nothing, and does
//! not say that the meeting is off, because it is not. No template changes it.

use minijinja::{Value, value::Serde};
use serde::Serialize;

use super::{
    engine::escape,
    fields::fields,
    invitation::removal_file,
    layout::{FILLER, footer, page},
    words::Words,
};
use crate::{
    language::Language,
    meeting::{Attendee, Meeting},
    settings::Settings,
};

/// What a former address reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRemoval {
    /// The email's subject: one line, not empty.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The calendar file, a CANCEL.
    pub calendar: String,
    /// The language of all of it.
    pub language: Language,
}

/// Writes to a former address of an attendee, which alone is theirs in `attendee`;
/// `statement` put the meeting into the calendar behind it.
pub fn calendar_removal(
    meeting: &Meeting,
    attendee: &Attendee,
    statement: u64,
    settings: &Settings,
) -> CalendarRemoval {
    let fields = fields(meeting, attendee, None, settings, meeting.status);
    let language = fields.locale.language();
    let words = &Words::of(language).calendar_removal;
    let footer = footer(settings, &fields);
    let text = [words.subject, words.body, &footer.join("\n")].join("\n\n");
    let values = Page {
        language: fields.locale.to_string(),
        unsubscribe: None,
        subject: words.subject,
        preheader: words.body,
        filler: &FILLER,
        footer,
    };
    // The page is constant and its values are strings. Should it fail all the same, it is
    // read in plain letters.
    let html = page("calendar_removal", Value::from(Serde(&values)))
        .unwrap_or_else(|_| format!("<pre>{}</pre>", escape(&text)));
    CalendarRemoval {
        subject: words.subject.to_owned(),
        html,
        text: text.trim_end().to_owned() + "\n",
        calendar: removal_file(meeting, attendee, statement, settings, words.entry),
        language,
    }
}

/// What goes into the page.
#[derive(Serialize)]
struct Page {
    language: String,
    /// There is nothing to end: it is the last that this address gets.
    unsubscribe: Option<String>,
    subject: &'static str,
    preheader: &'static str,
    /// What keeps the rest of the message out of mail lists.
    filler: &'static str,
    footer: Vec<String>,
}
