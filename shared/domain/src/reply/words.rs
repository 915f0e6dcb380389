//! The words that carriers, the law and AWS give a meaning of their own.

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
pub(super) fn same(text: &str, word: &str) -> bool {
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
