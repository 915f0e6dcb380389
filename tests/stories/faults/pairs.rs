//! Pairs of flows on one meeting of two attendees: one is held up before one of its calls
//! while the other runs whole; then the first goes on, and time passes. Whatever they were,
//! the last word that each customer has is true, or staff see that it is not; no message
//! contradicts what its receiver was told before it; an answer that was taken is on record;
//! and log, told, meeting, timeline and outbox agree. What exactly, [`checks`] says.

#![allow(clippy::print_stdout, reason = "the walk says how far it went")]

mod checks;
mod said;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, stream};
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Fault, Message, Service};
use usher_tests::{Town, as_many_as};

use super::agreement::{calls, crowd, rows, timeline};
use checks::Evidence;

/// Declares what meets, and a test for each in which it is the one that is held up.
macro_rules! flows {
    ($($(#[$doc:meta])+ $flow:ident: $test:ident,)+) => {
        /// What meets another one on the meeting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Flow {
            $($(#[$doc])+ $flow,)+
        }

        const FLOWS: &[Flow] = &[$(Flow::$flow),+];

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                hold_up(Flow::$flow).await;
            }
        )+
    };
}

flows! {
    /// A confirmation of what was announced by a request.
    Send: whatever_meets_a_confirmation_the_last_word_is_true,
    /// Of the whole meeting.
    Cancel: whatever_meets_a_cancellation_the_last_word_is_true,
    /// Of a meeting that was moved to three.
    Update: whatever_meets_an_update_the_last_word_is_true,
    /// The lead attendee accepts.
    Link: whatever_meets_an_answer_by_link_the_last_word_is_true,
    /// The lead attendee declines.
    Text: whatever_meets_an_answer_by_text_the_last_word_is_true,
    /// Moves the meeting to four.
    Save: whatever_meets_a_move_the_last_word_is_true,
    /// Puts the meeting away.
    Archive: whatever_meets_an_archive_the_last_word_is_true,
    /// Of the lead attendee's email, which was refused.
    Retry: whatever_meets_a_retry_the_last_word_is_true,
    /// As sent, of what nobody knows of.
    Settle: whatever_meets_a_settlement_the_last_word_is_true,
    /// Its schedule fires. It asks for an answer.
    Remind: whatever_meets_a_reminder_the_last_word_is_true,
    /// To the lead attendee alone.
    CancelLead: whatever_meets_a_cancellation_to_one_the_last_word_is_true,
    /// To the lead attendee alone, and the providers' answers are lost.
    CancelLost: whatever_meets_a_cancellation_in_doubt_the_last_word_is_true,
    /// To the second attendee alone.
    UpdateBehind: whatever_meets_an_update_to_one_the_last_word_is_true,
    /// The second attendee accepts.
    LinkBehind: whatever_meets_another_ones_answer_by_link_the_last_word_is_true,
    /// The second attendee declines.
    TextBehind: whatever_meets_another_ones_answer_by_text_the_last_word_is_true,
    /// Removes the second attendee.
    Remove: whatever_meets_a_removal_the_last_word_is_true,
    /// Gives the second attendee another email address.
    Correct: whatever_meets_a_correction_the_last_word_is_true,
}

impl Flow {
    /// What a flow meets that does not meet all of the others: a variant meets what may tell
    /// it from that one, and a reminder what moves whom it goes to. It does not meet another
    /// one: there is one clock.
    fn meets(self) -> Option<&'static [Self]> {
        use Flow::{
            Cancel, Correct, Link, LinkBehind, Remove, Save, Send, Settle, Text, TextBehind, Update,
        };
        match self {
            Self::Remind => Some(&[Send, Cancel, Update, Link, Text, Save, Settle, Remove]),
            Self::CancelLead => Some(&[LinkBehind, Self::Remind, Save]),
            Self::CancelLost => Some(&[Link, LinkBehind, TextBehind, Self::Remind]),
            Self::UpdateBehind => Some(&[Cancel, LinkBehind, Save, Self::Remind]),
            LinkBehind => Some(&[
                Send,
                Cancel,
                Update,
                Text,
                Save,
                Self::Remind,
                Remove,
                Correct,
            ]),
            TextBehind => Some(&[Cancel, Link, Remove]),
            Remove | Correct => Some(&[Send, Cancel, Update]),
            _ => None,
        }
    }

    /// Whether the two of them are tried together.
    fn meets_with(self, other: Self) -> bool {
        match (self.meets(), other.meets()) {
            (None, None) => true,
            (ours, theirs) => {
                ours.is_some_and(|ours| ours.contains(&other))
                    || theirs.is_some_and(|theirs| theirs.contains(&self))
            }
        }
    }

    /// Which attendee answers by it, counted from the lead.
    fn answers(self) -> Option<usize> {
        match self {
            Self::Link | Self::Text => Some(0),
            Self::LinkBehind | Self::TextBehind => Some(1),
            _ => None,
        }
    }

    fn is_by_text(self) -> bool {
        matches!(self, Self::Text | Self::TextBehind)
    }

    fn updates(self) -> bool {
        matches!(self, Self::Update | Self::UpdateBehind)
    }
}

/// One that is held up, and one that runs whole meanwhile.
#[derive(Debug, Clone, Copy)]
struct Pair {
    held: Flow,
    whole: Flow,
}

impl Pair {
    fn flows(self) -> [Flow; 2] {
        [self.held, self.whole]
    }

    fn has(self, flow: Flow) -> bool {
        self.flows().contains(&flow)
    }

    /// Whether the meeting was moved before, and nobody knows.
    fn is_moved(self) -> bool {
        self.flows().into_iter().any(Flow::updates)
    }
}

/// Two attendees whom everything reaches on both channels, at this hour of the usual day.
fn couple(hour: u32) -> Value {
    let mut meeting = crowd(2);
    meeting["attendees"][1]["preferred_confirmation_method"] = json!("both");
    meeting["starts_at"] = json!(format!("2026-01-15T{hour}:00:00"));
    meeting
}

/// How a meeting stands at a moment.
struct Snapshot {
    meeting: Value,
    rows: Vec<Value>,
}

/// The meeting of a pair, on the verge of both.
struct Cell {
    town: Town,
    pair: Pair,
    /// What the customers were invited with.
    invited: Vec<Value>,
    /// What each of them was sent with a link, and as a text.
    links: [Message; 2],
    texts: [Message; 2],
    timeline_before: usize,
}

impl Cell {
    async fn ready(pair: Pair) -> Self {
        let town = Town::patient().await;
        town.expect_dead_letters();
        let template = json!({
            "name": "Visit", "manual_confirmation_only": true,
            "configs": [
                {"id": "r", "type": "confirmation_request", "reply_codes": {"enabled": true}},
                {"id": "soon", "type": "reminder", "buttons": {"accept": true, "decline": true}},
            ],
            "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
        });
        town.put("/v1/templates/t", &template).await.ok();
        town.book("m-1", &couple(14)).await;
        if pair.has(Flow::Retry) {
            town.break_call(Service::Ses, Effect::Refuse, 0);
        }
        if pair.has(Flow::Settle) {
            let by_email = !pair.has(Flow::Retry);
            let service = if by_email { Service::Ses } else { Service::Sns };
            town.break_call(service, Effect::DropAnswer, 0);
        }
        let sent = town.send("m-1", "confirmation_request").await.ok();
        let post = town.post();
        if pair.is_moved() {
            town.book("m-1", &couple(15)).await;
        }
        if pair.has(Flow::Remind) {
            town.advance_to(due(pair) - BEFORE_DUE).await;
        } else {
            town.advance(TimeDelta::minutes(5)).await;
        }
        let to = |address: &str, linked: bool| {
            let theirs = |message: &&Message| message.to == address;
            let found = post.iter().filter(theirs);
            let mut found = found.filter(|message| !linked || message.landing_link().is_some());
            found.next().cloned()
        };
        let text = |who: usize| to(["+12025550130", "+12025550131"][who], false).unwrap();
        let link = |who: usize| {
            let email = to(["g0@example.com", "g1@example.com"][who], true);
            email.unwrap_or_else(|| text(who))
        };
        Self {
            pair,
            invited: sent["notifications"].as_array().unwrap().clone(),
            links: [link(0), link(1)],
            texts: [text(0), text(1)],
            timeline_before: timeline(&town).await.len(),
            town,
        }
    }

    /// The revision that customers are shown, and answer.
    fn revision(&self) -> u64 {
        if self.pair.is_moved() { 2 } else { 1 }
    }

    /// A flow, as whoever asks for it does. Returns the status that it was answered with.
    async fn act(&self, flow: Flow, key: &str) -> Option<u16> {
        let town = &self.town;
        let all = |kind: &str| json!({"type": kind, "confirm": true});
        let one =
            |kind: &str, who: &str| json!({"type": kind, "confirm": true, "attendees": [who]});
        let send = async |body: Value| town.send_as(key, "m-1", &body).await;
        let save = async |body: Value| town.put("/v1/meetings/m-1", &body).await;
        let post = async |path: &str| town.call(Method::POST, path, &json!({})).await;
        let link = async |who: usize| {
            let token = Town::token(&self.links[who]);
            town.answer(&token, self.revision(), "accept").await
        };
        let hour = if self.pair.is_moved() { 15 } else { 14 };
        let reply = match flow {
            Flow::Send => send(all("confirmation")).await,
            Flow::Cancel => send(all("cancellation")).await,
            Flow::CancelLead => send(one("cancellation", "a0")).await,
            Flow::CancelLost => {
                self.lose_answers(true);
                let reply = send(one("cancellation", "a0")).await;
                self.lose_answers(false);
                reply
            }
            Flow::Update => send(all("update")).await,
            Flow::UpdateBehind => send(one("update", "a1")).await,
            Flow::Link => link(0).await,
            Flow::LinkBehind => link(1).await,
            Flow::Text | Flow::TextBehind => {
                let who = usize::from(flow == Flow::TextBehind);
                town.reply_to(&self.texts[who], "3").await;
                return None;
            }
            Flow::Save => save(couple(16)).await,
            Flow::Remove => {
                let mut alone = couple(hour);
                alone["attendees"].as_array_mut().unwrap().truncate(1);
                save(alone).await
            }
            Flow::Correct => {
                let mut corrected = couple(hour);
                corrected["attendees"][1]["email"] = json!("right@example.com");
                save(corrected).await
            }
            Flow::Archive => post("/v1/meetings/m-1/archive").await,
            Flow::Retry => town.retry(key, self.invitation()).await,
            Flow::Settle => {
                let path = format!("/v1/notifications/{}/resolve", self.invitation());
                let found = json!({"outcome": "sent"});
                town.call(Method::POST, &path, &found).await
            }
            Flow::Remind => {
                town.advance(BEFORE_DUE).await;
                return None;
            }
        };
        Some(reply.status.as_u16())
    }

    /// The lead attendee's invitation.
    fn invitation(&self) -> &str {
        let lead = self
            .invited
            .iter()
            .find(|row| row["attendee"]["id"] == "a0");
        lead.unwrap()["id"].as_str().unwrap()
    }

    /// Whether the next answer of each provider is lost.
    fn lose_answers(&self, lost: bool) {
        for service in [Service::Ses, Service::Sns] {
            let fault = Fault {
                service,
                effect: Effect::DropAnswer,
                operation: None,
                skip: 0,
                count: u32::from(lost),
            };
            self.town.stack().faults().arm(fault).unwrap();
        }
    }

    async fn look(&self) -> Snapshot {
        Snapshot {
            meeting: self.town.meeting("m-1").await,
            rows: rows(&self.town).await,
        }
    }

    /// How many calls of all services the flow makes that is held up.
    async fn calls(pair: Pair) -> usize {
        let cell = Self::ready(pair).await;
        cell.town.stack().faults().reset_calls();
        cell.act(pair.held, "held").await;
        let calls = calls(&cell.town);
        cell.end().await;
        calls
    }

    /// One is held up at this call while the other runs whole. Returns what is untrue then.
    async fn walk(pair: Pair, call: usize) -> Vec<String> {
        let cell = Self::ready(pair).await;
        let faults = cell.town.stack().faults();
        let mut hold = faults.hold_after(u32::try_from(call).unwrap());
        let held = async {
            let status = cell.act(pair.held, "held").await;
            // Where it made fewer calls this time, none is held up any more.
            faults.clear();
            status
        };
        let whole = async {
            let came = hold.came().await;
            let before = cell.look().await;
            let status = cell.act(pair.whole, "whole").await;
            let after = cell.look().await;
            drop(hold);
            (came, before, status, after)
        };
        let (held, (came, before, whole, after)) = tokio::join!(held, whole);
        cell.town.advance(TimeDelta::minutes(5)).await;
        let evidence = Evidence {
            cell: &cell,
            came,
            before: &before,
            after: &after,
            end: &cell.look().await,
            held,
            whole,
        };
        let untrue = evidence.untrue().await;
        let context = format!(
            "{:?} held up before call {call} ({held:?}), {:?} whole ({whole:?})",
            pair.held, pair.whole
        );
        cell.end().await;
        let told = untrue.into_iter();
        told.map(|each| format!("{context}: {each}")).collect()
    }

    /// Leaves nothing armed and nothing unread.
    async fn end(self) {
        let path = "/v1/meetings/m-1/archive";
        self.town.call(Method::POST, path, &json!({})).await;
        self.town.post();
        self.town.dead_letters();
    }
}

/// How long before a reminder is due the two of them come.
const BEFORE_DUE: TimeDelta = TimeDelta::seconds(30);

/// When the reminder is due, a day before the meeting starts.
fn due(pair: Pair) -> DateTime<Utc> {
    let moved = TimeDelta::hours(i64::from(pair.is_moved()));
    "2026-01-14T19:00:00Z".parse::<DateTime<Utc>>().unwrap() + moved
}

/// Up to which call a flow is held up where only a sample is tried: the longest have more.
const SAMPLED: usize = 14;

/// The calls at which the first of a pair is held up: all of them, or one that takes turns
/// from pair to pair. Behind its last call it comes before the other one.
async fn calls_of(pair: Pair, turn: usize) -> std::ops::Range<usize> {
    if as_many_as("USHER_PAIRS", 0) > 0 {
        return 0..Cell::calls(pair).await;
    }
    let call = (turn * 5 + pair.held as usize * 3) % SAMPLED;
    call..call + 1
}

/// Holds a flow up at its calls, while each of the others that it meets runs whole.
/// `USHER_PAIRS=1` has it held up at every call, as `.ci/run` does.
async fn hold_up(held: Flow) {
    let mut cells = Vec::new();
    let met = FLOWS.iter().filter(|whole| held.meets_with(**whole));
    for (turn, whole) in met.copied().enumerate() {
        let pair = Pair { held, whole };
        let calls = calls_of(pair, turn).await;
        cells.extend(calls.map(|call| (pair, call)));
    }
    let count = cells.len();
    let walks = cells.into_iter().map(|(pair, call)| Cell::walk(pair, call));
    let untrue: Vec<_> = stream::iter(walks).buffer_unordered(4).collect().await;
    let untrue = untrue.concat();
    println!("{held:?} held up: {count} cells, {} untrue", untrue.len());
    assert!(untrue.is_empty(), "{untrue:#?}");
}
