//! The variables a template text may name. The list that is checked against and
//! the values that are filled in come from the same types.

use minijinja::{
    Value,
    value::{Serde, ValueKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Contact, Facts,
    changes::Told,
    greeting::{first_name, greeting_name},
    layout::joined,
};
use crate::{language::Language, meeting::Attendee};

/// A group of variables: what each is called, what it means, and its value. The list
/// that people read and the values that are filled in are made of the same lines.
macro_rules! group {
    (
        $(#[$about:meta])*
        struct $name:ident {
            $($(#[doc = $meaning:literal])+ $field:ident,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, Serialize)]
        struct $name {
            $($(#[doc = $meaning])+ $field: String,)*
        }

        impl $name {
            /// Each name, and what it means.
            const MEANINGS: &'static [(&'static str, &'static str)] =
                &[$((stringify!($field), concat!($($meaning),+))),*];
        }
    };
}

/// Everything a text may name. What is absent is the empty string.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Variables {
    attendee: Recipient,
    meeting: Subject,
    /// What customers were told before, as far as it reads otherwise now.
    before: WhenAndWhere,
    organizer: Person,
    business: Person,
    link: String,
}

group! {
    /// Who the message goes to.
    struct Recipient {
        /// The whole name, as it was entered.
        name,
        /// The name to greet by: the whole name, as one says it.
        greeting_name,
        /// The given name, where the name shows one; else the whole name. Not for certain: of two words it is the first.
        first_name,
        /// The email address.
        email,
        /// The phone number.
        phone,
    }
}

group! {
    /// What the meeting is about.
    struct About {
        /// The title, with the booking status where it asks for that.
        title,
        /// What it is about; may have line breaks.
        description,
        /// The booking status, as it will be once this is sent.
        status,
        /// What has changed since customers were told, in sentences; else empty.
        changes,
    }
}

group! {
    /// When and where, in the reader's language.
    struct WhenAndWhere {
        /// The day, short, and the time of the start, with the timezone where the reader may be in another.
        when,
        /// The day of the start.
        date,
        /// The day of the start, short.
        short_date,
        /// The start; with the timezone where the reader may be in another, unless the text names it.
        time,
        /// The end; with its date when that is another day, and its timezone when that is another.
        end_time,
        /// The timezone of the start. A text that names it says itself where times are.
        timezone,
        /// How long it takes.
        duration,
        /// The address, or what kind of place it is.
        location,
        /// A map of the address.
        map_url,
        /// The video call.
        video_url,
    }
}

group! {
    /// Whom a customer can turn to.
    struct Person {
        /// The name.
        name,
        /// The email address.
        email,
        /// The phone number.
        phone,
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct Subject {
    #[serde(flatten)]
    about: About,
    #[serde(flatten)]
    details: WhenAndWhere,
}

/// A variable, as who writes texts reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Variable {
    /// What it is called, like `meeting.title`.
    pub name: String,
    /// What it means.
    pub means: String,
    /// What it is for the sample meeting, which was moved since it was announced.
    pub example: String,
}

/// Every variable a text may name, as readers of `language` see the sample meeting.
pub fn variables(language: Language) -> Vec<Variable> {
    let sample = super::lint::rich_sample(language);
    let mut list = Vec::new();
    for (group, about, meanings) in [
        (
            "attendee",
            "Of who the message goes to: ",
            Recipient::MEANINGS,
        ),
        ("meeting", "", About::MEANINGS),
        ("meeting", "", WhenAndWhere::MEANINGS),
        (
            "before",
            "Before a change that customers were not told of yet; empty unless it reads otherwise now: ",
            WhenAndWhere::MEANINGS,
        ),
        (
            "organizer",
            "Of the staff member who owns the meeting: ",
            Person::MEANINGS,
        ),
        (
            "business",
            "Of the business, from the settings: ",
            Person::MEANINGS,
        ),
    ] {
        list.extend(meanings.iter().map(|(name, means)| {
            let value = sample
                .get_attr(group)
                .and_then(|group| group.get_attr(name));
            Variable {
                name: format!("{group}.{name}"),
                means: format!("{about}{}", means.trim()),
                example: value.map(|value| value.to_string()).unwrap_or_default(),
            }
        }));
    }
    let link = sample.get_attr("link");
    list.push(Variable {
        name: "link".to_owned(),
        means: "The customer's landing page. An SMS gets it at its end by itself.".to_owned(),
        example: link.map(|link| link.to_string()).unwrap_or_default(),
    });
    list
}

impl Variables {
    /// The variables of a meeting as an attendee reads of it; the link is left empty.
    pub(super) fn of(attendee: &Attendee, told: &Told) -> Self {
        let facts = &told.now;
        Self {
            attendee: Recipient::from(attendee),
            meeting: Subject {
                about: About {
                    title: facts.title.clone(),
                    description: facts.description.clone(),
                    status: facts.status.clone(),
                    changes: told.changes(),
                },
                details: facts.clone().into(),
            },
            organizer: facts.organizer.clone().into(),
            business: facts.business.clone().into(),
            link: String::new(),
            before: told
                .what_was_other()
                .map(WhenAndWhere::from)
                .unwrap_or_default(),
        }
    }

    /// The same with another landing link, as the engine takes it.
    pub(super) fn with_link(&self, link: String) -> Value {
        Value::from(Serde(Self {
            link,
            ..self.clone()
        }))
    }

    /// The same with the zone behind every time that is not to be told without it.
    pub(super) fn naming_zones(mut self, told: &Told) -> Self {
        let before = told.before.as_ref();
        for (details, facts) in [
            (&mut self.meeting.details, Some(&told.now)),
            (&mut self.before, before),
        ] {
            let zone = facts.map(|facts| facts.named_timezone.as_str());
            if let (Some(zone), false) = (zone, details.time.is_empty()) {
                details.time = joined(&[&details.time, zone], " ");
            }
        }
        self
    }

    /// The same with every text that people type full of what ends an attribute
    /// or a tag.
    pub(super) fn thorny(mut self) -> Self {
        for text in [
            &mut self.attendee.name,
            &mut self.attendee.greeting_name,
            &mut self.attendee.first_name,
            &mut self.meeting.about.title,
            &mut self.meeting.about.description,
            &mut self.meeting.about.changes,
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
        Self {
            first_name: first_name(&contact.name),
            greeting_name: greeting_name(&contact.name),
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
        }
    }
}

impl From<Contact> for Person {
    fn from(contact: Contact) -> Self {
        Self {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
        }
    }
}

impl From<Facts> for WhenAndWhere {
    fn from(facts: Facts) -> Self {
        Self {
            when: facts.moment,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_explained_with_an_example() {
        for language in Language::ALL {
            let listed = variables(language);
            let mut names: Vec<_> = listed.iter().map(|each| each.name.clone()).collect();
            let mut known = Variables::default().names();
            names.sort();
            known.sort();
            assert_eq!(names, known);
            for each in listed {
                assert!(each.means.ends_with('.'), "{each:?}");
                // The sample's organizer and customer have all there is.
                assert!(!each.example.is_empty(), "{each:?}");
            }
        }
    }
}
