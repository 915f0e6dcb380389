//! The list in parts: each goes on where the one before it ended, and costs the same.

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::Service;
use usher_tests::{Town, as_many_as};

use super::{bo, listed, on, why};
use crate::api_inputs::bad_request;

/// Everybody, by pages of so many, with how many pages that took.
async fn in_parts(town: &Town, query: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let path = format!("/v1/reach?limit={limit}{query}{cursor}");
        let page = town.get(&path).await.ok();
        let rows = page["unreachable"].as_array().unwrap();
        assert!(rows.len() <= limit);
        all.extend(rows.iter().cloned());
        pages += 1;
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return (all, pages),
        }
        // The list began with the present instant, which moves on.
        town.advance(TimeDelta::seconds(1)).await;
    }
}

fn crowd(size: usize) -> Value {
    let guest = |i: usize| json!({"id": format!("a{i:04}"), "name": format!("Guest {i}")});
    (0..size).map(guest).collect()
}

#[tokio::test]
async fn a_part_goes_on_where_the_one_before_it_ended_within_a_meeting_too() {
    let town = Town::new().await;
    let known = json!([{"name": "Ann", "email": "ann@example.com"}]);
    town.book("m-1", &on(10, &bo())).await;
    town.book("m-2", &on(11, &crowd(5))).await;
    town.book("m-3", &on(12, &known)).await;
    town.book("m-4", &on(13, &bo())).await;
    let whole = listed(&town, "").await;
    assert_eq!(whole.len(), 7);
    for (limit, pages) in [(1, 7), (2, 4), (3, 3), (7, 1), (100, 1)] {
        let (all, took) = in_parts(&town, "", limit).await;
        assert_eq!(why(&all), why(&whole), "{limit} a page");
        assert_eq!(took, pages, "{limit} a page");
    }
}

/// A meeting whose attendees are more than one page looks at.
#[tokio::test]
async fn a_crowd_is_looked_at_to_its_end() {
    let town = Town::new().await;
    let size = 310;
    let mut attendees = crowd(size);
    for reached in attendees.as_array_mut().unwrap().iter_mut().take(305) {
        reached["phone"] = json!("+12025550133");
    }
    town.book("m-1", &on(10, &attendees)).await;
    town.book("m-2", &on(11, &bo())).await;
    let first = town.get("/v1/reach").await.ok();
    assert!(first["unreachable"].as_array().unwrap().is_empty());
    assert!(first["next_cursor"].is_string(), "it is short and goes on");
    let (all, _) = in_parts(&town, "", 50).await;
    assert_eq!(all.len(), 6);
    assert_eq!(all[0]["attendee"]["id"], "a0305");
    let page = town.page("/console/reach").await.text;
    assert!(
        page.contains("looked at so far can be reached") && page.contains("This is not the whole"),
        "{page}"
    );
    let (_, next) = page.split_once("href=\"/console/reach?").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let page = town.page(&format!("/console/reach?{next}")).await.text;
    assert!(page.contains("Guest 305"), "{page}");
}

#[tokio::test]
async fn a_query_that_cannot_be_is_refused() {
    let town = Town::new().await;
    town.book("m-1", &on(10, &bo())).await;
    town.book("m-2", &on(11, &bo())).await;
    let next = town.get("/v1/reach?limit=1").await.ok()["next_cursor"].clone();
    let next = next.as_str().unwrap().to_owned();
    for query in [
        "limit=0",
        "limit=101",
        "page=2",
        "from=soon",
        "to=2026-01-01",
        "from=2026-01-01&to=2028-01-01",
        "cursor=!",
        &format!("limit=1&from=2026-01-05&cursor={next}"),
        // Its list's mark, and another place.
        &format!("cursor={}", &next[..8]),
        &format!("cursor={}fn5-", &next[..8]),
    ] {
        let path = format!("/v1/reach?{query}");
        bad_request(&town.get(&path).await, &path);
        let page = town.page(&format!("/console/reach?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
    }
}

/// What a page costs depends on how many it looks at, and on nothing else.
#[tokio::test]
async fn a_page_costs_a_few_requests_and_writes_nothing() {
    async fn costs(town: &Town, path: &str) -> (u64, f64) {
        town.stack().reset_capacity();
        let calls = || town.calls(Service::Dynamodb).values().sum::<u64>();
        let before = calls();
        assert_eq!(town.page(path).await.status, 200);
        (calls() - before, town.stack().capacity().write)
    }
    let town = Town::new().await;
    // Settings, where meetings stand, and all templates.
    assert_eq!(costs(&town, "/console/reach").await, (3, 0.0));
    let many = as_many_as("USHER_ROWS", 120, 300);
    for i in 0..many {
        let guest = json!([{"name": "Guest", "email": format!("g{i}@example.com"), "phone": format!("+1202555{:04}", 1000 + i)}]);
        town.book(&format!("m-{i}"), &on(10, &guest)).await;
    }
    // The meetings themselves, and what stands in the way of 99 attendees, three keys each.
    assert_eq!(costs(&town, "/console/reach").await, (3 + 1 + 3, 0.0));
    // One meeting of several is one request more than one of one.
    let pair = json!([{"name": "Ann", "email": "ann@example.com"}, {"name": "Bo"}]);
    town.book("pair", &on(9, &pair)).await;
    let day = "/console/reach?from=2026-01-09&to=2026-01-09";
    assert_eq!(costs(&town, day).await, (3 + 1 + 1 + 1, 0.0));
}
