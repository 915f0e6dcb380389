//! Slips of the thumb in words of the phrases: two letters swapped, one left out, one too many.
//!
//! Not one letter for another: *massage* is no *message*, and *testing* is no *texting*.

use std::collections::{HashMap, HashSet};

use super::pattern::Term;

/// The fewest letters of a word in which a slip is looked for. Of shorter ones every slip is
/// another word.
const SHORTEST: usize = 6;

/// The words of the phrases, as they are found by what is typed.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    words: HashSet<String>,
    beginnings: Vec<String>,
    /// What long words are with one letter left out.
    shortened: HashMap<String, String>,
}

impl Spelling {
    pub(super) fn of(terms: &HashSet<Term>) -> Self {
        let mut spelling = Self::default();
        for term in terms {
            match term {
                Term::Whole(word) => {
                    if word.chars().count() > SHORTEST {
                        let ways = without_one(word).map(|way| (way, word.clone()));
                        spelling.shortened.extend(ways);
                    }
                    spelling.words.insert(word.clone());
                }
                Term::Beginning(beginning) => spelling.beginnings.push(beginning.clone()),
            }
        }
        spelling
    }

    /// The word that was meant; the one that was typed where it is a word of the phrases, or
    /// like none of them.
    pub(super) fn meant(&self, typed: &str) -> String {
        let begins = |beginning: &String| typed.starts_with(beginning.as_str());
        let known = self.words.contains(typed) || self.beginnings.iter().any(begins);
        if known || typed.chars().count() < SHORTEST {
            return typed.to_owned();
        }
        let word = swapped(typed)
            .chain(without_one(typed))
            .find(|way| way.chars().count() >= SHORTEST && self.words.contains(way));
        let word = word.or_else(|| self.shortened.get(typed).cloned());
        word.unwrap_or_else(|| typed.to_owned())
    }
}

/// A word with each of its letters left out but the first and the last, by which words of
/// different forms differ.
fn without_one(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    (1..letters.len().saturating_sub(1)).map(move |at| {
        let mut letters = letters.clone();
        letters.remove(at);
        letters.into_iter().collect()
    })
}

/// A word with each two neighbouring letters swapped.
fn swapped(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    (1..letters.len()).map(move |at| {
        let mut letters = letters.clone();
        letters.swap(at - 1, at);
        letters.into_iter().collect()
    })
}
