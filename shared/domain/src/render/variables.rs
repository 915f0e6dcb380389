//! The variables a template text may name. The list that is checked against and
//! the values that are filled in come from the same types.

mod group;

use minijinja::{
    Value,
    value::{Serde, ValueKind},
};
use serde::Serialize;

use super::{
    ContactFields, MessageFields,
    changes::Told,
    clean::joined,
    greeting::{first_name, greeting_name},
};
use crate::meeting::Attendee;
pub(crate) use group::Trait;
use group::{Field, group};

use Trait::{Address, Always, Personal, Typed};

/// Everything a text may name. What is absent is the empty string.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Variables {
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
        name: [Personal, Always, Typed],
        /// The name to greet by: the whole name, as one says it.
        greeting_name: [Personal, Always, Typed],
        /// The given name, where the name shows one; else the whole name. Not for certain: of two words it is the first.
        first_name: [Personal, Always, Typed],
        /// The email address.
        email: [Personal],
        /// The phone number.
        phone: [Personal],
    }
}

group! {
    /// What the meeting is about.
    struct About {
        /// The title, with the booking status where it asks for that.
        title: [Personal, Always, Typed],
        /// What it is about; may have line breaks.
        description: [Personal, Typed],
        /// The booking status, as it will be once this is sent.
        status: [Always],
        /// What has changed since customers were told, in sentences; else empty.
        changes: [Personal, Typed],
    }
}

group! {
    /// When and where, in the reader's language.
    struct WhenAndWhere {
        /// The day, short, and the time of the start, with the timezone where the reader may be in another.
        when: [Always],
        /// The day of the start.
        date: [Always],
        /// The day of the start, short.
        short_date: [Always],
        /// The start; with the timezone where the reader may be in another, unless the text names it.
        time: [Always],
        /// The end; with its date when that is another day, and its timezone when that is another.
        end_time: [Always],
        /// The timezone of the start. A text that names it says itself where times are.
        timezone: [Always],
        /// How long it takes.
        duration: [Always],
        /// The address, or what kind of place it is.
        location: [Personal, Typed],
        /// A map of the address.
        map_url: [Personal, Address],
        /// The video call.
        video_url: [Personal, Address],
    }
}

group! {
    /// Whom a customer can turn to.
    struct Person {
        /// The name.
        name: [Typed],
        /// The email address.
        email: [],
        /// The phone number.
        phone: [],
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// What it is called, like `meeting.title`.
    pub name: String,
    /// What it means.
    pub means: String,
    /// What it is for the sample meeting, which was moved since it was announced.
    pub example: String,
}

/// The groups: what each is called, of what it tells, and its variables. What was
/// before is no part of most meetings: none of it is [`Always`] there.
const GROUPS: [(&str, &str, &[Field]); 6] = [
    (
        "attendee",
        "Of who the message goes to: ",
        Recipient::FIELDS,
    ),
    ("meeting", "", About::FIELDS),
    ("meeting", "", WhenAndWhere::FIELDS),
    (
        BEFORE,
        "Before a change that customers were not told of yet; empty unless it reads otherwise now: ",
        WhenAndWhere::FIELDS,
    ),
    (
        "organizer",
        "Of the staff member who owns the meeting: ",
        Person::FIELDS,
    ),
    (
        "business",
        "Of the business, from the settings: ",
        Person::FIELDS,
    ),
];
const BEFORE: &str = "before";
/// The zones of a meeting's times: as they are, and as they were before.
pub(super) const ZONES: [&str; 2] = ["meeting.timezone", "before.timezone"];
/// The customer's landing page, a variable of no group.
pub(crate) const LINK: &str = "link";

/// Whether a variable is so, by its name. Of one that there is not, nothing is known to
/// be harmless.
pub(crate) fn is(name: &str, wanted: Trait) -> bool {
    if name == LINK {
        return wanted != Typed;
    }
    let (group, field) = name.split_once('.').unwrap_or((name, ""));
    if group == BEFORE && wanted == Always {
        return false;
    }
    let groups = GROUPS.iter().filter(|(name, ..)| *name == group);
    let found = groups
        .flat_map(|(.., fields)| fields.iter())
        .find(|each| each.name == field);
    found.map_or(wanted == Personal, |field| field.traits.contains(&wanted))
}

/// Every variable a text may name, each with its value in `sample`.
pub(crate) fn documented(sample: &Value) -> Vec<Variable> {
    let mut list = Vec::new();
    for (group, about, fields) in GROUPS {
        list.extend(fields.iter().map(|field| {
            let value = sample
                .get_attr(group)
                .and_then(|group| group.get_attr(field.name));
            Variable {
                name: format!("{group}.{}", field.name),
                means: format!("{about}{}", field.means.trim()),
                example: value.map(|value| value.to_string()).unwrap_or_default(),
            }
        }));
    }
    let link = sample.get_attr(LINK);
    list.push(Variable {
        name: LINK.to_owned(),
        means: "The customer's landing page. An SMS gets it at its end by itself.".to_owned(),
        example: link.map(|link| link.to_string()).unwrap_or_default(),
    });
    list
}

impl Variables {
    /// The variables of a meeting as an attendee reads of it; the link is left empty.
    pub(super) fn of(attendee: &Attendee, told: &Told) -> Self {
        let message_fields = &told.now;
        Self {
            attendee: Recipient::from(attendee),
            meeting: Subject {
                about: About {
                    title: message_fields.title.clone(),
                    description: message_fields.description.clone(),
                    status: message_fields.status.clone(),
                    changes: told.changes(),
                },
                details: message_fields.clone().into(),
            },
            organizer: message_fields.organizer.clone().into(),
            business: message_fields.business.clone().into(),
            link: String::new(),
            before: told
                .what_was_other()
                .map(WhenAndWhere::from)
                .unwrap_or_default(),
        }
    }

    /// The same with another landing link, as the engine takes it.
    pub(crate) fn with_link(&self, link: String) -> Value {
        Value::from(Serde(Self {
            link,
            ..self.clone()
        }))
    }

    /// The same with the zone behind every time that is not to be told without it, of
    /// those groups whose zone the text does not fill in itself.
    pub(super) fn naming_zones(mut self, told: &Told, filled: &[&str]) -> Self {
        let message_fields = [Some(&told.now), told.before.as_ref()];
        let details = [&mut self.meeting.details, &mut self.before];
        for ((details, message_fields), variable) in
            details.into_iter().zip(message_fields).zip(ZONES)
        {
            let zone = message_fields.map(|message_fields| message_fields.named_timezone.as_str());
            if let (Some(zone), false) = (zone, details.time.is_empty())
                && !filled.contains(&variable)
            {
                details.time = joined(&[&details.time, zone], " ");
            }
        }
        self
    }

    /// The same with another word for one of the [`ZONES`].
    pub(super) fn with_zone(mut self, variable: &str, zone: &str) -> Self {
        let of = [&mut self.meeting.details, &mut self.before];
        for (details, name) in of.into_iter().zip(ZONES) {
            if name == variable {
                zone.clone_into(&mut details.timezone);
            }
        }
        self
    }

    /// The same with every text that people type full of what ends an attribute
    /// or a tag.
    pub(crate) fn hostile(mut self) -> Self {
        let Self {
            attendee,
            meeting,
            before,
            organizer,
            business,
            link: _,
        } = &mut self;
        let typed = [
            attendee.typed(),
            meeting.about.typed(),
            meeting.details.typed(),
            before.typed(),
            organizer.typed(),
            business.typed(),
        ];
        for text in typed.into_iter().flatten() {
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
        let contact = ContactFields::of(
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

impl From<ContactFields> for Person {
    fn from(contact: ContactFields) -> Self {
        Self {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
        }
    }
}

impl From<MessageFields> for WhenAndWhere {
    fn from(message_fields: MessageFields) -> Self {
        Self {
            when: message_fields.moment,
            date: message_fields.date,
            short_date: message_fields.short_date,
            time: message_fields.time,
            end_time: message_fields.end_time,
            timezone: message_fields.timezone,
            duration: message_fields.duration,
            location: message_fields.location,
            map_url: message_fields.map_url,
            video_url: message_fields.video_url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{authoring::variables, language::Language};

    /// Who adds a variable says what it is: what is not said to be harmless is not.
    #[test]
    fn what_is_known_of_a_variable_comes_from_its_definition() {
        for (name, personal, address, always) in [
            ("link", true, true, true),
            ("attendee.first_name", true, false, true),
            ("attendee.phone", true, false, false),
            ("meeting.when", false, false, true),
            ("before.when", false, false, false),
            ("before.video_url", true, true, false),
            ("business.name", false, false, false),
            ("nothing.of.ours", true, false, false),
        ] {
            let found = [Personal, Address, Always].map(|each| is(name, each));
            assert_eq!(found, [personal, address, always], "{name}");
        }
    }

    #[test]
    fn every_variable_is_explained_with_an_example() {
        for &language in Language::ALL {
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
