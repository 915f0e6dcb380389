//! Notification configs: how one notification type looks and travels.

use std::collections::BTreeMap;

use serde::Serialize;
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    id::ConfigId,
    language::Language,
    template::usual,
    text::Name,
    values::{answer::Answer, kind::NotificationType, part::Part},
    web::Color,
};

/// How one notification type looks and travels.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationConfig {
    /// Its name within the template.
    pub id: ConfigId,
    /// What staff call it, where several are of one type.
    pub name: Option<Name>,
    /// The notification type; only reminders may have several configs.
    pub kind: NotificationType,
    /// Which channels it takes.
    pub channel_mode: ChannelMode,
    /// The email's subject, a template; the built-in one when left out.
    pub subject: Option<String>,
    /// The email's body, an HTML template; the built-in one when left out. The
    /// program adds the date box and the buttons.
    pub email_body: Option<String>,
    /// The SMS, a text template; the built-in one when left out. The program
    /// adds the landing link and the reply codes.
    pub sms_text: Option<String>,
    /// The texts in other languages than the business's own, in which those above are.
    /// A channel whose texts are not all there in an attendee's language, nor all
    /// built-in, speaks the business's.
    pub translations: BTreeMap<Language, Translation>,
    /// Which buttons the program puts in; what is left out is as usual for the type.
    pub buttons: ButtonToggles,
    /// Colours; the settings' where left out.
    pub colors: ConfigColors,
    /// Answers by one-word SMS.
    pub reply_codes: ReplyCodes,
    /// Whether the landing page asks why when a customer declines.
    pub ask_decline_reason: bool,
    /// Whether a reminder or confirmation leaves the status of an attendee who
    /// has answered this revision already.
    pub keep_answer: bool,
    /// Whether a message that comes to nothing on the channel a customer prefers goes out by
    /// the other one instead, once. It says nothing in other modes.
    pub failover: bool,
}

/// A config's texts in one more language; what is left out is built-in, unless the
/// config has a text of its own for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translation {
    /// The email's subject.
    pub subject: Option<String>,
    /// The email's body.
    pub email_body: Option<String>,
    /// The SMS.
    pub sms_text: Option<String>,
    /// What reply codes are answered with.
    pub auto_replies: AutoReplies,
}

/// Which channels a notification takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ChannelMode {
    /// The attendee's preferred confirmation method; email when none is set.
    #[default]
    FollowPreference,
    /// Always email.
    Email,
    /// Always SMS.
    Sms,
    /// Both.
    Both,
}

impl ChannelMode {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::FollowPreference => "As the customer prefers",
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::Both => "Both",
        }
    }
}

/// Toggles as a config writes them: what is left out is as usual for its type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ButtonToggles {
    /// "Accept".
    pub accept: Option<bool>,
    /// "Decline".
    pub decline: Option<bool>,
    /// "Reschedule".
    pub reschedule: Option<bool>,
    /// "View details", the landing page.
    pub view_details: Option<bool>,
    /// "Add to calendar", the ICS file.
    pub add_to_calendar: Option<bool>,
}

/// The buttons a message carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Buttons {
    /// "Accept".
    pub accept: bool,
    /// "Decline".
    pub decline: bool,
    /// "Reschedule".
    pub reschedule: bool,
    /// "View details", the landing page.
    pub view_details: bool,
    /// "Add to calendar", the ICS file.
    pub add_to_calendar: bool,
}

impl Buttons {
    /// Whether they offer an answer.
    pub fn offer(self, answer: Answer) -> bool {
        match answer {
            Answer::Accept => self.accept,
            Answer::Decline => self.decline,
            Answer::Reschedule => self.reschedule,
        }
    }

    /// Whether any of them is an answer.
    pub fn ask(self) -> bool {
        self.accept || self.decline || self.reschedule
    }

    /// Whether they ask for a yes or no, which invites the attendee (N3, N4).
    pub fn invite(self) -> bool {
        self.accept || self.decline
    }
}

/// Colours of a config; the settings' where left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigColors {
    /// Of the buttons, `#rrggbb`.
    pub button: Option<Color>,
    /// Of the date and time box, `#rrggbb`.
    pub calendar: Option<Color>,
}

/// The one-word SMS replies that are answers.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Default for ReplyCodes {
    fn default() -> Self {
        Self {
            enabled: false,
            accept: "1".to_owned(),
            reschedule: "2".to_owned(),
            decline: "3".to_owned(),
            auto_replies: AutoReplies::default(),
        }
    }
}

/// Texts that answer a reply code; the built-in ones where left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoReplies {
    /// After accepting.
    pub accept: Option<String>,
    /// After asking for another time.
    pub reschedule: Option<String>,
    /// After declining.
    pub decline: Option<String>,
}

/// A word that is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The word; letters of either case.
    pub word: String,
    /// What it answers.
    pub answer: Answer,
}

impl Translation {
    fn text(&self, text: ConfigText) -> Option<&str> {
        match text {
            ConfigText::Part(Part::Subject) => self.subject.as_deref(),
            ConfigText::Part(Part::EmailBody) => self.email_body.as_deref(),
            ConfigText::Part(Part::Sms) => self.sms_text.as_deref(),
            ConfigText::AutoReply(answer) => self.auto_replies.to(answer),
        }
    }
}

impl ReplyCodes {
    /// The codes that a message with these buttons names; none when they are off.
    pub fn offered(&self, buttons: Buttons) -> Vec<Code> {
        let words = [
            (&self.accept, Answer::Accept),
            (&self.reschedule, Answer::Reschedule),
            (&self.decline, Answer::Decline),
        ];
        let offered = |answer: Answer| self.enabled && buttons.offer(answer);
        words
            .into_iter()
            .filter(|(_, answer)| offered(*answer))
            .map(|(word, answer)| Code {
                word: word.clone(),
                answer,
            })
            .collect()
    }
}

impl AutoReplies {
    fn to(&self, answer: Answer) -> Option<&str> {
        match answer {
            Answer::Accept => self.accept.as_deref(),
            Answer::Reschedule => self.reschedule.as_deref(),
            Answer::Decline => self.decline.as_deref(),
        }
    }
}

/// A text that a config may have of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigText {
    /// A part of its messages.
    Part(Part),
    /// What the code of an answer is answered with.
    AutoReply(Answer),
}

impl NotificationConfig {
    /// The config of a type that the template has none for.
    pub fn built_in(kind: NotificationType) -> Self {
        Self {
            id: kind.config_id(),
            name: None,
            kind,
            channel_mode: ChannelMode::default(),
            subject: None,
            email_body: None,
            sms_text: None,
            translations: BTreeMap::new(),
            buttons: ButtonToggles::default(),
            colors: ConfigColors::default(),
            reply_codes: ReplyCodes::default(),
            ask_decline_reason: false,
            keep_answer: false,
            failover: usual::failover(),
        }
    }

    /// Its own text in a language, where it has one; `base` is the language of the
    /// texts that stand in no translation.
    pub fn text(&self, text: ConfigText, language: Language, base: Language) -> Option<&str> {
        let translation = self.translations.get(&language);
        let translated = translation.and_then(|translation| translation.text(text));
        translated.or_else(|| self.base_text(text).filter(|_| language == base))
    }

    /// Whether it can say this in a language: in its own words, or, where it has none,
    /// in the built-in ones.
    pub fn speaks(&self, text: ConfigText, language: Language, base: Language) -> bool {
        self.base_text(text).is_none() || self.text(text, language, base).is_some()
    }

    fn base_text(&self, text: ConfigText) -> Option<&str> {
        match text {
            ConfigText::Part(Part::Subject) => self.subject.as_deref(),
            ConfigText::Part(Part::EmailBody) => self.email_body.as_deref(),
            ConfigText::Part(Part::Sms) => self.sms_text.as_deref(),
            ConfigText::AutoReply(answer) => self.reply_codes.auto_replies.to(answer),
        }
    }

    /// The buttons its messages carry: the toggles, over what is usual for the
    /// type. A cancellation asks nothing, whatever its toggles say.
    pub fn buttons(&self) -> Buttons {
        let asks = self.kind.rules().asks;
        let stands = self.kind.announces();
        let toggles = self.buttons;
        Buttons {
            accept: stands && toggles.accept.unwrap_or(asks),
            decline: stands && toggles.decline.unwrap_or(asks),
            reschedule: stands && toggles.reschedule.unwrap_or(asks),
            view_details: toggles.view_details.unwrap_or(stands),
            add_to_calendar: toggles.add_to_calendar.unwrap_or(stands),
        }
    }
}
