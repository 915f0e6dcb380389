//! Enumerations of the domain, each as the word that stands for it in JSON.
//!
//! No list of words is written here: variants and their words come from the enumeration
//! itself, so a variant that is added there can be read, is answered, and stands in the
//! API's description.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr, sync::LazyLock};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{EnumAccess, Error, VariantAccess, Visitor},
};
use strum::VariantArray;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// An enumeration that the API has words for.
pub trait Vocabulary: Copy + FromStr + Into<&'static str> + VariantArray {
    /// What the API's description calls it.
    const NAME: &'static str;
    /// What it is, for who reads the description.
    const DESCRIPTION: &'static str;

    /// The words, in the order of the variants.
    fn words() -> &'static [&'static str];
}

/// A value of the enumeration `T`, written as its word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word<T>(pub T);

impl<T> From<T> for Word<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.into())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a derived enumeration asks for itself, so that what is refused is said in
        // the same words.
        deserializer.deserialize_enum(T::NAME, T::words(), Reader(PhantomData))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Vocabulary> Visitor<'de> for Reader<T> {
    type Value = Word<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a word of {}", T::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Word<T>, A::Error> {
        let (word, rest) = access.variant::<String>()?;
        rest.unit_variant()?;
        let value = word.parse().map_err(|_| unknown::<T, A::Error>(&word))?;
        Ok(Word(value))
    }
}

fn unknown<T: Vocabulary, E: Error>(word: &str) -> E {
    E::unknown_variant(word, T::words())
}

impl<T: Vocabulary> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(T::DESCRIPTION))
            .enum_values(Some(T::words().iter().copied()));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl<T: Vocabulary> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

// The names are aliases because the derive of a schema calls a generic type by all its
// parameters, and an alias by its own name.
macro_rules! words {
    ($($description:literal $name:ident = $of:path;)+) => {$(
        #[doc = $description]
        pub type $name = Word<$of>;

        impl From<Word<$of>> for $of {
            fn from(word: Word<$of>) -> Self {
                word.0
            }
        }

        impl Vocabulary for $of {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = $description;

            fn words() -> &'static [&'static str] {
                static WORDS: LazyLock<Vec<&'static str>> =
                    LazyLock::new(|| <$of>::VARIANTS.iter().map(|&each| each.into()).collect());
                &WORDS
            }
        }
    )+};
}

words! {
    "What an attendee says." Answer = usher_domain::values::answer::Answer;
    "How an answer came." AnswerChannel = usher_domain::values::answer::AnswerChannel;
    "How a number's opt-out came." OptOutSource = usher_domain::opt_out::OptOutSource;
    "Why nothing is sent to an address." SuppressionCause = usher_domain::suppression::SuppressionCause;
    "How a booking stands." BookingStatus = usher_domain::meeting::BookingStatus;
    "A way to reach an attendee." Channel = usher_domain::channel::Channel;
    "Which channels a notification takes." ChannelMode = usher_domain::template::ChannelMode;
    "How far a delivery has come." DeliveryStatus = usher_domain::notification::DeliveryStatus;
    "Whether the provider charges for a delivery." Charged = usher_domain::notification::Charged;
    "What to do with a reminder whose moment has passed already." IfLate = usher_domain::template::IfLate;
    "A language that Usher has built-in texts for." Language = usher_domain::language::Language;
    "What staff found out about a doubtful delivery." Found = usher_domain::send::Found;
    "What a customer certainly knows of a meeting." Knowledge = usher_domain::meeting::Knowledge;
    "Whose place a meeting is at." LocationKind = usher_domain::location::LocationKind;
    "How people meet." MeetingType = usher_domain::template::MeetingType;
    "What a row of the log is." MessageKind = usher_domain::kind::MessageKind;
    "What customers know, compared to what is." NotificationState = usher_domain::meeting::NotificationState;
    "What a notification is for." NotificationType = usher_domain::kind::NotificationType;
    "The preferred confirmation method." Preference = usher_domain::channel::Preference;
    "How a reminder stands." ReminderState = usher_domain::remind::ReminderState;
    "A notification's status as staff read it." Status = usher_domain::notification::Status;
    "How rows of the log are looked for by how they stand." StatusFilter = usher_domain::notification::StatusFilter;
    "What kind of thing happened." TimelineKind = usher_domain::timeline::TimelineKind;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use usher_domain::kind::NotificationType as Kind;

    #[test]
    fn every_variant_is_written_and_read_as_its_word() {
        for &kind in Kind::VARIANTS {
            let word = serde_json::to_value(Word(kind)).unwrap();
            assert_eq!(word, json!(kind.as_str()));
            assert_eq!(serde_json::from_value::<Word<Kind>>(word).unwrap().0, kind);
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_those_there_are() {
        let error = serde_json::from_value::<Word<Kind>>(json!("reminders")).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("reminders") && error.contains("`confirmation_request`"),
            "{error}"
        );
        assert!(serde_json::from_value::<Word<Kind>>(json!({"reminder": null})).is_ok());
        assert!(serde_json::from_value::<Word<Kind>>(json!({"reminder": 1})).is_err());
    }

    #[test]
    fn the_description_lists_every_word() {
        let schema = serde_json::to_value(Word::<Kind>::schema()).unwrap();
        assert_eq!(schema["enum"], json!(Kind::words()));
        assert_eq!(
            schema["enum"].as_array().unwrap().len(),
            Kind::VARIANTS.len()
        );
    }
}
