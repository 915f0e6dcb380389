//! Pairs of flows on one meeting: one is held up before one of its calls while the other
//! runs whole; then the first goes on, and time passes. Whatever they were, the last word
//! that the customer has is true, or staff see that it is not; an answer that was taken is
//! on record; and log, told, meeting, timeline and outbox agree.

#![allow(clippy::print_stdout, reason = "the walk says how far it went")]

use chrono::TimeDelta;
use futures::{StreamExt as _, stream};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Message, Service};
use usher_tests::{Town, as_many_as};

use super::agreement::{
    armed_and_scheduled, calls, crowd, moved_to, rows, timeline, unfinished_keys,
};

const EMAIL: &str = "g0@example.com";
const PHONE: &str = "+12025550130";

/// What meets another one on the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Send,
    Cancel,
    /// Of a meeting that was moved to three.
    Update,
    /// Accepts.
    Link,
    /// Declines.
    Text,
    /// Moves the meeting to four.
    Save,
    Archive,
    /// Of the email, which was refused.
    Retry,
    /// As sent, of what nobody knows of.
    Settle,
}

const FLOWS: [Flow; 9] = [
    Flow::Send,
    Flow::Cancel,
    Flow::Update,
    Flow::Link,
    Flow::Text,
    Flow::Save,
    Flow::Archive,
    Flow::Retry,
    Flow::Settle,
];

/// One that is held up, and one that runs whole meanwhile.
#[derive(Debug, Clone, Copy)]
struct Pair {
    held: Flow,
    whole: Flow,
}

impl Pair {
    fn has(self, flow: Flow) -> bool {
        self.held == flow || self.whole == flow
    }
}

/// What a message says to its receiver of how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// It takes place, at this time.
    On(String),
    Off,
    /// Their answer was taken.
    Taken,
    /// Anything else in answer to a text.
    Reply,
    /// The log does not know of it.
    Unrecorded,
}

/// The meeting of a pair, on the verge of both.
struct Cell {
    town: Town,
    pair: Pair,
    /// The notification that customers were invited with.
    invitation: String,
    token: String,
    sms: Option<Message>,
    timeline_before: usize,
}

/// How a flow ended: the status that was answered, and what the customer had been told
/// by then.
struct Ending {
    status: Option<u16>,
    last_word: Option<Word>,
}

impl Cell {
    async fn ready(pair: Pair) -> Self {
        let town = Town::new().await;
        town.expect_dead_letters();
        let template = json!({
            "name": "Visit", "manual_confirmation_only": true,
            "configs": [
                {"id": "r", "type": "confirmation_request", "reply_codes": {"enabled": true}},
                {"id": "soon", "type": "reminder"},
            ],
            "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
        });
        town.put("/v1/templates/t", &template).await.ok();
        town.book("m-1", &crowd(1)).await;
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
        if pair.has(Flow::Update) {
            town.book("m-1", &moved_to(15, 1)).await;
        }
        town.advance(TimeDelta::minutes(5)).await;
        let linked = post.iter().find(|message| message.landing_link().is_some());
        Self {
            pair,
            invitation: sent["notifications"][0]["id"].as_str().unwrap().to_owned(),
            token: linked.map(Town::token).unwrap(),
            sms: post.into_iter().find(|message| message.to == PHONE),
            timeline_before: timeline(&town).await.len(),
            town,
        }
    }

    /// A flow, as whoever asks for it does.
    async fn act(&self, flow: Flow, key: &str) -> Ending {
        let status = self.reply(flow, key).await;
        let words = self.words(&self.rows().await);
        let mut telling = words.into_iter().rev().map(|(_, word)| word);
        Ending {
            status,
            last_word: telling.find(|word| matches!(word, Word::On(_) | Word::Off)),
        }
    }

    async fn reply(&self, flow: Flow, key: &str) -> Option<u16> {
        let town = &self.town;
        let send = |kind: &str| json!({"type": kind, "confirm": true});
        let post =
            |path: String, body: Value| async move { town.call(Method::POST, &path, &body).await };
        let reply = match flow {
            Flow::Send => town.send_as(key, "m-1", &send("confirmation")).await,
            Flow::Cancel => town.send_as(key, "m-1", &send("cancellation")).await,
            Flow::Update => town.send_as(key, "m-1", &send("update")).await,
            Flow::Link => town.answer(&self.token, 1, "accept").await,
            Flow::Save => town.put("/v1/meetings/m-1", &moved_to(16, 1)).await,
            Flow::Archive => post("/v1/meetings/m-1/archive".to_owned(), json!({})).await,
            Flow::Retry => town.retry(key, &self.invitation).await,
            Flow::Settle => {
                let path = format!("/v1/notifications/{}/resolve", self.invitation);
                post(path, json!({"outcome": "sent"})).await
            }
            Flow::Text => {
                town.reply_to(self.sms.as_ref().unwrap(), "3").await;
                return None;
            }
        };
        Some(reply.status.as_u16())
    }

    async fn rows(&self) -> Vec<Value> {
        rows(&self.town).await
    }

    /// How many calls of all services a flow makes before the other one comes.
    async fn calls(pair: Pair) -> usize {
        let cell = Self::ready(pair).await;
        cell.town.stack().faults().reset_calls();
        cell.reply(pair.held, "held").await;
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
            let ending = cell.act(pair.held, "held").await;
            // Where it made fewer calls this time, none is held up any more.
            faults.clear();
            ending
        };
        let whole = async {
            hold.came().await;
            let ending = cell.act(pair.whole, "whole").await;
            drop(hold);
            ending
        };
        let (held, whole) = tokio::join!(held, whole);
        cell.town.advance(TimeDelta::minutes(5)).await;
        let context = format!(
            "{:?} held up before call {call} ({:?}), {:?} whole ({:?})",
            pair.held, held.status, pair.whole, whole.status
        );
        let mut untrue = cell.check(&held, &whole).await;
        for each in &mut untrue {
            *each = format!("{context}: {each}");
        }
        cell.end().await;
        untrue
    }

    async fn check(&self, held: &Ending, whole: &Ending) -> Vec<String> {
        let rows = self.rows().await;
        let meeting = self.town.meeting("m-1").await;
        let words = self.words(&rows);
        let mut untrue = Vec::new();
        self.check_rows(&rows, &mut untrue);
        // A reply that was on its way is not called back.
        let replied = self.pair.whole == Flow::Text;
        check_words(&meeting, &rows, &words, replied, &mut untrue);
        self.check_answers(&meeting, &rows, &[held, whole], &mut untrue);
        // What is answered while a cancellation is out is not taken (case 13).
        let late = whole.last_word == Some(Word::Off) && whole.status == Some(200);
        if late && self.pair.whole == Flow::Link {
            untrue.push("an answer was taken after the cancellation".to_owned());
        }
        let [armed, schedules] = armed_and_scheduled(&self.town).await;
        if armed != schedules {
            untrue.push(format!("{armed} armed, {schedules} schedules"));
        }
        let unfinished = unfinished_keys(&self.town).await;
        if !unfinished.is_empty() {
            untrue.push(format!("unfinished: {unfinished:?}"));
        }
        self.check_timeline(&rows, &mut untrue).await;
        untrue
    }

    /// What each message that arrived says, oldest first, with whoever it came to.
    fn words(&self, rows: &[Value]) -> Vec<(String, Word)> {
        let outbox = self.town.stack().outbox();
        let customers = outbox.iter().filter(|m| m.to == EMAIL || m.to == PHONE);
        customers
            .map(|message| {
                let Some(row) = row_of(message, rows) else {
                    return (message.to.clone(), Word::Unrecorded);
                };
                let text = message.text.as_deref().unwrap_or_default();
                let word = match row["type"].as_str().unwrap() {
                    "cancellation" => Word::Off,
                    "auto_reply" if text.contains("Confirmed") || text.contains("declined") => {
                        Word::Taken
                    }
                    "auto_reply" => Word::Reply,
                    _ => Word::On(row["meeting_starts_at"].as_str().unwrap().to_owned()),
                };
                (message.to.clone(), word)
            })
            .collect()
    }

    /// Each delivery is as the outbox says, or in doubt where everybody sees it.
    fn check_rows(&self, rows: &[Value], untrue: &mut Vec<String>) {
        let outbox = self.town.stack().outbox();
        let anew = rows
            .iter()
            .filter(|row| row["type"] == "confirmation")
            .count();
        for row in rows {
            for delivery in row["deliveries"].as_array().unwrap() {
                let id = &delivery["provider_message_id"];
                let arrived = outbox.iter().any(|message| *id == message.id);
                // What the provider did not say, staff found or the customer's answer shows.
                let found = ["Staff found that it was sent.", "The customer answered it."];
                let found = found.iter().any(|reason| delivery["reason"] == *reason);
                let well = match delivery["status"].as_str().unwrap() {
                    "sent" | "delivered" => arrived || found,
                    "failed" | "skipped" => !arrived,
                    "unknown" => row["needs_attention"] == true || anew > 0,
                    _ => false,
                };
                if !well {
                    untrue.push(format!("delivery: {row}"));
                }
            }
        }
    }

    /// An answer that was taken is on record, and the meeting is as the last one says.
    fn check_answers(
        &self,
        meeting: &Value,
        rows: &[Value],
        endings: &[&Ending; 2],
        untrue: &mut Vec<String>,
    ) {
        let answers = rows
            .iter()
            .flat_map(|row| row["answers"].as_array().unwrap());
        let given: Vec<_> = answers.filter(|answer| answer["stale"] == false).collect();
        let flows = [self.pair.held, self.pair.whole];
        for (flow, ending) in flows.into_iter().zip(endings) {
            let taken = flow == Flow::Link && ending.status == Some(200);
            if taken && !given.iter().any(|each| each["answer"] == "accept") {
                untrue.push("an answer was taken and is not on record".to_owned());
            }
        }
        let status = meeting["status"].as_str().unwrap();
        let answered = |status: &str| matches!(status, "CONFIRMED" | "DECLINED");
        let stands = match meeting["attendees"][0]["answer"].as_str().unwrap() {
            "accepted" => Some(("accept", "CONFIRMED")),
            "declined" => Some(("decline", "DECLINED")),
            _ => None,
        };
        match stands {
            Some((answer, expected)) => {
                if !given.iter().any(|each| each["answer"] == answer) {
                    untrue.push(format!("{answer} stands and was never given"));
                }
                let ended = matches!(status, "CANCELLED" | "BOOKED" | "INVITED");
                if answered(status) && status != expected || !answered(status) && !ended {
                    untrue.push(format!("{answer} stands, and the status is {status}"));
                }
            }
            None if answered(status) => untrue.push(format!("{status} without an answer")),
            None => {}
        }
        let moves = [Flow::Send, Flow::Cancel, Flow::Update];
        let undisturbed = !moves.into_iter().any(|flow| self.pair.has(flow));
        if undisturbed && !given.is_empty() && !answered(status) {
            untrue.push(format!("{} answers, and {status}", given.len()));
        }
    }

    /// Each message to the customer has its sentence.
    async fn check_timeline(&self, rows: &[Value], untrue: &mut Vec<String>) {
        let timeline = timeline(&self.town).await;
        let timeline = &timeline[..timeline.len() - self.timeline_before];
        let new = |row: &&Value| row["type"] != "answer_notice" && row["id"] != self.invitation;
        let expected = rows.iter().filter(new).count();
        let about = timeline
            .iter()
            .filter(|text| text.contains("sent to Guest 0."));
        let retried = usize::from(self.pair.has(Flow::Retry));
        let about = about.count();
        if about < expected || about > expected + retried {
            untrue.push(format!("{expected} messages, and {timeline:?}"));
        }
    }

    /// Leaves nothing armed and nothing unread.
    async fn end(self) {
        let path = "/v1/meetings/m-1/archive";
        self.town.call(Method::POST, path, &json!({})).await;
        self.town.post();
        self.town.dead_letters();
    }
}

/// The row that a message belongs to: the provider's id says so, or else that of the
/// address and the time whose answer was lost.
fn row_of<'a>(message: &Message, rows: &'a [Value]) -> Option<&'a Value> {
    let deliveries = |row: &Value| row["deliveries"].as_array().unwrap().clone();
    let named = |row: &&&Value| {
        let ids = deliveries(row);
        ids.iter()
            .any(|each| each["provider_message_id"] == message.id)
    };
    let channel = if message.to == EMAIL { "email" } else { "sms" };
    let nameless = |row: &&&Value| {
        let may_be = |each: &&Value| {
            let went = each["status"] != "skipped" && each["status"] != "failed";
            each["channel"] == channel && went && each["provider_message_id"].is_null()
        };
        deliveries(row).iter().any(|each| may_be(&each))
    };
    let all: Vec<&Value> = rows.iter().collect();
    let oldest = || all.iter().rev().find(nameless).copied();
    all.iter().find(named).copied().or_else(oldest)
}

/// The last word at each address is true, or it shows that it is not; and none that came
/// later contradicts it.
fn check_words(
    meeting: &Value,
    rows: &[Value],
    words: &[(String, Word)],
    replied: bool,
    untrue: &mut Vec<String>,
) {
    let off = meeting["status"] == "CANCELLED";
    let starts_at: chrono::DateTime<chrono::Utc> =
        meeting["starts_at"].as_str().unwrap().parse().unwrap();
    let agrees = |word: &Word| match word {
        Word::Off => off,
        Word::On(at) => !off && at.parse() == Ok(starts_at),
        Word::Taken | Word::Reply | Word::Unrecorded => true,
    };
    let telling = |word: &Word| matches!(word, Word::On(_) | Word::Off);
    let shows = meeting["notification_state"] == "update_due"
        || rows.iter().any(|row| row["needs_attention"] == true);
    for address in [EMAIL, PHONE] {
        let mut theirs = words.iter().rev();
        if let Some((_, word)) = theirs.find(|(to, word)| to == address && telling(word))
            && !agrees(word)
            && !shows
        {
            untrue.push(format!("{address} was last told {word:?}: {meeting}"));
        }
    }
    let last = words.iter().rev().find(|(_, word)| telling(word));
    let attendee = &meeting["attendees"][0];
    let certain = attendee["in_doubt"] == false;
    let knows = attendee["knows"].as_str().unwrap();
    if let Some((_, last)) = last
        && certain
    {
        let expected = match last {
            Word::Off => "cancelled",
            _ if agrees(last) || off => "current",
            _ => "outdated",
        };
        if knows != expected && !shows {
            untrue.push(format!("knows {knows}, last told {last:?}"));
        }
    }
    let mut is_off = false;
    for (_, word) in words {
        match word {
            Word::Off => is_off = true,
            Word::On(_) if is_off && off => {
                untrue.push("announced again after the cancellation".to_owned());
            }
            Word::On(_) => is_off = false,
            Word::Taken if is_off && replied => {
                untrue.push("taken after the cancellation".to_owned());
            }
            Word::Unrecorded => untrue.push("a message has no row".to_owned()),
            Word::Taken | Word::Reply => {}
        }
    }
}

/// A change is tried at every tenth call; `.ci/run` walks all of them.
const SAMPLE: usize = 10;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_two_flows_do_to_a_meeting_the_last_word_is_true(
    #[values(
        Flow::Send,
        Flow::Cancel,
        Flow::Update,
        Flow::Link,
        Flow::Text,
        Flow::Save,
        Flow::Archive,
        Flow::Retry,
        Flow::Settle
    )]
    held: Flow,
) {
    let every = as_many_as("USHER_PAIRS", SAMPLE);
    let mut cells = Vec::new();
    for (turn, whole) in FLOWS.into_iter().enumerate() {
        let pair = Pair { held, whole };
        let calls = Cell::calls(pair).await;
        let sampled = (0..calls).filter(|call| (call + turn) % every == 0);
        cells.extend(sampled.map(|call| (pair, call)));
    }
    let count = cells.len();
    let walks = cells.into_iter().map(|(pair, call)| Cell::walk(pair, call));
    let untrue: Vec<_> = stream::iter(walks).buffer_unordered(4).collect().await;
    let untrue = untrue.concat();
    println!("{held:?} held up: {count} cells, {} untrue", untrue.len());
    assert!(untrue.is_empty(), "{untrue:#?}");
}
