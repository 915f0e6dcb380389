//! Random lives of a meeting, through the front door: what the ten thousand
//! histories of the domain hold, the handlers hold too.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Service};
use usher_tests::{Town, as_many_as};

use super::{armed, template, visit};

const STEPS: usize = 14;

/// A small generator: the same seed tells the same history (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// One life, and what was done in it.
struct History {
    town: Town,
    dice: Dice,
    told: Vec<String>,
    meeting: Value,
}

impl History {
    async fn begin(seed: u64) -> Self {
        let town = Town::new().await;
        town.put("/v1/templates/visit", &template()).await.ok();
        let meeting = visit();
        town.book("m-1", &meeting).await;
        Self {
            town,
            dice: Dice(seed),
            told: vec![format!("seed {seed}")],
            meeting,
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    async fn step(&mut self) {
        match self.dice.roll(10) {
            0 => self.send("confirmation").await,
            1 => self.send("confirmation_request").await,
            2 => self.send("update").await,
            3 => self.change().await,
            4 => self.answer().await,
            5 if self.dice.roll(4) == 0 => self.send("cancellation").await,
            6 => self.retrigger().await,
            7 => self.report().await,
            _ => self.wait().await,
        }
    }

    async fn send(&mut self, kind: &str) {
        let reply = self
            .town
            .send_as(
                &format!("{}", self.told.len()),
                "m-1",
                &json!({"type": kind, "confirm": true}),
            )
            .await;
        self.note(format!("send {kind}: {}", reply.status));
        for message in self.town.post() {
            let subject = message.subject.as_deref().unwrap_or_default();
            assert!(!subject.starts_with("Reminder"), "{:#?}", self.told);
        }
    }

    async fn change(&mut self) {
        match self.dice.roll(3) {
            0 => self.meeting["duration_minutes"] = json!(30 + 15 * self.dice.roll(4)),
            roll => {
                let hours = TimeDelta::hours(i64::try_from(self.dice.roll(72)).unwrap() - 24);
                let moved =
                    self.starts_at() + hours + TimeDelta::minutes(i64::try_from(roll).unwrap());
                if moved <= self.town.stack().clock().now() {
                    return;
                }
                self.meeting["starts_at"] = json!(moved.to_rfc3339());
            }
        }
        let reply = self.town.put("/v1/meetings/m-1", &self.meeting).await;
        self.note(format!(
            "change to {}: {}",
            self.meeting["starts_at"], reply.status
        ));
    }

    fn starts_at(&self) -> DateTime<Utc> {
        let text = self.meeting["starts_at"].as_str().unwrap();
        text.parse().unwrap_or_else(|_| super::start())
    }

    async fn answer(&mut self) {
        let answer =
            ["accept", "decline", "reschedule"][usize::try_from(self.dice.roll(3)).unwrap()];
        let body = json!({"attendee_id": "ann", "answer": answer});
        let path = "/v1/meetings/m-1/responses";
        let reply = self.town.call(Method::POST, path, &body).await;
        self.note(format!("{answer}: {}", reply.status));
    }

    async fn retrigger(&mut self) {
        let mut changed = template();
        changed["reminder_triggers"][0]["minutes_before"] = json!(600 + 60 * self.dice.roll(24));
        changed["apply_to_upcoming"] = json!(self.dice.roll(2) == 0);
        self.town.put("/v1/templates/visit", &changed).await.ok();
        self.note(format!("template {changed}"));
    }

    /// Time passes, to the next reminder and a little further, whatever the
    /// scheduler does with it; or for some hours, if none is to come.
    async fn wait(&mut self) {
        let now = self.town.stack().clock().now();
        let before = self.town.meeting("m-1").await;
        let plan = self.town.reminders("m-1").await;
        let Some(due) = armed(&self.town).first().copied() else {
            let hours = i64::try_from(1 + self.dice.roll(12)).unwrap();
            self.note(format!("{hours} hours pass from {now}"));
            self.town.advance(TimeDelta::hours(hours)).await;
            assert!(
                self.town.post().is_empty(),
                "nothing was armed: {:#?}",
                self.told
            );
            return;
        };
        let effects = [
            None,
            Some(Effect::Twice),
            Some(Effect::Late),
            Some(Effect::Never),
        ];
        let effect = effects[usize::try_from(self.dice.roll(4)).unwrap()];
        if let Some(effect) = effect {
            self.town.break_call(Service::Scheduler, effect, 0);
        }
        self.note(format!("{due} passes, {effect:?}"));
        self.town.advance_to(due).await;
        self.town.advance(TimeDelta::minutes(16)).await;
        self.town.stack().faults().clear();
        self.check_reminders(due, &before, &plan).await;
    }

    /// Every reminder that was due went out once, and told the truth.
    async fn check_reminders(&mut self, due: DateTime<Utc>, before: &Value, plan: &[Value]) {
        let until = due + TimeDelta::minutes(16);
        let starts_at: DateTime<Utc> = before["starts_at"].as_str().unwrap().parse().unwrap();
        let at = |reminder: &Value| {
            reminder["due_at"]
                .as_str()
                .unwrap()
                .parse::<DateTime<Utc>>()
                .unwrap()
        };
        let expected = plan
            .iter()
            .filter(|r| r["state"] == "armed" && at(r) <= until && at(r) >= due)
            .count();
        let post = self.town.post();
        let told = &self.told;
        assert_eq!(post.len(), expected, "{told:#?} {plan:#?} {post:#?}");
        for message in &post {
            assert!(
                message.subject.as_deref().unwrap().starts_with("Reminder"),
                "{told:#?}"
            );
            assert!(message.at < starts_at, "after the start: {told:#?}");
            let local = starts_at.with_timezone(&chrono_tz::America::New_York);
            let time = local.format("%-I:%M %p").to_string();
            assert!(
                message.text.as_deref().unwrap().contains(&time),
                "{time}: {told:#?}"
            );
        }
        assert!(
            matches!(
                before["status"].as_str().unwrap(),
                "BOOKED" | "INVITED" | "CONFIRMED"
            ),
            "{told:#?}"
        );
        assert_eq!(before["notification_state"], "confirmed", "{told:#?}");
    }

    /// A provider reports on one of the messages so far: what came back goes out by SMS instead,
    /// at most once, and the address is well again after that.
    async fn report(&mut self) {
        let outbox = self.town.stack().outbox();
        let mails: Vec<_> = outbox.iter().filter(|sent| sent.html.is_some()).collect();
        let Some(last) = u64::try_from(mails.len()).unwrap().checked_sub(1) else {
            return;
        };
        let mail = mails[usize::try_from(self.dice.roll(last + 1)).unwrap()];
        let events = [
            FeedbackEvent::Delivery,
            FeedbackEvent::OutOfOffice,
            FeedbackEvent::Bounce,
            FeedbackEvent::Complaint,
        ];
        let event = events[usize::try_from(self.dice.roll(4)).unwrap()];
        self.note(format!("{event:?} of {:?} of {}", mail.subject, mail.at));
        self.town.stack().report(&mail.id, event).await.unwrap();
        let instead = self.town.post();
        let by_sms = instead.iter().all(|sent| sent.html.is_none());
        assert!(
            by_sms && instead.len() <= 1,
            "{instead:#?} {:#?}",
            self.told
        );
        let lift = json!({"reason": "The mailbox works"});
        let path = format!("/v1/suppressions/{}", mail.to);
        self.town.call(Method::DELETE, &path, &lift).await;
    }

    /// The meeting ends, and nothing is left of it.
    async fn end(self) {
        self.town
            .call(Method::POST, "/v1/meetings/m-1/archive", &json!({}))
            .await
            .ok();
        self.town.advance(TimeDelta::days(30)).await;
        for reminder in self.town.reminders("m-1").await {
            let settled = reminder["state"] == "sent" || reminder["reason"].is_string();
            assert!(settled, "without a reason: {reminder:#?} {:#?}", self.told);
        }
        let rows = self.town.log("?type=reminder&limit=100").await;
        let keys: std::collections::BTreeSet<_> =
            rows.iter().map(|row| row["id"].to_string()).collect();
        assert_eq!(rows.len(), keys.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_a_meeting_its_reminders_are_true_and_come_once() {
    let histories = u64::try_from(as_many_as("USHER_HISTORIES", 4, 12)).unwrap();
    for seed in 0..histories {
        let mut history = History::begin(seed).await;
        history.send("confirmation").await;
        for _ in 0..STEPS {
            history.step().await;
        }
        history.end().await;
    }
}
