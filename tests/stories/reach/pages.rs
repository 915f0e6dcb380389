//! The page that says who cannot be reached, and the count on the calendar.

use serde_json::json;
use usher_local::Service;
use usher_tests::{Town, meeting};

use super::{bo, by_email_only, by_sms_only, on, take_back, unverified};

#[tokio::test]
async fn the_page_says_who_why_and_what_to_do_about_it() {
    let town = Town::new().await;
    by_sms_only(&town).await;
    let everybody = town.page("/console/reach").await.text;
    assert!(everybody.contains("Everybody of these meetings can be reached."));
    assert!(
        everybody.contains("from 5 January 2026 to 19 January 2026"),
        "{everybody}"
    );
    town.book("m-2", &on(11, &bo())).await;
    let ann = json!([{"name": "Ann", "email": "ann@example.com"}]);
    let mut by_sms = on(10, &ann);
    by_sms["title"] = json!("Patio <doors>");
    by_sms["template_id"] = json!("sms");
    town.book("m-1", &by_sms).await;
    let page = town.page("/console/reach").await.text;
    let page = page.replace("&#x2f;", "/");
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(at("Patio &lt;doors&gt;") < at("Bo Reyes"), "soonest first");
    assert!(at("Cannot be reached") < at("SMS: The attendee has no phone number."));
    at("<a href=\"/console/meetings/m-1/edit\">Add a phone number</a>");
    at("<a href=\"/console/meetings/m-2/edit\">Add an email address</a>");
    at("href=\"mailto:ann@example.com\"");
    assert!(!page.contains("Everybody of these"));
}

#[tokio::test]
async fn what_reaches_them_in_part_is_said_by_name() {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "u", "type": "update", "channel_mode": "sms"}),
    )
    .await;
    let mut visit = meeting();
    by_email_only(&mut visit);
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    let page = town.page("/console/reach").await.text;
    assert!(
        page.contains("Reached in part") && page.contains("Will miss: update<"),
        "{page}"
    );
    let calendar = town.page("/console?date=2026-01-15").await.text;
    assert!(
        !calendar.contains("of these meetings cannot be reached"),
        "{calendar}"
    );
}

#[tokio::test]
async fn trouble_that_is_everybodys_is_said_once_on_top() {
    let town = unverified().await;
    let mut visit = meeting();
    by_email_only(&mut visit);
    for id in ["m-1", "m-2", "m-3"] {
        town.book(id, &visit).await;
    }
    town.book("m-4", &on(16, &bo())).await;
    take_back(&town).await;
    let page = town.page("/console/reach").await.text;
    let said = "SES does not let us send from the settings";
    assert_eq!(page.matches(said).count(), 1, "{page}");
    assert!(
        page.contains("3 attendees of these meetings are kept from messages by that alone"),
        "{page}"
    );
    assert!(
        !page.contains("Ann Lee") && page.contains("Bo Reyes"),
        "{page}"
    );
    // A program is told of each.
    assert_eq!(super::listed(&town, "").await.len(), 4);
    let town = Town::without_sms().await;
    let ann = json!([{"name": "Ann", "phone": "+12025550123"}]);
    town.book("m-1", &on(10, &ann)).await;
    let page = town.page("/console/reach").await.text;
    assert!(page.contains("neither a number nor a sender id"), "{page}");
}

/// The calendar's line about who cannot be reached.
fn line(calendar: &str) -> String {
    let (_, rest) = calendar.split_once("<a href=\"/console/reach").unwrap();
    let (line, _) = rest.split_once("</a>").unwrap();
    line.replace("<b>", "").replace("</b>", "")
}

async fn queries(town: &Town, path: &str) -> (u64, String) {
    let calls = || town.calls(Service::Dynamodb).values().sum::<u64>();
    let before = calls();
    let page = town.page(path).await;
    assert_eq!(page.status, 200);
    (calls() - before, line(&page.text))
}

#[tokio::test]
async fn the_calendar_counts_who_cannot_be_reached_for_two_requests_or_three() {
    let town = Town::new().await;
    let week = "/console?view=week&date=2026-01-12";
    let leads = "?from=2026-01-12&amp;to=2026-01-18\">";
    let (empty, said) = queries(&town, week).await;
    assert_eq!(said, format!("{leads}Who cannot be reached"));
    let ann = json!([{"name": "Ann", "email": "ann@example.com"}]);
    town.book("m-1", &on(13, &ann)).await;
    let (of_one, said) = queries(&town, week).await;
    assert_eq!(said, format!("{leads}Who cannot be reached"));
    // The meeting itself, and what stands in the way of Ann.
    assert_eq!(of_one - empty, 1 + 1);
    town.book("m-2", &on(14, &bo())).await;
    let (_, said) = queries(&town, week).await;
    let one = "1 attendee of these meetings cannot be reached";
    assert_eq!(said, format!("{leads}{one}"));
    town.template("t", json!({"id": "c", "type": "confirmation"}))
        .await;
    let mut visit = on(14, &bo());
    visit["template_id"] = json!("t");
    town.book("m-2", &visit).await;
    let (with_template, _) = queries(&town, week).await;
    assert_eq!(with_template - of_one, 1);
    // A crowd is not read for it: there may be more of them.
    let pair = json!([{"name": "Bo"}, {"name": "Cy"}]);
    town.book("m-3", &on(15, &pair)).await;
    let (with_crowd, said) = queries(&town, week).await;
    assert_eq!(with_crowd, with_template);
    assert_eq!(
        said,
        format!("{leads}2+ attendees of these meetings cannot be reached")
    );
    for i in 0..70 {
        let guest = json!([{"name": "Guest", "email": format!("g{i}@example.com")}]);
        let mut visit = on(12, &guest);
        visit["template_id"] = json!("t");
        town.book(&format!("n-{i}"), &visit).await;
    }
    // The 66 soonest are looked at: two batches.
    let (many, said) = queries(&town, week).await;
    assert_eq!(many - with_crowd, 1);
    assert_eq!(said, format!("{leads}Who cannot be reached"));
    // What is past costs nothing.
    town.advance_to("2026-01-19T05:00:00Z".parse().unwrap())
        .await;
    let (past, _) = queries(&town, week).await;
    assert_eq!(past, empty + 1);
}
