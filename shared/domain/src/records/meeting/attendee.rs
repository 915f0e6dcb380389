//! Attendees: the customers of a meeting, the lead attendee first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::told::Told;
use crate::values::channel::Preference;
use crate::{
    contact::{EmailAddress, PhoneNumber},
    id::{AttendeeId, NotificationId},
    language::{LanguageTag, Locale},
    settings::Settings,
    text::{Name, Reason},
    unread::Unread,
    values::answer::{Answer, AnswerChannel},
};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Names them within the meeting.
    pub id: AttendeeId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// Their number.
    pub phone: Option<PhoneNumber>,
    /// How they like to be told; email when none is set.
    pub preference: Option<Preference>,
    /// Their language.
    pub language: Option<LanguageTag>,
    /// Their zone, where it is not the meeting's.
    pub timezone: Option<Tz>,
    /// Their last answer, whether or not it still stands.
    pub response: Option<Response>,
    /// The last notification that reached for them.
    pub last_notification: Option<NotificationId>,
    /// Whether somebody else of the meeting has the same mailbox or telephone.
    pub shares_address: bool,
    /// The oldest generation of links that opens the meeting for them.
    pub oldest_link: u32,
    /// What reached each of their addresses, and of those that were theirs.
    pub told: Vec<Told>,
    /// What is stored of them besides.
    pub unread: Unread,
}

/// What an attendee answered last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The answer.
    pub answer: Answer,
    /// The revision it was given for.
    pub revision: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// What they wished for, with a request for another time.
    pub wish: Option<Wish>,
    /// How it came; none of one that was stored before that was noted.
    pub channel: Option<AnswerChannel>,
    /// The highest statement that there was when it was stored: it came after that one, and
    /// before all others. None of one that was stored before that was noted.
    pub after: Option<u64>,
}

/// What came with a request for another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The times that would suit.
    pub preferred_times: Option<Reason>,
    /// The comment.
    pub reason: Option<Reason>,
}

impl Attendee {
    /// An attendee of whom nothing is known but their name. Links older than `newest_link`,
    /// which may have been revoked, open nothing for somebody who comes back under the same
    /// id.
    pub fn newcomer(id: AttendeeId, name: Name, newest_link: u32) -> Self {
        Self {
            id,
            name,
            email: None,
            phone: None,
            preference: None,
            language: None,
            timezone: None,
            response: None,
            last_notification: None,
            oldest_link: newest_link,
            shares_address: false,
            told: Vec::new(),
            unread: Unread::default(),
        }
    }

    /// How they read.
    pub fn locale(&self, settings: &Settings) -> Locale {
        Locale::of_reader(self.language.as_ref(), &settings.locale)
    }
}
