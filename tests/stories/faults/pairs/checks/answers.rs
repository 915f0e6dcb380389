//! Whether answers are taken that may be, and no others.

use serde_json::Value;

use super::{Evidence, PEOPLE, attendee, is_reached_at, list, text};
use crate::faults::pairs::{
    cell::Snapshot,
    flow::Flow,
    said::{Said, Word},
};

impl Evidence<'_> {
    /// Which answers of a person were taken, as the log says.
    pub(super) fn taken<'b>(rows: &'b [Value], who: &str) -> Vec<&'b str> {
        let theirs = rows.iter().filter(|row| row["attendee"]["id"] == who);
        let given = theirs.flat_map(|row| list(row, "answers"));
        let given = given.filter(|answer| answer["stale"] == false);
        given.map(|answer| text(answer, "answer")).collect()
    }

    /// The answer that stands was given.
    pub(super) fn check_answer(&self, who: &str, untrue: &mut Vec<String>) {
        let given = Self::taken(&self.end.rows, who);
        let stands = attendee(&self.end.meeting, who).map(|each| text(each, "answer"));
        let stands = match stands {
            Some("accepted") => "accept",
            Some("declined") => "decline",
            _ => return,
        };
        if !given.contains(&stands) {
            untrue.push(format!("{who}: {stands} stands and was never given"));
        }
    }

    /// An answer that its giver was told of as taken is on record; and what came behind the
    /// claim of a cancellation, a move, a removal or a correction was not taken (N13, L5, L10).
    pub(super) fn check_taken(&self, said: &[Said<'_>], untrue: &mut Vec<String>) {
        let pair = self.cell.pair;
        for (flow, status) in [(pair.held, self.held), (pair.whole, self.whole)] {
            let Some(who) = flow.answers().map(|who| PEOPLE[who]) else {
                continue;
            };
            let answer = if flow.is_by_text() {
                "decline"
            } else {
                "accept"
            };
            let is_taken = |at: &Snapshot| Self::taken(&at.rows, who).contains(&answer);
            let confirmed = if flow.is_by_text() {
                let mut theirs = said.iter().filter(|each| each.row["attendee"]["id"] == who);
                theirs.any(|each| each.word == Word::Taken)
            } else {
                status == Some(200)
            };
            if confirmed != is_taken(self.end) {
                untrue.push(format!(
                    "{flow:?} was answered {status:?}, and is taken: {}",
                    is_taken(self.end)
                ));
            }
            let late = if flow == pair.held {
                !is_taken(self.before) && self.is_closed(self.after, flow)
            } else {
                self.is_closed(self.before, flow)
            };
            if pair.held != pair.whole && self.came && late && is_taken(self.end) {
                untrue.push(format!("{flow:?} came too late, and was taken"));
            }
        }
    }

    /// Whether an answer that comes now is not to be taken.
    pub(super) fn is_closed(&self, at: &Snapshot, flow: Flow) -> bool {
        let who = flow.answers().unwrap_or_default();
        let Some(person) = attendee(&at.meeting, PEOPLE[who]) else {
            return true;
        };
        let called_off = |row: &Value| {
            row["type"] == "cancellation"
                && row["status"] != "failed"
                && attendee(&at.meeting, text(&row["attendee"], "id")).is_some()
        };
        let message = if flow.is_by_text() {
            &self.cell.texts[who]
        } else {
            &self.cell.links[who]
        };
        at.rows.iter().any(called_off)
            || at.meeting["archived"] == true
            || at.meeting["revision"] != self.cell.revision()
            || !is_reached_at(person, &message.to)
    }
}
