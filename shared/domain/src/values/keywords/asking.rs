//! Texts that ask their reader to reply with a reserved word.

use super::{Use, meant};
use crate::values::wording::line;

/// The verbs by which texts ask for a reply, by their wording.
const ASK: &[&str] = &[
    // English.
    "reply",
    "text",
    "send",
    "answer",
    "respond",
    "txt",
    "type", // German.
    "antworten",
    "antworte",
    "schreiben",
    "schreib",
    "senden",
    "sende",
    "schicken",
    "schicke",
    // Spanish.
    "responda",
    "responde",
    "responder",
    "conteste",
    "contesta",
    "envie",
    "envia",
    "escriba",
    "escribe", // French.
    "repondez",
    "reponds",
    "repondre",
    "envoyez",
    "envoie",
    "ecrivez",
    "tapez",
];

/// What may stand between such a verb and the word that it asks for.
const BETWEEN: &[&str] = &[
    // English.
    "with",
    "back",
    "us",
    "me",
    "the",
    "a",
    "word",
    "message",
    "code",
    "or",
    "and",
    "please",
    "to",
    "by",
    "this",
    "sms",
    "just", // German.
    "sie",
    "uns",
    "mit",
    "dem",
    "das",
    "wort",
    "einfach",
    "bitte",
    "oder",
    "auf",
    "diese",
    "per",
    // Spanish.
    "con",
    "la",
    "palabra",
    "el",
    "mensaje",
    "o",
    "y",
    "a",
    "este",
    "por",
    "favor",
    "nos",
    "simplemente", // French.
    "par",
    "le",
    "mot",
    "avec",
    "nous",
    "ou",
    "et",
    "ce",
    "svp",
];

/// The reserved word that a text asks its reader to reply with, if any.
pub(crate) fn asks_for_reserved_word(text: &str) -> Option<&'static str> {
    sentences(text).find_map(asked_in)
}

/// The sentences of a text, each as its words are written.
fn sentences(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split(['.', '!', '?', ';', '\n']).map(|sentence| {
        sentence
            .split(|c: char| !c.is_alphanumeric() && !"-'’".contains(c))
            .filter(|word| !word.is_empty())
            .collect()
    })
}

fn asked_in(words: Vec<&str>) -> Option<&'static str> {
    let asked_before = |at: usize| words[..at].iter().any(|word| is(word, ASK));
    (0..words.len()).find_map(|at| {
        let reserved = reserved_at(&words[at..])?;
        if !asked_before(at) {
            return None;
        }
        // "reply YES or STOP", "reply 1 to confirm or STOP to end": by a phrase of few words,
        // or by its capitals.
        let asked = asked_for(&words[..at]) || stands_out(words[at], &words);
        asked.then_some(reserved)
    })
}

/// The reserved word that begins here, of one word or of two.
fn reserved_at(words: &[&str]) -> Option<&'static str> {
    let two = words.get(..2).map(|two| two.join(" "));
    let found = two
        .and_then(|two| meant(&two))
        .or_else(|| meant(words.first()?));
    found.map(|(word, _): (_, Use)| word)
}

/// Whether a verb that asks stands shortly before, with nothing between but what leads to the
/// word or other words to choose from, which are in capitals or digits.
fn asked_for(before: &[&str]) -> bool {
    let choice = |word: &str| !word.chars().any(char::is_lowercase);
    for word in before.iter().rev() {
        if is(word, ASK) {
            return true;
        }
        if !is(word, BETWEEN) && !choice(word) {
            return false;
        }
    }
    false
}

/// Whether a word is in capitals among others that are not.
fn stands_out(word: &str, among: &[&str]) -> bool {
    let capitals = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic());
        letters.clone().count() > 1 && letters.clone().all(char::is_uppercase)
    };
    capitals(word)
        && among
            .iter()
            .any(|other| other.chars().any(char::is_lowercase))
}

fn is(word: &str, among: &[&str]) -> bool {
    among.contains(&line(word).as_str())
}
