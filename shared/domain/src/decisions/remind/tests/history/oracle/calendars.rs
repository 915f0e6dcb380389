//! What is in the calendars behind one person's addresses (N7).

use std::collections::{BTreeMap, BTreeSet};

use super::{Came, Word};
use crate::values::kind::NotificationType;

/// The calendar behind one address.
#[derive(Debug, Clone, Default)]
struct Calendar {
    /// The words that put the meeting into it, certainly or perhaps.
    files: BTreeSet<u64>,
    /// The words that certainly took it out: that it is off.
    off: BTreeSet<u64>,
    /// After which word it was asked to take the meeting out, certainly or perhaps.
    asked: Option<(u64, Came)>,
    /// The same, where its address was its owner's again since.
    taken_back: Option<u64>,
}

impl Calendar {
    /// Whether the last word that put it there has not been called off.
    fn is_filed(&self) -> bool {
        self.files.last() > self.off.last()
    }

    /// Whether it has the meeting, as far as anybody knows, and was not asked to take it out.
    fn has_it(&self) -> bool {
        let newest = self.files.last().copied().unwrap_or_default();
        self.is_filed() && self.asked.is_none_or(|(after, _)| newest > after)
    }

    /// Whether it perhaps still has it.
    fn perhaps_has_it(&self) -> bool {
        let perhaps = self.asked.is_some_and(|(_, came)| came == Came::Perhaps);
        self.has_it() || (self.is_filed() && perhaps)
    }
}

/// Those of one person, by address.
#[derive(Debug, Clone, Default)]
pub struct Calendars(BTreeMap<usize, Calendar>);

impl Calendars {
    pub fn hear(&mut self, address: usize, word: &Word, came: Came) {
        let calendar = self.0.entry(address).or_default();
        match (word.kind, came) {
            // It carries no file.
            (NotificationType::Reminder, _) => {}
            (NotificationType::Cancellation, Came::Certainly) => {
                calendar.off.insert(word.number);
            }
            (NotificationType::Cancellation, _) => {
                calendar.off.remove(&word.number);
            }
            (_, Came::Certainly | Came::Perhaps) => {
                calendar.files.insert(word.number);
            }
            (_, Came::Not) => {
                calendar.files.remove(&word.number);
            }
        }
    }

    /// One was asked to take the meeting out, after a word.
    pub fn asked(&mut self, address: usize, after: u64, came: Came) {
        let calendar = self.0.entry(address).or_default();
        match came {
            Came::Certainly | Came::Perhaps => calendar.asked = Some((after, came)),
            Came::Not => calendar.asked = calendar.asked.filter(|asked| asked.0 != after),
        }
    }

    /// One was not asked after all. Returns whether that was the last it was asked.
    pub fn take_request_back(&mut self, address: usize, after: u64) -> bool {
        let calendar = self.0.entry(address).or_default();
        let request = calendar.asked.take_if(|asked| asked.0 == after);
        request.is_some()
    }

    /// An address is its owner's again. Returns after which word its calendar may have been
    /// asked to take the meeting out: what was said before must be said anew.
    pub fn taken_back(&mut self, address: usize) -> Option<u64> {
        let calendar = self.0.get_mut(&address)?;
        let (asked, _) = calendar.asked?;
        let before = calendar.taken_back.replace(asked);
        Some(asked).filter(|_| before != Some(asked))
    }

    /// The addresses whose calendars have the meeting, though they are nobody's any more.
    pub fn left(&self, address: Option<usize>) -> impl Iterator<Item = usize> {
        let left = self.0.iter();
        let left = left.filter(move |(each, _)| Some(**each) != address);
        left.filter(|(_, calendar)| calendar.has_it())
            .map(|(each, _)| *each)
    }

    /// Whether it is open what becomes of one that is nobody's any more.
    pub fn open(&self, address: Option<usize>) -> bool {
        let mut left = self.0.iter().filter(|(each, _)| Some(**each) != address);
        left.any(|(_, calendar)| calendar.perhaps_has_it())
    }
}
