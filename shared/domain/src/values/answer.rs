//! What a customer can answer, and how it comes.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::channel::Channel;

/// What an attendee says.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Answer {
    /// Comes.
    Accept,
    /// Does not come.
    Decline,
    /// Asks for another time.
    Reschedule,
}

impl Answer {
    /// Every answer.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it is written in links, forms and JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the attendee did, for a sentence.
    pub fn past_tense(self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Decline => "declined",
            Self::Reschedule => "asked for another time",
        }
    }
}

/// How an answer came.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum AnswerChannel {
    /// Over the link in an email.
    EmailLink,
    /// Over the link in an SMS.
    SmsLink,
    /// By a code, texted back.
    SmsReply,
    /// Taken by staff on the customer's behalf.
    Staff,
}

impl AnswerChannel {
    /// For a sentence: "accepted …".
    pub fn label(self) -> &'static str {
        match self {
            Self::EmailLink => "over the link in the email",
            Self::SmsLink => "over the link in the SMS",
            Self::SmsReply => "by SMS reply",
            Self::Staff => "as taken down by staff",
        }
    }

    /// The channel it belongs to; none of what staff took down.
    pub(crate) fn delivery_channel(self) -> Option<Channel> {
        match self {
            Self::EmailLink => Some(Channel::Email),
            Self::SmsLink | Self::SmsReply => Some(Channel::Sms),
            Self::Staff => None,
        }
    }
}

impl From<Channel> for AnswerChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::EmailLink,
            Channel::Sms => Self::SmsLink,
        }
    }
}
