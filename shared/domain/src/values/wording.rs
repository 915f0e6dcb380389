//! The words of a text, as they compare: without what a keyboard, a carrier or a habit of
//! typing puts around and into them.
//!
//! Two texts that a person reads as the same words have the same wording, whatever their
//! case, accents, apostrophes, spaces, emoji and invisible marks. It is only for comparing:
//! what people read is the text itself.

use deunicode::deunicode_char;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup},
};

use crate::text::is_invisible;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its letters and digits, in lower case and without accents.
    pub(crate) letters: String,
    /// Whether a sentence ends behind it.
    pub(crate) ends_sentence: bool,
    /// Whether a comma or the like stands behind it, or the sentence ends.
    pub(crate) ends_part: bool,
}

/// The words of a text.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in folded(text) {
        if c.is_alphanumeric() {
            word.push_str(&letters(c));
        } else {
            push(&mut words, &mut word);
            if let Some(last) = words.last_mut() {
                last.ends_sentence |= ends_sentence(c);
                last.ends_part |= last.ends_sentence || matches!(c, ',' | '、' | '،' | '(' | ')');
            }
        }
    }
    push(&mut words, &mut word);
    spelled_out(words)
}

/// The words of a text in one line, one space between two of them.
pub(crate) fn line(text: &str) -> String {
    let letters: Vec<_> = words(text).into_iter().map(|word| word.letters).collect();
    letters.join(" ")
}

/// A word in which no letter follows itself: what is drawn out ("stoppp") and what lacks one
/// of a pair ("mesages") are the same.
pub(crate) fn undoubled(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// A text with its letters and their accents apart, without its invisible marks, and with the
/// plain forms of its letters: those of full width, of mathematics, in circles (UAX #15, NFKD).
fn folded(text: &str) -> impl Iterator<Item = char> {
    let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
    // Before they are taken apart: an acute accent alone (U+00B4) would leave a space.
    let visible: String = text
        .chars()
        .filter(|c| !is_unseen(*c) && !is_apostrophe(*c))
        .collect();
    let folded: Vec<_> = nfkd.normalize_iter(visible.chars()).collect();
    folded.into_iter().filter(|c| !is_mark(*c))
}

/// Whether a character shows nothing: a joiner, a mark of direction, or what a gateway left.
fn is_unseen(c: char) -> bool {
    is_invisible(c)
        || (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{fff9}'..='\u{fffc}')
}

/// Whether a character is an accent, or the frame of a keycap.
fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Apostrophes stand within words, and some leave them out.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | '′' | '‛' | '＇'
    )
}

fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | ';' | ':' | '\n' | '\r' | '…' | '。' | '¿' | '¡' | '।' | '؟'
    )
}

/// A letter or a digit as keyboards without it write it, in lower case.
fn letters(c: char) -> String {
    let plain = match c {
        'ł' | 'Ł' => "l",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' => "d",
        'ı' => "i",
        'ς' => "σ",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        _ if c.is_numeric() && !c.is_ascii() => deunicode_char(c).unwrap_or_default(),
        _ => return c.to_lowercase().filter(|c| !is_mark(*c)).collect(),
    };
    plain.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn push(words: &mut Vec<Word>, word: &mut String) {
    if !word.is_empty() {
        words.push(Word {
            letters: without_umlauts(&one_script(std::mem::take(word))),
            ends_sentence: false,
            ends_part: false,
        });
    }
}

/// A word with `ä`, `ö` and `ü`, which have lost their dots by now, written the same way as
/// where they were written out (`ae`, `oe`, `ue`).
fn without_umlauts(word: &str) -> String {
    word.replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u")
}

/// A word with the letters of one script, where some only look like them: a Cyrillic `О` in
/// `STОP` (UTS #39, "confusable"), a zero in `ST0P`.
fn one_script(word: String) -> String {
    let latin = word.chars().any(|c| c.is_ascii_alphabetic());
    if !latin || word.chars().all(|c| c.is_ascii_alphabetic()) {
        return word;
    }
    let digits = word.chars().filter(char::is_ascii_digit);
    let zeros_only = digits.clone().count() > 0 && digits.clone().all(|digit| digit == '0');
    let inside = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.ends_with(|c: char| c.is_ascii_alphabetic());
    word.chars()
        .map(|c| match c {
            '0' if zeros_only && inside => 'o',
            'а' | 'α' => 'a',
            'е' | 'ε' => 'e',
            'о' | 'ο' => 'o',
            'р' | 'ρ' => 'p',
            'с' => 'c',
            'у' | 'υ' => 'y',
            'х' | 'χ' => 'x',
            'і' | 'ι' => 'i',
            'ѕ' => 's',
            'т' | 'τ' => 't',
            'к' | 'κ' => 'k',
            'м' => 'm',
            'н' => 'h',
            'в' => 'b',
            c => c,
        })
        .collect()
}

/// Words with those joined that were written letter by letter, like `S T O P` or `s.t.o.p.`:
/// three or more in a row.
fn spelled_out(words: Vec<Word>) -> Vec<Word> {
    let alone = |word: &Word| {
        let mut letters = word.letters.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    };
    let mut joined = Vec::with_capacity(words.len());
    for run in words.chunk_by(|one, next| alone(one) == alone(next)) {
        match run {
            [first, .., last] if run.len() > 2 && alone(first) => joined.push(Word {
                letters: run.iter().map(|word| word.letters.as_str()).collect(),
                ends_sentence: last.ends_sentence,
                ends_part: last.ends_part,
            }),
            run => joined.extend_from_slice(run),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads_as_the_same_has_the_same_words() {
        for text in [
            "don't stop",
            "Don’t  STOP!",
            "DONT\u{200b} st\u{ad}op",
            "“dont stop”",
            "👍 ｄｏｎ＇ｔ ｓｔｏｐ 🛑",
            "don`t s\u{202e}top\u{feff}",
            "don´t stop…",
            "dön't stóp",
            "dont STОP",
            "dont S T O P",
            "dont s.t.o.p.",
            "dont\nst0p",
            "dont\u{0}stop\u{7f}".replace('\u{0}', " ").as_str(),
        ] {
            assert_eq!(line(text), "dont stop", "{text:?}");
        }
        assert_eq!(line("ŁÓDŹ Straße İPTAL æøå"), "lodz strasse iptal aoa");
        assert_eq!(line("kündigen Kuendigen"), "kundigen kundigen");
        assert_eq!(line("1️⃣ ① １ ١ 👍 10 2x"), "1 1 1 1 10 2x");
        assert_eq!(line("стоп u r"), "стоп u r");
        assert_eq!(line("… 👍 \u{200b}"), "");
    }

    #[test]
    fn a_sentence_ends_where_a_mark_says_so() {
        let ends = |text| -> Vec<_> { words(text).iter().map(|w| w.ends_sentence).collect() };
        assert_eq!(ends("stop, please. now"), [false, true, false]);
        assert_eq!(ends("¡stop! … ok\nyes"), [true, true, false]);
    }

    #[test]
    fn letters_that_follow_themselves_count_once() {
        assert_eq!(undoubled("stooopp"), "stop");
        assert_eq!(undoubled(""), "");
    }
}
