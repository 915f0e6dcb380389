//! The words that carriers, the law and AWS give a meaning of their own.

mod asking;
mod lists;

use std::{collections::HashMap, sync::LazyLock};

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::wording::{line, undoubled};
pub(crate) use asking::asks_for_reserved_word;
use lists::{HELP, MAY_MEAN_THE_MEETING, OPT_IN, OPT_OUT};

/// What a text says, before it is known which message it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// No more SMS; by which word.
    OptOut(&'static str),
    /// SMS again.
    OptIn,
    /// One word, which may be a code.
    Word(&'a str),
    /// Anything else: for people to read.
    Remark,
}

/// What a word is reserved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    OptOut,
    OptIn,
    Help,
}

/// The reserved words by their wording, with the spelling that people are shown.
static RESERVED: LazyLock<HashMap<String, (&'static str, Use)>> = LazyLock::new(|| {
    let lists = [
        (HELP, Use::Help),
        (OPT_IN, Use::OptIn),
        (OPT_OUT, Use::OptOut),
    ];
    let words = lists
        .into_iter()
        .flat_map(|(words, meant)| words.iter().map(move |word| (line(word), (*word, meant))));
    words.collect()
});

/// Reads a text. Opt-outs are read with indulgence, as the law wants: whatever marks, quotes,
/// emoji or accents are around or in the word, and however it is drawn out. For codes there is
/// none: only a text of one word can be one (S3).
pub fn read(text: &str) -> Said<'_> {
    match meant(text) {
        Some((word, Use::OptOut)) => return Said::OptOut(word),
        Some((_, Use::OptIn)) => return Said::OptIn,
        Some((_, Use::Help)) | None => {}
    }
    let word = text.trim();
    if word.is_empty() || word.contains(char::is_whitespace) {
        Said::Remark
    } else {
        Said::Word(word)
    }
}

/// The word that carriers take for their own, if this is one: a customer who sends
/// it may never reach us, so no config may ask for it.
pub fn reserved(word: &str) -> Option<&'static str> {
    Some(meant(word)?.0)
}

/// Whether an opt-out word may have been meant for the meeting, like CANCEL.
pub(crate) fn may_mean_the_meeting(word: &str) -> bool {
    MAY_MEAN_THE_MEETING.contains(&word)
}

/// The reserved word that a text is, and what it is reserved for.
fn meant(text: &str) -> Option<(&'static str, Use)> {
    let wording = line(text);
    let known = RESERVED.get(&wording).copied();
    known.or_else(|| drawn_out(&wording).then(|| RESERVED.get(&undoubled(&wording)).copied())?)
}

/// Whether a letter stands three times in a row, as in no word: `stoppp`.
fn drawn_out(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .any(|three| three[0].is_alphabetic() && three.iter().all(|c| *c == three[0]))
}

/// Whether a text is a word, letters of either case. Both ways, or a letter that
/// only looks like another (K, the Kelvin sign) would pass for it.
pub(crate) fn same(text: &str, word: &str) -> bool {
    text.to_lowercase() == word.to_lowercase() && text.to_uppercase() == word.to_uppercase()
}

/// A word without its accents: as an SMS may arrive, and as many type.
pub(crate) fn bare(word: &str) -> String {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let letter = |c: char| {
        let mut parts = nfd.normalize_iter(std::iter::once(c));
        match (parts.next(), parts.next()) {
            (Some(letter), Some(_)) if letter.is_alphabetic() => letter,
            _ => c,
        }
    };
    word.chars().map(letter).collect()
}

/// Whether a text is a code, letters of either case; or the code without its accents, as
/// an SMS may have asked for it (S8).
pub(crate) fn is_code(text: &str, code: &str) -> bool {
    same(text, code) || same(text, &bare(code))
}

#[cfg(test)]
mod tests;
