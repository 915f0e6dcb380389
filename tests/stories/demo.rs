//! The first five minutes: what somebody sees who has just typed `cargo run`.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, header};
use serde_json::Value;
use usher_local::{Caller, Options, Stack};

/// Half past four in the morning, in the business's zone.
fn early() -> DateTime<Utc> {
    "2026-01-13T09:30:00Z".parse().unwrap()
}

async fn demo() -> Stack {
    let options = Options {
        demo: true,
        start_at: Some(early()),
        seed: Some(7),
        ..Options::default()
    };
    Stack::start(options).await.unwrap()
}

async fn read(stack: &Stack, path: &str) -> String {
    let request = Request::builder()
        .method(Method::GET)
        .uri(path)
        .header(header::HOST, stack.url().trim_start_matches("http://"))
        .body(Bytes::new())
        .unwrap();
    let response = stack.call(request, &Caller::LocalAdmin).await;
    assert_eq!(response.status(), 200, "{path}");
    String::from_utf8(response.into_body().to_vec()).unwrap()
}

async fn json(stack: &Stack, path: &str) -> Value {
    serde_json::from_str(&read(stack, path).await).unwrap()
}

/// The meetings of the demo's day by id, with what is known of each.
async fn today(stack: &Stack) -> Vec<(String, String, String)> {
    let path = "/v1/meetings?from=2026-01-13T05:00:00Z&to=2026-01-14T05:00:00Z";
    let meetings = json(stack, path).await["meetings"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |each: &Value| {
        let id = text(&each["id"]);
        (id, text(&each["status"]), text(&each["notification_state"]))
    };
    meetings.as_array().unwrap().iter().map(row).collect()
}

/// The status of the log's newest row of a meeting.
async fn newest(stack: &Stack, meeting: &str) -> Value {
    let log = json(stack, &format!("/v1/notifications?meeting={meeting}")).await;
    log["notifications"][0].clone()
}

#[tokio::test]
async fn the_demo_opens_on_a_full_morning() {
    let stack = demo().await;
    assert_eq!(
        stack.clock().now(),
        "2026-01-13T12:30:00Z".parse::<DateTime<Utc>>().unwrap(),
        "half past seven in Albany"
    );
    let row = |id: &str, status: &str, state: &str| (id.into(), status.into(), state.into());
    assert_eq!(
        today(&stack).await,
        [
            row("demo-confirmed", "CONFIRMED", "confirmed"),
            row("demo-invited", "INVITED", "confirmed"),
            row("demo-failed", "DRAFT", "none"),
            row("demo-unknown", "DRAFT", "none"),
            row("demo-moved", "BOOKED", "update_due"),
            row("demo-reschedule", "RESCHEDULE_REQUESTED", "confirmed"),
        ]
    );
    let statuses = |row: Value| {
        let deliveries = row["deliveries"].as_array().unwrap().clone();
        let status = |each: &Value| each["status"].as_str().unwrap().to_owned();
        deliveries.iter().map(status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(newest(&stack, "demo-failed").await), ["failed"]);
    assert_eq!(statuses(newest(&stack, "demo-unknown").await), ["unknown"]);
    assert_eq!(statuses(newest(&stack, "demo-bounced").await)[0], "bounced");
    let called_spam = statuses(newest(&stack, "demo-cancelled").await);
    assert!(called_spam.contains(&"complained".to_owned()));
    assert_eq!(
        newest(&stack, "demo-confirmed").await["type"],
        "reminder",
        "the night's reminder went out at its time"
    );
    let texts = json(&stack, "/v1/inbound-messages").await;
    assert!(texts.to_string().contains("open this Saturday"), "{texts}");
    assert!(stack.faults().armed().is_empty());
    assert!(stack.dead_letters().is_empty());
}

#[tokio::test]
async fn the_console_shows_what_the_demo_is_about() {
    let stack = demo().await;
    let calendar = read(&stack, "/console?view=day").await;
    for name in [
        "Liam Chen",
        "Olivia Martin",
        "Grace Lee",
        "Emma Davis",
        "Daniel Kim",
    ] {
        assert!(calendar.contains(name), "{name}");
    }
    for word in [
        "Update due",
        "Wants another time",
        "Failed",
        "In doubt",
        "Unmatched SMS",
    ] {
        assert!(calendar.contains(word), "{word}");
    }
    let reach = read(&stack, "/console/reach").await;
    assert!(reach.contains("Lucas Moore"), "{reach}");
    let wish = read(&stack, "/console/meetings/demo-reschedule").await;
    assert!(wish.contains("Monday after 3 PM"), "the times that suit");
}
