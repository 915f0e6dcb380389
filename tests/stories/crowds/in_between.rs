//! What happens between two invocations of a send, or in the middle of one: the rest is told
//! what is true by then.

use http::Method;
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::Town;

use super::{
    WAVE, all_of, arrived, assert_told_once, begun, cancel, crowd, email, half_an_hour, in_a_hurry,
    rows,
};

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
    assert!(old < size, "nobody was left to hear of the move");
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
