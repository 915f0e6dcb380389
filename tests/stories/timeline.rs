//! A meeting's timeline: what its messages tell by themselves, and what else happened.

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// The timeline, newest first, read in pages of at most so many.
pub(crate) async fn in_pages_of(town: &Town, limit: usize) -> Vec<Value> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/meetings/m-1/timeline?limit={limit}{cursor}");
        let page = town.get(&path).await.ok();
        let more = page["entries"].as_array().unwrap();
        assert!(more.len() <= limit);
        entries.extend(more.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let at: Vec<_> = entries.iter().map(|entry| entry["at"].as_str()).collect();
    assert!(at.is_sorted_by(|newer, older| newer >= older), "{at:?}");
    entries
}

fn texts(entries: &[Value]) -> Vec<&str> {
    let texts = entries.iter().map(|entry| entry["text"].as_str().unwrap());
    texts.collect()
}

/// Ann, who is reached by email.
fn with_ann() -> Value {
    let mut visit = meeting();
    visit["attendees"] = json!([{"id": "ann", "name": "Ann Lee", "email": "ann@example.com"}]);
    visit
}

#[tokio::test]
async fn what_became_of_a_message_is_told_step_by_step() {
    let town = Town::new().await;
    town.book("m-1", &with_ann()).await;
    town.advance(TimeDelta::minutes(1)).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = town.send("m-1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    let failed = in_pages_of(&town, 50).await;
    assert!(
        texts(&failed)[0].starts_with("Confirmation not sent to Ann Lee by email ("),
        "{failed:?}"
    );
    // Sent again, it is in doubt; staff find that it came.
    town.advance(TimeDelta::minutes(1)).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.retry("again", &id).await.ok();
    town.the_message();
    let doubted = in_pages_of(&town, 50).await;
    assert!(
        texts(&doubted)[0].starts_with("Confirmation perhaps sent to Ann Lee by email ("),
        "{doubted:?}"
    );
    assert_eq!(doubted[1..], failed, "what was told stays as it was");
    town.advance(TimeDelta::minutes(20)).await;
    let path = format!("/v1/notifications/{id}/resolve");
    let found = json!({"outcome": "sent"});
    town.call(http::Method::POST, &path, &found).await.ok();
    let settled = in_pages_of(&town, 50).await;
    assert_eq!(
        texts(&settled)[0],
        "Staff found that the confirmation to Ann Lee was sent"
    );
    assert_eq!(settled[1..], doubted, "what was told stays as it was");
}

#[tokio::test]
async fn what_happens_meanwhile_is_on_no_older_page() {
    let town = Town::new().await;
    town.book("m-1", &with_ann()).await;
    let ask = json!({"type": "confirmation_request", "confirm": true});
    for key in ["one", "two", "three"] {
        town.advance(TimeDelta::minutes(1)).await;
        town.send_as(key, "m-1", &ask).await.ok();
    }
    let link = Town::token(&town.post()[2]);
    let whole = in_pages_of(&town, 50).await;
    let page = town.get("/v1/meetings/m-1/timeline?limit=2").await.ok();
    town.advance(TimeDelta::minutes(1)).await;
    town.answer(&link, 1, "accept").await;
    town.news();
    town.send_as("four", "m-1", &ask).await.ok();
    town.the_message();
    let next = page["next_cursor"].as_str().unwrap();
    let path = format!("/v1/meetings/m-1/timeline?limit=50&cursor={next}");
    assert_eq!(town.get(&path).await.ok()["entries"], json!(whole[2..]));
}

#[tokio::test]
async fn every_sentence_comes_once_however_many_a_page_has() {
    let town = Town::new().await;
    let mut crowd = with_ann();
    let guest = |i| json!({"id": format!("g{i}"), "name": format!("Guest {i}"), "email": format!("g{i}@example.com")});
    crowd["attendees"] = (0..20).map(guest).collect();
    town.book("m-1", &crowd).await;
    let minute = || town.advance(TimeDelta::minutes(1));
    minute().await;
    town.send("m-1", "confirmation_request").await.ok();
    let links: Vec<_> = town.post().iter().map(Town::token).collect();
    for link in &links[..4] {
        minute().await;
        town.answer(link, 1, "accept").await;
        town.news();
    }
    minute().await;
    crowd["starts_at"] = json!("2026-01-15T16:00:00");
    town.book("m-1", &crowd).await;
    minute().await;
    town.send("m-1", "update").await.ok();
    town.post();
    let whole = in_pages_of(&town, 100).await;
    assert_eq!(whole.len(), 1 + 20 + 4 + 1 + 20, "{:#?}", texts(&whole));
    for limit in [1, 2, 7, 20] {
        assert_eq!(in_pages_of(&town, limit).await, whole, "{limit} a page");
    }
}
