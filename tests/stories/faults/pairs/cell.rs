//! One cell of the walk: the meeting of a pair, on the verge of both.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Message, Service};
use usher_tests::Town;

use super::{
    acts::BEFORE_DUE,
    flow::{Flow, Pair},
};
use crate::faults::agreement::{crowd, rows, timeline};

/// Two attendees whom everything reaches on both channels, at this hour of the usual day.
pub(super) fn couple(hour: u32) -> Value {
    let mut meeting = crowd(2);
    meeting["attendees"][1]["preferred_confirmation_method"] = json!("both");
    meeting["starts_at"] = json!(format!("2026-01-15T{hour}:00:00"));
    meeting
}

/// How a meeting stands at a moment.
pub(super) struct Snapshot {
    pub(super) meeting: Value,
    pub(super) rows: Vec<Value>,
}

/// The meeting of a pair, on the verge of both.
pub(super) struct Cell {
    pub(super) town: Town,
    pub(super) pair: Pair,
    /// What the customers were invited with.
    pub(super) invited: Vec<Value>,
    /// What each of them was sent with a link, and as a text.
    pub(super) links: [Message; 2],
    pub(super) texts: [Message; 2],
    pub(super) timeline_before: usize,
}

impl Cell {
    pub(super) async fn ready(pair: Pair) -> Self {
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
    pub(super) fn revision(&self) -> u64 {
        if self.pair.is_moved() { 2 } else { 1 }
    }

    pub(super) async fn look(&self) -> Snapshot {
        Snapshot {
            meeting: self.town.meeting("m-1").await,
            rows: rows(&self.town).await,
        }
    }

    /// Leaves nothing armed and nothing unread.
    pub(super) async fn end(self) {
        let path = "/v1/meetings/m-1/archive";
        self.town.call(Method::POST, path, &json!({})).await;
        self.town.post();
        self.town.dead_letters();
    }
}

/// When the reminder is due, a day before the meeting starts.
fn due(pair: Pair) -> DateTime<Utc> {
    let moved = TimeDelta::hours(i64::from(pair.is_moved()));
    "2026-01-14T19:00:00Z".parse::<DateTime<Utc>>().unwrap() + moved
}
