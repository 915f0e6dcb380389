//! Whether the meeting's status, state and timeline follow from what happened.

use serde_json::Value;

use super::{Evidence, PEOPLE, has_moved, list, text};
use crate::faults::pairs::{
    flow::Flow,
    said::{Said, Word},
};

impl Evidence<'_> {
    /// The status is as the lead attendee was told last and has answered (N14).
    pub(super) fn check_status(&self, said: &[Said<'_>], untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let status = text(meeting, "status");
        let lead = said
            .iter()
            .filter(|each| each.row["attendee"]["id"] == "a0");
        let last = lead.rev().find(|each| each.tells() && each.is_certain());
        let off = last.is_some_and(|last| last.word == Word::Off);
        if off != (status == "CANCELLED") {
            untrue.push(format!("{status}, and the lead attendee was told {last:?}"));
        }
        let answered = matches!(status, "CONFIRMED" | "DECLINED");
        let stands = match text(&list(meeting, "attendees")[0], "answer") {
            "accepted" => Some("CONFIRMED"),
            "declined" => Some("DECLINED"),
            _ => None,
        };
        let given = Self::taken(&self.end.rows, "a0");
        // A message that asks again, or none, leaves an answer to stand beside the status.
        let asks = [Flow::Send, Flow::Cancel, Flow::Update, Flow::Remind];
        let asks = asks.into_iter().any(|flow| self.cell.pair.has(flow));
        let well = match stands {
            Some(expected) if answered => status == expected,
            Some(_) => status == "CANCELLED" || (asks && matches!(status, "BOOKED" | "INVITED")),
            None => !answered && (asks || off || given.is_empty() || self.moved_on()),
        };
        if !well {
            untrue.push(format!("{status} with {given:?} given: {meeting}"));
        }
    }

    /// Whether the meeting has other details by now than were answered.
    pub(super) fn moved_on(&self) -> bool {
        self.end.meeting["revision"] != self.cell.revision()
    }

    /// The meeting's state is what follows from its people (N7).
    pub(super) fn check_state(&self, untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let people = list(meeting, "attendees");
        let behind = people
            .iter()
            .any(|each| each["knows"] != "current" || has_moved(each));
        let expected = if behind || !list(meeting, "removed").is_empty() {
            "update_due"
        } else {
            "confirmed"
        };
        // One that is off is due to nobody by an update.
        let off = meeting["status"] == "CANCELLED";
        if !off && meeting["notification_state"] != expected {
            untrue.push(format!("it should be {expected}: {meeting}"));
        }
    }

    /// Each message to a customer has its sentence, and so has each answer that was taken.
    pub(super) fn check_timeline(&self, timeline: &[String], untrue: &mut Vec<String>) {
        let new = &timeline[..timeline.len() - self.cell.timeline_before];
        for (place, who) in PEOPLE.into_iter().enumerate() {
            let invited = |row: &Value| self.cell.invited.iter().any(|old| old["id"] == row["id"]);
            let theirs = self.end.rows.iter().filter(|row| {
                row["attendee"]["id"] == who && row["type"] != "answer_notice" && !invited(row)
            });
            let name = format!("sent to Guest {place}.");
            let about = new.iter().filter(|text| text.contains(&name));
            let about = about.filter(|text| !text.contains("not sent to")).count();
            let expected = theirs.count();
            let retried = usize::from(place == 0 && self.cell.pair.has(Flow::Retry));
            if about < expected || about > expected + retried {
                untrue.push(format!("{expected} messages to {who}, and {new:?}"));
            }
            let given = Self::taken(&self.end.rows, who);
            let declined = format!("not sent to Guest {place}., who declined");
            if new.iter().any(|text| text.contains(&declined)) && !given.contains(&"decline") {
                untrue.push(format!("{who} has not declined, and {new:?}"));
            }
            for answer in given {
                let past = if answer == "accept" {
                    "accepted"
                } else {
                    "declined"
                };
                let sentence = format!("Guest {place}. {past}");
                if !new.iter().any(|text| text.starts_with(&sentence)) {
                    untrue.push(format!("no sentence of {who}'s {answer}: {new:?}"));
                }
            }
        }
    }
}
