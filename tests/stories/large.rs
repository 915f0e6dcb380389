//! Answers that outgrow what a function may answer with: 6 MB, as the local gateway holds
//! them to. What does not fit is in parts that say so.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

use crate::{
    reminders::size::{sort_key, town_of},
    unreadable::alter,
};

/// What Lambda takes of a function's answer.
const LIMIT: usize = 6 * 1024 * 1024;

fn crowd(of: usize) -> Value {
    let guest = |i: usize| {
        json!({
            "name": format!("Guest Number {i} of the Open Day"),
            "email": format!("guest-number-{i}@example.com"),
        })
    };
    let mut meeting = meeting();
    meeting["attendees"] = (0..of).map(guest).collect();
    meeting
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn a_preview_of_a_crowd_lists_everybody_and_says_whose_texts_it_leaves_out() {
    let town = Town::new().await;
    town.book("m-1", &crowd(1_000)).await;
    let path = "/v1/meetings/m-1/preview";
    let asked = json!({"type": "confirmation"});
    let reply = town.call(http::Method::POST, path, &asked).await;
    assert!(reply.text.len() < LIMIT / 2, "{}", reply.text.len());
    let preview = reply.ok();
    let recipients = preview["recipients"].as_array().unwrap();
    assert_eq!(recipients.len(), 1_000);
    let whole = |recipient: &Value| !recipient["html"].as_str().unwrap().is_empty();
    for recipient in recipients {
        assert_eq!(
            recipient["content_left_out"],
            !whole(recipient),
            "{recipient}"
        );
        assert_eq!(recipient["channels"][0]["channel"], "email");
        assert!(recipient["subject"].as_str().unwrap().len() > 5);
    }
    let kept = recipients.iter().filter(|each| whole(each)).count();
    assert!((20..900).contains(&kept), "{kept}");
    // Whoever was left out is seen by name.
    let last = &recipients[999]["attendee_id"];
    let asked = json!({"type": "confirmation", "attendees": [last]});
    let one = town.call(http::Method::POST, path, &asked).await.ok();
    assert_eq!(one["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(one["recipients"][0]["attendee_id"], *last);
    assert!(whole(&one["recipients"][0]));
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn meetings_that_are_too_long_together_are_in_pages_that_fit() {
    let town = Town::new().await;
    // Four bytes a character: forty thousand bytes a meeting.
    let mut long = meeting();
    long["description"] = json!("🪟".repeat(10_000));
    for i in 0..60 {
        town.book(&format!("m-{i}"), &long).await;
    }
    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = town.get(&format!("/v1/meetings?limit=100{cursor}")).await;
        assert!(page.text.len() < LIMIT, "{}", page.text.len());
        let page = page.ok();
        let ids = page["meetings"].as_array().unwrap().iter();
        seen.extend(ids.map(|row| row["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut expected: Vec<_> = (0..60).map(|i| format!("m-{i}")).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);
    assert!(pages > 1, "a page that long does not fit");
}

#[tokio::test]
async fn templates_page_like_every_list() {
    let town = Town::new().await;
    for (i, id) in ["c", "a", "b"].into_iter().enumerate() {
        let template = json!({"name": format!("Visit {id}"), "sequence": i});
        town.put(&format!("/v1/templates/{id}"), &template)
            .await
            .ok();
    }
    let names = |page: &Value| -> Vec<String> {
        let rows = page["templates"].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = town.get("/v1/templates?limit=2").await.ok();
    assert_eq!(names(&first), ["c", "a"]);
    let next = first["next_cursor"].as_str().unwrap();
    let second = town.get(&format!("/v1/templates?cursor={next}")).await.ok();
    assert_eq!(names(&second), ["b"]);
    assert!(second["next_cursor"].is_null());
    for query in ["cursor=x", "limit=0", "page=2"] {
        let refused = town.get(&format!("/v1/templates?{query}")).await;
        assert_eq!(
            refused.problem(),
            ("bad-request".to_owned(), 400),
            "{query}"
        );
    }
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn templates_that_are_too_long_together_are_in_pages_that_fit() {
    let town = Town::new().await;
    let body = format!("<p>{}</p>", "Long. ".repeat(8_000));
    for i in 0..20 {
        let configs: Vec<_> = ["confirmation", "update"]
            .iter()
            .map(|kind| json!({"id": kind, "type": kind, "email_body": body}))
            .collect();
        let template = json!({"name": format!("Visit {i}"), "configs": configs});
        town.put(&format!("/v1/templates/t-{i}"), &template)
            .await
            .ok();
    }
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = town.get(&format!("/v1/templates?limit=100{cursor}")).await;
        assert!(page.text.len() < LIMIT, "{}", page.text.len());
        let page = page.ok();
        seen += page["templates"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, 20);
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn an_export_that_does_not_fit_into_one_file_comes_in_parts_that_name_the_next() {
    let town = town_of(5_100, |item| sort_key(item).starts_with("N#")).await;
    let first = town.page("/console/notifications.csv").await;
    let lines: Vec<_> = first.text.lines().collect();
    assert_eq!(lines.len(), 1 + 5_000 + 1);
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("Part 1 ends here and there are more. Part 2: http"),
        "{last}"
    );
    assert!(
        first
            .header("content-disposition")
            .contains("notifications-part-1.csv")
    );
    let link = first.header("link");
    let next = link
        .strip_prefix('<')
        .unwrap()
        .split_once(">; rel=\"next\"")
        .unwrap()
        .0;
    assert!(last.contains(next), "{last} {next}");
    let next = &next[next.find("/console").unwrap()..];
    let second = town.page(next).await;
    let rest = second.text.lines().count() - 1;
    assert!(rest > 100, "{rest}");
    assert!(
        second
            .header("content-disposition")
            .contains("notifications-part-2.csv")
    );
    let id = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    let mut ids: Vec<_> = lines[1..5_001].iter().map(|line| id(line)).collect();
    ids.extend(second.text.lines().skip(1).map(id));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5_000 + rest, "each once");
    assert!(second.header("link").is_empty(), "that was all");
    let archive = "/v1/meetings/m-1/archive";
    town.call(http::Method::POST, archive, &json!({}))
        .await
        .ok();
    let page = town.page("/console/notifications").await;
    assert!(
        page.text.contains("up to 5000 notifications a file"),
        "the page says so"
    );
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn log_rows_that_are_too_long_together_are_in_pages_that_fit() {
    let town = town_of(99, |item| sort_key(item).starts_with("N#")).await;
    let archive = "/v1/meetings/m-1/archive";
    town.call(http::Method::POST, archive, &json!({}))
        .await
        .ok();
    let why = "The provider said a lot. ".repeat(4_000);
    alter(&town, |_, sk, item| {
        let row = sk.starts_with("N#");
        if row && let Some(AttributeValue::L(deliveries)) = item.get_mut("deliveries") {
            for delivery in deliveries {
                let AttributeValue::M(delivery) = delivery else {
                    panic!("a delivery is a map")
                };
                delivery.insert("reason".to_owned(), AttributeValue::S(why.clone()));
            }
        }
        row
    })
    .await;
    for query in ["", "&status=sent", "&channel=email"] {
        let (mut seen, mut pages, mut cursor) = (0, 0, String::new());
        loop {
            let path = format!("/v1/notifications?limit=100{query}{cursor}");
            let page = town.get(&path).await;
            assert!(page.text.len() < LIMIT / 2, "{}", page.text.len());
            let page = page.ok();
            seen += page["notifications"].as_array().unwrap().len();
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, 100, "{query}");
        assert!(pages > 3, "{query}: a page that long does not fit");
    }
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn a_reminder_plan_of_a_crowd_says_how_many_it_does_not_list() {
    let town = Town::new().await;
    let triggers = (1..=30)
        .map(|i| json!({"id": format!("t{i}"), "config_id": "soon", "minutes_before": i * 60}));
    let template = json!({
        "name": "Open day", "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": triggers.collect::<Vec<_>>(),
    });
    town.put("/v1/templates/t", &template).await.ok();
    let mut day = crowd(1_000);
    day["template_id"] = json!("t");
    town.book("m-1", &day).await;
    let plan = town.get("/v1/meetings/m-1/reminders").await;
    assert!(plan.text.len() < LIMIT / 2, "{}", plan.text.len());
    let plan = plan.ok();
    let reminders = plan["reminders"].as_array().unwrap();
    assert_eq!(reminders.len(), 30);
    for reminder in reminders {
        let listed = reminder["attendees"].as_array().unwrap().len();
        let more = reminder["more_attendees"].as_u64().unwrap_or(0);
        assert_eq!(listed as u64 + more, 1_000, "{}", reminder["trigger_id"]);
    }
    assert!(
        reminders[0]["more_attendees"].is_null(),
        "the first lists all"
    );
    assert!(reminders[29]["more_attendees"].is_u64());
}

#[tokio::test]
#[ignore = "megabytes and thousands of rows: .ci/run tries it"]
async fn an_export_that_few_rows_match_ends_a_part_before_it_has_read_a_whole_log() {
    let town = town_of(6_100, |item| sort_key(item).starts_with("N#")).await;
    let before: u64 = town.calls(usher_local::Service::Dynamodb).values().sum();
    let first = town.page("/console/notifications.csv?type=update").await;
    let after: u64 = town.calls(usher_local::Service::Dynamodb).values().sum();
    // Three hundred rows take five: where they stand, and a hundred of them a request.
    assert!(after - before < 120, "{}", after - before);
    let lines: Vec<_> = first.text.lines().collect();
    assert_eq!(lines.len(), 2, "nothing but where it goes on");
    assert!(lines[1].starts_with("Part 1 ends here and there are more."));
    let (_, next) = lines[1].split_once("/console").unwrap();
    let next = next.trim_end_matches(',');
    let last = town.page(&format!("/console{next}")).await;
    assert_eq!(last.text.lines().count(), 1, "{}", last.text);
    let archive = "/v1/meetings/m-1/archive";
    town.call(http::Method::POST, archive, &json!({}))
        .await
        .ok();
}
