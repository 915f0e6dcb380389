//! Whether somebody says in their own words that they want no more texts (S10).
//!
//! What counts is in [`phrases/`](self): sets of words, and patterns over them, for each
//! language a file. A text revokes consent where it has a phrase that says so, unless another
//! phrase over the same words says that it does not: *stop texting me* does, *don't stop
//! texting me* does not. All languages are tried on every text: people mix them, and nobody
//! knows which one a stranger writes. How to add a phrase: [`crate::adding::wishes`].

mod pattern;
mod phrases;
mod typos;

use std::sync::LazyLock;

use crate::values::wording::{Word, undoubled, words};
use pattern::{Found, Pattern};
use phrases::{Phrases, Unreadable};
use typos::Spelling;

/// The most words of a text that are looked at: far more than anybody needs to say it, and a
/// text can have thousands.
const MAX_WORDS: usize = 300;

/// The files, each with the name that its own sets go by.
const FILES: &[(&str, &str)] = &[
    ("common", include_str!("phrases/common.txt")),
    ("en", include_str!("phrases/en.txt")),
    ("de", include_str!("phrases/de.txt")),
    ("es", include_str!("phrases/es.txt")),
    ("fr", include_str!("phrases/fr.txt")),
    ("pt", include_str!("phrases/pt.txt")),
    ("it", include_str!("phrases/it.txt")),
    ("nl", include_str!("phrases/nl.txt")),
    ("pl", include_str!("phrases/pl.txt")),
    ("tr", include_str!("phrases/tr.txt")),
    ("more", include_str!("phrases/more.txt")),
];

/// What is known of how people revoke consent.
struct Known {
    phrases: Phrases,
    spelling: Spelling,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::read().0);

impl Known {
    fn read() -> (Self, Vec<Unreadable>) {
        let (phrases, unreadable) = Phrases::read(FILES);
        let spelling = Spelling::of(&phrases.terms);
        (Self { phrases, spelling }, unreadable)
    }

    fn revokes(&self, text: &str) -> bool {
        let words = self.words(text);
        let found = |patterns: &[Pattern]| -> Vec<Found> {
            let found = patterns.iter().flat_map(|pattern| pattern.find_in(&words));
            found.collect()
        };
        if !found(&self.phrases.surely).is_empty() {
            return true;
        }
        let spared = found(&self.phrases.spare);
        let holds = |found: &Found| !spared.iter().any(|spared| spared.overlaps(*found));
        found(&self.phrases.hold).iter().any(holds)
    }

    fn words(&self, text: &str) -> Vec<Word> {
        let mut words = words(text);
        words.truncate(MAX_WORDS);
        for word in &mut words {
            word.letters = self.spelling.meant(&undoubled(&word.letters));
        }
        words
    }
}

/// Whether a text says that its sender wants no more texts. One that quotes another text in
/// order to react to it says nothing of its own.
pub fn revokes_consent(text: &str) -> bool {
    !is_reaction(text) && KNOWN.revokes(text)
}

/// Whether a text is what a phone sends of a tap on a message: a few words and the message in
/// quotes, like *Loved “Please stop”*.
fn is_reaction(text: &str) -> bool {
    let text = text.trim();
    let opens = |c| matches!(c, '“' | '„' | '«' | '「' | '"' | '‘');
    let closes = |c| matches!(c, '”' | '“' | '»' | '」' | '"' | '’');
    let Some(from) = text.find(opens) else {
        return false;
    };
    let before = words(&text[..from]);
    // Who quotes what they have said before has a verb of saying in front of it.
    let said = [
        "said", "told", "texted", "sent", "wrote", "typed", "replied", "asked", "dije",
    ];
    let says = before
        .iter()
        .any(|word| said.contains(&word.letters.as_str()));
    from > 0
        && before.len() <= 5
        && !says
        && reacts(&before, &text[..from])
        && text.ends_with(closes)
}

/// Whether the words before a quote are those of a reaction: none but an emoji, or a verb first.
fn reacts(before: &[Word], text: &str) -> bool {
    const VERBS: &[&str] = &[
        "liked",
        "loved",
        "disliked",
        "laughed",
        "emphasized",
        "emphasised",
        "questioned",
        "removed",
        "reacted",
        "mag",
        "gefallt",
        "liebt",
        "a",
        "le",
        "ha",
        "gostou",
        "vond",
        "polubiono",
        "to",
    ];
    let first = before.first().map(|word| word.letters.as_str());
    first.is_none_or(|first| VERBS.contains(&first)) || !text.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
