//! One line of the phrases: what must follow what in a sentence, and where it does.

use std::sync::Arc;

use crate::values::wording::{Word, line, undoubled};

/// How often a part may repeat.
const REPEATS: usize = 5;

/// Words that must follow each other in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(pub(super) Vec<Step>);

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The beginning of the sentence.
    Start,
    /// Its end.
    End,
    /// At most so many words, whatever they are, but no comma.
    Gap(usize),
    /// One of these, so often.
    OneOf {
        /// What it may be, the longest first.
        choices: Arc<[Phrase]>,
        /// How often it stands there at least: once, or not at all.
        least: usize,
        /// How often it may.
        most: usize,
    },
}

/// Words that stand for one thing.
pub(super) type Phrase = Vec<Term>;

/// A word, or how it begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Term {
    /// This word.
    Whole(String),
    /// Every word that begins so.
    Beginning(String),
}

impl Term {
    /// Reads a term: a word, with `*` behind it where only its beginning counts. As it
    /// compares with what was typed.
    pub(super) fn read(text: &str) -> Self {
        let compared = undoubled(&line(text));
        match text.strip_suffix('*') {
            Some(_) => Self::Beginning(compared),
            None => Self::Whole(compared),
        }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => whole == word,
            Self::Beginning(beginning) => word.starts_with(beginning.as_str()),
        }
    }
}

impl Step {
    /// One of these, the longest first: once, or at most once; or several times.
    pub(super) fn one_of(choices: Arc<[Phrase]>, optional: bool, repeats: bool) -> Self {
        Self::OneOf {
            choices,
            least: usize::from(!optional),
            most: if repeats { REPEATS } else { 1 },
        }
    }
}

/// Where in a text a pattern was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    from: usize,
    to: usize,
}

impl Found {
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl Pattern {
    /// Everywhere that it stands in a text.
    pub(super) fn find_in(&self, words: &[Word]) -> Vec<Found> {
        let at = |from| Some((from, end(&self.0, 0, words, from, from)?));
        let found = (0..words.len()).filter_map(at);
        found
            .filter(|(from, to)| from < to)
            .map(|(from, to)| Found { from, to })
            .collect()
    }
}

/// Where these steps end that begin at a word, if they stand there; as far as they go. The
/// first of them was `taken` so often already.
fn end(steps: &[Step], taken: usize, words: &[Word], from: usize, at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(at);
    };
    let rest = |to| end(rest, 0, words, from, to);
    match step {
        Step::Start => begins(words, at).then(|| rest(at))?,
        Step::End => ends(words, at).then(|| rest(at))?,
        Step::Gap(most) => (at..=words.len().min(at + most))
            .take_while(|to| {
                *to == at || (in_part(words, from, *to - 1) && !words[*to - 1].ends_part)
            })
            .find_map(rest),
        Step::OneOf {
            choices,
            least,
            most,
        } => {
            let again = || {
                let mut ends = choices
                    .iter()
                    .filter_map(|phrase| phrase_end(phrase, words, from, at));
                ends.find_map(|to| end(steps, taken + 1, words, from, to))
            };
            let again = (taken < *most).then(again).flatten();
            again.or_else(|| (taken >= *least).then(|| rest(at))?)
        }
    }
}

fn phrase_end(phrase: &Phrase, words: &[Word], from: usize, at: usize) -> Option<usize> {
    let to = at + phrase.len();
    let mut pairs = phrase.iter().zip(words.get(at..to)?).enumerate();
    pairs
        .all(|(i, (term, word))| joined(words, from, at + i) && term.is(&word.letters))
        .then_some(to)
}

/// Whether a word stands in the same sentence as what was found before it.
fn joined(words: &[Word], from: usize, at: usize) -> bool {
    at == from || !words[at - 1].ends_sentence
}

/// Whether a word stands in the same part of a sentence as what was found before it: what
/// stands behind a comma may be about something else.
fn in_part(words: &[Word], from: usize, at: usize) -> bool {
    at == from || !words[at - 1].ends_part
}

fn begins(words: &[Word], at: usize) -> bool {
    at == 0 || words[at - 1].ends_part
}

fn ends(words: &[Word], at: usize) -> bool {
    at == words.len() || (at > 0 && words[at - 1].ends_sentence)
}
