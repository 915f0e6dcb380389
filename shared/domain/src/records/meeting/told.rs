//! What each customer was told, address by address: what is certain, and what is in doubt.
//!
//! The meeting keeps what was said: its [`Statement`]s, numbered in the order of the
//! messages that made them. Each attendee keeps which of them reached each of their
//! addresses. Whatever else is said of what customers know is derived from the two: who
//! needs an update, who is reminded, what a change reads like, what would be sent again.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::details::Details;
use crate::{
    contact::{EmailAddress, PhoneNumber},
    values::{channel::Channel, kind::NotificationType},
};

/// What the messages of one send tell of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which one of the meeting's it is; what is sent later has a higher one. The store
    /// decides it: it is claimed with the meeting's version.
    pub number: u64,
    /// The type of the messages.
    pub kind: NotificationType,
    /// The revision that they tell of.
    pub revision: u32,
    /// The details that they tell of.
    pub details: Details,
    /// Whether they ask for an answer.
    pub asked: bool,
    /// When they were sent.
    pub at: DateTime<Utc>,
}

impl Statement {
    /// Whether it is worth knowing beside a later one: it told the same by a message of
    /// another type, or asked for an answer where that did not.
    fn adds_to(&self, later: &Self) -> bool {
        let more = self.kind != later.kind || (self.asked && !later.asked);
        self.agrees_with(later) && more
    }

    /// Whether the other one tells the same: that the meeting takes place with these
    /// details, or that it is off.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.revision == other.revision && self.kind.calls_off() == other.kind.calls_off()
    }
}

/// Where a customer can be told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactPoint {
    /// By email.
    Email(EmailAddress),
    /// By SMS.
    Phone(PhoneNumber),
}

impl ContactPoint {
    /// How it is reached.
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Sms,
        }
    }

    /// Whether messages to both end in one mailbox or at one telephone.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Email(one), Self::Email(other)) => one.key() == other.key(),
            (Self::Phone(one), Self::Phone(other)) => one == other,
            (Self::Email(_), Self::Phone(_)) | (Self::Phone(_), Self::Email(_)) => false,
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(address) => address.shown(),
            Self::Phone(number) => number.as_str(),
        }
    }
}

/// Which statements reached one address of a customer, theirs still or theirs once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The address.
    pub address: ContactPoint,
    /// The last that certainly reached it, with those before it that told the same and the
    /// last that put the meeting into the calendar behind it; and where it is off, those that
    /// have announced it before. Oldest first.
    pub certain: Vec<u64>,
    /// Those that may have reached it since, oldest first.
    pub doubtful: Vec<u64>,
    /// The calendar behind it, as far as what reached it does not tell: once the address was
    /// left, and where a file that perhaps came was said over.
    pub left_calendar: Option<LeftCalendar>,
}

/// The calendar behind an email address: what is known of it however little matters any more
/// of what reached the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftCalendar {
    /// The numbers of the statements that put the meeting into it, certainly or perhaps,
    /// since it was called off there; lowest first.
    pub filed_by: Vec<u64>,
    /// The last that certainly told its owner there that the meeting is off: that took out
    /// what was put in before, also what is found to have come only later.
    pub called_off_by: Option<u64>,
    /// The last request to take the meeting out, sent or withheld.
    pub request: Option<CalendarRequest>,
}

/// A request to take the meeting out of a calendar behind an address that somebody has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarRequest {
    /// The number of a statement: what it put in, or one before it, is to be taken out.
    pub up_to: u64,
    /// What became of the request.
    pub outcome: CalendarRequestOutcome,
    /// Whether the address was its owner's again since.
    pub is_taken_back: bool,
}

/// What became of a request to take the meeting out of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CalendarRequestOutcome {
    /// It was sent.
    Sent,
    /// It was perhaps sent.
    InDoubt,
    /// Staff have left it out, for good.
    Withheld,
}

/// How sure it is that a message reached for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// A provider has accepted it.
    Certain,
    /// It may have gone out or not.
    Doubtful,
    /// It certainly did not go out.
    Unsaid,
}

/// A statement by its number.
pub(super) fn numbered(statements: &[Statement], number: u64) -> Option<&Statement> {
    statements.iter().find(|said| said.number == number)
}

impl Told {
    /// The last that reached it, certainly or perhaps.
    pub(super) fn last(&self) -> Option<u64> {
        self.certain.last().max(self.doubtful.last()).copied()
    }

    /// Takes in what is known of one statement. The same again changes nothing, and what
    /// comes late takes its place in the order of statements.
    pub(super) fn hear(&mut self, number: u64, certainty: Certainty, statements: &[Statement]) {
        self.doubtful.retain(|doubt| *doubt != number);
        self.certain.retain(|certain| *certain != number);
        match certainty {
            Certainty::Unsaid => {}
            Certainty::Doubtful => self.doubtful.push(number),
            Certainty::Certain => self.certain.push(number),
        }
        self.certain.sort_unstable();
        self.doubtful.sort_unstable();
        if certainty == Certainty::Unsaid {
            self.note_unfiled(number);
        }
        let Some(last) = self.certain.last().copied() else {
            return;
        };
        // Whatever may have been said before it has been said over; a file may be there.
        let said_over = self.doubtful.iter().copied().filter(|doubt| *doubt < last);
        self.note_filed(said_over.collect(), statements);
        self.doubtful.retain(|doubt| *doubt > last);
        let calls_off =
            |number: &u64| numbered(statements, *number).is_some_and(|said| said.kind.calls_off());
        let off = calls_off(&last);
        let (before, now) = split_after(&self.certain, |number| calls_off(number) != off);
        // What is off is named as it was announced last; a new announcement begins anew.
        let (_, announced) = split_after(before, calls_off);
        let announced = if off { announced } else { &[] };
        let filed = self.filing(now.iter().copied(), statements).max();
        let parts = [announced, now].into_iter();
        self.certain = parts
            .flat_map(|numbers| adding_to_last(numbers, filed, statements))
            .collect();
    }
}

/// The numbers up to the last of which this is true, and those after it.
fn split_after(numbers: &[u64], is_true: impl Fn(&u64) -> bool) -> (&[u64], &[u64]) {
    let last = numbers.iter().rposition(is_true);
    numbers.split_at(last.map_or(0, |last| last + 1))
}

/// The last of these numbers, with those before it that are worth knowing beside it, and with
/// what put the meeting into a calendar: a reminder of other details carries no file.
fn adding_to_last(numbers: &[u64], filed: Option<u64>, statements: &[Statement]) -> Vec<u64> {
    let find = |number| numbered(statements, number);
    let last = numbers.last().copied();
    let adds = |number: &u64| {
        let both = find(*number).zip(last.and_then(find));
        [last, filed].contains(&Some(*number)) || both.is_some_and(|(one, last)| one.adds_to(last))
    };
    numbers.iter().copied().filter(adds).collect()
}

/// What a customer certainly knows of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Knowledge {
    /// Nothing.
    Untold,
    /// The details as they are.
    Current,
    /// Other details.
    Outdated,
    /// That it is off.
    Cancelled,
}

/// What somebody must be told to be up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The meeting: they were never told of it, or not at the address that is theirs now,
    /// or told that it is off while it takes place.
    Announcement,
    /// That it has changed.
    Update,
    /// That it is off.
    Cancellation,
    /// That they are no longer expected.
    Removal,
}
