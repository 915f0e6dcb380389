//! A report on a message, and what must be true of the message in the end.

use serde_json::{Value, json};
use usher_local::{FeedbackEvent, Message};

use super::cell::{Cell, arrived};
use crate::faults::agreement::{rows, timeline};

impl Cell {
    /// The event that reports on the message.
    pub(super) fn report(&self, event: FeedbackEvent) -> Value {
        let message = self.message.as_ref().unwrap();
        let stack = self.town.stack();
        stack.report_event(&message.id, event).unwrap()
    }

    /// The report comes. Returns what an HTTP flow would have answered.
    pub(super) async fn take_report(&self) -> u16 {
        let stack = self.town.stack();
        let taken = stack.invoke_function("track-delivery", self.event.clone());
        if taken.await.is_ok() { 200 } else { 500 }
    }

    /// Where the email came back, all of it is on record, its receiver knows what the SMS told
    /// them instead, and nobody got two. Where the report never got through, nothing is.
    pub(super) async fn check_bounce(&self, post: &[Message], reported: bool, context: &str) {
        let row = self.reported_row().await;
        let address = row["attendee"]["email"].as_str().unwrap();
        let bounced = status(&row, "email") == "bounced";
        assert!(bounced || !reported, "the report is lost: {context}: {row}");
        let suppressed = self.town.get("/v1/suppressions").await.ok();
        let suppressed = suppressed["suppressions"].as_array().unwrap();
        let is_theirs = |each: &&Value| each["address"] == address;
        let held_back = suppressed.iter().filter(is_theirs).count();
        assert_eq!(held_back, usize::from(bounced), "{context}: {suppressed:?}");
        let timeline = timeline(&self.town).await;
        let came_back = timeline.iter().filter(|text| text.contains("came back"));
        assert_eq!(came_back.count(), held_back, "{context}: {timeline:#?}");
        if self.size == 1 || !bounced {
            assert!(post.is_empty(), "{context}: {post:?}");
            return;
        }
        let times = arrived(post)
            .get(row["attendee"]["phone"].as_str().unwrap())
            .copied();
        let meeting = self.town.meeting("m-1").await;
        let receiver = meeting["attendees"].as_array().unwrap().iter();
        let receiver = receiver.clone().find(|each| each["email"] == address);
        let knows = receiver.unwrap()["knows"].as_str().unwrap();
        match status(&row, "sms") {
            "sent" => assert_eq!((times, knows), (Some(1), "current"), "{context}: {row}"),
            "unknown" => {
                assert_eq!(
                    (knows, &row["needs_attention"]),
                    ("untold", &json!(true)),
                    "{context}"
                );
            }
            other => panic!("{other}: {context}: {row}"),
        }
    }

    /// Where the report got through, the doubt is over for all that told of it.
    pub(super) async fn check_receipt(&self, reported: bool, context: &str) {
        let row = self.reported_row().await;
        let arrived = status(&row, "email") == "delivered";
        assert!(arrived || !reported, "the report is lost: {context}: {row}");
        assert_eq!(row["needs_attention"], !arrived, "{context}: {row}");
        let meeting = self.town.meeting("m-1").await;
        let told = meeting["attendees"][0]["told"].as_array().unwrap();
        let mut by_email = told
            .iter()
            .filter(|each| each["address"] == "g0@example.com");
        assert!(
            by_email.all(|each| each["certain"] == arrived),
            "{context}: {meeting}"
        );
    }

    async fn reported_row(&self) -> Value {
        let to = &self.message.as_ref().unwrap().to;
        let rows = rows(&self.town).await;
        let theirs = rows
            .into_iter()
            .find(|row| row["attendee"]["email"] == to.as_str());
        theirs.unwrap()
    }
}

fn status<'a>(row: &'a Value, channel: &str) -> &'a str {
    let deliveries = row["deliveries"].as_array().unwrap();
    let by_it = deliveries.iter().find(|each| each["channel"] == channel);
    by_it.map_or("none", |each| each["status"].as_str().unwrap())
}
