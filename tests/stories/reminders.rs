//! Reminders: on time, once, and only what is true when they go.

mod changes;
mod crowd;
mod faults;
mod histories;
mod missed;
mod races;
pub(crate) mod size;
mod templates;
mod truth;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// A template that reminds a day and an hour before.
fn template() -> Value {
    json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [
            {"id": "day", "config_id": "soon", "minutes_before": 1440},
            {"id": "hour", "config_id": "soon", "minutes_before": 60},
        ],
    })
}

/// The usual meeting, of the template "visit".
fn visit() -> Value {
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    visit
}

/// When the usual meeting starts: two in the afternoon in New York.
fn start() -> DateTime<Utc> {
    "2026-01-15T19:00:00Z".parse().unwrap()
}

fn before(minutes: i64) -> DateTime<Utc> {
    start() - TimeDelta::minutes(minutes)
}

/// A town where the usual meeting is booked with this template, and confirmed.
async fn confirmed(template: &Value) -> Town {
    let town = booked(template).await;
    town.send("m-1", "confirmation").await.ok();
    town.post();
    town
}

async fn booked(template: &Value) -> Town {
    let town = Town::new().await;
    town.put("/v1/templates/visit", template).await.ok();
    town.book("m-1", &visit()).await;
    town
}

/// The plan of the usual meeting: trigger → (state, reason).
async fn plan(town: &Town) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let reminders = town.reminders("m-1").await;
    reminders
        .iter()
        .map(|r| {
            (
                text(&r["trigger_id"]),
                text(&r["state"]),
                text(&r["reason"]),
            )
        })
        .collect()
}

fn entry(trigger: &str, state: &str, reason: &str) -> (String, String, String) {
    (trigger.to_owned(), state.to_owned(), reason.to_owned())
}

/// When the armed schedules are due.
fn armed(town: &Town) -> Vec<DateTime<Utc>> {
    let schedules = town.stack().schedules();
    schedules.iter().map(|schedule| schedule.due_at).collect()
}

async fn cancel(town: &Town) {
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &body).await.ok();
}

/// Time passes until then, and the scheduler loses what was due: a story that
/// wants to fire by itself.
async fn lose_schedules_until(town: &Town, then: DateTime<Utc>) {
    town.break_call(Service::Scheduler, Effect::Never, 0);
    town.advance_to(then).await;
}

/// Ends a crowd's meeting without writing to the crowd.
async fn cancel_quietly(town: &Town) {
    let path = "/v1/meetings/m-1/archive";
    town.call(http::Method::POST, path, &json!({})).await.ok();
    assert!(armed(town).is_empty());
}

#[tokio::test]
async fn a_reminder_goes_out_on_time_and_is_seen_in_plan_log_and_timeline() {
    let town = booked(&template()).await;
    assert_eq!(
        plan(&town).await,
        [
            entry("day", "skipped", "not_announced"),
            entry("hour", "skipped", "not_announced")
        ]
    );
    assert!(armed(&town).is_empty(), "nobody was told: nothing is armed");

    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    assert_eq!(armed(&town), [before(1440), before(60)]);
    let planned = &town.reminders("m-1").await[0];
    assert_eq!(planned["due_at"], "2026-01-14T19:00:00Z");
    assert_eq!(planned["attendees"][0]["name"], "Ann Lee");
    assert_eq!(planned["attendees"][0]["channels"][0]["channel"], "email");

    town.advance_to(before(1440) - TimeDelta::seconds(1)).await;
    assert!(town.post().is_empty(), "not a second early");
    town.advance(TimeDelta::seconds(1)).await;
    let reminder = town.the_message();
    assert!(reminder.subject.as_deref().unwrap().contains("eminder"));
    assert!(reminder.text.unwrap().contains("2:00 PM"));
    assert_eq!(
        plan(&town).await,
        [entry("day", "sent", ""), entry("hour", "armed", "")]
    );
    let log = town.log("?type=reminder").await;
    assert_eq!((log.len(), &log[0]["status"]), (1, &json!("sent")));
    assert_eq!(
        town.timeline("m-1").await[0],
        "Reminder sent to Ann Lee by email"
    );
    assert_eq!(
        town.meeting("m-1").await["status"],
        "BOOKED",
        "it asked for nothing"
    );

    town.advance_to(start() + TimeDelta::hours(1)).await;
    assert_eq!(town.post().len(), 1, "the one of the hour before");
    assert!(armed(&town).is_empty());
}

#[tokio::test]
async fn a_reminder_that_asks_invites_again_unless_it_keeps_the_answer() {
    for (keeps, expected) in [(false, "INVITED"), (true, "CONFIRMED")] {
        let mut asking = template();
        asking["configs"][0]["buttons"] = json!({"accept": true, "decline": true});
        asking["configs"][0]["keep_answer"] = json!(keeps);
        let town = booked(&asking).await;
        town.send("m-1", "confirmation_request").await.ok();
        let token = Town::token(&town.the_message());
        town.answer(&token, 1, "accept").await;
        town.advance_to(before(1440)).await;
        let token = Town::token(&town.the_message());
        assert_eq!(town.meeting("m-1").await["status"], expected, "N3, N12");
        assert_eq!(town.answer(&token, 1, "decline").await.status, 200);
        assert!(
            armed(&town).is_empty(),
            "declined: the hour before is off (R2)"
        );
    }
}

/// A customer who is asked again may answer as before, over the link they have.
#[tokio::test]
async fn the_same_answer_counts_again_once_a_reminder_has_asked_again() {
    let mut asking = template();
    asking["configs"][0]["buttons"] = json!({"accept": true, "decline": true});
    let town = booked(&asking).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    town.answer(&token, 1, "accept").await;
    town.advance_to(before(1440)).await;
    town.the_message();
    assert_eq!(town.meeting("m-1").await["status"], "INVITED");
    town.answer(&token, 1, "accept").await;
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    cancel(&town).await;
    town.the_message();
}

/// A meeting at nine, with the change of clocks between the reminder and it.
#[tokio::test]
async fn a_change_of_clocks_moves_no_reminder() {
    for (zone, starts_at, due_at) in [
        (
            "America/New_York",
            "2026-03-08T09:00:00",
            "2026-03-07T13:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T09:00:00",
            "2026-10-24T08:00:00Z",
        ),
    ] {
        let town = Town::new().await;
        town.put("/v1/templates/visit", &template()).await.ok();
        let mut visit = visit();
        visit["timezone"] = json!(zone);
        visit["starts_at"] = json!(starts_at);
        town.book("m-1", &visit).await;
        town.send("m-1", "confirmation").await.ok();
        town.the_message();
        let due: DateTime<Utc> = due_at.parse().unwrap();
        assert_eq!(armed(&town)[0], due, "24 hours of elapsed time");
        town.advance_to(due - TimeDelta::seconds(1)).await;
        assert!(town.post().is_empty());
        town.advance(TimeDelta::seconds(1)).await;
        let text = town.the_message().text.unwrap();
        assert!(text.contains("9:00 AM"), "{text}");
        cancel(&town).await;
        town.the_message();
    }
}
