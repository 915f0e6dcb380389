//! Who reads a text: what is shown to them, and in which language.

use std::sync::LazyLock;

use chrono_tz::Tz;

use super::dates::Dates;
use crate::{language::Locale, meeting::Attendee};

/// Who reads of a meeting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reader<'a> {
    /// A customer, in this language.
    Attendee(&'a Attendee, &'a Locale),
    /// Staff, in English.
    Staff,
}

/// What staff read.
static STAFF: LazyLock<Locale> = LazyLock::new(Locale::default);

impl<'a> Reader<'a> {
    pub(super) fn locale(self) -> &'a Locale {
        match self {
            Self::Attendee(_, locale) => locale,
            Self::Staff => &STAFF,
        }
    }

    /// Dates as they read them in a zone.
    pub(super) fn dates(self, zone: Tz) -> Dates<'a> {
        Dates {
            locale: self.locale(),
            zone,
        }
    }
}
