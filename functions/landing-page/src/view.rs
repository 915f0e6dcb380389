//! What the meeting's page says, as a function of the meeting, the link and
//! what has just happened. Templates only lay it out.

mod choices;
mod notice;
mod reach;
mod subscription;

pub(crate) use reach::ContactChoices;
pub(crate) use subscription::SubscriptionView;

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{
    answer::Answer,
    meeting::{Attendee, BookingStatus, Details, Knowledge, Meeting},
    render::{CalendarLinks, Links, MessageFields, calendar_links, changes, fields},
    respond::Closed,
    token::Token,
};
use usher_flows::respond::Visit;

use crate::{
    form::{Draft, Problems},
    words::{Labels, Words},
};
use choices::Choices;
use notice::Notice;

/// What has just happened.
#[derive(Debug)]
pub(crate) enum Situation {
    /// The link was opened.
    Opened,
    /// This answer stands now.
    Answered(Answer),
    /// The answer was for details that have changed since.
    Moved,
    /// The answer came when none are taken any more.
    TooLate,
    /// The form could not be read, or not all of it.
    Unclear(Problems),
    /// The answer was refused.
    Refused(Refused),
}

/// Why an answer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A later answer stands.
    Overtaken,
    /// The message did not ask for it.
    NotOffered,
    /// It was changed too often.
    TooOften,
}

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    labels: Labels,
    /// The page's title: what the browser shows and a screen reader reads first.
    tab: String,
    fields: MessageFields,
    /// From start to end, with the zone.
    hours: String,
    /// The zone's full name, where it says more than its letters.
    zone: Option<String>,
    notice: Option<Notice>,
    /// What customers were last told, where it differs from now.
    before: Option<Before>,
    contact: ContactChoices,
    business: ContactChoices,
    choices: Choices,
    calendar: Option<Calendar>,
    /// Whether the calendar is what comes next: for who accepted.
    calendar_first: bool,
    token: String,
    revision: u32,
}

#[derive(Debug, Serialize)]
struct Before {
    when: Option<String>,
    duration: Option<String>,
    location: Option<String>,
}

#[derive(Debug, Serialize)]
struct Calendar {
    web: CalendarLinks,
    file: String,
}

impl View {
    /// How the business is reached.
    pub(crate) fn business(&self) -> &ContactChoices {
        &self.business
    }
}

/// The page for `visit`, opened by `token`; `draft` is what the link preselects
/// or the customer filled in. `None` when the link's attendee is no longer
/// invited.
pub(crate) fn page(
    visit: &Visit,
    token: &Token,
    links: &Links,
    situation: &Situation,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Option<View> {
    let page_context = PageContext::new(visit, now)?;
    let fields = page_context.message_fields(page_context.meeting);
    let words = page_context.words;
    let contact = ContactChoices::of(&fields.organizer);
    let business = ContactChoices::of(&fields.business);
    Some(View {
        labels: words.labels,
        tab: tab(words, situation, &fields.title),
        zone: (fields.zone != fields.timezone).then(|| fields.zone.replace('_', " ")),
        notice: page_context.notice(situation, &fields),
        before: page_context.before(&fields),
        contact: contact.or_through(&business),
        business,
        choices: page_context.choices(situation, draft),
        calendar: page_context.goes_into_a_calendar().then(|| Calendar {
            web: calendar_links(page_context.meeting, page_context.attendee, &fields),
            file: links.calendar(),
        }),
        calendar_first: page_context.current_answer() == Some(Answer::Accept),
        token: token.reveal().to_owned(),
        revision: page_context.meeting.revision,
        hours: fields.hours(&format!(" {} ", words.labels.to)),
        fields,
    })
}

fn tab(words: &Words, situation: &Situation, title: &str) -> String {
    let tabs = &words.tabs;
    let news = match situation {
        Situation::Opened => return title.to_owned(),
        Situation::Answered(_) => tabs.answered,
        Situation::Moved => tabs.moved,
        Situation::TooLate => tabs.too_late,
        Situation::Unclear(_) => tabs.unclear,
        Situation::Refused(_) => tabs.refused,
    };
    format!("{news}: {title}")
}

/// A visit with what every part of the page asks of it.
struct PageContext<'a> {
    visit: &'a Visit,
    meeting: &'a Meeting,
    attendee: &'a Attendee,
    words: &'static Words,
    /// Until when answers are taken, or why they are not.
    open: Result<DateTime<Utc>, Closed>,
}

impl<'a> PageContext<'a> {
    fn new(visit: &'a Visit, now: DateTime<Utc>) -> Option<Self> {
        let meeting = &visit.context.meeting;
        let attendee = meeting.attendee(&visit.grant.attendee_id)?;
        Some(Self {
            visit,
            meeting,
            attendee,
            words: Words::of(attendee.locale(&visit.context.settings).language()),
            open: visit.context.open_until(now),
        })
    }

    /// The strings of `meeting`, for this attendee.
    fn message_fields(&self, meeting: &Meeting) -> MessageFields {
        let context = &self.visit.context;
        fields(
            meeting,
            self.attendee,
            context.template.as_ref(),
            &context.settings,
            meeting.status,
        )
    }

    /// The strings of the meeting if its details were these.
    fn message_fields_of(&self, details: &Details) -> MessageFields {
        self.message_fields(&Meeting {
            details: details.clone(),
            ..self.meeting.clone()
        })
    }

    /// The attendee's answer, if it was given for the details shown.
    fn current_answer(&self) -> Option<Answer> {
        let response = self.meeting.standing_answer(self.attendee)?;
        (response.revision == self.meeting.revision).then_some(response.answer)
    }

    /// Whether the details differ from what the attendee was last told.
    fn moved(&self) -> bool {
        self.meeting.knowledge_of(self.attendee) == Knowledge::Outdated
    }

    fn before(&self, now: &MessageFields) -> Option<Before> {
        let known = self.meeting.details_known_to(self.attendee);
        let told = self.message_fields_of(known.filter(|_| self.moved())?);
        let changed = |told: String, now: String| (told != now && !told.is_empty()).then_some(told);
        let before = Before {
            when: changed(self.when(&told), self.when(now)),
            duration: changed(told.duration, now.duration.clone()),
            location: changed(told.location, now.location.clone()),
        };
        (before.when.is_some() || before.duration.is_some() || before.location.is_some())
            .then_some(before)
    }

    /// What has changed since customers were told, in sentences.
    fn changes(&self) -> String {
        let context = &self.visit.context;
        changes(
            self.meeting,
            self.attendee,
            context.template.as_ref(),
            &context.settings,
        )
    }

    /// Like `Thursday, January 15, 2026 at 2:00 PM EST`.
    fn when(&self, fields: &MessageFields) -> String {
        (self.words.when)(&fields.date, &fields.time, &fields.timezone)
    }

    /// Whether it can be added to a calendar. A change that was not announced may be
    /// taken back without a word, and no calendar would hear of it.
    fn goes_into_a_calendar(&self) -> bool {
        self.meeting.status != BookingStatus::Cancelled
            && !self.meeting.cancellation_in_doubt()
            && !self.moved()
            && !self.meeting.archived
            && self.current_answer() != Some(Answer::Decline)
    }
}

#[cfg(test)]
mod tests;
