//! What staff find again, and what it costs to look.

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, as_many_as, meeting};

use crate::reminders::size::{sort_key, town_of};

/// A meeting of Ann and Bob, by this mode, sent.
async fn sent(town: &Town, id: &str, kind: &str) {
    let mut visit = meeting();
    visit["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "Ann@example.com"},
        {"id": "bob", "name": "Bob Lee", "phone": "+12025550124"},
    ]);
    town.book(id, &visit).await;
    town.send(id, kind).await.ok();
    town.advance(TimeDelta::minutes(1)).await;
}

#[tokio::test]
async fn the_log_is_filtered_by_what_staff_look_for() {
    let town = Town::new().await;
    sent(&town, "m-1", "confirmation").await;
    town.break_call(Service::Sns, Effect::Refuse, 0);
    sent(&town, "m-2", "confirmation_request").await;
    assert_eq!(town.post().len(), 3);

    for (query, expected) in [
        ("", ["m-2", "m-2", "m-1", "m-1"].as_slice()),
        ("?status=failed", &["m-2"]),
        ("?status=sent", &["m-2", "m-1", "m-1"]),
        ("?status=pending", &[]),
        ("?type=confirmation", &["m-1", "m-1"]),
        ("?channel=sms&type=confirmation_request", &["m-2"]),
        ("?meeting=m-1", &["m-1", "m-1"]),
        ("?meeting=m-1&channel=email", &["m-1"]),
        ("?recipient=ann@EXAMPLE.com", &["m-2", "m-1"]),
        ("?recipient=%2B12025550124&status=sent", &["m-1"]),
        ("?recipient=(202)%20555-0124", &["m-2", "m-1"]),
        ("?from=2026-01-05T15:01:00Z", &["m-2", "m-2"]),
        ("?to=2026-01-05T15:01:00Z", &["m-1", "m-1"]),
        (
            "?from=2026-01-05&to=2026-01-05",
            &["m-2", "m-2", "m-1", "m-1"],
        ),
        ("?from=2026-01-06", &[]),
        ("?from=2026-01-05T15:00:30Z&to=2026-01-05T15:00:45Z", &[]),
    ] {
        let found = town.log(query).await;
        let meetings: Vec<_> = found
            .iter()
            .map(|row| row["meeting_id"].as_str().unwrap())
            .collect();
        assert_eq!(meetings, expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_paged_to_its_end_without_gap_or_repeat() {
    let town = Town::new().await;
    for i in 0..7 {
        sent(&town, &format!("m-{i}"), "confirmation").await;
    }
    town.post();
    for query in [
        "limit=3",
        "limit=3&status=sent",
        "limit=2&type=confirmation&channel=sms",
        "limit=2&recipient=ann@example.com",
    ] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = town
                .get(&format!("/v1/notifications?{query}{cursor}"))
                .await
                .ok();
            seen.extend(
                page["notifications"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["id"].to_string()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let expected = if query.contains("channel") || query.contains("recipient") {
            7
        } else {
            14
        };
        assert_eq!(seen.len(), expected, "{query}");
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn one_notification_shows_what_it_said_but_not_its_link() {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation_request", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    let post = town.post();
    let id = town.log("").await[0]["id"].as_str().unwrap().to_owned();
    let row = town.get(&format!("/v1/notifications/{id}")).await.ok();
    for message in &post {
        let token = Town::token(message);
        assert!(
            !row.to_string().contains(&token),
            "whoever reads the log cannot answer"
        );
        let blotted = |text: &Option<String>| {
            text.as_deref()
                .map(|text| text.replace(&token, "---------------------."))
        };
        if message.html.is_some() {
            assert_eq!(
                row["content"]["html"].as_str().map(squeezed),
                blotted(&message.html).as_deref().map(squeezed)
            );
            assert_eq!(
                row["content"]["subject"].as_str(),
                message.subject.as_deref()
            );
        } else {
            assert_eq!(
                row["content"]["sms"].as_str(),
                blotted(&message.text).as_deref()
            );
        }
    }
}

/// Without white space, which MIME may end or wrap a part with.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[tokio::test]
async fn meetings_are_listed_by_start() {
    let town = Town::new().await;
    for (id, starts_at) in [
        ("c", "2026-01-17T09:00:00Z"),
        ("a", "2026-01-15T09:00:00Z"),
        ("b", "2026-01-16T09:00:00Z"),
        ("b2", "2026-01-16T09:00:00Z"),
        ("far", "2026-06-01T09:00:00Z"),
    ] {
        let mut visit = meeting();
        visit["starts_at"] = json!(starts_at);
        town.book(id, &visit).await;
    }
    let list = |query: &'static str| {
        let town = &town;
        async move {
            let page = town.get(&format!("/v1/meetings{query}")).await.ok();
            let ids = page["meetings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|m| m["id"].as_str().unwrap().to_owned());
            (
                ids.collect::<Vec<_>>(),
                page["next_cursor"].as_str().map(str::to_owned),
            )
        }
    };
    assert_eq!(list("").await.0, ["a", "b", "b2", "c"], "the coming month");
    assert_eq!(
        list("?from=2026-01-15T09:00:00Z&to=2026-01-16T09:00:00Z")
            .await
            .0,
        ["a"],
        "from inclusive, to exclusive"
    );
    let days = list("?from=2026-01-16&to=2026-01-17").await.0;
    assert_eq!(days, ["b", "b2", "c"], "dates are whole days");
    let (first, next) = list("?limit=2").await;
    assert_eq!(first, ["a", "b"]);
    // The default range begins now, which stands still.
    let page = town
        .get(&format!("/v1/meetings?limit=2&cursor={}", next.unwrap()))
        .await
        .ok();
    assert_eq!(page["meetings"][0]["id"], "b2");
    assert_eq!(page["meetings"].as_array().unwrap().len(), 2);

    let mut moved = meeting();
    moved["starts_at"] = json!("2026-01-20T09:00:00Z");
    town.book("a", &moved).await;
    assert_eq!(
        list("").await.0,
        ["b", "b2", "c", "a"],
        "a meeting moves in the list"
    );
}

/// What each thing costs does not depend on how much there is (spec: bounded
/// queries). Units are DynamoDB's own, counted by the engine.
#[tokio::test]
async fn looking_and_sending_cost_the_same_with_few_meetings_and_with_many() {
    async fn costs(town: &Town) -> Vec<(String, f64, f64)> {
        let mut costs = Vec::new();
        let mut visit = meeting();
        visit["starts_at"] = json!("2026-02-15T14:00:00");
        let measure = |name: &str, costs: &mut Vec<(String, f64, f64)>| {
            let capacity = town.stack().capacity();
            costs.push((name.to_owned(), capacity.read, capacity.write));
            town.stack().reset_capacity();
        };
        town.stack().reset_capacity();
        town.book("probe", &visit).await;
        measure("book", &mut costs);
        town.send("probe", "confirmation_request").await.ok();
        measure("send", &mut costs);
        let token = Town::token(&town.the_message());
        town.visit(&token).await;
        measure("visit", &mut costs);
        town.answer(&token, 1, "accept").await;
        measure("answer", &mut costs);
        town.get("/v1/meetings?from=2026-02-15T00:00:00Z&to=2026-02-16T00:00:00Z")
            .await
            .ok();
        measure("day", &mut costs);
        town.log("?limit=5").await;
        measure("log", &mut costs);
        town.log("?status=failed&limit=5").await;
        measure("failed", &mut costs);
        town.timeline("probe").await;
        measure("timeline", &mut costs);
        costs
    }
    let few = Town::new().await;
    for i in 0..5 {
        sent(&few, &format!("m-{i}"), "confirmation").await;
    }
    few.post();
    let many = Town::new().await;
    for i in 0..as_many_as("USHER_ROWS", 30, 60) {
        sent(&many, &format!("m-{i}"), "confirmation").await;
    }
    many.post();
    let (few, many) = (costs(&few).await, costs(&many).await);
    assert_eq!(few, many);
    let within = |name: &str, read: f64, write: f64| {
        let cost = few.iter().find(|cost| cost.0 == name).unwrap();
        assert!(
            cost.1 <= read && cost.2 <= write,
            "{cost:?} is more than {read} and {write}"
        );
    };
    within("book", 6.0, 12.0);
    within("send", 12.0, 80.0);
    within("visit", 8.0, 0.0);
    within("answer", 12.0, 40.0);
    within("log", 12.0, 0.0);
}

#[tokio::test]
async fn a_page_of_a_filtered_list_looks_at_a_bounded_number_of_rows() {
    let town = town_of(400, |item| sort_key(item).starts_with("N#")).await;
    let page = town.get("/v1/notifications?type=update").await.ok();
    assert_eq!(page["notifications"], json!([]));
    let next = page["next_cursor"]
        .as_str()
        .expect("there is more to look at")
        .to_owned();
    let page = town
        .get(&format!("/v1/notifications?type=update&cursor={next}"))
        .await
        .ok();
    assert_eq!(
        (&page["notifications"], &page["next_cursor"]),
        (&json!([]), &Value::Null)
    );
    let archive = "/v1/meetings/m-1/archive";
    town.call(http::Method::POST, archive, &json!({}))
        .await
        .ok();
}
