//! The phrases by which people revoke their consent, as the files beside this one have them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::pattern::{Pattern, Phrase, Step, Term};

/// The phrases, by what a text that has one of them says.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// It revokes consent.
    pub(super) hold: Vec<Pattern>,
    /// It does not, whatever of the former overlaps it.
    pub(super) spare: Vec<Pattern>,
    /// It does, whatever else it says.
    pub(super) surely: Vec<Pattern>,
    /// Every word that stands in a phrase, or how it begins.
    pub(super) terms: HashSet<Term>,
}

/// A line that says nothing that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

/// The most choices that stand in a pattern itself.
const FEW: usize = 40;

/// The sets of words that phrases name, by their names.
type Sets = HashMap<String, Arc<[Phrase]>>;

impl Phrases {
    /// Reads all files, each with its name. A set of words may be added to in several of them:
    /// `{stop}` is what all of them say, `{de:stop}` what the file `de` says. A line that cannot
    /// be read is left out, and told.
    pub(super) fn read(files: &[(&str, &'static str)]) -> (Self, Vec<Unreadable>) {
        let lines = || {
            let lines = files
                .iter()
                .flat_map(|(file, text)| text.lines().map(move |line| (*file, said(line))));
            lines.filter(|(_, line)| !line.is_empty())
        };
        let sets = sets(lines());
        let (mut phrases, mut unreadable) = (Self::default(), Vec::new());
        let terms = sets.values().flat_map(|set| set.iter().flatten());
        phrases.terms = terms.cloned().collect();
        for (_, line) in lines().filter(|(_, line)| set(line).is_none()) {
            if phrases.add(line, &sets).is_none() {
                unreadable.push(Unreadable(line.to_owned()));
            }
        }
        (phrases, unreadable)
    }

    fn add(&mut self, line: &str, sets: &Sets) -> Option<()> {
        let (kind, steps) = line.split_once(' ')?;
        let steps: Option<Vec<_>> = steps
            .split_whitespace()
            .map(|text| step(text, sets))
            .collect();
        let pattern = Pattern(steps?);
        // Those of its sets are known already.
        for step in &pattern.0 {
            if let Step::OneOf { choices, .. } = step
                && choices.len() < FEW
            {
                self.terms.extend(choices.iter().flatten().cloned());
            }
        }
        match kind {
            "hold" => self.hold.push(pattern),
            "spare" => self.spare.push(pattern),
            "surely" => self.surely.push(pattern),
            _ => return None,
        }
        Some(())
    }
}

/// The sets of all files, each under its name and under its name in its file.
fn sets<'a>(lines: impl Iterator<Item = (&'a str, &'a str)>) -> Sets {
    let mut sets = HashMap::<String, Vec<Phrase>>::new();
    for (file, line) in lines {
        let Some((name, words)) = set(line) else {
            continue;
        };
        let words: Vec<_> = words.flat_map(elided).map(|word| phrase(&word)).collect();
        for name in [format!("{file}:{name}"), name] {
            sets.entry(name).or_default().extend(words.iter().cloned());
        }
    }
    let sorted = sets
        .into_iter()
        .map(|(name, set)| (name, longest_first(set)));
    sorted.collect()
}

/// Phrases so that none is found in place of a longer one that begins with it.
fn longest_first(mut phrases: Vec<Phrase>) -> Arc<[Phrase]> {
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases.into()
}

/// A line without its comment.
fn said(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

/// The name and the words of a set: `{name} = word two_words beginning*`.
fn set(line: &str) -> Option<(String, impl Iterator<Item = &str>)> {
    let (name, words) = line.split_once('=')?;
    let name = name.trim().strip_prefix('{')?.strip_suffix('}')?;
    Some((name.to_owned(), words.split_whitespace()))
}

/// A word of a set; one with an apostrophe in front of it, in all forms that French gives it:
/// `'écrire` is *écrire*, *m'écrire*, *d'écrire* and so on.
fn elided(word: &str) -> Vec<String> {
    let Some(plain) = word.strip_prefix('\'') else {
        return vec![word.to_owned()];
    };
    let before = ["", "m", "d", "n", "l", "t", "s", "qu"];
    before.map(|elided| format!("{elided}{plain}")).into()
}

fn phrase(text: &str) -> Phrase {
    text.split('_').map(Term::read).collect()
}

fn step(text: &str, sets: &Sets) -> Option<Step> {
    if let Some(most) = text.strip_prefix("..") {
        return Some(Step::Gap(most.parse().ok()?));
    }
    match text {
        "^" => return Some(Step::Start),
        "$" => return Some(Step::End),
        _ => {}
    }
    let (choices, optional, repeats) = match text {
        _ if text.ends_with("}*") => (&text[..text.len() - 1], true, true),
        _ if text.ends_with("}+") => (&text[..text.len() - 1], false, true),
        _ => match text.strip_suffix('?') {
            Some(choices) => (choices, true, false),
            None => (text, false, false),
        },
    };
    Some(Step::one_of(choices_of(choices, sets)?, optional, repeats))
}

/// What a part of a pattern may be: a set, or words and sets with bars between them.
fn choices_of(text: &str, sets: &Sets) -> Option<Arc<[Phrase]>> {
    let named = |choice: &str| Some(choice.strip_prefix('{')?.strip_suffix('}')?.to_owned());
    if let Some(name) = named(text).filter(|_| !text.contains('|')) {
        return sets.get(&name).cloned();
    }
    let mut phrases = Vec::new();
    for choice in text.split('|') {
        match named(choice) {
            Some(name) => phrases.extend(sets.get(&name)?.iter().cloned()),
            None => phrases.push(phrase(choice)),
        }
    }
    Some(longest_first(phrases))
}
