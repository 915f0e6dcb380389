//! What must be true of a pair, once both flows have come to their end.
//!
//! # What may be said too late
//! An automatic reply is claimed in the transaction that takes the answer. A cancellation
//! or an update whose claim comes later does not wait for that reply: it has not been handed
//! over to its provider yet, and may arrive behind them. It may say that the answer was
//! taken nevertheless, because that was so when it was claimed, and stays on record; no
//! other message may. Where the cancellation or the change was claimed first, the answer is
//! not taken, and nothing says that it was (N13).
//!
//! # Seen to fail
//! Each of these faults in the program was seen to make the check fail:
//! - deliveries: a doubt that needs nobody's attention; rows: an email that is noted as
//!   refused though it went out, an SMS that is sent twice, a reply that has no row;
//! - order: a reminder to those who do not know the details, two cancellations at once, a
//!   "declined" behind a cancellation, a reply that calls an archived meeting cancelled;
//! - told: emails that are not noted, doubts that are not shown;
//! - last word, state: an update that is never due, or not for a removal, or not for an
//!   address that was replaced; a removed attendee who is kept after being told;
//! - answers: one that is not noted in its row, one that is taken while a cancellation is
//!   on its way, or that is written without a look at how the meeting stands by then;
//! - status: one that no message moves;
//! - timeline: messages and answers without a sentence; keys: one that never ends.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Cell, Flow, Snapshot,
    said::{Said, Word},
};
use crate::faults::agreement::{armed_and_scheduled, timeline, unfinished_keys};

/// The customers.
const PEOPLE: [&str; 2] = ["a0", "a1"];

/// All that is known of a pair.
pub(super) struct Evidence<'a> {
    pub(super) cell: &'a Cell,
    /// Whether the held flow came to the call that it was held up at.
    pub(super) came: bool,
    /// When it had come there.
    pub(super) before: &'a Snapshot,
    /// When the other one had run whole.
    pub(super) after: &'a Snapshot,
    pub(super) end: &'a Snapshot,
    /// The status that the one that was held up was answered with.
    pub(super) held: Option<u16>,
    /// That of the other one.
    pub(super) whole: Option<u16>,
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// An attendee, as long as they are one.
fn attendee<'a>(meeting: &'a Value, id: &str) -> Option<&'a Value> {
    list(meeting, "attendees")
        .iter()
        .find(|each| each["id"] == id)
}

fn is_reached_at(attendee: &Value, address: &str) -> bool {
    attendee["email"] == address || attendee["phone"] == address
}

impl Evidence<'_> {
    /// Everything that is not as it should be.
    pub(super) async fn untrue(&self) -> Vec<String> {
        let outbox = self.cell.town.stack().outbox();
        let customers = || {
            outbox
                .iter()
                .filter(|m| !m.to.ends_with("@progrid.example.com"))
        };
        let said: Vec<_> = customers()
            .filter_map(|message| Said::of(message, &self.end.rows))
            .collect();
        let mut untrue = Vec::new();
        if said.len() != customers().count() {
            untrue.push("a message has no row".to_owned());
        }
        self.check_rows(&said, &mut untrue);
        Self::check_once(&said, &mut untrue);
        for who in PEOPLE {
            let theirs: Vec<_> = said
                .iter()
                .filter(|each| each.row["attendee"]["id"] == who)
                .collect();
            self.check_order(who, &theirs, &mut untrue);
            self.check_told(who, &theirs, &mut untrue);
            self.check_last(who, &theirs, &mut untrue);
            self.check_answer(who, &mut untrue);
        }
        self.check_taken(&said, &mut untrue);
        self.check_status(&said, &mut untrue);
        self.check_state(&mut untrue);
        let [armed, schedules] = armed_and_scheduled(&self.cell.town).await;
        if armed != schedules {
            untrue.push(format!("{armed} armed, {schedules} schedules"));
        }
        let unfinished = unfinished_keys(&self.cell.town).await;
        if !unfinished.is_empty() {
            untrue.push(format!("unfinished: {unfinished:?}"));
        }
        self.check_timeline(&timeline(&self.cell.town).await, &mut untrue);
        untrue
    }

    /// Each delivery is as the outbox says, or in doubt where everybody sees it.
    fn check_rows(&self, said: &[Said<'_>], untrue: &mut Vec<String>) {
        let outbox = self.cell.town.stack().outbox();
        for row in &self.end.rows {
            for delivery in list(row, "deliveries") {
                let id = &delivery["provider_message_id"];
                let arrived = outbox.iter().any(|message| *id == message.id);
                // What the provider did not say, staff found or the customer's answer shows.
                let found = ["Staff found that it was sent.", "The customer answered it."];
                let found = found.iter().any(|reason| delivery["reason"] == *reason);
                let lost = said
                    .iter()
                    .any(|each| each.row["id"] == row["id"] && delivery["channel"] == each.channel);
                let well = match text(delivery, "status") {
                    "sent" | "delivered" => arrived || (found && lost),
                    "failed" | "skipped" => !arrived,
                    "unknown" => row["needs_attention"] == true,
                    _ => false,
                };
                if !well {
                    untrue.push(format!("delivery: {row}"));
                }
            }
        }
    }

    /// Nothing goes twice: no message of one row and channel, and no reminder.
    fn check_once(said: &[Said<'_>], untrue: &mut Vec<String>) {
        let mut times: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for each in said {
            let row = if each.row["type"] == "reminder" {
                format!(
                    "reminder {} {}",
                    each.row["attendee"]["id"],
                    each.revision()
                )
            } else {
                text(each.row, "id").to_owned()
            };
            *times.entry((row, each.channel)).or_default() += 1;
        }
        let twice = times.into_iter().filter(|(_, times)| *times > 1);
        untrue.extend(twice.map(|(what, times)| format!("{times} times: {what:?}")));
    }

    /// No message contradicts what its receiver was told before it, and none relies on what
    /// they were not told.
    fn check_order(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
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
    fn was_claimed(&self, reply: &Said<'_>) -> bool {
        let mut rows = self.before.rows.iter();
        let there = rows.any(|row| row["id"] == reply.row["id"]);
        self.came && self.cell.pair.held.is_by_text() && there
    }

    /// What the meeting says that each address was told is what arrived there last, for
    /// certain and perhaps; and what the attendee knows follows from it.
    fn check_told(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let Some(attendee) = attendee(meeting, who) else {
            return;
        };
        let (mut expected, mut certain_until, mut doubt_at) = (Vec::new(), None, None);
        for address in ["email", "phone"].map(|field| text(attendee, field)) {
            let told: Vec<_> = said
                .iter()
                .enumerate()
                .filter(|(_, each)| each.tells() && each.to == address)
                .collect();
            let last = told.iter().rposition(|(_, each)| each.is_certain());
            let doubts = &told[last.map_or(0, |last| last + 1)..];
            let as_told = |each: &Said<'_>, certain: bool| {
                (
                    address.to_owned(),
                    each.kind().to_owned(),
                    each.revision(),
                    certain,
                )
            };
            if let Some(last) = last {
                let (place, each) = told[last];
                expected.push(as_told(each, true));
                certain_until = certain_until.max(Some(place));
            }
            for (place, each) in doubts {
                expected.push(as_told(each, false));
                doubt_at = doubt_at.max(Some(*place));
            }
        }
        let told = list(attendee, "told").iter();
        let told = told.filter(|told| is_reached_at(attendee, text(told, "address")));
        let mut found: Vec<_> = told
            .map(|told| {
                let revision = told["revision"].as_u64().unwrap();
                let certain = told["certain"] == true;
                let [address, kind] = ["address", "kind"].map(|field| text(told, field).to_owned());
                (address, kind, revision, certain)
            })
            .collect();
        expected.sort();
        found.sort();
        if expected != found {
            untrue.push(format!("{who}: told {found:?}, and arrived {expected:?}"));
        }
        let knows = match certain_until.map(|place| said[place]) {
            None => "untold",
            Some(each) if each.word == Word::Off => "cancelled",
            Some(each) if is_at_its_time(each, meeting) => "current",
            Some(_) => "outdated",
        };
        // What one channel brought for certain is known, whatever became of the other one.
        let row = |place: usize| &said[place].row["id"];
        let same = doubt_at.map(row) == certain_until.map(row);
        let in_doubt = doubt_at.is_some() && doubt_at > certain_until && !same;
        if attendee["knows"] != knows || attendee["in_doubt"] != in_doubt {
            untrue.push(format!(
                "{who} should know {knows}, in doubt {in_doubt}: {attendee}"
            ));
        }
    }

    /// The last word at each address is true, or it shows of this very person that it is
    /// not.
    fn check_last(&self, who: &str, said: &[&Said<'_>], untrue: &mut Vec<String>) {
        let meeting = &self.end.meeting;
        let off = meeting["status"] == "CANCELLED";
        let person = attendee(meeting, who);
        let is_true = |each: &Said<'_>| match (each.word == Word::Off, person) {
            (is_off, None) => is_off,
            (true, Some(_)) => off,
            (false, Some(_)) => !off && is_at_its_time(each, meeting),
        };
        let due = meeting["notification_state"] == "update_due"
            || (off && meeting["needs_attention"] == true);
        let stands = match person {
            Some(person) if off => person["knows"] != "cancelled",
            Some(person) => person["knows"] != "current" || has_moved(person),
            None => {
                let mut removed = list(meeting, "removed").iter();
                removed.any(|each| each["id"] == who)
            }
        };
        let mut theirs = self.end.rows.iter();
        let doubtful =
            theirs.any(|row| row["attendee"]["id"] == who && row["needs_attention"] == true);
        let archived = meeting["archived"] == true;
        let shows = (due && stands) || doubtful || archived;
        let telling: Vec<_> = said.iter().filter(|each| each.tells()).collect();
        let mut addresses: Vec<_> = telling.iter().map(|each| each.to).collect();
        addresses.sort_unstable();
        addresses.dedup();
        for address in addresses {
            let last = telling.iter().rposition(|each| each.to == address);
            let place = last.unwrap_or_default();
            // Who has left an address, and was told at another one since, knows it from there.
            let left = person.is_none_or(|person| !is_reached_at(person, address));
            let since = left && telling.len() > place + 1;
            let announced = telling[place].word == Word::On;
            let astray = left && announced && person.is_some();
            let mut asked = said
                .iter()
                .rev()
                .take_while(|each| !each.tells() || each.to != address);
            if left && asked.any(|each| each.word == Word::Left && each.to == address) {
                continue;
            }
            if !since && !shows && (astray || !is_true(telling[place])) {
                untrue.push(format!(
                    "{who} was last told {:?} of {} at {address}: {meeting}",
                    telling[place].word,
                    telling[place].revision()
                ));
            }
        }
    }

    /// Which answers of a person were taken, as the log says.
    fn taken<'b>(rows: &'b [Value], who: &str) -> Vec<&'b str> {
        let theirs = rows.iter().filter(|row| row["attendee"]["id"] == who);
        let given = theirs.flat_map(|row| list(row, "answers"));
        let given = given.filter(|answer| answer["stale"] == false);
        given.map(|answer| text(answer, "answer")).collect()
    }

    /// The answer that stands was given.
    fn check_answer(&self, who: &str, untrue: &mut Vec<String>) {
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
    fn check_taken(&self, said: &[Said<'_>], untrue: &mut Vec<String>) {
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
    fn is_closed(&self, at: &Snapshot, flow: Flow) -> bool {
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

    /// The status is as the lead attendee was told last and has answered (N14).
    fn check_status(&self, said: &[Said<'_>], untrue: &mut Vec<String>) {
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
    fn moved_on(&self) -> bool {
        self.end.meeting["revision"] != self.cell.revision()
    }

    /// The meeting's state is what follows from its people (N7).
    fn check_state(&self, untrue: &mut Vec<String>) {
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
    fn check_timeline(&self, timeline: &[String], untrue: &mut Vec<String>) {
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

/// Whether a message names the moment at which the meeting starts.
fn is_at_its_time(said: &Said<'_>, meeting: &Value) -> bool {
    let moment = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    moment(&said.row["meeting_starts_at"]) == moment(&meeting["starts_at"])
}

/// Whether somebody was told at an address that they have left, and nothing since.
fn has_moved(attendee: &Value) -> bool {
    let told = list(attendee, "told").iter();
    let mut told = told.filter(|told| told["certain"] == true);
    told.any(|told| !is_reached_at(attendee, text(told, "address")))
}
