//! What the meeting's page says, as a function of the meeting, the link and
//! what has just happened. Templates only lay it out.

mod choices;
mod notice;
mod reach;

pub(crate) use reach::Reach;

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{
    answer::{Answer, Closed},
    meeting::{Attendee, BookingStatus, Details, Meeting, NotificationState},
    render::{CalendarLinks, Facts, Links, calendar_links, changes, facts},
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
    facts: Facts,
    /// From start to end, with the zone.
    hours: String,
    /// The zone's full name, where it says more than its letters.
    zone: Option<String>,
    notice: Option<Notice>,
    /// What customers were last told, where it differs from now.
    before: Option<Before>,
    contact: Reach,
    business: Reach,
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
    pub(crate) fn business(&self) -> &Reach {
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
    let scene = Scene::new(visit, now)?;
    let facts = scene.facts(scene.meeting);
    let words = scene.words;
    let contact = Reach::of(&facts.organizer);
    let business = Reach::of(&facts.business);
    Some(View {
        labels: words.labels,
        tab: tab(words, situation, &facts.title),
        zone: (facts.zone != facts.timezone).then(|| facts.zone.replace('_', " ")),
        notice: scene.notice(situation, &facts),
        before: scene.before(&facts),
        contact: contact.or_through(&business),
        business,
        choices: scene.choices(situation, draft),
        calendar: scene.goes_into_a_calendar().then(|| Calendar {
            web: calendar_links(scene.meeting, &facts),
            file: links.calendar(),
        }),
        calendar_first: scene.current_answer() == Some(Answer::Accept),
        token: token.reveal().to_owned(),
        revision: scene.meeting.revision,
        hours: facts.hours(&format!(" {} ", words.labels.to)),
        facts,
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
struct Scene<'a> {
    visit: &'a Visit,
    meeting: &'a Meeting,
    attendee: &'a Attendee,
    words: &'static Words,
    /// Until when answers are taken, or why they are not.
    open: Result<DateTime<Utc>, Closed>,
}

impl<'a> Scene<'a> {
    fn new(visit: &'a Visit, now: DateTime<Utc>) -> Option<Self> {
        let meeting = &visit.world.meeting;
        let attendee = meeting.attendee(&visit.grant.attendee_id)?;
        Some(Self {
            visit,
            meeting,
            attendee,
            words: Words::of(attendee.locale(&visit.world.settings).language()),
            open: visit.world.open_until(now),
        })
    }

    /// The strings of `meeting`, for this attendee.
    fn facts(&self, meeting: &Meeting) -> Facts {
        let world = &self.visit.world;
        facts(
            meeting,
            self.attendee,
            world.template.as_ref(),
            &world.settings,
            meeting.status,
        )
    }

    /// The strings of the meeting if its details were these.
    fn facts_of(&self, details: &Details) -> Facts {
        self.facts(&Meeting {
            details: details.clone(),
            ..self.meeting.clone()
        })
    }

    /// The attendee's answer, if it was given for the details shown.
    fn current_answer(&self) -> Option<Answer> {
        let response = self.meeting.standing_answer(self.attendee)?;
        (response.revision == self.meeting.revision).then_some(response.answer)
    }

    /// Whether the details differ from what customers were last told.
    fn moved(&self) -> bool {
        self.meeting.notification_state() == NotificationState::UpdateDue
    }

    fn before(&self, now: &Facts) -> Option<Before> {
        let announced = self.meeting.announced.as_ref().filter(|_| self.moved())?;
        let told = self.facts_of(&announced.details);
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
        let world = &self.visit.world;
        changes(
            self.meeting,
            self.attendee,
            world.template.as_ref(),
            &world.settings,
        )
    }

    /// Like `Thursday, January 15, 2026 at 2:00 PM EST`.
    fn when(&self, facts: &Facts) -> String {
        (self.words.when)(&facts.date, &facts.time, &facts.timezone)
    }

    /// Whether it can be added to a calendar. A change that was not announced may be
    /// taken back without a word, and no calendar would hear of it.
    fn goes_into_a_calendar(&self) -> bool {
        self.meeting.status != BookingStatus::Cancelled
            && !self.moved()
            && !self.meeting.archived
            && self.current_answer() != Some(Answer::Decline)
    }
}

#[cfg(test)]
mod tests;
