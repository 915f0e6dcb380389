//! Texts that are nearly an answer: a code with something around it, or written another way.
//!
//! None of them is taken for an answer (S3): who writes `1 or 2` has not decided, and who
//! writes `1?` may be asking. But their writers think that they have answered, so they are
//! asked again (S9).

use crate::{
    sms::Prompt,
    values::{
        answer::Answer,
        wording::{line, words},
    },
};

/// The most words that a text has which is nearly an answer: more of them say something else.
const MOST_WORDS: usize = 8;

/// What people write around a code, and what messages write around it.
const AROUND: &[&str] = &[
    // English.
    "please",
    "pls",
    "plz",
    "thanks",
    "thank",
    "you",
    "thx",
    "ty",
    "ok",
    "okay",
    "yes",
    "yeah",
    "yep",
    "sure",
    "reply",
    "option",
    "opt",
    "choice",
    "choose",
    "number",
    "no",
    "nr",
    "n",
    "press",
    "code",
    "answer",
    "to",
    "for",
    "confirm",
    "reschedule",
    "decline",
    "and",
    "or",
    "my",
    "is",
    "the",
    // German.
    "bitte",
    "danke",
    "ja",
    "gerne",
    "nummer",
    "zum",
    "zusagen",
    "verschieben",
    "absagen",
    "oder",
    "und",
    "antwort",
    // Spanish.
    "por",
    "favor",
    "gracias",
    "si",
    "opcion",
    "numero",
    "para",
    "confirmar",
    "cambiar",
    "rechazar",
    "o",
    "y",
    // French.
    "svp",
    "stp",
    "merci",
    "oui",
    "pour",
    "confirmer",
    "reporter",
    "refuser",
    "decliner",
    "ou",
    "et",
];

/// Digits as words.
const SPELLED: &[(&str, &str)] = &[
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("eins", "1"),
    ("zwei", "2"),
    ("drei", "3"),
    ("vier", "4"),
    ("uno", "1"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("deux", "2"),
    ("trois", "3"),
    ("quatre", "4"),
];

/// Faces and hearts that are drawn with digits.
const DRAWN: [&str; 4] = ["</3", "<3", ":3", "=3"];

/// The answer to a question that a text nearly is: that of the first code in it.
pub(super) fn nearly(text: &str, prompt: &Prompt) -> Option<Answer> {
    let text = DRAWN
        .iter()
        .fold(text.to_owned(), |text, drawn| text.replace(drawn, " "));
    let words = words(&text);
    if words.len() > MOST_WORDS {
        return None;
    }
    let mut first = None;
    for word in words {
        match code(&word.letters, prompt) {
            Some(answer) => first = first.or(Some(answer)),
            None if AROUND.contains(&word.letters.as_str()) => {}
            None => return None,
        }
    }
    first
}

/// The answer whose code a word is, however it is written.
fn code(word: &str, prompt: &Prompt) -> Option<Answer> {
    let spelled = SPELLED.iter().find(|(spelled, _)| line(spelled) == word);
    let word = spelled.map_or(word, |(_, digit)| digit);
    let code = prompt.codes.iter().find(|code| line(&code.word) == word);
    code.map(|code| code.answer)
}
