//! How one notification type looks and travels, as a template says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usher_domain::{
    id::ConfigId,
    template::{self, usual},
    text::Name,
    web::Color,
};
use utoipa::ToSchema;

use crate::word;

/// How one notification type looks and travels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotificationConfig {
    /// Its name within the template.
    #[schema(value_type = String)]
    pub id: ConfigId,
    /// What staff call it, where several are of one type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// The notification type; only reminders may have several configs.
    #[serde(rename = "type")]
    pub kind: word::NotificationType,
    /// Which channels it takes.
    #[serde(default)]
    pub channel_mode: word::ChannelMode,
    /// The email's subject, a template; the built-in one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The email's body, an HTML template; the built-in one when left out. The
    /// program adds the date box and the buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_body: Option<String>,
    /// The SMS, a text template; the built-in one when left out. The program
    /// adds the landing link and the reply codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_text: Option<String>,
    /// The texts in other languages than the business's own, in which those above are.
    /// A channel whose texts are not all there in an attendee's language, nor all
    /// built-in, speaks the business's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<word::Language, Translation>,
    /// Which buttons the program puts in; what is left out is as usual for the type.
    #[serde(default)]
    pub buttons: ButtonToggles,
    /// Colours; the settings' where left out.
    #[serde(default)]
    pub colors: ConfigColors,
    /// Answers by one-word SMS.
    #[serde(default)]
    pub reply_codes: ReplyCodes,
    /// Whether the landing page asks why when a customer declines.
    #[serde(default)]
    pub ask_decline_reason: bool,
    /// Whether a reminder or confirmation leaves the status of an attendee who
    /// has answered this revision already.
    #[serde(default)]
    pub keep_answer: bool,
    /// Whether a message that comes to nothing on the channel a customer prefers goes out by
    /// the other one instead, once: an email that came back for good, an SMS that was not
    /// taken. It says nothing where `channel_mode` is not `follow_preference`.
    #[serde(default = "usual::failover")]
    pub failover: bool,
}

/// A config's texts in one more language; what is left out is built-in, unless the
/// config has a text of its own for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Translation {
    /// The email's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The email's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_body: Option<String>,
    /// The SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_text: Option<String>,
    /// What reply codes are answered with.
    pub auto_replies: AutoReplies,
}

/// Toggles as a config writes them: what is left out is as usual for its type.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ButtonToggles {
    /// "Accept".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<bool>,
    /// "Decline".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline: Option<bool>,
    /// "Reschedule".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reschedule: Option<bool>,
    /// "View details", the landing page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_details: Option<bool>,
    /// "Add to calendar", the ICS file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_to_calendar: Option<bool>,
}

/// Colours of a config; the settings' where left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ConfigColors {
    /// Of the buttons, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub button: Option<Color>,
    /// Of the date and time box, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub calendar: Option<Color>,
}

/// The one-word SMS replies that are answers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ReplyCodes {
    /// Whether replies are offered.
    pub enabled: bool,
    /// The word that accepts.
    pub accept: String,
    /// The word that asks for another time.
    pub reschedule: String,
    /// The word that declines.
    pub decline: String,
    /// What is answered; the built-in text where left out.
    pub auto_replies: AutoReplies,
}

/// Texts that answer a reply code; the built-in ones where left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AutoReplies {
    /// After accepting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// After asking for another time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reschedule: Option<String>,
    /// After declining.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline: Option<String>,
}

impl Default for ReplyCodes {
    fn default() -> Self {
        template::ReplyCodes::default().into()
    }
}

/// The domain's type of the same name and fields, and back.
macro_rules! same_as_in_domain {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {$(
        impl From<$name> for template::$name {
            fn from(ours: $name) -> Self {
                Self { $($field: ours.$field.into()),+ }
            }
        }

        impl From<template::$name> for $name {
            fn from(theirs: template::$name) -> Self {
                Self { $($field: theirs.$field.into()),+ }
            }
        }
    )+};
}
pub(super) use same_as_in_domain;

same_as_in_domain! {
    Translation { subject, email_body, sms_text, auto_replies }
    ButtonToggles { accept, decline, reschedule, view_details, add_to_calendar }
    ConfigColors { button, calendar }
    ReplyCodes { enabled, accept, reschedule, decline, auto_replies }
    AutoReplies { accept, reschedule, decline }
}

impl From<NotificationConfig> for template::NotificationConfig {
    fn from(config: NotificationConfig) -> Self {
        Self {
            id: config.id,
            name: config.name,
            kind: config.kind.0,
            channel_mode: config.channel_mode.0,
            subject: config.subject,
            email_body: config.email_body,
            sms_text: config.sms_text,
            translations: config
                .translations
                .into_iter()
                .map(|(language, texts)| (language.0, texts.into()))
                .collect(),
            buttons: config.buttons.into(),
            colors: config.colors.into(),
            reply_codes: config.reply_codes.into(),
            ask_decline_reason: config.ask_decline_reason,
            keep_answer: config.keep_answer,
            failover: config.failover,
        }
    }
}

impl From<template::NotificationConfig> for NotificationConfig {
    fn from(config: template::NotificationConfig) -> Self {
        Self {
            id: config.id,
            name: config.name,
            kind: config.kind.into(),
            channel_mode: config.channel_mode.into(),
            subject: config.subject,
            email_body: config.email_body,
            sms_text: config.sms_text,
            translations: config
                .translations
                .into_iter()
                .map(|(language, texts)| (language.into(), texts.into()))
                .collect(),
            buttons: config.buttons.into(),
            colors: config.colors.into(),
            reply_codes: config.reply_codes.into(),
            ask_decline_reason: config.ask_decline_reason,
            keep_answer: config.keep_answer,
            failover: config.failover,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use usher_domain::values::kind::NotificationType;

    use super::*;

    #[test]
    fn the_built_in_config_is_one_that_says_nothing() {
        for &kind in NotificationType::ALL {
            let says_nothing = json!({"id": kind.config_id(), "type": kind.as_str()});
            let read: NotificationConfig = serde_json::from_value(says_nothing).unwrap();
            let built_in = template::NotificationConfig::built_in(kind);
            assert_eq!(template::NotificationConfig::from(read), built_in);
        }
    }
}
