//! The variables a template text may name. The list that is checked against and
//! the values that are filled in come from the same types.

use minijinja::{
    Value,
    value::{Serde, ValueKind},
};
use serde::Serialize;

use super::{Contact, Facts, facts::clean};
use crate::meeting::Attendee;

/// Everything a text may name. What is absent is the empty string.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Variables {
    attendee: Recipient,
    meeting: Subject,
    organizer: Contact,
    business: Contact,
    /// The landing page.
    pub(super) link: String,
    /// What customers were told before; empty unless it differs.
    before: WhenAndWhere,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Recipient {
    name: String,
    first_name: String,
    email: String,
    phone: String,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Subject {
    title: String,
    description: String,
    status: String,
    #[serde(flatten)]
    details: WhenAndWhere,
}

#[derive(Debug, Clone, Default, Serialize)]
struct WhenAndWhere {
    date: String,
    short_date: String,
    time: String,
    end_time: String,
    timezone: String,
    duration: String,
    location: String,
    map_url: String,
    video_url: String,
}

impl Variables {
    /// The variables of a meeting as an attendee reads of it; the link is left empty.
    pub(super) fn of(attendee: &Attendee, facts: &Facts, before: Option<&Facts>) -> Self {
        Self {
            attendee: Recipient::from(attendee),
            meeting: Subject {
                title: facts.title.clone(),
                description: facts.description.clone(),
                status: facts.status.clone(),
                details: facts.into(),
            },
            organizer: facts.organizer.clone(),
            business: facts.business.clone(),
            link: String::new(),
            before: before.map(WhenAndWhere::from).unwrap_or_default(),
        }
    }

    /// The same with another landing link, as the engine takes it.
    pub(super) fn with_link(&self, link: String) -> Value {
        Value::from(Serde(Self {
            link,
            ..self.clone()
        }))
    }

    /// The same with every text that people type full of what ends an attribute
    /// or a tag.
    pub(super) fn thorny(mut self) -> Self {
        for text in [
            &mut self.attendee.name,
            &mut self.attendee.first_name,
            &mut self.meeting.title,
            &mut self.meeting.description,
            &mut self.meeting.details.location,
            &mut self.organizer.name,
            &mut self.business.name,
            &mut self.before.location,
        ] {
            *text = "a\" b='c' onx=d><x>\n{{ y }}".to_owned();
        }
        self
    }

    /// Every name that a text may use.
    pub(super) fn names(&self) -> Vec<String> {
        let root = Value::from(Serde(self));
        let mut names = Vec::new();
        for key in root.try_iter().into_iter().flatten() {
            // A text can be walked too, letter by letter.
            let group = root.get_item(&key).ok();
            let group = group.filter(|value| value.kind() == ValueKind::Map);
            match group.and_then(|group| group.try_iter().ok()) {
                Some(parts) => names.extend(parts.map(|part| format!("{key}.{part}"))),
                None => names.push(key.to_string()),
            }
        }
        names
    }
}

impl From<&Attendee> for Recipient {
    fn from(attendee: &Attendee) -> Self {
        let contact = Contact::of(
            Some(&attendee.name),
            attendee.email.as_ref(),
            attendee.phone.as_ref(),
        );
        let first_name = clean(&attendee.name)
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        Self {
            name: contact.name,
            first_name,
            email: contact.email,
            phone: contact.phone,
        }
    }
}

impl From<&Facts> for WhenAndWhere {
    fn from(facts: &Facts) -> Self {
        let facts = facts.clone();
        Self {
            date: facts.date,
            short_date: facts.short_date,
            time: facts.time,
            end_time: facts.end_time,
            timezone: facts.timezone,
            duration: facts.duration,
            location: facts.location,
            map_url: facts.map_url,
            video_url: facts.video_url,
        }
    }
}
