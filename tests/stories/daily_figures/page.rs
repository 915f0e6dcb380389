//! What is asked of the figures, and the page that draws them.

use http::Method;
use serde_json::json;
use usher_local::FeedbackEvent;
use usher_tests::{Town, meeting};

use super::{an_hour, confirm, figures, report, town};

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_in_words() {
    let town = town().await;
    for (query, said) in [
        ("?from=2026-01-01&to=2026-04-03", "92 days"),
        ("?from=2026-02-01&to=2026-01-01", "after to"),
        ("?from=now", "a date like"),
        ("?days=3", "days"),
    ] {
        let refused = town.get(&format!("/v1/figures{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.text.contains(said), "{}", refused.text);
    }
    for query in ["?days=3", "?days=many", "?from=2026-01-05"] {
        let page = town.page(&format!("/console/figures{query}")).await;
        assert_eq!(page.status, 400, "{query}: {}", page.text);
    }
    let ahead = figures(&town, "?from=2026-01-05&to=2026-01-09").await;
    assert_eq!(
        ahead["missing"],
        json!(["2026-01-05"]),
        "nobody misses tomorrow"
    );
}

#[tokio::test]
async fn the_page_draws_each_day_and_has_the_numbers_beside_it() {
    let town = town().await;
    let empty = town.page("/console/figures").await;
    assert!(
        empty.text.contains("Nothing was sent yet"),
        "{}",
        empty.text
    );
    let mail = confirm(&town, "m-1").await;
    let uncounted = town.page("/console/figures").await.text;
    assert!(uncounted.contains("None of these days has been counted yet"));
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let other = confirm(&town, "m-2").await;
    town.answer(&Town::token(&other), 1, "reschedule").await;
    an_hour(&town).await;
    let page = town.page("/console/figures").await;
    assert_eq!(page.status, 200);
    for said in [
        "<desc id=\"chart-text\">2 from Mon 5 Jan to Mon 5 Jan, 2 on the day with the most; Sent: 1; Bounced: 1.",
        "<title>Mon 5 Jan: Bounced, 1</title>",
        "Mon 5 Jan <small>so far</small>",
        "No template",
        "Within a minute",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(
        !page.text.contains("style="),
        "the page's policy has no inline style"
    );
    let uncounted = page.text.contains("class=\"uncounted\"");
    assert!(!uncounted, "nothing was sent before: {}", page.text);
    let long = town.page("/console/figures?days=90").await;
    assert_eq!(long.status, 200);
}

/// Nobody but staff sees them.
#[tokio::test]
async fn figures_are_for_staff() {
    let town = town().await;
    let nobody = usher_local::Caller::Anonymous;
    let refused = town
        .request(&nobody, Method::GET, "/v1/figures", &[], "")
        .await;
    assert_eq!(refused.status, 401, "{}", refused.text);
}

#[tokio::test]
async fn each_day_says_who_could_not_be_reached_ahead_of_it() {
    let town = town().await;
    confirm(&town, "m-1").await;
    let mut visit = meeting();
    visit["attendees"] = json!([{"id": "bob", "name": "Bob"}]);
    town.book("m-2", &visit).await;
    an_hour(&town).await;
    let found = figures(&town, "").await;
    let ahead = &found["days"][0]["reach_ahead"];
    assert_eq!(ahead["unreachable"], 1, "{found}");
    assert_eq!(ahead["partial"], false, "{found}");
    let page = town.page("/console/figures").await.text;
    let said = "<b>1</b> attendee of the 14 days to come could not be reached";
    assert!(page.contains(said), "{page}");
    // Once he can be, the day that is on says so, and so does its end.
    visit["attendees"][0]["email"] = json!("bob@example.com");
    town.book("m-2", &visit).await;
    an_hour(&town).await;
    let found = figures(&town, "").await;
    let ahead = &found["days"][0]["reach_ahead"];
    assert_eq!(ahead["unreachable"], 0, "{found}");
    let page = town.page("/console/figures").await.text;
    assert!(page.contains("could be reached by some message"), "{page}");
    for _ in 0..12 {
        an_hour(&town).await;
    }
    let found = figures(&town, "?from=2026-01-05&to=2026-01-05").await;
    assert!(!found["days"][0]["reach_ahead"].is_null(), "{found}");
}
