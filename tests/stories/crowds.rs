//! A send to a crowd that outlasts its invocation: it goes on by itself, wave by wave, until
//! everybody was told once (N15). A thousand in `.ci/long`.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, as_many_as, meeting};

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
    let size = as_many_as("USHER_CROWD", 300);
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
    for calls in (0..72).step_by(4) {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_in_between_tells_the_rest_the_new_time_and_owes_the_others_an_update() {
    let town = begun(30).await;
    let before = arrived(&town);
    let mut moved = crowd(30);
    moved["starts_at"] = json!("2026-01-15T15:00:00");
    town.book("m-1", &moved).await;
    half_an_hour(&town).await;
    let post = town.post();
    assert_eq!(post.len() + before.len(), 60);
    for message in &post {
        let text = message.text.as_deref().unwrap_or_default();
        let new = text.contains("3:00 PM");
        assert!(new && !before.contains_key(&message.to), "{message:?}");
    }
    assert_eq!(
        town.meeting("m-1").await["notification_state"],
        "update_due"
    );
    // As much of the update as there is time for, and the rest of it.
    let update = town
        .send_as("update", "m-1", &json!({"type": "update"}))
        .await;
    assert_eq!(update.ok()["notifications"].as_array().unwrap().len(), WAVE);
    let updated = arrived(&town);
    assert_eq!(updated, before, "exactly those who know the old time");
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
}

/// The meeting is moved while an invocation is at it: the wave under way is the last that
/// tells of the old time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_in_the_middle_of_an_invocation_tells_the_rest_the_new_time() {
    let size = 240;
    let town = std::sync::Arc::new(Town::new().await);
    town.book("m-1", &crowd(size)).await;
    let sending = tokio::spawn({
        let town = town.clone();
        async move {
            let body = json!({"type": "confirmation"});
            town.send_as("key", "m-1", &body).await.ok()
        }
    });
    let sent = || town.calls(Service::Ses).get("SendEmail").copied();
    while sent().unwrap_or(0) < 30 {
        tokio::task::yield_now().await;
    }
    let mut moved = crowd(size);
    moved["starts_at"] = json!("2026-01-15T15:00:00");
    town.book("m-1", &moved).await;
    let by_then = usize::try_from(sent().unwrap()).unwrap();
    let told = sending.await.unwrap();
    assert_eq!(told["notifications"].as_array().unwrap().len(), size);
    let post = town.post();
    assert_eq!(post.len(), 2 * size);
    let new = |text: &str| text.contains("3:00 PM");
    let emails = post.iter().filter(|message| message.to.contains('@'));
    let old = emails.filter(|message| !message.text.as_deref().is_some_and(new));
    let old = old.count();
    assert!((12..=by_then + WAVE).contains(&old), "{old} of {by_then}");
    let town = std::sync::Arc::into_inner(town).unwrap();
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["notification_state"], "update_due");
    let knows = |each: &&Value| each["knows"] == "outdated";
    let outdated = meeting["attendees"]
        .as_array()
        .unwrap()
        .iter()
        .filter(knows);
    assert_eq!(outdated.count(), old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_removed_in_between_is_told_nothing_or_that_they_are_not_expected() {
    let town = begun(30).await;
    let before = arrived(&town);
    assert!(before.contains_key(&email(1)) && !before.contains_key(&email(20)));
    let mut fewer = crowd(31);
    let attendees = fewer["attendees"].as_array_mut().unwrap();
    attendees.retain(|each| each["id"] != "a1" && each["id"] != "a20");
    town.book("m-1", &fewer).await;
    half_an_hour(&town).await;
    let rest = arrived(&town);
    assert_eq!(rest.len(), 2 * (30 - WAVE - 1), "{rest:?}");
    assert!(
        !rest.contains_key(&email(20)),
        "removed before they were told"
    );
    assert!(
        !rest.contains_key(&email(30)),
        "added after the send was decided"
    );
    let meeting = town.meeting("m-1").await;
    assert_eq!(
        meeting["removed"][0]["id"], "a1",
        "told, and does not know yet"
    );
    assert_eq!(meeting["removed"].as_array().unwrap().len(), 1);
    let update = json!({"type": "update", "confirm": true});
    town.send_as("update", "m-1", &update).await.ok();
    let owed = arrived(&town);
    let to: Vec<_> = owed.keys().filter(|to| to.contains('@')).cloned().collect();
    assert_eq!(to, [email(1), email(30)]);
    assert_eq!(town.meeting("m-1").await["notification_state"], "confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_archived_in_between_is_on_record_with_the_reason() {
    let town = begun(30).await;
    arrived(&town);
    let archive = "/v1/meetings/m-1/archive";
    town.call(Method::POST, archive, &json!({})).await.ok();
    half_an_hour(&town).await;
    assert!(town.post().is_empty());
    let rows = rows(&town, "confirmation").await;
    assert_eq!((rows["sent"], rows["failed"]), (WAVE, 30 - WAVE));
}

/// Until the last of them is told, nothing relies on what the meeting is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_of_a_crowd_takes_no_answers_while_it_goes_out() {
    let town = begun(30).await;
    half_an_hour(&town).await;
    let post = town.post();
    let last = post.iter().find(|message| message.to == email(29)).unwrap();
    let token = Town::token(last);
    let cancelled = cancel(&town).await;
    assert_eq!(cancelled.status, 202, "{}", cancelled.text);
    let answer = town.answer(&token, 1, "accept").await;
    assert_ne!(answer.status, 200, "they may be told that it is off");
    half_an_hour(&town).await;
    assert_told_once(&arrived(&town), 0..30);
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["status"], "CANCELLED");
    assert_eq!(rows(&town, "cancellation").await, all_of("sent", 30));
}

/// A customer who answers while the others are still being told: their answer stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_between_stands_and_stops_nobody() {
    let town = in_a_hurry().await;
    town.book("m-1", &crowd(30)).await;
    let ask = json!({"type": "confirmation_request"});
    let begun = town.send_as("ask", "m-1", &ask).await;
    assert_eq!(begun.status, 202);
    let post = town.post();
    let first = post.iter().find(|message| message.to == email(0)).unwrap();
    let answer = town.answer(&Town::token(first), 1, "accept").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    half_an_hour(&town).await;
    assert_told_once(&arrived(&town), WAVE..30);
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["status"], "CONFIRMED");
    assert_eq!(meeting["attendees"][0]["answer"], "accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_to_a_crowd_goes_on_in_another_invocation_and_nobody_fails() {
    let size = as_many_as("USHER_CROWD", 120);
    let town = Town::in_a_hurry(Duration::from_millis(200)).await;
    let template = json!({
        "name": "Visit", "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = crowd(size);
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    confirm(&town).await;
    town.advance(TimeDelta::hours(24)).await;
    assert_told_once(&arrived(&town), 0..size);
    let due = "2026-01-14T19:00:00Z".parse().unwrap();
    town.advance_to(due).await;
    let first = arrived(&town);
    assert!(first.len() < 2 * size, "it outlasts its invocation");
    assert!(
        rows(&town, "reminder")
            .await
            .keys()
            .all(|status| status == "sent")
    );
    town.advance(TimeDelta::minutes(i64::try_from(size).unwrap()))
        .await;
    let mut all = first;
    for (to, times) in arrived(&town) {
        *all.entry(to).or_default() += times;
    }
    assert_told_once(&all, 0..size);
    assert_eq!(rows(&town, "reminder").await, all_of("sent", size));
    let plan = town.reminders("m-1").await;
    assert_eq!(plan[0]["state"], "sent", "{plan:?}");
}
