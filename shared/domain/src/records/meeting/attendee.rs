//! Attendees: the customers of a meeting, the lead attendee first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::{
    answer::Answer,
    contact::{EmailAddress, PhoneNumber},
    id::{AttendeeId, NotificationId},
    language::{LanguageTag, Locale},
    settings::Settings,
    text::{Name, Reason},
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
    pub language: Option<LanguageTag>,
    /// Their zone, where it is not the meeting's.
    pub timezone: Option<Tz>,
    /// Their last answer, whether or not it still stands.
    pub response: Option<Response>,
    /// The last notification that reached for them.
    pub last_notification: Option<NotificationId>,
}

/// The preferred confirmation method.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Preference {
    /// By email.
    Email,
    /// By SMS.
    Sms,
    /// Both.
    Both,
}

impl Preference {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::Both => "Both",
        }
    }

    /// Reads a method in any case; what is blank is none.
    ///
    /// # Errors
    /// A sentence naming the methods there are.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        match text.trim().to_lowercase().as_str() {
            "email" | "e-mail" | "mail" => Ok(Self::Email),
            "sms" | "text" => Ok(Self::Sms),
            "both" => Ok(Self::Both),
            _ => Err("must be email, sms or both"),
        }
    }
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
    /// What they wished for, with a request for another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
}

/// What came with a request for another time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The times that would suit.
    pub preferred_times: Option<Reason>,
    /// The comment.
    pub reason: Option<Reason>,
}

impl Attendee {
    /// How they read.
    pub fn locale(&self, settings: &Settings) -> Locale {
        Locale::of_reader(self.language.as_ref(), &settings.locale)
    }
}
