//! Languages: those that Usher writes in, and the one that a customer reads.

use std::{fmt, sync::LazyLock};

use icu_locale_core::LanguageIdentifier;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A language that Usher has built-in texts for.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
pub enum Language {
    /// English.
    #[default]
    #[strum(serialize = "en")]
    English,
    /// German.
    #[strum(serialize = "de")]
    German,
    /// Spanish.
    #[strum(serialize = "es")]
    Spanish,
    /// French.
    #[strum(serialize = "fr")]
    French,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its code (ISO 639-1).
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The language of an English or own name, like `German` or `deutsch`.
    fn named(text: &str) -> Option<Self> {
        let name = text.to_lowercase();
        Self::ALL.iter().copied().find(|language| {
            let own = match language {
                Self::English => "english",
                Self::German => "deutsch",
                Self::Spanish => "español",
                Self::French => "français",
            };
            name == own || name == language.name().to_lowercase()
        })
    }

    /// Its code of three letters (ISO 639-2): the terminological and the bibliographic.
    fn long_codes(self) -> [&'static str; 2] {
        match self {
            Self::English => ["eng", "eng"],
            Self::German => ["deu", "ger"],
            Self::Spanish => ["spa", "spa"],
            Self::French => ["fra", "fre"],
        }
    }

    /// Its name, in English: for staff.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::Spanish => "Spanish",
            Self::French => "French",
        }
    }
}

/// A language tag (RFC 5646), like `en` or `pt-BR`: of any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Reads a tag: subtags of 1 to 8 letters and digits joined by `-`, the
    /// first of 2 or 3 letters. The locales of operating systems, like `de_DE` or
    /// `pt_BR.UTF-8`, are read as the tags they mean, and so are the names of the
    /// languages that Usher writes in.
    ///
    /// # Errors
    /// A sentence saying what is expected.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        // A locale's encoding and variant (POSIX, XBD 8.2) say nothing of the language.
        let text = text.split(['.', '@']).next().unwrap_or_default().trim();
        let text = match Language::named(text) {
            Some(language) => language.code().to_owned(),
            None => text.replace('_', "-"),
        };
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let ok = (2..=3).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_alphabetic())
            && subtags.all(|tag| {
                (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
            })
            && text.len() <= 35;
        if ok {
            Ok(Self(text))
        } else {
            Err("is not a language tag like en or pt-BR")
        }
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a reader reads: one of the languages that Usher writes in, with a region's
/// way of writing dates and times, like `de` or `en-GB`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale {
    language: Language,
    /// Language and region, nothing else.
    id: LanguageIdentifier,
}

/// What a locale must be: names every language there is.
static EXPECTED: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<_> = Language::ALL.iter().map(|one| one.name()).collect();
    let names = match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    };
    format!("must be a tag of {names}, like en-GB or de")
});

impl Locale {
    /// Reads a tag.
    ///
    /// # Errors
    /// A sentence saying what is expected.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let tag = LanguageTag::parse(text)?;
        Self::of(&tag).ok_or_else(|| EXPECTED.as_str())
    }

    /// That of a tag; `None` when it is of a language that Usher does not write in.
    pub fn of(tag: &LanguageTag) -> Option<Self> {
        let mut subtags = tag.as_str().split('-');
        let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
        let language = Language::ALL.iter().copied().find(|language| {
            language.code() == primary || language.long_codes().contains(&primary.as_str())
        })?;
        let mut locale = Self::from(language);
        // A script may stand before the region; extensions begin with one letter.
        locale.id.region = subtags
            .take_while(|subtag| subtag.len() > 1)
            .find_map(|subtag| subtag.parse().ok());
        Some(locale)
    }

    /// What a customer reads, who may have named a language: theirs, where Usher
    /// writes it, else the business's. A bare `en` is the business's English.
    pub fn of_reader(tag: Option<&LanguageTag>, business: &Self) -> Self {
        let named = tag.and_then(Self::of);
        match named {
            Some(own) if own.language != business.language || own.id.region.is_some() => own,
            _ => business.clone(),
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn id(&self) -> &LanguageIdentifier {
        &self.id
    }
}

impl Default for Locale {
    /// English.
    fn default() -> Self {
        Language::English.into()
    }
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        let id = language
            .code()
            .parse()
            .unwrap_or(LanguageIdentifier::UNKNOWN);
        Self { language, id }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.id, f)
    }
}

macro_rules! as_text {
    ($name:ident, $text:expr) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                $text(value)
            }
        }
    };
}
as_text!(LanguageTag, |tag: LanguageTag| tag.0);
as_text!(Locale, |locale: Locale| locale.to_string());

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> LanguageTag {
        LanguageTag::parse(text).unwrap()
    }

    #[test]
    fn a_locale_is_a_language_that_usher_writes_and_a_region() {
        for (text, locale) in [
            ("de", Some("de")),
            ("DE-at", Some("de-AT")),
            ("en-Latn-GB", Some("en-GB")),
            ("es-419", Some("es-419")),
            ("fr-CA-u-ca-buddhist", Some("fr-CA")),
            ("en-x-us", Some("en")),
            ("de-1996", Some("de")),
            ("de_DE", Some("de-DE")),
            ("es_MX.UTF-8", Some("es-MX")),
            ("fr_FR@euro", Some("fr-FR")),
            ("deu", Some("de")),
            ("German", Some("de")),
            ("Français", Some("fr")),
            ("pt-BR", None),
            ("pt_BR", None),
            ("den", None),
        ] {
            let found = Locale::of(&tag(text)).map(|locale| locale.to_string());
            assert_eq!(found.as_deref(), locale, "{text}");
        }
        for &language in Language::ALL {
            assert_eq!(Locale::from(language).to_string(), language.code());
        }
    }

    #[test]
    fn a_locale_of_no_language_of_ours_is_told_which_there_are() {
        let told = Locale::parse("pt-BR").unwrap_err();
        assert_eq!(
            told,
            "must be a tag of English, German, Spanish or French, like en-GB or de"
        );
    }

    #[test]
    fn a_tag_is_kept_as_rfc_5646_writes_it() {
        for (text, kept) in [
            ("pt_BR", "pt-BR"),
            (" de_DE.UTF-8 ", "de-DE"),
            ("English", "en"),
        ] {
            assert_eq!(tag(text).as_str(), kept);
        }
        for text in ["", "_", "Klingon!", "C", "12", "de--DE"] {
            assert!(LanguageTag::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_customer_reads_their_language_else_the_businesss() {
        let british = Locale::parse("en-GB").unwrap();
        for (named, reads) in [
            (None, "en-GB"),
            (Some("en"), "en-GB"),
            (Some("en-US"), "en-US"),
            (Some("fr"), "fr"),
            (Some("ja"), "en-GB"),
        ] {
            let named = named.map(tag);
            assert_eq!(
                Locale::of_reader(named.as_ref(), &british).to_string(),
                reads
            );
        }
    }
}
