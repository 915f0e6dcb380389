//! What is remembered of the texts with one number, beside its prompts: which
//! letters were given out, and how often it was answered lately.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};

use super::Prompt;
use crate::id::NotificationId;
use crate::unread::Unread;
use crate::values::answer::Answer;
use crate::values::keywords::same;

/// How many automatic replies a number gets within [`WINDOW`]: two machines that
/// text each other come to an end.
pub const MAX_REPLIES: usize = 3;
/// The time that [`MAX_REPLIES`] is for.
pub const WINDOW: TimeDelta = TimeDelta::hours(1);
/// How many texts of a number are kept within `TEXTS_WINDOW`.
pub const MAX_TEXTS: u32 = 30;
/// The time that [`MAX_TEXTS`] is for.
const TEXTS_WINDOW: TimeDelta = TimeDelta::hours(24);
/// How many questions are kept that were asked again: more than one number has open at a time.
const MAX_ASKED_AGAIN: usize = 20;
/// The letters, in the order they are given out.
const LETTERS: std::ops::RangeInclusive<char> = 'A'..='Z';
/// How long a letter keeps its meaning.
const KEEP: TimeDelta = TimeDelta::days(30);

/// What is remembered of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// Moves with every write; 0 before the first.
    pub version: u64,
    /// When it was last answered, within the window.
    pub replied_at: Vec<DateTime<Utc>>,
    /// The letters that were given out.
    pub choices: Vec<Choice>,
    /// How many texts came from it within the day that began with the first of them.
    pub texts: Texts,
    /// The messages whose questions were asked again, because a text was nearly an answer to
    /// them; the last ones.
    pub asked_again: Vec<NotificationId>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// How many texts came from a number lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// When the first of them came.
    pub since: DateTime<Utc>,
    /// How many they are.
    pub count: u32,
}

/// What a number's next text may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// Whatever it says.
    Full,
    /// It is kept and answers nothing; what comes after it is not kept.
    Last,
    /// It may opt out or in, and is kept nowhere.
    OptOutsOnly,
}

/// A letter that stands for one attendee's meeting at one revision. It never comes
/// to stand for another while it is kept, so that an answer to an older question
/// cannot meet a newer meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The letter.
    pub letter: char,
    /// What it stands for; its revision is the one that was named.
    pub prompt: Prompt,
    /// When it was last given out.
    pub at: DateTime<Utc>,
}

impl Conversation {
    /// Counts a text, and says what it may do. A number can be forged, and whoever does
    /// so must come to an end; its owner has the link.
    pub fn hear(&mut self, now: DateTime<Utc>) -> Hearing {
        if self.texts.since + TEXTS_WINDOW <= now {
            self.texts = Texts {
                since: now,
                count: 0,
            };
        }
        self.texts.count = self.texts.count.saturating_add(1);
        match self.texts.count.cmp(&MAX_TEXTS) {
            Ordering::Less => Hearing::Full,
            Ordering::Equal => Hearing::Last,
            Ordering::Greater => Hearing::OptOutsOnly,
        }
    }

    /// Whether another automatic reply may go out.
    pub fn may_reply(&self, now: DateTime<Utc>) -> bool {
        self.lately(now).count() < MAX_REPLIES
    }

    /// Notes that one goes out.
    pub fn replied(&mut self, now: DateTime<Utc>) {
        self.replied_at = self.lately(now).chain([now]).collect();
    }

    fn lately(&self, now: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        let recent = self.replied_at.iter().copied();
        recent.filter(move |at| *at + WINDOW > now)
    }

    /// Whether a question was asked again already.
    pub fn was_asked_again(&self, prompt: &Prompt) -> bool {
        self.asked_again.contains(&prompt.asked_by)
    }

    /// Notes that questions are asked again, which is done once (S9).
    pub fn ask_again(&mut self, prompts: &[Prompt]) {
        let new = prompts
            .iter()
            .filter(|prompt| !self.was_asked_again(prompt));
        let new: Vec<_> = new.map(|prompt| prompt.asked_by.clone()).collect();
        self.asked_again.extend(new);
        let forgotten = self.asked_again.len().saturating_sub(MAX_ASKED_AGAIN);
        self.asked_again.drain(..forgotten);
    }

    /// The prompt that a choice word names, like `1B`, and its answer.
    pub fn choice(&self, word: &str, now: DateTime<Utc>) -> Option<(&Prompt, Answer)> {
        let letter = word.chars().next_back()?;
        let code = word.strip_suffix(letter)?;
        let letter = letter.to_ascii_uppercase();
        let kept = |choice: &&Choice| choice.letter == letter && choice.at + KEEP > now;
        let choice = self.choices.iter().find(kept)?;
        Some((&choice.prompt, choice.prompt.answer(code)?))
    }

    /// Gives out a letter for each prompt, the same as before where it stands for
    /// the same; none when there are not letters enough. A letter is passed over
    /// that would make a code of another prompt.
    pub fn give_letters(&mut self, prompts: &[Prompt], now: DateTime<Utc>) -> Option<Vec<char>> {
        self.choices.retain(|choice| choice.at + KEEP > now);
        let mut letters = Vec::with_capacity(prompts.len());
        for prompt in prompts {
            let same = |choice: &&mut Choice| {
                choice.prompt.same_subject(prompt)
                    && choice.prompt.revision == prompt.revision
                    && choice.prompt.codes == prompt.codes
            };
            if let Some(choice) = self.choices.iter_mut().find(same) {
                choice.at = now;
                letters.push(choice.letter);
                continue;
            }
            let letter = LETTERS
                .into_iter()
                .find(|letter| self.free(*letter, prompts))?;
            self.choices.push(Choice {
                letter,
                prompt: prompt.clone(),
                at: now,
            });
            letters.push(letter);
        }
        Some(letters)
    }

    fn free(&self, letter: char, prompts: &[Prompt]) -> bool {
        let codes = || prompts.iter().flat_map(|prompt| &prompt.codes);
        let mistaken = codes().any(|code| {
            let word = format!("{}{letter}", code.word);
            codes().any(|other| same(&word, &other.word))
        });
        !mistaken && self.choices.iter().all(|choice| choice.letter != letter)
    }
}
