//! Why a channel cannot be used for an attendee, in words for staff and for programs.

use strum::{EnumIter, IntoEnumIterator as _};

/// Why a channel cannot be used for an attendee.
#[derive(Debug, Clone, PartialEq, Eq, EnumIter)]
pub enum Unusable {
    /// The attendee has no email address.
    NoEmail,
    /// The attendee has no phone number.
    NoPhone,
    /// The settings' allow-list does not have the number's country.
    CountryNotAllowed,
    /// What the settings say of countries or of the price cannot be read.
    SmsHeld,
    /// Neither a number nor a sender id is set that SMS come from.
    NoSmsSender,
    /// The number has opted out of SMS.
    OptedOut,
    /// SMS to the number are held, because of what its owner wrote.
    Held,
    /// The address has unsubscribed from reminders, and this is one.
    Unsubscribed,
    /// The address has sent messages back for good, its owner has called one spam, or
    /// somebody has opted it out.
    Suppressed,
    /// No sender address is set.
    NoSender,
    /// SES does not let us send from the sender address.
    SenderNotVerified,
    /// What would be sent cannot be made, or is too long or too dear (C5).
    #[strum(disabled)]
    Unsendable {
        /// A stable word for programs.
        code: &'static str,
        /// A sentence for staff.
        reason: String,
    },
}

impl Unusable {
    /// The one that is about the address, the wishes or the sender and has this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::iter().find(|each| each.code() == code)
    }

    /// Whether it stands in the way of everybody, and ends when the settings are mended.
    pub fn concerns_everybody(&self) -> bool {
        matches!(
            self,
            Self::NoSender | Self::SenderNotVerified | Self::NoSmsSender | Self::SmsHeld
        )
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsendable { code, .. } => code,
            Self::NoEmail => "no_email",
            Self::NoPhone => "no_phone",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::NoSmsSender => "no_sms_sender",
            Self::SmsHeld => "sms_settings_unreadable",
            Self::OptedOut => "opted_out",
            Self::Held => "held",
            Self::Unsubscribed => "unsubscribed",
            Self::Suppressed => "suppressed",
            Self::NoSender => "no_sender",
            Self::SenderNotVerified => "sender_not_verified",
        }
    }

    /// A sentence for staff.
    pub fn reason(&self) -> &str {
        match self {
            Self::Unsendable { reason, .. } => reason,
            Self::NoEmail => "The attendee has no email address.",
            Self::NoPhone => "The attendee has no phone number.",
            Self::CountryNotAllowed => {
                "The settings do not allow SMS to the country of this phone number."
            }
            Self::NoSmsSender => {
                "The settings name neither a number nor a sender id for SMS to come from."
            }
            Self::SmsHeld => {
                "No SMS is sent, because the allowed countries or the price limit in the settings cannot be read."
            }
            Self::OptedOut => "This phone number has opted out of SMS.",
            Self::Held => {
                "SMS to this phone number are held: its owner seems to have written that they want none. Somebody must confirm or lift that."
            }
            Self::Unsubscribed => "This address has unsubscribed from reminder emails.",
            Self::Suppressed => {
                "Emails to this address are held back: one came back for good or was called spam, or somebody has opted it out."
            }
            Self::NoSender => "The settings name no sender address for emails.",
            Self::SenderNotVerified => {
                "SES does not let us send from the settings' sender address: neither it nor its domain is a verified identity."
            }
        }
    }
}
