//! What each person was told, at each of their addresses, certainly or perhaps.

use std::collections::BTreeMap;

use super::{super::booking::Facts, Given, Letter, calendars::Calendars};
use crate::values::kind::NotificationType;

/// What a message says of the meeting.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Its place among all words of the meeting.
    pub number: u64,
    pub kind: NotificationType,
    pub facts: Facts,
    pub edition: u32,
    /// Whether it asks for an answer.
    pub asks: bool,
}

impl Word {
    /// Whether it says that the meeting does not take place.
    pub fn is_off(&self) -> bool {
        self.kind == NotificationType::Cancellation
    }

    fn says_the_same_as(&self, other: &Self) -> bool {
        self.edition == other.edition && self.is_off() == other.is_off()
    }
}

/// What became of a word at one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Certainly,
    Perhaps,
    Not,
}

/// What one address was told.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The newest that certainly came, after those that said the same before it.
    certain: Vec<Word>,
    /// What may have come since.
    doubtful: Vec<Word>,
    /// All that was ever said here, and what became of it, by its number.
    all: BTreeMap<u64, (Word, Came)>,
    /// Up to which word nothing that was said counts any more.
    void: u64,
}

impl Heard {
    /// What counts of all that was said here.
    fn count_again(&mut self) {
        self.certain.clear();
        self.doubtful.clear();
        for (word, came) in self.all.clone().into_values() {
            if word.number > self.void {
                self.take(word, came);
            }
        }
    }

    /// All of it was said here before.
    fn join(&mut self, before: &Self) {
        let since = std::mem::take(&mut self.all);
        self.all.clone_from(&before.all);
        self.all.extend(since);
        self.void = self.void.max(before.void);
        self.count_again();
    }

    fn hear(&mut self, word: Word, came: Came) {
        self.all.insert(word.number, (word, came));
        self.take(word, came);
    }

    /// What was said up to a word counts no more.
    fn forget_up_to(&mut self, number: u64) {
        self.void = self.void.max(number);
        self.certain.retain(|word| word.number > number);
        self.doubtful.retain(|word| word.number > number);
    }

    fn take(&mut self, word: Word, came: Came) {
        self.certain.retain(|each| each.number != word.number);
        self.doubtful.retain(|each| each.number != word.number);
        match came {
            Came::Certainly => self.certain.push(word),
            Came::Perhaps => self.doubtful.push(word),
            Came::Not => {}
        }
        self.certain.sort_by_key(|each| each.number);
        self.doubtful.sort_by_key(|each| each.number);
        if let Some(last) = self.certain.last().copied() {
            self.certain.retain(|each| each.says_the_same_as(&last));
            self.doubtful.retain(|each| each.number > last.number);
        }
    }
}

/// One customer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Which of their addresses is theirs now; none for somebody who has none.
    pub address: Option<usize>,
    /// By address, former ones included.
    heard: BTreeMap<usize, Heard>,
    /// What was said at others, once it was dealt with.
    dealt_with: BTreeMap<usize, Heard>,
    /// Likewise.
    calendars: Calendars,
    pub(super) answer: Option<Given>,
}

impl Person {
    pub(super) fn hear(&mut self, address: usize, word: Word, came: Came) {
        self.heard.entry(address).or_default().hear(word, came);
        self.calendars.hear(address, &word, came);
    }

    /// A word to one of their addresses came back: it told them nothing. Where it counted,
    /// what was dealt with by it is open again, and so is what is in doubt since before.
    /// Returns whether they know something else by that.
    pub(super) fn take_back(&mut self, address: usize, word: Word, doubts: &[Letter]) -> bool {
        self.calendars.hear(address, &word, Came::Not);
        let heard = self.heard.entry(address).or_default();
        heard.all.insert(word.number, (word, Came::Not));
        heard.doubtful.retain(|each| each.number != word.number);
        if heard.certain.iter().all(|each| each.number != word.number) {
            return false;
        }
        heard.count_again();
        for (address, before) in std::mem::take(&mut self.dealt_with) {
            self.heard.entry(address).or_default().join(&before);
        }
        for doubt in doubts {
            let Some(address) = doubt.address else {
                continue;
            };
            let void = self.heard.get(&address).map_or(0, |heard| heard.void);
            if doubt.word.number > void {
                self.hear(address, doubt.word, Came::Perhaps);
            }
        }
        self.last().is_some()
    }

    /// They are reached here now. Where its calendar may have been asked to take the meeting
    /// out, they must be told anew.
    pub(super) fn move_to(&mut self, address: Option<usize>) {
        self.address = address;
        let Some(address) = address else { return };
        let asked = self.calendars.taken_back(address);
        for heard in [&mut self.heard, &mut self.dealt_with] {
            if let Some((asked, heard)) = asked.zip(heard.get_mut(&address)) {
                heard.forget_up_to(asked);
            }
        }
    }

    /// The calendar behind an address was asked to take the meeting out.
    pub fn calendar_was_asked(&mut self, address: usize, after: u64, came: Came) {
        self.calendars.asked(address, after, came);
        if self.address == Some(address) {
            self.move_to(Some(address));
        }
    }

    /// That came back.
    pub(super) fn calendar_was_not_asked(&mut self, address: usize, after: u64) {
        if !self.calendars.take_request_back(address, after) {
            return;
        }
        if let Some(before) = self.dealt_with.remove(&address) {
            self.heard.entry(address).or_default().join(&before);
        }
        if let Some(heard) = self.heard.get_mut(&address) {
            heard.void = 0;
            heard.count_again();
        }
    }

    /// The addresses that they have left whose calendars must be asked.
    pub fn left_calendars(&self) -> impl Iterator<Item = usize> {
        self.calendars.left(self.address)
    }

    /// Whether it is open what becomes of such a calendar.
    pub fn has_open_calendar(&self) -> bool {
        self.calendars.open(self.address)
    }

    /// Once the address that is theirs was told, what others were told is dealt with; but
    /// not what they may have been told there since.
    pub(super) fn deal_with_former(&mut self) {
        let (Some(address), Some(last)) = (self.address, self.last()) else {
            return;
        };
        let since = |word: &Word| word.number > last.number;
        let counts =
            |each: &usize, heard: &Heard| *each == address || heard.doubtful.iter().any(since);
        let dealt_with = self
            .heard
            .extract_if(.., |each, heard| !counts(each, heard));
        for (address, mut heard) in dealt_with {
            if let Some(before) = self.dealt_with.remove(&address) {
                heard.join(&before);
            }
            self.dealt_with.insert(address, heard);
        }
    }

    fn now(&self) -> Option<&Heard> {
        self.heard.get(&self.address?)
    }

    /// The newest that they certainly know.
    pub fn last(&self) -> Option<Word> {
        self.now()?.certain.last().copied()
    }

    /// What certainly told them what they know.
    pub fn certain(&self) -> &[Word] {
        self.now().map_or(&[], |heard| &heard.certain)
    }

    /// What they may have been told since.
    pub fn doubtful(&self) -> &[Word] {
        self.now().map_or(&[], |heard| &heard.doubtful)
    }

    /// What they may have been told since they were certainly told where they are reached
    /// now: there, or at an address that they have left since.
    pub fn doubtful_anywhere(&self) -> impl Iterator<Item = &Word> {
        let last = self.last().map(|word| word.number);
        let doubts = self.heard.values().flat_map(|heard| &heard.doubtful);
        doubts.filter(move |word| Some(word.number) > last)
    }

    /// Whether they certainly know these facts, and may have been told nothing else
    /// since.
    pub fn is_sure_of(&self, facts: Facts) -> bool {
        let says = |word: &Word| !word.is_off() && word.facts == facts;
        self.last().as_ref().is_some_and(says) && self.doubtful_anywhere().all(says)
    }

    /// Whether they may believe that it is off.
    pub fn perhaps_knows_it_is_off(&self) -> bool {
        self.doubtful_anywhere().any(Word::is_off)
    }

    /// Whether they may believe by a later word that it takes place.
    pub fn perhaps_knows_it_is_on(&self) -> bool {
        self.doubtful_anywhere().any(|word| !word.is_off())
    }

    /// Whether they were asked by what told them what they know.
    pub fn was_asked(&self) -> bool {
        let on = self.last().is_some_and(|word| !word.is_off());
        on && self.certain().iter().any(|word| word.asks)
    }

    /// Whether anything reached them, or may have, wherever.
    pub fn may_know(&self) -> bool {
        let mut heard = self.heard.values();
        heard.any(|heard| !heard.certain.is_empty() || !heard.doubtful.is_empty())
    }

    /// Whether anything certainly reached them, wherever.
    pub fn was_told(&self) -> bool {
        let mut heard = self.heard.values();
        heard.any(|heard| !heard.certain.is_empty())
    }

    /// The number of the newest word that certainly reached them, wherever.
    pub fn heard_last(&self) -> Option<u64> {
        let certain = self.heard.values().flat_map(|heard| &heard.certain);
        certain.map(|word| word.number).max()
    }

    /// Whether they were told where they are no longer reached, and nowhere else.
    pub fn has_moved(&self) -> bool {
        self.last().is_none() && self.was_told()
    }

    /// Whether they expect the meeting, or perhaps do, from whatever address: unless the
    /// newest word that certainly came is that it is off, and none that may have come
    /// since says otherwise.
    pub fn expects_it(&self) -> bool {
        let certain = self.heard.values().filter_map(|heard| heard.certain.last());
        let last = certain.max_by_key(|word| word.number);
        let mut doubts = self.heard.values().flat_map(|heard| &heard.doubtful);
        let since = |word: &&Word| last.is_none_or(|last| last.number < word.number);
        last.is_some_and(|word| !word.is_off()) || doubts.any(|word| since(&word) && !word.is_off())
    }
}
