//! One cell of the walk: one flow of one size, on the verge of it and cut off.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Message, Service};
use usher_tests::Town;

use super::flow::{Flow, Then};
use crate::faults::agreement::{calls, crowd, moved_to, rows, timeline};

/// When the usual meeting's reminder is due, a day before it starts.
fn due() -> DateTime<Utc> {
    "2026-01-14T19:00:00Z".parse().unwrap()
}

/// A cell of the walk: one flow of one size, cut off at one call.
pub(super) struct Cell {
    pub(super) town: Town,
    pub(super) flow: Flow,
    pub(super) size: usize,
    /// What was there before the flow.
    pub(super) rows_before: usize,
    pub(super) timeline_before: usize,
    messages_before: usize,
    /// What the flow is about: a row to retry or settle, a link, a message to reply to or that
    /// is reported on.
    subject: String,
    pub(super) message: Option<Message>,
    /// The report on that.
    pub(super) event: Value,
}

impl Cell {
    /// A town on the verge of the flow.
    pub(super) async fn ready(flow: Flow, size: usize) -> Self {
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
            event: Value::Null,
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
            Flow::Cancellation | Flow::Archive | Flow::Reminder | Flow::Bounce => {
                town.send("m-1", "confirmation").await.ok();
            }
            Flow::Update => {
                town.send("m-1", "confirmation").await.ok();
                town.advance(TimeDelta::minutes(5)).await;
                town.book("m-1", &moved_to(15, self.size)).await;
            }
            Flow::Retry | Flow::Settle | Flow::Receipt => {
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
        let to = |address: &str| post.iter().find(|message| message.to == address).cloned();
        match self.flow {
            Flow::Link => self.subject = Town::token(&to("g0@example.com").unwrap()),
            Flow::Sms => self.message = to("+12025550130"),
            // Who is written to by email alone is written to by SMS then.
            Flow::Bounce => {
                let by_email_alone = usize::from(self.size > 1);
                self.message = to(&format!("g{by_email_alone}@example.com"));
                self.event = self.report(FeedbackEvent::Bounce);
            }
            Flow::Receipt => {
                self.message = to("g0@example.com");
                self.event = self.report(FeedbackEvent::Delivery);
            }
            _ => {}
        }
        self.town.advance(TimeDelta::minutes(5)).await;
    }

    /// The flow itself, as whoever asks for it does; how it ends does not matter.
    pub(super) async fn act(&self, key: &str) -> Option<u16> {
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
            Flow::Bounce | Flow::Receipt => return Some(self.take_report().await),
        };
        Some(reply.status.as_u16())
    }

    /// How many calls of all services the flow makes where nothing fails.
    pub(super) async fn calls(flow: Flow, size: usize) -> usize {
        let cell = Self::ready(flow, size).await;
        cell.town.stack().faults().reset_calls();
        cell.act("key").await;
        let calls = calls(&cell.town);
        cell.end().await;
        calls
    }

    /// The flow, cut off after so many calls, and whoever comes then.
    pub(super) async fn walk(flow: Flow, size: usize, calls: usize, then: Then) {
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
        cell.check(then, asked_again, &context).await;
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

    /// Leaves nothing armed and nothing unread.
    pub(super) async fn end(self) {
        let path = "/v1/meetings/m-1/archive";
        self.town.call(Method::POST, path, &json!({})).await;
        self.town.post();
        self.town.dead_letters();
    }
}

/// How many messages came to whom.
pub(super) fn arrived(post: &[Message]) -> BTreeMap<&str, usize> {
    let mut arrived = BTreeMap::new();
    for message in post {
        *arrived.entry(message.to.as_str()).or_default() += 1;
    }
    arrived
}
