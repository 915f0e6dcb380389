//! The steps of a history: plain values, so that a history can be written down,
//! played again, and shortened.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;

use super::{
    booking::{GUESTS, PLACES, SHELVES, ZONES},
    chance::Chance,
};
use crate::values::{answer::Answer, kind::NotificationType};

/// A history: what is booked first, and what happens then.
#[derive(Debug, Clone)]
pub struct History {
    pub seed: u64,
    /// Whether nothing fails: then every reminder goes at its very moment.
    pub calm: bool,
    pub zone: Tz,
    pub start: NaiveDateTime,
    pub guests: usize,
    pub template: Option<usize>,
    pub steps: Vec<Step>,
}

/// How often the upkeep fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    Some,
    Much,
}

/// Something that happens, and what becomes of the work behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub what: What,
    pub upkeep: Upkeep,
}

/// What is done for the schedules after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// All of it.
    Whole,
    /// All but what is due at once.
    NoCatchUp,
    /// It is cut off after the scheduler was called, before that is stored.
    Cut,
    /// None of it.
    Crashed,
}

/// What happens in a step. Rules are counted around, so that any number names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Wait {
        seconds: i64,
    },
    WaitForReminder {
        rule: usize,
        seconds: i64,
    },
    WaitForStart {
        seconds: i64,
    },
    Edit(Edit),
    Send(NotificationType, To, Fate, Option<Meanwhile>),
    /// One of the messages that are in doubt turns out to have gone out, or not.
    Resolve {
        which: usize,
        sent: bool,
    },
    /// One of the messages that were accepted comes back for good.
    Bounce {
        which: usize,
    },
    /// One of the messages that have failed is sent again.
    Retry {
        which: usize,
        fate: Fate,
    },
    Answer(usize, Answer, Shown),
    /// Of the meeting's own template.
    Triggers(usize, Apply),
    Archive,
    SweepDown {
        minutes: i64,
    },
}

/// A change of the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    Move {
        minutes: i64,
    },
    MoveDays {
        days: i64,
    },
    /// To where a reminder is due so many seconds from now.
    MoveNear {
        rule: usize,
        seconds: i64,
    },
    Duration {
        minutes: i64,
    },
    Place(usize),
    /// To what customers know.
    TakeBack,
    /// To what it was before the last change.
    Undo,
    Guests(usize),
    /// Of one of those who have two.
    Address(usize),
    Template(Option<usize>),
}

/// To whom staff send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    All,
    /// One of them, whoever is no longer expected included.
    One(usize),
    /// All but one of them.
    AllBut(usize),
}

impl To {
    /// Those of all it may be.
    pub fn of(self, all: &[&'static str]) -> Vec<&'static str> {
        let places = all.iter().enumerate();
        let chosen = places.filter(|(place, _)| match self {
            Self::All => true,
            Self::One(which) => *place == which % all.len(),
            Self::AllBut(which) => *place != which % all.len(),
        });
        chosen.map(|(_, who)| *who).collect()
    }
}

/// What happens between the sending of a message and the note of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    Edit(Edit),
    /// The first of its receivers answers it.
    Answer(Answer),
}

impl Meanwhile {
    /// Seldom anything.
    pub fn of(chance: &mut Chance) -> Option<Self> {
        match chance.below(24) {
            0 => Some(Self::Edit(edit(chance))),
            1 => Some(Self::Answer(chance.pick(Answer::ALL))),
            _ => None,
        }
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    Refused,
    Doubtful,
    /// Something else for each of its receivers.
    Mixed,
}

/// Which details the giver of an answer looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As they are: staff take it down.
    Current,
    /// As they were told: over a link.
    Told,
    /// As they were before: over an old link.
    Old,
}

/// Whether a template's new triggers are for meetings that were announced, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply {
    Upcoming,
    NewOnly,
}

impl History {
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let trouble = chance.pick(&[Trouble::None, Trouble::Some, Trouble::Some, Trouble::Much]);
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
        let minutes = chance.pick(&[0, 0, 7, 15, 30, 45]);
        let start = TimeDelta::hours(chance.between(7, 20)) + TimeDelta::minutes(minutes);
        let first = chance.between(0, 9);
        let start = start + TimeDelta::days(chance.between(first, 30));
        let mut steps = vec![first_step(&mut chance)];
        for _ in 0..chance.between(8, 50) {
            let step = step(&mut chance, trouble);
            steps.push(step);
            // A trigger may be changed while its reminder is due.
            if matches!(step.what, What::WaitForReminder { .. }) && chance.one_in(5) {
                let change = What::Triggers(chance.below(4), Apply::Upcoming);
                steps.push(Step::new(change, trouble, &mut chance));
            }
            // Staff mostly tell of what they change.
            if matches!(step.what, What::Edit(_)) && !chance.one_in(3) {
                let update = What::Send(NotificationType::Update, To::All, Fate::Accepted, None);
                steps.push(Step::new(update, trouble, &mut chance));
            }
        }
        Self {
            seed,
            calm: trouble == Trouble::None,
            zone: chance.pick(&ZONES),
            start: day.and_time(chrono::NaiveTime::MIN) + start,
            guests: chance.below(GUESTS.len()),
            template: template(&mut chance),
            steps,
        }
    }
}

/// Most meetings are announced at once: until then little can happen.
fn first_step(chance: &mut Chance) -> Step {
    let what = if chance.one_in(6) {
        wait(chance)
    } else {
        What::Send(
            NotificationType::Confirmation,
            To::All,
            Fate::Accepted,
            None,
        )
    };
    Step::new(what, Trouble::None, chance)
}

impl Step {
    fn new(what: What, trouble: Trouble, chance: &mut Chance) -> Self {
        let odds = match trouble {
            Trouble::None => usize::MAX,
            Trouble::Some => 20,
            Trouble::Much => 6,
        };
        let upkeep = match chance.below(odds) {
            0 => Upkeep::NoCatchUp,
            1 => Upkeep::Cut,
            2 => Upkeep::Crashed,
            _ => Upkeep::Whole,
        };
        Self { what, upkeep }
    }
}

fn step(chance: &mut Chance, trouble: Trouble) -> Step {
    let what = match chance.below(100) {
        0..14 => wait(chance),
        14..16 => What::Bounce {
            which: chance.below(4),
        },
        16..36 => What::WaitForReminder {
            rule: chance.below(3),
            seconds: near(chance),
        },
        36..38 => What::WaitForStart {
            seconds: near(chance),
        },
        38..62 => What::Edit(edit(chance)),
        62..80 => send(chance),
        80..84 => What::Resolve {
            which: chance.below(4),
            sent: !chance.one_in(3),
        },
        84 => What::Retry {
            which: chance.below(4),
            fate: fate(chance),
        },
        85..93 => answer(chance),
        93..97 => What::Triggers(
            chance.below(4),
            chance.pick(&[Apply::Upcoming, Apply::Upcoming, Apply::NewOnly]),
        ),
        97 => What::Archive,
        _ if trouble == Trouble::None => wait(chance),
        _ => What::SweepDown {
            minutes: chance.between(5, 600),
        },
    };
    Step::new(what, trouble, chance)
}

fn wait(chance: &mut Chance) -> What {
    let longest = chance.pick(&[600, 7_200, 86_400, 259_200]);
    What::Wait {
        seconds: chance.between(1, longest),
    }
}

/// Around a moment: mostly close to it, where things go wrong.
fn near(chance: &mut Chance) -> i64 {
    let width = chance.pick(&[0, 60, 900, 2_700, 14_400]);
    chance.between(-width, width)
}

fn edit(chance: &mut Chance) -> Edit {
    match chance.below(20) {
        0..2 => Edit::Move {
            minutes: chance.between(-600, 600),
        },
        2..4 => Edit::MoveDays {
            days: chance.between(-5, 10),
        },
        4..7 => Edit::MoveNear {
            rule: chance.below(3),
            seconds: near(chance),
        },
        7 => Edit::Duration {
            minutes: chance.pick(&[15, 30, 45]),
        },
        8..11 => Edit::Place(chance.below(PLACES.len())),
        11..13 => Edit::TakeBack,
        13 => Edit::Undo,
        14..17 => Edit::Guests(chance.below(GUESTS.len())),
        17 => Edit::Address(chance.below(2)),
        _ => Edit::Template(template(chance)),
    }
}

fn template(chance: &mut Chance) -> Option<usize> {
    let any = chance.below(SHELVES.len());
    (!chance.one_in(8)).then_some(any)
}

fn send(chance: &mut Chance) -> What {
    use NotificationType::{Cancellation, Confirmation, ConfirmationRequest, Update};
    let kind = match chance.below(20) {
        0..5 => Confirmation,
        5..8 => ConfirmationRequest,
        8..18 => Update,
        _ => Cancellation,
    };
    let to = match chance.below(8) {
        0 => To::One(chance.below(3)),
        1 => To::AllBut(chance.below(3)),
        _ => To::All,
    };
    let fate = fate(chance);
    What::Send(kind, to, fate, Meanwhile::of(chance))
}

fn fate(chance: &mut Chance) -> Fate {
    match chance.below(12) {
        0 => Fate::Refused,
        1 => Fate::Doubtful,
        2..4 => Fate::Mixed,
        _ => Fate::Accepted,
    }
}

fn answer(chance: &mut Chance) -> What {
    let who = chance.pick(&[0, 0, 1, 2]);
    let shown = chance.pick(&[
        Shown::Current,
        Shown::Current,
        Shown::Told,
        Shown::Told,
        Shown::Old,
    ]);
    What::Answer(who, chance.pick(Answer::ALL), shown)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)?;
        match self.upkeep {
            Upkeep::Whole => Ok(()),
            other => write!(f, ", schedules: {other:?}"),
        }
    }
}
