//! What must be true at the end of a cell, wherever its flow died.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    cell::{Cell, arrived},
    flow::{Flow, Then},
};
use crate::faults::agreement::{armed_and_scheduled, rows, timeline, unfinished_keys};

impl Cell {
    pub(super) async fn check(&self, then: Then, asked_again: bool, context: &str) {
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
        let on_known_row = matches!(
            self.flow,
            Flow::Retry | Flow::Settle | Flow::Bounce | Flow::Receipt
        );
        for to in arrived.keys() {
            assert!(on_known_row || known(to), "{to} has no row: {context}");
        }
        let came_again = then == Then::SameRequest;
        match self.flow {
            Flow::Bounce => self.check_bounce(&post, came_again, context).await,
            Flow::Receipt => self.check_receipt(came_again, context).await,
            _ => {}
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
            Flow::Retry
            | Flow::Settle
            | Flow::Archive
            | Flow::Reminder
            | Flow::Bounce
            | Flow::Receipt => {
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
