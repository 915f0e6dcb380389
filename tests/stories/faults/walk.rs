//! The fault walk: a flow dies before each of its calls, and everything it asks of any
//! service from then on is refused. Its lease passes while the store is away; then the same
//! request comes again, or another one, or only the sweep. Whichever it is, the flow ends
//! as if it had not been cut off (N15): nobody is written to twice; rows, meeting, timeline
//! and outbox agree; no key and no delivery stays unfinished.

#![allow(clippy::print_stdout, reason = "the walk says how far it went")]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, stream};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Message, Service};
use usher_tests::{Town, as_many_as};

use super::agreement::{
    armed_and_scheduled, calls, crowd, moved_to, rows, timeline, unfinished_keys,
};

/// How many attendees the meetings have: one, a few, more than one transaction takes.
/// `.ci/run` walks the last, and `.ci/long` a larger one.
const SIZES: [usize; 3] = [1, 3, 14];

/// What is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Confirmation,
    Cancellation,
    Update,
    Retry,
    Settle,
    Archive,
    /// A save that sends the confirmation by itself.
    Save,
    Link,
    Sms,
    Reminder,
}

impl Flow {
    /// Whether one may come then: a text and a firing do not come again by themselves, and
    /// what has no key has no other one.
    fn may_be_followed_by(self, then: Then) -> bool {
        use Flow::{Cancellation, Confirmation, Reminder, Retry, Sms, Update};
        match then {
            Then::SameRequest => !matches!(self, Sms | Reminder),
            Then::AnotherKey => matches!(self, Confirmation | Cancellation | Update | Retry),
            Then::Sweep => true,
        }
    }
}

impl Flow {
    /// Whether it claims a key with everyone it writes to.
    fn claims_a_crowd(self) -> bool {
        use Flow::{Cancellation, Confirmation, Save, Update};
        matches!(self, Confirmation | Cancellation | Update | Save)
    }
}

/// Who comes once the store is well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    SameRequest,
    AnotherKey,
    Sweep,
}

/// When the usual meeting's reminder is due, a day before it starts.
fn due() -> DateTime<Utc> {
    "2026-01-14T19:00:00Z".parse().unwrap()
}

/// A cell of the walk: one flow of one size, cut off at one call.
struct Cell {
    town: Town,
    flow: Flow,
    size: usize,
    /// What was there before the flow.
    rows_before: usize,
    timeline_before: usize,
    messages_before: usize,
    /// What the flow is about: a row to retry or settle, a link, a message to reply to.
    subject: String,
    message: Option<Message>,
}

impl Cell {
    /// A town on the verge of the flow.
    async fn ready(flow: Flow, size: usize) -> Self {
        let town = Town::new().await;
        town.expect_dead_letters();
        let template = json!({
            "name": "Visit", "manual_confirmation_only": flow != Flow::Save,
            "configs": [
                {"id": "r", "type": "confirmation_request", "reply_codes": {"enabled": true}},
                {"id": "soon", "type": "reminder"},
            ],
            "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
        });
        town.put("/v1/templates/t", &template).await.ok();
        if flow != Flow::Save {
            town.book("m-1", &crowd(size)).await;
        }
        let mut cell = Self {
            town,
            flow,
            size,
            rows_before: 0,
            timeline_before: 0,
            messages_before: 0,
            subject: String::new(),
            message: None,
        };
        cell.prepare().await;
        cell.messages_before = cell.town.stack().outbox().len();
        cell.rows_before = rows(&cell.town).await.len();
        cell.timeline_before = match flow {
            Flow::Save => 0,
            _ => timeline(&cell.town).await.len(),
        };
        cell
    }

    async fn prepare(&mut self) {
        let town = &self.town;
        match self.flow {
            Flow::Save | Flow::Confirmation => {}
            Flow::Cancellation | Flow::Archive | Flow::Reminder => {
                town.send("m-1", "confirmation").await.ok();
            }
            Flow::Update => {
                town.send("m-1", "confirmation").await.ok();
                town.advance(TimeDelta::minutes(5)).await;
                town.book("m-1", &moved_to(15, self.size)).await;
            }
            Flow::Retry | Flow::Settle => {
                let effect = if self.flow == Flow::Retry {
                    Effect::Refuse
                } else {
                    Effect::DropAnswer
                };
                town.break_call(Service::Ses, effect, 0);
                let sent = town.send("m-1", "confirmation").await.ok();
                let rows = sent["notifications"].as_array().unwrap();
                let bad = rows.iter().find(|row| row["status"] != "sent").unwrap();
                self.subject = bad["id"].as_str().unwrap().to_owned();
            }
            Flow::Link | Flow::Sms => {
                town.send("m-1", "confirmation_request").await.ok();
            }
        }
        let post = self.town.post();
        let to_lead = |address: &str| post.iter().find(|message| message.to == address).cloned();
        match self.flow {
            Flow::Link => self.subject = Town::token(&to_lead("g0@example.com").unwrap()),
            Flow::Sms => self.message = to_lead("+12025550130"),
            _ => {}
        }
        self.town.advance(TimeDelta::minutes(5)).await;
    }

    /// The flow itself, as whoever asks for it does; how it ends does not matter.
    async fn act(&self, key: &str) -> Option<u16> {
        let town = &self.town;
        let body = |kind: &str| json!({"type": kind, "confirm": kind == "cancellation"});
        let reply = match self.flow {
            Flow::Confirmation => town.send_as(key, "m-1", &body("confirmation")).await,
            Flow::Cancellation => town.send_as(key, "m-1", &body("cancellation")).await,
            Flow::Update => town.send_as(key, "m-1", &body("update")).await,
            Flow::Retry => town.retry(key, &self.subject).await,
            Flow::Settle => {
                let path = format!("/v1/notifications/{}/resolve", self.subject);
                town.call(Method::POST, &path, &json!({"outcome": "sent"}))
                    .await
            }
            Flow::Archive => {
                let path = "/v1/meetings/m-1/archive";
                town.call(Method::POST, path, &json!({})).await
            }
            Flow::Save => town.put("/v1/meetings/m-1", &crowd(self.size)).await,
            Flow::Link => town.answer(&self.subject, 1, "accept").await,
            Flow::Sms => {
                town.reply_to(self.message.as_ref().unwrap(), "1").await;
                return None;
            }
            Flow::Reminder => {
                town.advance_to(due()).await;
                return None;
            }
        };
        Some(reply.status.as_u16())
    }

    /// How many calls of all services the flow makes where nothing fails.
    async fn calls(flow: Flow, size: usize) -> usize {
        let cell = Self::ready(flow, size).await;
        cell.town.stack().faults().reset_calls();
        cell.act("key").await;
        let calls = calls(&cell.town);
        cell.end().await;
        calls
    }

    /// The flow, cut off after so many calls, and whoever comes then.
    async fn walk(flow: Flow, size: usize, calls: usize, then: Then) {
        let cell = Self::ready(flow, size).await;
        let context = format!("{flow:?} of {size}, cut off after {calls} calls, {then:?}");
        cell.town
            .stack()
            .faults()
            .cut_off_after(u32::try_from(calls).unwrap());
        cell.act("key").await;
        cell.town.advance(TimeDelta::minutes(2)).await;
        cell.town.stack().faults().clear();
        let asked_again = match then {
            Then::SameRequest => {
                let status = cell.act("key").await;
                assert!(
                    status.is_some_and(|status| status < 300 || status == 409),
                    "{status:?}: {context}"
                );
                false
            }
            Then::AnotherKey => cell.another_key(&context).await,
            Then::Sweep => false,
        };
        cell.town.advance(TimeDelta::minutes(5)).await;
        cell.check(asked_again, &context).await;
        cell.end().await;
    }

    /// Another send of the meeting. Where it may repeat what went out, it wants a word
    /// first (case 15), and has gone to nobody until then. Returns whether it was given.
    async fn another_key(&self, context: &str) -> bool {
        let kind = match self.flow {
            Flow::Cancellation => "cancellation",
            Flow::Update => "update",
            _ => "confirmation",
        };
        let send = |confirm: bool| {
            let body = json!({"type": kind, "confirm": confirm});
            async move { self.town.send_as("another", "m-1", &body).await.status }
        };
        if send(false).await != 428 {
            return false;
        }
        let post = self.town.stack().outbox().split_off(self.messages_before);
        for (to, times) in arrived(&post) {
            assert_eq!(times, 1, "{to} was written to twice, unasked: {context}");
        }
        let status = send(true).await;
        assert!(
            status.is_success() || status == 409,
            "{status} with a word: {context}"
        );
        status.is_success()
    }

    async fn check(&self, asked_again: bool, context: &str) {
        let rows = rows(&self.town).await;
        let rows = &rows[..rows.len() - self.rows_before.min(rows.len())];
        let post: Vec<_> = self
            .town
            .post()
            .into_iter()
            .chain(self.town.news())
            .collect();
        let arrived = arrived(&post);
        if !asked_again {
            for (to, times) in &arrived {
                assert_eq!(*times, 1, "{to} was written to twice: {context}");
            }
        }
        for row in rows {
            check_row(row, &arrived, asked_again, context);
        }
        let known = |to: &str| {
            let theirs =
                |row: &&Value| row["attendee"]["email"] == to || row["attendee"]["phone"] == to;
            rows.iter().any(|row| theirs(&row)) || to.ends_with("@progrid.example.com")
        };
        let retried = matches!(self.flow, Flow::Retry | Flow::Settle);
        for to in arrived.keys() {
            assert!(retried || known(to), "{to} has no row: {context}");
        }
        self.check_meeting(rows, context).await;
        self.check_timeline(rows, context).await;
        let unfinished = unfinished_keys(&self.town).await;
        assert!(unfinished.is_empty(), "{unfinished:?}: {context}");
    }

    async fn check_meeting(&self, rows: &[Value], context: &str) {
        let reply = self.town.get("/v1/meetings/m-1").await;
        if reply.status == 404 {
            assert!(rows.is_empty() && self.flow == Flow::Save, "{context}");
            return;
        }
        let meeting = reply.ok();
        let sent = |row: &&Value| {
            let deliveries = row["deliveries"].as_array().unwrap();
            deliveries.iter().any(|each| each["status"] == "sent")
        };
        let accepted = rows.iter().filter(sent).count();
        let status = meeting["status"].as_str().unwrap();
        let state = meeting["notification_state"].as_str().unwrap();
        match self.flow {
            Flow::Confirmation | Flow::Save => {
                assert_eq!(status == "BOOKED", accepted > 0, "{status}: {context}");
                assert_eq!(state != "none", accepted > 0, "{state}: {context}");
                // A meeting that is saved has its confirmation on its way.
                let nothing = rows.is_empty() && self.flow != Flow::Save;
                let complete = nothing || rows.len() >= self.size;
                assert!(complete, "{} rows: {context}", rows.len());
            }
            Flow::Cancellation => {
                // The lead attendee's message is the meeting's (N14).
                let lead = |row: &&Value| row["attendee"]["id"] == meeting["attendees"][0]["id"];
                let told = rows.iter().filter(lead).any(|row| sent(&row));
                assert_eq!(status == "CANCELLED", told, "{status}: {context}");
                let complete = rows.is_empty() || rows.len() >= self.size;
                assert!(complete, "{} rows: {context}", rows.len());
            }
            Flow::Update => {
                if accepted == 0 {
                    assert_eq!(state, "update_due", "{context}");
                } else if accepted == self.size {
                    assert_eq!(state, "confirmed", "{context}");
                }
                let complete = rows.is_empty() || rows.len() >= self.size;
                assert!(complete, "{} rows: {context}", rows.len());
            }
            Flow::Link | Flow::Sms => {
                let answers = self.town.log("?type=confirmation_request&limit=100").await;
                let answers = answers.iter().map(|row| row["answers"].as_array().unwrap());
                let given = answers.map(Vec::len).sum::<usize>();
                assert!(given <= 1, "{given} answers: {context}");
                assert_eq!(status == "CONFIRMED", given == 1, "{status}: {context}");
            }
            Flow::Retry | Flow::Settle | Flow::Archive | Flow::Reminder => {
                assert_eq!(status, "BOOKED", "{context}");
            }
        }
        let [armed, schedules] = armed_and_scheduled(&self.town).await;
        assert_eq!(armed, schedules, "plan and schedules: {context}");
    }

    /// Each row has one sentence of the timeline.
    async fn check_timeline(&self, rows: &[Value], context: &str) {
        if rows.is_empty() {
            return;
        }
        let timeline = timeline(&self.town).await;
        let timeline = &timeline[..timeline.len() - self.timeline_before];
        let to_them: Vec<_> = rows
            .iter()
            .filter(|row| row["type"] != "answer_notice")
            .collect();
        for row in &to_them {
            let name = row["attendee"]["name"].as_str().unwrap();
            let to = format!("sent to {name}");
            let about = timeline.iter().filter(|text| text.contains(&to));
            let theirs = |other: &&&Value| other["attendee"]["name"] == name;
            let expected = to_them.iter().filter(theirs).count();
            let about = about.count();
            // What is retried has a sentence, and is no new row.
            let retried = usize::from(self.flow == Flow::Retry);
            assert!(
                (expected..=expected + retried).contains(&about),
                "{about} of {expected} about {name}: {context}: {timeline:#?}"
            );
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

/// How many messages came to whom.
fn arrived(post: &[Message]) -> BTreeMap<&str, usize> {
    let mut arrived = BTreeMap::new();
    for message in post {
        *arrived.entry(message.to.as_str()).or_default() += 1;
    }
    arrived
}

fn check_row(row: &Value, arrived: &BTreeMap<&str, usize>, asked_again: bool, context: &str) {
    let staff = row["type"] == "answer_notice";
    for delivery in row["deliveries"].as_array().unwrap() {
        let to = if delivery["channel"] == "email" {
            &row["attendee"]["email"]
        } else {
            &row["attendee"]["phone"]
        };
        let arrived = staff || arrived.contains_key(to.as_str().unwrap());
        match delivery["status"].as_str().unwrap() {
            "sent" => assert!(arrived, "said to be sent, and was not: {context}: {row}"),
            // What was sent anew needs nobody's attention.
            "unknown" => assert!(
                row["needs_attention"] == true || asked_again,
                "{context}: {row}"
            ),
            "failed" => assert!(
                !arrived || asked_again,
                "said to have failed, and was sent: {context}: {row}"
            ),
            other => panic!("{other}: {context}: {row}"),
        }
    }
}

/// How many calls at the beginning and the end of a large flow are not like their neighbours:
/// those of claim and record.
const EDGE: usize = 6;

/// How many attendees the largest meeting has.
fn most() -> usize {
    as_many_as("USHER_WALK", 3)
}

/// Walks a flow of one size. Of larger ones every other call is cut off, and who comes then
/// takes turns from call to call, but at the edges of a crowd's each of them comes at every
/// call. `.ci/long` has each of them come at every call of all.
async fn walk(flow: Flow, size: usize) -> usize {
    let calls = Cell::calls(flow, size).await;
    let all = most() > 14;
    let step = if size > 1 { 2 } else { 1 };
    let mut cells = Vec::new();
    for k in 0..calls {
        let thens = [Then::SameRequest, Then::AnotherKey, Then::Sweep];
        let thens = thens
            .into_iter()
            .filter(|then| flow.may_be_followed_by(*then));
        let thens: Vec<_> = thens.collect();
        let turn = thens[(k / step + size) % thens.len()];
        let edge = size > 12 && flow.claims_a_crowd() && (k < EDGE || k + EDGE >= calls);
        let comes = |then: &Then| all || edge || (k % step == 0 && *then == turn);
        let thens = thens.into_iter().filter(comes);
        cells.extend(thens.map(|then| (k, then)));
    }
    let count = cells.len();
    let walks = cells
        .into_iter()
        .map(|(k, then)| Cell::walk(flow, size, k, then));
    stream::iter(walks)
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
    count
}

#[rstest]
#[case(Flow::Confirmation)]
#[case(Flow::Cancellation)]
#[case(Flow::Update)]
#[case(Flow::Retry)]
#[case(Flow::Settle)]
#[case(Flow::Archive)]
#[case(Flow::Save)]
#[case(Flow::Link)]
#[case(Flow::Sms)]
#[case(Flow::Reminder)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_flow_dies_it_ends_as_if_it_had_not(#[case] flow: Flow) {
    let most = most();
    let larger = (!SIZES.contains(&most)).then_some(most);
    for size in SIZES.into_iter().filter(|size| *size <= most).chain(larger) {
        let cells = walk(flow, size).await;
        println!("{flow:?} of {size}: {cells} cells hold");
    }
}

/// Case 14: the rows of the first transaction are recorded as sent when the sender dies, and
/// the meeting does not know of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_told_by_a_send_that_was_cut_off_is_not_told_again_unasked() {
    let sent = |rows: &[Value]| rows.iter().filter(|row| row["status"] == "sent").count();
    for calls in 20.. {
        let cell = Cell::ready(Flow::Confirmation, 14).await;
        let faults = cell.town.stack().faults();
        faults.cut_off_after(calls);
        cell.act("key").await;
        cell.town.advance(TimeDelta::minutes(2)).await;
        faults.clear();
        let told = cell.town.post().len();
        let before = rows(&cell.town).await;
        if (before.len(), sent(&before)) != (14, 12) {
            cell.end().await;
            continue;
        }
        assert_eq!(cell.town.meeting("m-1").await["status"], "DRAFT");
        let again = cell.town.send("m-1", "confirmation").await;
        assert_eq!(again.problem().0, "needs-confirmation");
        assert!(cell.town.post().is_empty(), "{told} were told");
        let meeting = cell.town.meeting("m-1").await;
        assert_eq!(meeting["status"], "BOOKED");
        assert_ne!(meeting["notification_state"], "none");
        let rows = rows(&cell.town).await;
        let pending = rows.iter().filter(|row| row["status"] == "pending");
        assert_eq!((rows.len(), pending.count()), (14, 2));
        assert!(unfinished_keys(&cell.town).await.is_empty());
        cell.end().await;
        return;
    }
}

/// A confirmation to fourteen whose sender died when the first transaction's worth was
/// claimed.
async fn twelve_of_fourteen_claimed() -> Cell {
    for calls in 0.. {
        let cell = Cell::ready(Flow::Confirmation, 14).await;
        let faults = cell.town.stack().faults();
        faults.cut_off_after(calls);
        cell.act("key").await;
        faults.clear();
        if rows(&cell.town).await.len() == 12 {
            return cell;
        }
        cell.end().await;
    }
    unreachable!("some number of calls claims the first transaction's worth")
}

/// Case 27: of a crowd, the first transaction's worth is claimed when the sender dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_whose_sender_dies_before_all_are_claimed_is_told_by_the_sweep() {
    let cell = twelve_of_fourteen_claimed().await;
    assert!(cell.town.post().is_empty(), "nobody is told yet");
    cell.town.advance(TimeDelta::minutes(5)).await;
    let mut told: Vec<_> = cell.town.post().into_iter().map(|m| m.to).collect();
    told.sort();
    assert_eq!(told, ["+12025550142", "g12@example.com", "g13@example.com"]);
    let rows = rows(&cell.town).await;
    let pending = rows.iter().filter(|row| row["status"] == "pending");
    assert_eq!((rows.len(), pending.count()), (14, 12));
    assert_eq!(cell.town.meeting("m-1").await["status"], "BOOKED");
    cell.end().await;
}

/// As case 27, but the meeting is put away meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_sent_any_more_is_on_record_with_the_reason() {
    let cell = twelve_of_fourteen_claimed().await;
    let path = "/v1/meetings/m-1/archive";
    cell.town.call(Method::POST, path, &json!({})).await.ok();
    cell.town.advance(TimeDelta::minutes(5)).await;
    assert!(cell.town.post().is_empty());
    let rows = rows(&cell.town).await;
    let failed: Vec<_> = rows
        .iter()
        .filter(|row| row["status"] == "failed")
        .collect();
    assert_eq!((rows.len(), failed.len()), (14, 2));
    for row in failed {
        let reason = row["deliveries"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("archived"), "{reason}");
    }
    assert!(unfinished_keys(&cell.town).await.is_empty());
    cell.end().await;
}
