//! When and where a meeting is, and who owns it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::{
    contact::{EmailAddress, PhoneNumber},
    text::{Address, Name},
    values::location::LocationKind,
    web::HttpsUrl,
};

/// The significant fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The start.
    pub starts_at: DateTime<Utc>,
    /// The zone it was agreed in.
    pub timezone: Tz,
    /// How long it takes, in minutes; 1 to 1440.
    pub duration_minutes: u32,
    /// Where it is.
    pub location: Location,
}

impl Details {
    /// The end.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.starts_at + TimeDelta::minutes(self.duration_minutes.into())
    }
}

/// Where a meeting is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// Whose place it is.
    pub kind: Option<LocationKind>,
    /// The postal address.
    pub address: Option<Address>,
    /// The video call.
    pub video_url: Option<HttpsUrl>,
}

/// The staff member who owns a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organizer {
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// Their number.
    pub phone: Option<PhoneNumber>,
}
