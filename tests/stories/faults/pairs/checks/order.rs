//! Whether messages follow each other as they may.

use super::{Evidence, text};
use crate::faults::pairs::{
    flow::Flow,
    said::{Said, Word},
};

impl Evidence<'_> {
    /// No message contradicts what its receiver was told before it, and none relies on what
    /// they were not told.
    pub(super) fn check_order(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
        for (place, each) in said.iter().enumerate() {
            let kind = text(each.row, "type");
            // What the same message brought by the other channel is no other word.
            let mut earlier = said[..place]
                .iter()
                .filter(|one| one.tells() && one.row["id"] != each.row["id"]);
            let highest = earlier.clone().map(|one| one.revision()).max();
            let highest = highest.unwrap_or_default();
            let last = earlier.next_back();
            let known = last.map(|last| last.word.clone());
            let is_off = known == Some(Word::Off);
            let same = last.is_some_and(|last| last.revision() == each.revision());
            let wrong = match each.word {
                // Off for good, or taken back by a confirmation that staff meant.
                Word::On if is_off => {
                    kind != "confirmation"
                        || !self.cell.pair.has(Flow::Send)
                        || self.end.meeting["status"] == "CANCELLED"
                }
                Word::On if kind == "reminder" => known != Some(Word::On) || !same,
                Word::On if kind == "update" => known != Some(Word::On) || same,
                Word::On => each.revision() < highest,
                Word::Off => known != Some(Word::On),
                // Only where the meeting was put into a calendar.
                Word::Left => !said[..place]
                    .iter()
                    .any(|one| one.word == Word::On && one.to == each.to),
                Word::Taken => (is_off || each.revision() < highest) && !self.was_claimed(each),
                Word::Reply => {
                    each.text.contains("has been cancelled")
                        && self.after.meeting["status"] != "CANCELLED"
                        && self.end.meeting["status"] != "CANCELLED"
                }
            };
            if wrong {
                untrue.push(format!(
                    "{who} was told {kind} of {} after {:?}: {}",
                    each.revision(),
                    last.map(|last| (&last.word, last.revision())),
                    each.text
                ));
            }
        }
    }

    /// Whether an automatic reply was claimed by the flow that was held up, before the other
    /// one came.
    pub(super) fn was_claimed(&self, reply: &Said<'_>) -> bool {
        let mut rows = self.before.rows.iter();
        let there = rows.any(|row| row["id"] == reply.row["id"]);
        self.came && self.cell.pair.held.is_by_text() && there
    }
}
