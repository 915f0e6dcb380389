//! Numbers that want no SMS: because their owners said so, or somebody on their behalf (S6, S10).

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{contact::PhoneNumber, dealt_with::DealtWith, unread::Unread};

/// How much of what somebody wrote is kept with their number, in characters: enough to decide
/// by, and all of an SMS of two parts.
const MAX_WORDS: usize = 300;

/// That a number wants no SMS, or wanted none until somebody lifted that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// The number.
    pub number: PhoneNumber,
    /// Since when we know.
    pub at: DateTime<Utc>,
    /// How we know.
    pub source: OptOutSource,
    /// What its owner wrote, where that was no opt-out word; cut where it is long.
    pub words: Option<String>,
    /// Who of the staff has opted it out or confirmed that it is, when and why.
    pub by: Option<DealtWith>,
    /// Who of the staff has lifted it, when and why.
    pub lifted: Option<DealtWith>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// How a number's opt-out came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum OptOutSource {
    /// Its owner texted us an opt-out word.
    Text,
    /// Its owner texted us in their own words, it seems: SMS to it are held until staff
    /// confirm or lift that.
    OwnWords,
    /// A member of staff has opted it out, or confirmed what its owner wrote.
    Staff,
    /// It is on the AWS account's own list, which we follow both ways.
    Account,
}

impl OptOutSource {
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "They texted an opt-out word",
            Self::OwnWords => "Held: they seem to want no texts",
            Self::Staff => "Opted out by staff",
            Self::Account => "On the AWS account's opt-out list",
        }
    }
}

impl OptOut {
    /// That the number's owner texted an opt-out word.
    pub fn by_text(number: &PhoneNumber, at: DateTime<Utc>) -> Self {
        Self::from(number, at, OptOutSource::Text)
    }

    /// That it is on the account's list.
    pub fn by_account(number: &PhoneNumber, at: DateTime<Utc>) -> Self {
        Self::from(number, at, OptOutSource::Account)
    }

    /// That the number's owner wrote that they want no more texts.
    pub fn in_own_words(number: &PhoneNumber, text: &str, at: DateTime<Utc>) -> Self {
        Self {
            words: Some(text.trim().chars().take(MAX_WORDS).collect()),
            ..Self::from(number, at, OptOutSource::OwnWords)
        }
    }

    /// That a member of staff opts the number out, over what was `known` of it: what its owner
    /// wrote stays with it.
    pub fn by_staff(number: &PhoneNumber, known: Option<Self>, dealt: &DealtWith) -> Self {
        let known = known.unwrap_or_else(|| Self::from(number, dealt.at, OptOutSource::Staff));
        Self {
            at: dealt.at,
            source: OptOutSource::Staff,
            by: Some(dealt.clone()),
            lifted: None,
            ..known
        }
    }

    fn from(number: &PhoneNumber, at: DateTime<Utc>, source: OptOutSource) -> Self {
        Self {
            number: number.clone(),
            at,
            source,
            words: None,
            by: None,
            lifted: None,
            unread: Unread::default(),
        }
    }

    /// Whether no SMS goes to the number.
    pub fn holds(&self) -> bool {
        self.lifted.is_none()
    }

    /// Whether it waits for staff to confirm or to lift it.
    pub fn is_held(&self) -> bool {
        self.holds() && self.source == OptOutSource::OwnWords
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dealt_with::ada, sample};

    fn number() -> PhoneNumber {
        PhoneNumber::from_e164("+12025550123").unwrap()
    }

    #[test]
    fn what_somebody_wrote_is_held_until_staff_decide() {
        let long = format!(" {} ", "é".repeat(400));
        let held = OptOut::in_own_words(&number(), &long, sample::now());
        assert_eq!(held.words.as_ref().unwrap().chars().count(), 300);
        assert!(held.holds() && held.is_held());
        let confirmed = OptOut::by_staff(&number(), Some(held.clone()), &ada());
        assert!(confirmed.holds() && !confirmed.is_held());
        assert_eq!(
            (confirmed.words, confirmed.by),
            (held.words.clone(), Some(ada()))
        );
        let lifted = OptOut {
            lifted: Some(ada()),
            ..held
        };
        assert!(!lifted.holds() && !lifted.is_held());
        assert!(OptOut::by_staff(&number(), Some(lifted), &ada()).holds());
    }

    #[test]
    fn an_opt_out_word_waits_for_nobody() {
        let out = OptOut::by_text(&number(), sample::now());
        assert!(out.holds() && !out.is_held() && out.words.is_none());
        let labels = OptOutSource::VARIANTS.iter().map(|each| each.label());
        assert!(labels.clone().all(|label| !label.is_empty()));
    }
}
