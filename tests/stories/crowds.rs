//! A send to a crowd that outlasts its invocation: it goes on by itself, wave by wave, until
//! everybody was told once (N15). A thousand in `.ci/long`.

mod in_between;
mod reminded;

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, as_many_as, meeting, some_of};

use crate::timeline;

/// How many one wave writes to.
const WAVE: usize = 12;

/// A town where a request has time for one wave, and the function that goes on has for a few.
async fn in_a_hurry() -> Town {
    Town::in_a_hurry(Duration::from_millis(250)).await
}

/// Half an hour passes, and as many sweeps: on a busy machine one may have no time for more
/// than its beginning.
async fn half_an_hour(town: &Town) {
    for _ in 0..6 {
        town.advance(TimeDelta::minutes(5)).await;
    }
}

/// A meeting of so many, each of whom is told on both channels.
fn crowd(size: usize) -> Value {
    let guest = |i: usize| {
        json!({
            "id": format!("a{i}"), "name": format!("Guest {i}"), "email": email(i),
            "phone": format!("+1202555{:04}", 1_000 + i), "preferred_confirmation_method": "both",
        })
    };
    let mut crowd = meeting();
    crowd["attendees"] = (0..size).map(guest).collect();
    crowd
}

fn email(i: usize) -> String {
    format!("g{i}@example.com")
}

/// A town that has begun to confirm the meeting of so many.
async fn begun(size: usize) -> Town {
    let town = in_a_hurry().await;
    town.book("m-1", &crowd(size)).await;
    let begun = confirm(&town).await;
    assert_eq!(begun["remaining"], size - WAVE);
    town
}

/// Staff confirm the meeting, under the one key: what is answered with 202.
async fn confirm(town: &Town) -> Value {
    let reply = town
        .send_as("key", "m-1", &json!({"type": "confirmation"}))
        .await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    reply.json()
}

async fn cancel(town: &Town) -> usher_tests::Reply {
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("cancel", "m-1", &body).await
}

/// Who got how many messages.
fn arrived(town: &Town) -> BTreeMap<String, usize> {
    let mut arrived = BTreeMap::new();
    for message in town.post() {
        *arrived.entry(message.to).or_default() += 1;
    }
    arrived
}

/// Everybody of `all` was told, on both channels, once on each.
fn assert_told_once(arrived: &BTreeMap<String, usize>, all: std::ops::Range<usize>) {
    assert!(
        arrived.values().all(|times| *times == 1),
        "somebody was told twice"
    );
    assert_eq!(arrived.len(), 2 * all.len());
    for i in all {
        assert!(arrived.contains_key(&email(i)), "{i} was not told");
    }
}

/// The rows of the log of this type, by status.
async fn rows(town: &Town, kind: &str) -> BTreeMap<String, usize> {
    let (mut rows, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let query = format!("/v1/notifications?meeting=m-1&type={kind}&limit=100{cursor}");
        let page = town.get(&query).await.ok();
        for row in page["notifications"].as_array().unwrap() {
            let status = row["status"].as_str().unwrap().to_owned();
            *rows.entry(status).or_default() += 1;
        }
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return rows,
        }
    }
}

fn all_of(status: &str, size: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([(status.to_owned(), size)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_outlasts_its_invocation_is_told_by_itself() {
    let size = as_many_as("USHER_CROWD", 60, 300);
    let town = begun(size).await;
    let so_far = confirm(&town).await;
    assert_eq!(so_far["notifications"].as_array().unwrap().len(), WAVE);
    assert_eq!(
        so_far["remaining"],
        size - WAVE,
        "asked again, nothing more is sent"
    );
    let mut told = arrived(&town);
    assert_told_once(&told, 0..WAVE);
    let page = town.page("/console/meetings/m-1").await;
    assert!(page.text.contains("being sent right now"), "staff see it");
    let still = format!("{} of them are still to be written to", size - WAVE);
    assert!(page.text.contains(&still), "{}", page.text);
    assert_eq!(cancel(&town).await.refusal(), "sending");
    let other = town.send("m-1", "confirmation").await;
    assert_eq!(other.refusal(), "sending");
    assert_eq!(town.stack().schedules().len(), 1);

    town.advance(TimeDelta::minutes(1)).await;
    let more = arrived(&town);
    assert!(
        more.len() >= 2 * WAVE,
        "the next invocation has told {}",
        more.len()
    );
    told.extend(more);
    let minutes = i64::try_from(size).unwrap();
    town.advance(TimeDelta::minutes(minutes)).await;
    let rest = arrived(&town);
    assert!(
        rest.keys().all(|to| !told.contains_key(to)),
        "somebody was told twice"
    );
    told.extend(rest);
    assert_told_once(&told, 0..size);
    assert_eq!(rows(&town, "confirmation").await, all_of("sent", size));
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["status"], "BOOKED");
    assert_eq!(meeting["notification_state"], "confirmed");
    let done = town
        .send_as("key", "m-1", &json!({"type": "confirmation"}))
        .await;
    let done = done.ok();
    assert_eq!(done["notifications"].as_array().unwrap().len(), size);
    assert_eq!(done["remaining"], 0);
    assert!(town.post().is_empty());
    let page = town.page("/console/meetings/m-1").await;
    assert!(!page.text.contains("being sent right now"));
    let entries = timeline::in_pages_of(&town, 50).await;
    let told = entries
        .iter()
        .filter(|entry| entry["kind"] == "notification");
    assert_eq!(told.count(), size);
    let at = |place: usize| &entries[place]["at"];
    assert_ne!(at(0), at(size - 1), "each says when it went out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_says_how_many_were_told_and_that_the_rest_goes_out_by_itself() {
    let town = in_a_hurry().await;
    town.book("m-1", &crowd(30)).await;
    let fields = [("key", "k"), ("whom", "all")];
    let sent = town
        .form("/console/meetings/m-1/send/confirmation", &fields)
        .await;
    let page = town.follow(&sent).await;
    let said = "12 of 30 told so far; the rest goes out by itself.";
    assert!(page.text.contains(said), "{}", page.text);
    half_an_hour(&town).await;
    assert_told_once(&arrived(&town), 0..30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_meeting_of_a_crowd_is_confirmed_by_itself_to_the_end() {
    let town = in_a_hurry().await;
    let template = json!({"name": "Visit", "manual_confirmation_only": false});
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = crowd(30);
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    // Saved again meanwhile: nothing more is sent by that.
    town.book("m-1", &visit).await;
    half_an_hour(&town).await;
    assert_told_once(&arrived(&town), 0..30);
    assert_eq!(rows(&town, "confirmation").await, all_of("sent", 30));
}

/// Cut off at every few calls of the second invocation: one wave at most is in doubt, and
/// everybody else is told by the sweep.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_an_invocation_dies_everybody_is_told_once_or_in_doubt() {
    let mut doubted = 0;
    for calls in some_of((0..72).step_by(4), 6) {
        let town = begun(40).await;
        town.expect_dead_letters();
        let mut told = arrived(&town);
        town.stack().faults().cut_off_after(calls);
        town.advance(TimeDelta::minutes(1)).await;
        town.stack().faults().clear();
        half_an_hour(&town).await;
        for (to, times) in arrived(&town) {
            *told.entry(to).or_default() += times;
        }
        assert!(
            told.values().all(|times| *times == 1),
            "twice, after {calls} calls"
        );
        let rows = rows(&town, "confirmation").await;
        let (sent, doubtful) = (rows["sent"], rows.get("pending").copied().unwrap_or(0));
        assert_eq!(sent + doubtful, 40, "after {calls} calls: {rows:?}");
        assert!(doubtful <= WAVE, "after {calls} calls: {rows:?}");
        doubted += doubtful;
        let meeting = town.meeting("m-1").await;
        assert_eq!(meeting["status"], "BOOKED", "after {calls} calls");
        let again = town
            .send_as("key", "m-1", &json!({"type": "confirmation"}))
            .await;
        assert_eq!(again.ok()["notifications"].as_array().unwrap().len(), 40);
        town.dead_letters();
    }
    assert!(doubted > 0, "some of them died behind a claim");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_schedule_is_the_sweeps_and_one_that_fires_twice_doubles_nothing() {
    for effect in [Effect::Never, Effect::Twice] {
        let town = begun(60).await;
        town.break_call(Service::Scheduler, effect, 0);
        half_an_hour(&town).await;
        assert_told_once(&arrived(&town), 0..60);
        assert_eq!(
            rows(&town, "confirmation").await,
            all_of("sent", 60),
            "{effect:?}"
        );
    }
}

/// Scheduler refuses: the sweep goes on with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_that_cannot_be_armed_is_the_sweeps() {
    let town = in_a_hurry().await;
    town.book("m-1", &crowd(20)).await;
    town.break_call(Service::Scheduler, Effect::Refuse, 0);
    confirm(&town).await;
    assert!(town.stack().schedules().is_empty());
    half_an_hour(&town).await;
    assert_told_once(&arrived(&town), 0..20);
}
