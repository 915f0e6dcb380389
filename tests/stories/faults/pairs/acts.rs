//! The flows of a pair, as whoever asks for them does.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Fault, Service};
use usher_tests::Town;

use super::{
    cell::{Cell, couple},
    flow::Flow,
};

/// How long before a reminder is due the two of them come.
pub(super) const BEFORE_DUE: TimeDelta = TimeDelta::seconds(30);

impl Cell {
    /// A flow, as whoever asks for it does. Returns the status that it was answered with.
    pub(super) async fn act(&self, flow: Flow, key: &str) -> Option<u16> {
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
    pub(super) fn invitation(&self) -> &str {
        let lead = self
            .invited
            .iter()
            .find(|row| row["attendee"]["id"] == "a0");
        lead.unwrap()["id"].as_str().unwrap()
    }

    /// Whether the next answer of each provider is lost.
    pub(super) fn lose_answers(&self, lost: bool) {
        for service in [Service::Ses, Service::Sns] {
            let fault = Fault {
                service,
                effect: Effect::DropAnswer,
                operation: None,
                to: None,
                skip: 0,
                count: u32::from(lost),
            };
            self.town.stack().faults().arm(fault).unwrap();
        }
    }
}
