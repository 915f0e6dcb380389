//! Attendees: the customers of a meeting, the lead attendee first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::Answer,
    contact::{EmailAddress, PhoneNumber},
    id::{AttendeeId, NotificationId},
    text::Name,
};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    pub language: Option<Language>,
    /// Their zone, where it is not the meeting's.
    pub timezone: Option<Tz>,
    /// Their last answer, whether or not it still stands.
    pub response: Option<Response>,
    /// The last notification that reached for them.
    pub last_notification: Option<NotificationId>,
}

/// The preferred confirmation method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// By email.
    Email,
    /// By SMS.
    Sms,
    /// Both.
    Both,
}

/// What an attendee answered last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The answer.
    pub answer: Answer,
    /// The revision it was given for.
    pub revision: u32,
    /// When.
    pub at: DateTime<Utc>,
}

/// A language tag (RFC 5646), like `en` or `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a tag: subtags of 1 to 8 letters and digits joined by `-`, the
    /// first of 2 or 3 letters.
    ///
    /// # Errors
    /// A sentence saying what is expected.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let ok = (2..=3).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_alphabetic())
            && subtags.all(|tag| {
                (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
            })
            && text.len() <= 35;
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err("is not a language tag like en or pt-BR")
        }
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for Language {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}
impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}
