//! The words that carriers, the law and AWS give a meaning of their own.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Words that opt a number out of SMS. Sources: AWS End User Messaging SMS,
/// "Supported opt-out keywords"; for REVOKE and OPT OUT, 47 CFR §64.1200(a)(10).
/// STOPALL is what other providers take.
const OPT_OUT: [&str; 15] = [
    "ARRET",
    "ARRÊT",
    "CANCEL",
    "END",
    "OPT OUT",
    "OPT-OUT",
    "OPTOUT",
    "QUIT",
    "REMOVE",
    "REVOKE",
    "STOP",
    "STOP ALL",
    "STOPALL",
    "TD",
    "UNSUBSCRIBE",
];
/// Words that bring a number back.
const OPT_IN: [&str; 2] = ["START", "UNSTOP"];
/// Words that AWS answers by itself.
const HELP: [&str; 2] = ["HELP", "INFO"];

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

/// Reads a text. Opt-outs are read with some indulgence, as the law wants
/// (a full stop, quote marks); for codes there is none: only a text of one word
/// can be one (S3).
pub fn read(text: &str) -> Said<'_> {
    let word = text.trim();
    let loose = word.trim_matches(quote).trim_end_matches(punctuation);
    let loose = loose.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(word) = among(&OPT_OUT, &loose) {
        Said::OptOut(word)
    } else if among(&OPT_IN, &loose).is_some() {
        Said::OptIn
    } else if word.is_empty() || word.contains(char::is_whitespace) {
        Said::Remark
    } else {
        Said::Word(word)
    }
}

/// The word that carriers take for their own, if this is one: a customer who sends
/// it may never reach us, so no config may ask for it.
pub fn reserved(word: &str) -> Option<&'static str> {
    [OPT_OUT.as_slice(), &OPT_IN, &HELP]
        .into_iter()
        .find_map(|words| among(words, word))
}

/// Whether a text is a word, letters of either case. Both ways, or a letter that
/// only looks like another (K, the Kelvin sign) would pass for it.
pub(crate) fn same(text: &str, word: &str) -> bool {
    text.to_lowercase() == word.to_lowercase() && text.to_uppercase() == word.to_uppercase()
}

fn among(words: &[&'static str], text: &str) -> Option<&'static str> {
    words.iter().copied().find(|word| same(text, word))
}

fn quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’')
}

fn punctuation(c: char) -> bool {
    quote(c) || matches!(c, '.' | '!' | ',' | ';' | ':' | '?')
}

/// The reserved word that a text asks its reader to reply with, if any.
pub(crate) fn asks_for_reserved_word(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect();
    let asks = |word: &str| matches!(word, "REPLY" | "TEXT" | "SEND" | "ANSWER" | "RESPOND");
    words.iter().enumerate().find_map(|(at, word)| {
        let reserved = reserved(word)?;
        // "Reply with CANCEL", "reply YES or STOP": an asking word stands shortly before.
        let before = &words[at.saturating_sub(4)..at];
        before.iter().any(|word| asks(word)).then_some(reserved)
    })
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
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_as_an_sms_asks_for_it() {
        for (text, code) in [("SI", "sí"), ("sí", "SÍ"), ("e", "é"), ("Ja", "JA")] {
            assert!(is_code(text, code), "{text} {code}");
        }
        assert!(!is_code("\u{212a}", "K") && !is_code("s", "sí"));
        assert!(
            !is_code("ý", "Y"),
            "accents that no code has are no slip of an SMS"
        );
    }

    #[test]
    fn a_reserved_word_is_only_refused_where_it_is_asked_for() {
        assert_eq!(
            asks_for_reserved_word("Please reply CANCEL to cancel"),
            Some("CANCEL")
        );
        assert_eq!(
            asks_for_reserved_word("Text us back with STOP"),
            Some("STOP")
        );
        assert_eq!(
            asks_for_reserved_word("We cannot cancel it. See you at the end."),
            None
        );
    }
}
