//! What staff can write in a history: the templates there are, the guests, the
//! places, and the meeting as they want it.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::{
    id::TemplateId,
    local_time::rfc3339,
    meeting::{AttendeeDraft, MeetingDraft},
    sample,
    settings::Settings,
    template::{ButtonToggles, IfLate, NotificationConfig, Template, TemplateBody},
    values::kind::NotificationType,
};

/// Two zones that change their clocks in that month, and one that never does.
pub const ZONES: [Tz; 3] = [Tz::America__New_York, Tz::Europe__Berlin, Tz::Asia__Kolkata];

pub const PLACES: [&str; 3] = ["123 Main St", "7 Side Alley", "The office"];

/// Who may come, the lead attendee first. Cleo cannot be reached at all.
pub const GUESTS: [&[&str]; 6] = [
    &["ann"],
    &["ann", "bob"],
    &["ann", "bob", "cleo"],
    &["ann", "cleo"],
    &["bob", "ann"],
    &["bob"],
];

/// A reminder trigger, in the oracle's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub id: &'static str,
    pub minutes: i64,
    pub send_now: bool,
}

const fn rule(id: &'static str, minutes: i64) -> Rule {
    let send_now = false;
    Rule {
        id,
        minutes,
        send_now,
    }
}

const fn or_now(id: &'static str, minutes: i64) -> Rule {
    let send_now = true;
    Rule {
        id,
        minutes,
        send_now,
    }
}

/// A template, and what its triggers are changed to in the course of a history.
#[derive(Debug)]
pub struct Shelf {
    pub name: &'static str,
    /// Whether only the lead attendee is reminded.
    pub lead_only: bool,
    /// Whether its confirmations leave an answer that was given.
    pub keeps_answer: bool,
    /// Whether its reminders ask for an answer.
    pub asks: bool,
    pub variants: [&'static [Rule]; 4],
}

pub const SHELVES: [Shelf; 3] = [
    Shelf {
        name: "visit",
        lead_only: false,
        keeps_answer: false,
        asks: false,
        variants: [
            &[rule("day", 1_440), rule("hour", 60)],
            &[rule("day", 1_440), or_now("hour", 90)],
            &[rule("hour", 60)],
            &[or_now("day", 1_440), rule("hour", 60), rule("quarter", 15)],
        ],
    },
    Shelf {
        name: "survey",
        lead_only: true,
        keeps_answer: false,
        asks: true,
        variants: [
            &[or_now("day", 1_440), or_now("hours", 120)],
            &[or_now("week", 10_080), or_now("day", 2_880)],
            &[],
            &[rule("hours", 120), or_now("day", 1_440)],
        ],
    },
    Shelf {
        name: "call",
        lead_only: false,
        keeps_answer: true,
        asks: true,
        variants: [
            &[or_now("hour", 60), or_now("quarter", 15)],
            &[or_now("hour", 45), rule("days", 4_320)],
            &[rule("days", 4_320), rule("hour", 60)],
            &[rule("day", 1_440)],
        ],
    },
];

/// Everything that is read or parsed once: ten thousand histories share it.
pub struct Stock {
    templates: Vec<Vec<Template>>,
    draft: MeetingDraft,
    pub settings: Settings,
}

pub static STOCK: LazyLock<Stock> = LazyLock::new(|| Stock {
    templates: SHELVES.iter().map(templates).collect(),
    draft: MeetingDraft {
        title: "Window measuring".to_owned(),
        attendees: vec![
            guest("ann", "Ann"),
            guest("bob", "Bob"),
            guest("cleo", "Cleo"),
        ],
        ..MeetingDraft::default()
    },
    settings: sample::settings(),
});

fn guest(id: &str, name: &str) -> AttendeeDraft {
    AttendeeDraft {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        ..AttendeeDraft::default()
    }
}

fn templates(shelf: &Shelf) -> Vec<Template> {
    let toggle = shelf.asks.then_some(true);
    let soon = NotificationConfig {
        buttons: ButtonToggles {
            accept: toggle,
            decline: toggle,
            ..ButtonToggles::default()
        },
        ..sample::config("soon", NotificationType::Reminder)
    };
    let booked = NotificationConfig {
        keep_answer: shelf.keeps_answer,
        ..sample::config("booked", NotificationType::Confirmation)
    };
    let trigger = |rule: &Rule| {
        let if_late = if rule.send_now {
            IfLate::SendNow
        } else {
            IfLate::Skip
        };
        sample::trigger(rule.id, "soon", rule.minutes.try_into().unwrap(), if_late)
    };
    let template = |rules: &&[Rule]| {
        let body = TemplateBody {
            lead_only_reminders: shelf.lead_only,
            configs: vec![soon.clone(), booked.clone()],
            reminder_triggers: rules.iter().map(trigger).collect(),
            ..sample::template_body(shelf.name)
        };
        let id = TemplateId::parse(shelf.name).unwrap();
        Template::new(id, 1, body, &Settings::default()).unwrap()
    };
    shelf.variants.iter().map(template).collect()
}

/// The addresses that each of them may have, by turns.
const ADDRESSES: [(&str, [&str; 2]); 2] = [
    ("ann", ["ann@example.com", "ann.lee@example.org"]),
    ("bob", ["bob@example.com", "bob.lee@example.org"]),
];

/// Whose address it is or was, and which of theirs.
pub fn address_of(who: &str, email: &str) -> Option<(&'static str, usize)> {
    let (name, theirs) = ADDRESSES.iter().find(|(name, _)| *name == who)?;
    Some((name, theirs.iter().position(|each| *each == email)?))
}

/// What customers must be told when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub start: DateTime<Utc>,
    pub zone: Tz,
    pub minutes: i64,
    pub place: usize,
}

impl Facts {
    pub fn end(self) -> DateTime<Utc> {
        self.start + TimeDelta::minutes(self.minutes)
    }
}

/// A meeting as staff want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub facts: Facts,
    /// Into [`GUESTS`].
    pub guests: usize,
    /// Into [`SHELVES`].
    pub template: Option<usize>,
    /// Which of their addresses each of [`ADDRESSES`] has.
    pub addresses: [usize; 2],
}

impl Wish {
    /// Which of their addresses somebody has; none for who has none.
    pub fn address(&self, who: &str) -> Option<usize> {
        let place = ADDRESSES.iter().position(|(name, _)| *name == who)?;
        Some(self.addresses[place])
    }
}

/// A start as staff write it.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    At(DateTime<Utc>),
    Local(NaiveDateTime),
}

impl Start {
    /// The instant it means; none for a time that clocks skip or repeat.
    pub fn instant(self, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            Self::At(instant) => Some(instant),
            Self::Local(local) => {
                let single = zone.from_local_datetime(&local).single();
                single.map(|instant| instant.to_utc())
            }
        }
    }
}

impl Stock {
    /// A template as it is by now.
    pub fn template(&self, shelf: usize, variant: usize) -> &Template {
        &self.templates[shelf][variant]
    }

    /// What staff would type.
    pub fn draft(&self, wish: &Wish, start: Start) -> MeetingDraft {
        let mut draft = self.draft.clone();
        draft.starts_at = match start {
            Start::At(instant) => rfc3339(instant),
            Start::Local(local) => local.format("%Y-%m-%dT%H:%M:%S").to_string(),
        };
        wish.facts.zone.name().clone_into(&mut draft.timezone);
        draft.duration_minutes = Some(wish.facts.minutes);
        draft.location.address = Some(PLACES[wish.facts.place].to_owned());
        draft.template_id = wish.template.map(|shelf| SHELVES[shelf].name.to_owned());
        let of_name = |name: &&str| {
            let mut all = self.draft.attendees.iter();
            all.find(|guest| guest.id.as_deref() == Some(*name))
                .cloned()
        };
        draft.attendees = GUESTS[wish.guests].iter().filter_map(of_name).collect();
        for guest in &mut draft.attendees {
            let owner = ADDRESSES
                .iter()
                .find(|(name, _)| guest.id.as_deref() == Some(*name));
            let address = owner.map(|(name, all)| all[wish.address(name).unwrap_or_default()]);
            guest.email = address.map(str::to_owned);
        }
        draft
    }
}
