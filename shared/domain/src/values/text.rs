//! Text that people typed, bounded and free of control characters.
//!
//! A [`Line`] can stand in a mail header, an ICS property or a log column: it
//! has no CR, LF or NUL by construction. [`Prose`] may have line breaks.

use std::fmt;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use serde::{Deserialize, Serialize};

/// Why a text cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Too long.
    #[error("must be at most {max} characters, is {actual}")]
    TooLong {
        /// The limit, in characters.
        max: usize,
        /// The length given, in characters.
        actual: usize,
    },
    /// A control character.
    #[error("must not contain control characters{}", if *.line_breaks { " or line breaks" } else { "" })]
    Control {
        /// Whether line breaks count as control characters here.
        line_breaks: bool,
    },
}

/// One line: not empty, at most `MAX` characters, no control characters; white
/// space around it is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// The most characters it has.
    pub const MAX_CHARS: usize = MAX;

    /// Reads a line.
    ///
    /// # Errors
    /// [`TextError`] saying which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = plain(text);
        let text = text.trim();
        if !text.chars().any(visible) {
            return Err(TextError::Empty);
        }
        if text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        {
            return Err(TextError::Control { line_breaks: true });
        }
        bounded(text, MAX)?;
        Ok(Self(text.to_owned()))
    }
}

/// Several lines: at most `MAX` characters, line breaks as LF, no other control
/// characters than tab. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// The most characters it has.
    pub const MAX_CHARS: usize = MAX;

    /// Reads a text.
    ///
    /// # Errors
    /// [`TextError`] saying which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = plain(text).trim().replace("\r\n", "\n").replace('\r', "\n");
        if text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            return Err(TextError::Control { line_breaks: false });
        }
        bounded(&text, MAX)?;
        Ok(Self(text))
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a character leaves no mark where it is shown: a joiner, a direction mark, a
/// filler, a soft hyphen (Unicode Default_Ignorable_Code_Point, UAX #44).
pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a character leaves a mark: the blank of Braille is no white space to
/// Unicode, and shows as some.
fn visible(c: char) -> bool {
    !c.is_whitespace() && !is_invisible(c) && c != '\u{2800}'
}

/// A text without what makes it show as something else than it is: the marks that turn
/// the direction of writing around (UAX #9), invisible ones, and noncharacters. What
/// scripts and emoji need stays: letters of either direction, joiners, variation
/// selectors, the tags of a flag, and the spaces of no width between words of Thai or
/// Khmer.
///
/// Every line and prose is read through this, stored ones too: so a name is clean
/// wherever it is shown.
pub fn plain(text: &str) -> String {
    let mut in_flag = false;
    let shows = |c: &char| {
        let of_flag = in_flag && is_tag(*c);
        in_flag = *c == BLACK_FLAG || (of_flag && *c != END_OF_TAGS);
        let noncharacter =
            matches!(*c, '\u{fdd0}'..='\u{fdef}') || u32::from(*c) & 0xfffe == 0xfffe;
        let annotation = matches!(*c, '\u{fff9}'..='\u{fffb}');
        let hidden = is_invisible(*c) && !is_of_script(*c) && !of_flag;
        !(noncharacter || annotation || hidden)
    };
    text.chars().filter(shows).collect()
}

/// What the tags of England's, Scotland's and Wales' flags follow (UTS #51, "Emoji Tag
/// Sequences").
const BLACK_FLAG: char = '\u{1f3f4}';
const END_OF_TAGS: char = '\u{e007f}';

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether an invisible character is one that a script or an emoji cannot do without:
/// joiners, fillers, selectors of a variant, spaces of no width.
fn is_of_script(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}')
}

fn bounded(text: &str, max: usize) -> Result<(), TextError> {
    match text.chars().count() {
        actual if actual > max => Err(TextError::TooLong { max, actual }),
        _ => Ok(()),
    }
}

macro_rules! plumbing {
    ($name:ident) => {
        impl<const MAX: usize> TryFrom<String> for $name<MAX> {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }
        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(text: $name<MAX>) -> Self {
                text.0
            }
        }
        impl<const MAX: usize> AsRef<str> for $name<MAX> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> std::ops::Deref for $name<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
plumbing!(Line);
plumbing!(Prose);

/// A person's or a business's name.
pub type Name = Line<120>;
/// A meeting's title.
pub type Title = Line<200>;
/// A postal address on one line.
pub type Address = Line<300>;
/// A meeting's description.
pub type Description = Prose<10_000>;
/// A reason or comment that came with an answer.
pub type Reason = Prose<1_000>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_holds_what_could_end_a_header() {
        for text in ["a\r\nBcc: x@example.com", "a\nb", "a\0b", "a\u{2028}b"] {
            assert_eq!(
                Name::parse(text),
                Err(TextError::Control { line_breaks: true })
            );
        }
        assert_eq!(Name::parse("  Ann  ").unwrap().as_ref(), "Ann");
        for text in [
            "",
            " \t ",
            "\u{202e}",
            "\u{200b}\u{feff}",
            "\u{3164}",
            "\u{2800} \u{fe0f}",
        ] {
            assert_eq!(Name::parse(text), Err(TextError::Empty));
        }
        assert!(matches!(
            Name::parse(&"x".repeat(121)),
            Err(TextError::TooLong { .. })
        ));
    }

    #[test]
    fn a_name_shows_as_what_it_is() {
        for (typed, kept) in [
            ("Ann\u{202e}eeL", "AnneeL"),
            ("\u{feff}Ann\u{2066}\u{200f}", "Ann"),
            ("Ann\u{e0001}\u{fdd0}\u{ffff}", "Ann"),
            ("A\u{ad}nn\u{e0053}\u{e007f}\u{1d173}", "Ann"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e007f}\u{e0041}",
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e007f}",
            ),
            // Persian and Devanagari need their joiners, emoji theirs.
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
            ("👩\u{200d}🔧❤\u{fe0f}", "👩\u{200d}🔧❤\u{fe0f}"),
            ("שרה כהן", "שרה כהן"),
        ] {
            assert_eq!(Name::parse(typed).unwrap().as_ref(), kept);
            let stored: Name = serde_json::from_value(serde_json::json!(typed)).unwrap();
            assert_eq!(stored.as_ref(), kept, "stored before there was the rule");
        }
        assert_eq!(Name::parse("\u{fdd0}"), Err(TextError::Empty));
        assert_eq!(Reason::parse("a\u{202e}b").unwrap().as_ref(), "ab");
    }

    #[test]
    fn prose_keeps_line_breaks_as_lf() {
        assert_eq!(Reason::parse("a\r\nb\rc").unwrap().as_ref(), "a\nb\nc");
        assert!(Reason::parse("a\0").is_err());
        assert!(Reason::parse("").unwrap().is_empty());
    }
}
