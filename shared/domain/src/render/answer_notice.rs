//! What staff are told when a customer answers (L7): an email to the organizer
//! and the followers.
//!
//! It is the program's own: no template changes it. What customers typed stands
//! in it as data, escaped in HTML and marked line by line as a quotation in
//! plain text, so that it can pass for nothing else. It links to nothing but the
//! customer's address and number, and loads nothing.

use minijinja::{Value, value::Serde};
use serde::Serialize;

use super::{
    ContactFields, MessageFields,
    clean::{clean, joined},
    engine::escape,
    fields::facts_for,
    layout::{FILLER, footer, mailto, page},
    reader::Reader,
    sentence::{ended, settled},
    subject::subject_line,
};
use crate::{
    meeting::{Attendee, Meeting},
    notification::AnswerGiven,
    settings::Settings,
    template::Template,
    text::Reason,
    values::answer::Answer,
};

/// What staff are told of.
#[derive(Debug, Clone, Copy)]
pub struct AnswerNews<'a> {
    /// The meeting as it is after the answer.
    pub meeting: &'a Meeting,
    /// Who answered.
    pub attendee: &'a Attendee,
    /// The meeting's template.
    pub template: Option<&'a Template>,
    /// The business's settings.
    pub settings: &'a Settings,
    /// What they answered, how and when.
    pub given: &'a AnswerGiven,
}

/// What staff read. Times are in the meeting's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerNotice {
    /// The email's subject: one line, not empty.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
}

/// Writes what staff are told of an answer. There is no meeting and no answer
/// that it cannot be written of.
pub fn answer_notice(news: &AnswerNews<'_>) -> AnswerNotice {
    let notice = Notice::of(news);
    let text = notice.text();
    // The page is constant and its values are strings. Should it fail all the
    // same, staff are told in plain letters.
    let html = page("answer_notice", Value::from(Serde(&notice)))
        .unwrap_or_else(|_| format!("<pre>{}</pre>", escape(&text)));
    AnswerNotice {
        subject: notice.subject,
        html,
        text,
    }
}

/// What goes into the page.
#[derive(Serialize)]
struct Notice {
    /// The language, as HTML names it: staff read English.
    language: &'static str,
    /// Emails to staff cannot be ended by a link.
    unsubscribe: Option<String>,
    subject: String,
    /// What mail lists show behind the subject.
    preheader: String,
    /// What keeps the rest of the message out of mail lists.
    filler: &'static str,
    /// What happened, and how the answer came.
    headline: String,
    /// Like `Answered on Monday, January 5 at 10:00 AM EST`.
    answered_at: String,
    /// That the answer changed nothing, when it came too late.
    stale: &'static str,
    /// What the customer typed.
    notes: Vec<Note>,
    fields: MessageFields,
    /// Start, end, zone and duration.
    hours: String,
    calendar_color: String,
    calendar_text: &'static str,
    details: Vec<Detail>,
    /// Whom the status follows, when that is somebody else.
    follows: String,
    customer: ContactFields,
    mailto: String,
    /// Why the reader gets it, and from which business.
    footer: Vec<String>,
}

/// Something the customer typed; never without a line.
#[derive(Serialize)]
struct Note {
    label: &'static str,
    lines: Vec<String>,
}

/// One line about the meeting.
#[derive(Serialize)]
struct Detail {
    label: &'static str,
    value: String,
}

impl Notice {
    fn of(news: &AnswerNews<'_>) -> Self {
        let AnswerNews {
            meeting,
            attendee,
            template,
            settings,
            given,
        } = *news;
        let fields = facts_for(Reader::Staff, meeting, template, settings, meeting.status);
        let (email, phone) = (attendee.email.as_ref(), attendee.phone.as_ref());
        let customer = ContactFields::of(Some(&attendee.name), email, phone);
        let did = format!("{} {}", customer.name, given.answer.past_tense());
        let headline = format!("{did} {}.", given.channel.label());
        let notes = notes(given);
        let calendar = &settings.colors.calendar;
        let why = "You get this because you organize or follow this meeting.";
        Self {
            language: "en",
            unsubscribe: None,
            subject: subject(&did, given.stale, &fields),
            filler: &FILLER,
            preheader: preheader(&notes, &headline),
            headline,
            answered_at: answered_at(meeting, given),
            stale: if given.stale { STALE } else { "" },
            notes,
            calendar_color: calendar.to_string(),
            calendar_text: calendar.readable_text(),
            details: details(meeting, attendee, &fields),
            follows: follows(meeting, attendee),
            mailto: mailto(&customer.email),
            customer,
            footer: [vec![why.to_owned()], footer(settings, &fields)].concat(),
            hours: fields.hours_and_duration(),
            fields,
        }
    }

    /// The plain text part.
    fn text(&self) -> String {
        let fields = &self.fields;
        let happened = [&self.headline, self.stale, &self.answered_at];
        let when = format!("When: {}, {}", fields.date, self.hours);
        let details = self.details.iter();
        let details: Vec<String> = details
            .map(|detail| format!("{}: {}", detail.label, detail.value))
            .collect();
        let reach = [&*self.customer.email, &self.customer.phone];
        let reach = match joined(&reach, ", ") {
            reach if reach.is_empty() => reach,
            reach => format!("Reach {}: {reach}", self.customer.name),
        };
        let mut blocks = vec![joined(&happened, "\n")];
        blocks.extend(self.notes.iter().map(Note::quoted));
        blocks.extend([
            joined(
                &[&fields.title, &when, &details.join("\n"), &self.follows],
                "\n",
            ),
            reach,
            self.footer.join("\n"),
        ]);
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n") + "\n"
    }
}

/// What staff are told of an answer that was not applied (L5).
const STALE: &str =
    "It was not applied: the meeting had changed, or was no longer open for answers.";

/// Like `Ann Lee accepted: Window measuring, Jan 15 at 2:00 PM`.
fn subject(did: &str, stale: bool, fields: &MessageFields) -> String {
    let but = if stale { ", not applied" } else { "" };
    subject_line(&format!(
        "{did}{but}: {}",
        settled(&format!("{}, {}", ended(&fields.title), fields.moment))
    ))
}

/// The customer's own words, where there are any: the subject says the rest.
fn preheader(notes: &[Note], headline: &str) -> String {
    notes
        .first()
        .map_or_else(|| headline.to_owned(), |note| note.lines.join(" "))
}

fn answered_at(meeting: &Meeting, given: &AnswerGiven) -> String {
    let dates = Reader::Staff.dates(meeting.details.timezone);
    let (date, time) = (dates.date(given.at), dates.time(given.at));
    format!("Answered on {date} at {time} {}", dates.zone(given.at))
}

fn notes(given: &AnswerGiven) -> Vec<Note> {
    let reason = match given.answer {
        Answer::Decline => "Reason",
        Answer::Accept | Answer::Reschedule => "Comment",
    };
    [
        Note::of(reason, given.reason.as_ref()),
        Note::of("Times that would suit", given.preferred_times.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Note {
    /// `None` when there is nothing to read.
    fn of(label: &'static str, typed: Option<&Reason>) -> Option<Self> {
        let typed = clean(typed?);
        let typed = typed.trim();
        // All that shows as a line break, so that no line goes without its mark.
        let lines = typed.split(['\n', '\u{2028}', '\u{2029}']);
        (!typed.is_empty()).then(|| Self {
            label,
            lines: lines.map(|line| line.trim_end().to_owned()).collect(),
        })
    }

    /// As it stands in plain text.
    fn quoted(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| format!("> {line}").trim_end().to_owned())
            .collect();
        format!("{}:\n{}", self.label, lines.join("\n"))
    }
}

/// What there is to say of the meeting besides its time.
fn details(meeting: &Meeting, attendee: &Attendee, fields: &MessageFields) -> Vec<Detail> {
    let detail = |label, value: &str| Detail {
        label,
        value: value.to_owned(),
    };
    let attendees = match meeting.attendee_count().saturating_sub(1) {
        0 => String::new(),
        1 => format!("{} and 1 other", clean(&attendee.name)),
        others => format!("{} and {others} others", clean(&attendee.name)),
    };
    let mut details = vec![
        detail("Where", &fields.location),
        detail("Status", &fields.status),
        detail("Attendees", &attendees),
    ];
    details.retain(|detail| !detail.value.is_empty());
    details
}

/// Why the status may not be what this attendee answered (L3).
fn follows(meeting: &Meeting, attendee: &Attendee) -> String {
    match meeting.lead() {
        Some(lead) if lead.id != attendee.id => format!(
            "The meeting's status follows {}, the lead attendee.",
            clean(&lead.name)
        ),
        Some(_) | None => String::new(),
    }
}
