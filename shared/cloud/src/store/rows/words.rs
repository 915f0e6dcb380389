//! The words of enumerations as they are stored: known to this release, or not.
//!
//! What an unknown word is read as is decided once for each enumeration. Where nothing
//! neutral can be said the field is missing, or what needs it cannot be read.

use std::{cmp::Ordering, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use usher_domain::{
    answer::{Answer, AnswerChannel},
    channel::{Channel, Preference},
    figures::Lag,
    kind::{MessageKind, NotificationType},
    language::Language,
    location::LocationKind,
    meeting::{BookingStatus, CalendarRequestOutcome, NotificationState},
    notification::{DeliveryStatus, FailedBy, ReportKind},
    opt_out::OptOutSource,
    reminders::Skip,
    suppression::SuppressionCause,
    template::{ChannelMode, IfLate, MeetingType},
    timeline::TimelineKind,
};

use super::Stored;

/// An enumeration whose variants are words.
pub trait Vocabulary: Copy + FromStr + Into<&'static str> {
    /// What an unknown word is read as; `None` where nothing can be said without it.
    const UNKNOWN: Option<Self>;
}

/// A word of an enumeration.
#[derive(Debug, Clone)]
pub enum Word<T> {
    /// One that this release knows.
    Known(T),
    /// One that it does not.
    Unknown(String),
}

impl<T: Vocabulary> Word<T> {
    /// The word of a variant.
    pub fn of(variant: T) -> Self {
        Self::Known(variant)
    }

    /// The variant, where it is a known one.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(variant) => Some(*variant),
            Self::Unknown(_) => None,
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Known(variant) => (*variant).into(),
            Self::Unknown(word) => word,
        }
    }
}

impl<T: Default> Default for Word<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        Ok(T::from_str(&word).map_or(Self::Unknown(word), Self::Known))
    }
}

impl<T: Vocabulary> PartialEq for Word<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
impl<T: Vocabulary> Eq for Word<T> {}
impl<T: Vocabulary> PartialOrd for Word<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T: Vocabulary> Ord for Word<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

macro_rules! vocabulary {
    ($($(#[doc = $reason:literal])* $enumeration:ident: $unknown:expr;)*) => {
        $(
            $(#[doc = $reason])*
            impl Vocabulary for $enumeration {
                const UNKNOWN: Option<Self> = $unknown;
            }
            impl Stored for $enumeration {
                type Row = Word<Self>;
                fn to_row(&self) -> Word<Self> {
                    Word::of(*self)
                }
                fn from_row(row: Word<Self>) -> Option<Self> {
                    row.known().or(Self::UNKNOWN)
                }
            }
        )*
    };
}

vocabulary! {
    /// Something that needs a person: it stands, and nobody is reminded against it.
    Answer: Some(Self::Reschedule);
    AnswerChannel: None;
    /// A meeting that customers were told of; whoever reads the row looks closer.
    BookingStatus: Some(Self::Booked);
    // Whatever it is, staff must look.
    NotificationState: Some(Self::UpdateDue);
    /// It is not sent by itself, and staff see what was.
    CalendarRequestOutcome: Some(Self::InDoubt);
    Channel: None;
    /// The default of templates.
    ChannelMode: Some(Self::FollowPreference);
    /// In doubt: nothing is sent again by itself, and staff look.
    DeliveryStatus: Some(Self::Unknown);
    /// The reason beside it says in words what happened.
    FailedBy: None;
    /// The default of triggers.
    IfLate: Some(Self::Skip);
    /// Nobody is called punctual for it.
    Lag: Some(Self::Longer);
    Language: None;
    LocationKind: None;
    /// The default of templates.
    MeetingType: Some(Self::InPerson);
    MessageKind: None;
    NotificationType: None;
    /// A wish that holds until its owner or somebody of the staff takes it back.
    OptOutSource: Some(Self::Text);
    Preference: None;
    ReportKind: None;
    /// The reminder is settled, whatever the reason: it must not go out after all.
    Skip: Some(Self::Other);
    /// Whatever came back: nothing is sent until somebody lifts it.
    SuppressionCause: Some(Self::HardBounce);
    /// The sentence says what happened.
    TimelineKind: Some(Self::Other);
}
