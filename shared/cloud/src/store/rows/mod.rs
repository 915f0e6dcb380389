//! Rows: what stands in the table, and nothing else knows it.
//!
//! A row is one of three contracts. What the API takes and answers is strict; a record
//! of the domain cannot hold what makes no sense; a row is *tolerant*, because functions
//! of two releases run side by side during every deployment, and because what is stored
//! outlives the release that stored it. So attribute names, defaults for what older rows
//! lack and the words of enumerations stand here and only here.
//!
//! # How a row is read
//! - An attribute that this release does not know is no error.
//! - An attribute that came later than its kind has a default (`#[serde(default)]`).
//! - A word of an enumeration that this release does not know is kept as unknown: what
//!   may be missing is missing, an element of a list is left out, and where a decision
//!   needs a word there is one that promises nothing (see [`words`]).
//! - What a row said and this release did not understand is written back as it was:
//!   see [`carried`](super::carried).
//! - What has no value has no attribute.
//! - Every item carries the number of its kind's shape ([`Kind::SHAPE`]) as `shape`.
//!
//! # How a shape changes: expand, then contract
//! No deployment changes all functions at once, and none may stop the others. A change
//! therefore takes two releases:
//!
//! 1. *Expand.* The new release writes the new attribute besides the old one, with a
//!    default for rows that lack it, and still reads both. Rows of the release before it
//!    remain readable, and that release can read the new ones. Where the meaning of the
//!    whole row changes, its `SHAPE` goes up by one, and a golden item of the new shape
//!    is added (`golden/`, written by the story `golden`); the
//!    golden items of older shapes stay, and the test reads them for ever. (From the first
//!    release on: until then nothing is stored that an older one has written.)
//! 2. *Contract.* Once no function of the older release runs any more, a later release
//!    may stop writing the old attribute. It goes on reading rows that have nothing else
//!    for as long as such rows may be there: until their time to live has passed, or
//!    until something has rewritten them.
//!
//! Between the two, a function of the older release may change the old attribute and write
//! the new one back as it found it. So while both are written the old one is the one that
//! counts, and the new one must be one that can be made from it.
//!
//! To rename an attribute is to add one and to remove one: it takes both steps. An
//! attribute never changes its type; it gets another name instead.

mod actor;
mod attendee;
mod figures;
mod keys;
mod meeting;
mod notification;
mod schedule;
mod settings;
mod template;
mod texts;
mod timeline;
mod words;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_unread;

pub use keys::{SeenInbound, TestMessage};
pub(super) use notification::held_content;
pub use notification::hold_content;
pub use schedule::{FanoutInput, read_fanout_input};
pub use words::Word;

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Serialize, de::DeserializeOwned};
use usher_domain::{
    contact::{EmailAddress, PhoneNumber, Region, SmsAddress},
    id::{AttendeeId, ConfigId, MeetingId, NotificationId, TemplateId, TriggerId},
    language::{LanguageTag, Locale},
    settings::SenderId,
    text::{Line, Prose},
    web::{Color, HttpsUrl},
};

use super::{compressed::Entries, item::Item};

/// Something that has a place in a row.
pub trait Stored: Sized {
    /// How it stands there.
    type Row: Serialize + DeserializeOwned;

    /// It, as it is stored.
    fn to_row(&self) -> Self::Row;

    /// What is stored, as this release understands it; `None` where it cannot do without
    /// a word that it does not know.
    fn from_row(row: Self::Row) -> Option<Self>;
}

/// A kind of items.
pub trait Kind: Stored {
    /// The number of the shape that this release writes.
    const SHAPE: u32 = 1;

    /// The attributes that conditions ask for, where all others are packed into one.
    const PLAIN: Option<&[&str]> = None;

    /// The attribute of its item that is not of its row.
    const BESIDE: Option<&str> = None;

    /// Whether it carries what this release does not understand of it.
    const CARRIES: bool = false;

    /// It as it is stored.
    fn write(&self) -> Self::Row {
        self.to_row()
    }

    /// What an item of this kind says; `None` where it cannot do without a word that
    /// this release does not know.
    fn read(row: Self::Row) -> Option<Self> {
        Self::from_row(row)
    }

    /// Leaves out of what is packed what stands elsewhere in it. See
    /// [`repeat`](Self::repeat).
    fn abridge(_entries: &mut Entries) {}

    /// Puts back what [`abridge`](Self::abridge) has left out.
    fn repeat(_entries: &mut Entries) {}

    /// The value of [`BESIDE`](Self::BESIDE).
    fn beside(&self) -> Option<AttributeValue> {
        None
    }

    /// Takes along the item that it was read from, where that may say what this release
    /// does not understand, and the value of [`BESIDE`](Self::BESIDE).
    fn carry(&mut self, _stored: Option<Item>, _beside: Option<AttributeValue>) {}

    /// The item that it was read from, where that may say what this release does not
    /// understand.
    fn stored(&self) -> Option<&Item> {
        None
    }
}

/// Has a kind carry the item that it was read from in its field `unread`.
macro_rules! carries_unread {
    () => {
        const CARRIES: bool = true;
        fn carry(
            &mut self,
            stored: Option<$crate::store::item::Item>,
            _beside: Option<aws_sdk_dynamodb::types::AttributeValue>,
        ) {
            self.unread = stored
                .map(usher_domain::unread::Unread::new)
                .unwrap_or_default();
        }
        fn stored(&self) -> Option<&$crate::store::item::Item> {
            self.unread.stored()
        }
    };
}
pub(crate) use carries_unread;

/// What has a text or a number of its own is its own row.
macro_rules! its_own_row {
    () => {
        type Row = Self;
        fn to_row(&self) -> Self {
            self.clone()
        }
        fn from_row(row: Self) -> Option<Self> {
            Some(row)
        }
    };
}

macro_rules! values {
    ($($value:ty),* $(,)?) => {
        $(impl Stored for $value {
            its_own_row!();
        })*
    };
}
values!(
    bool,
    char,
    f64,
    i32,
    i64,
    u8,
    u32,
    u64,
    usize,
    String,
    DateTime<Utc>,
    NaiveDate,
    Tz,
    AttendeeId,
    ConfigId,
    MeetingId,
    NotificationId,
    TemplateId,
    TriggerId,
    EmailAddress,
    PhoneNumber,
    SmsAddress,
    Region,
    LanguageTag,
    Locale,
    SenderId,
    Color,
    HttpsUrl,
    HashMap<Region, f64>,
);

impl<const MAX: usize> Stored for Line<MAX> {
    its_own_row!();
}

impl<const MAX: usize> Stored for Prose<MAX> {
    its_own_row!();
}

impl<T: Stored> Stored for Option<T> {
    type Row = Option<T::Row>;
    fn to_row(&self) -> Self::Row {
        self.as_ref().map(Stored::to_row)
    }
    fn from_row(row: Self::Row) -> Option<Self> {
        Some(row.and_then(T::from_row))
    }
}

impl<T: Stored> Stored for Vec<T> {
    type Row = Vec<T::Row>;
    fn to_row(&self) -> Self::Row {
        self.iter().map(Stored::to_row).collect()
    }
    fn from_row(row: Self::Row) -> Option<Self> {
        Some(row.into_iter().filter_map(T::from_row).collect())
    }
}

impl<K: words::Vocabulary + Ord, V: Stored> Stored for BTreeMap<K, V> {
    type Row = BTreeMap<Word<K>, V::Row>;
    fn to_row(&self) -> Self::Row {
        let entry = |(key, value): (&K, &V)| (Word::of(*key), value.to_row());
        self.iter().map(entry).collect()
    }
    fn from_row(row: Self::Row) -> Option<Self> {
        let entry = |(key, value): (Word<K>, V::Row)| Some((key.known()?, V::from_row(value)?));
        Some(row.into_iter().filter_map(entry).collect())
    }
}

/// The row of a record whose attributes are its fields. `besides` names the fields that
/// are not stored.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $row:ident of $record:ident {
            $($(#[$attribute:meta])* $field:ident: $type:ty,)*
        } $(besides { $($besides:ident),* })?
    ) => {
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        pub struct $row {
            $($(#[$attribute])* $field: <$type as $crate::store::rows::Stored>::Row,)*
        }

        impl $crate::store::rows::Stored for $record {
            type Row = $row;
            fn to_row(&self) -> $row {
                $row {
                    $($field: $crate::store::rows::Stored::to_row(&self.$field),)*
                }
            }
            fn from_row(row: $row) -> Option<Self> {
                Some(Self {
                    $($field: $crate::store::rows::Stored::from_row(row.$field)?,)*
                    $($($besides: Default::default(),)*)?
                })
            }
        }
    };
}
pub(crate) use row;
