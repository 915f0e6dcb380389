//! The ways to reach a person, and which of them they prefer.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// A way to reach an attendee.
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
pub enum Channel {
    /// Through SES.
    Email,
    /// Through SNS.
    Sms,
}

impl Channel {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The one that can stand in for it.
    pub fn other(self) -> Self {
        match self {
            Self::Email => Self::Sms,
            Self::Sms => Self::Email,
        }
    }

    /// As it is written in JSON and in queries.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As staff read it in a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "SMS",
        }
    }
}

/// The preferred confirmation method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
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
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text.trim().to_lowercase().as_str() {
            "email" | "e-mail" | "mail" => Ok(Self::Email),
            "sms" | "text" => Ok(Self::Sms),
            "both" => Ok(Self::Both),
            _ => Err("must be email, sms or both"),
        }
    }
}
