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
//! - timeline: messages and answers without a sentence, a reminder withheld from somebody
//!   "who declined" and has not; keys: one that never ends;
//! - nothing twice, schedules: reminders that get rows of their own each time and are never
//!   settled. A schedule that is not removed ends the story itself.

mod answers;
mod meeting;
mod order;
mod told;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    cell::{Cell, Snapshot},
    said::Said,
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
