//! Addresses that nothing is sent to, and staff who lift that.

use http::Method;
use serde_json::json;
use usher_local::{Effect, FeedbackEvent};
use usher_tests::{Town, meeting};

use super::{confirmed, delivery, report, status};

const ANN: &str = "/v1/suppressions/ann@example.com";

/// The addresses that nothing is sent to, with why.
async fn suppressed(town: &Town) -> Vec<(String, String)> {
    let list = town.get("/v1/suppressions").await.json();
    let rows = list["suppressions"].as_array().unwrap().clone();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (text(row, "address"), text(row, "cause")))
        .collect()
}

#[tokio::test]
async fn nothing_more_is_sent_to_an_address_that_bounced_until_staff_lift_it() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    let bounce = town.stack().report_event(&mail.id, FeedbackEvent::Bounce);
    let bounce = bounce.unwrap();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let ann = ("ann@example.com".to_owned(), "hard_bounce".to_owned());
    assert_eq!(suppressed(&town).await, std::slice::from_ref(&ann));
    // Another meeting, the same address in other letters.
    let mut other = meeting();
    other["attendees"][0]["email"] = json!("Ann@Example.com");
    other["attendees"][0]["phone"] = json!(null);
    town.book("m-1", &other).await;
    town.send("m-1", "confirmation").await.ok();
    assert!(town.post().is_empty());
    let not_sent = delivery(&town).await;
    assert_eq!(not_sent["status"], "failed");
    let reason = not_sent["reason"].as_str().unwrap();
    assert!(reason.contains("held back"), "{reason}");
    let page = town.page("/console/meetings/m-1").await.text;
    assert!(page.contains("Emails held back"), "{page}");
    // Without a reason nobody lifts it.
    let unexplained = town
        .call(Method::DELETE, ANN, &json!({"reason": " "}))
        .await;
    assert_eq!(unexplained.status, 422, "{}", unexplained.text);
    assert_eq!(suppressed(&town).await, [ann]);
    town.advance(chrono::TimeDelta::minutes(1)).await;
    let reason = json!({"reason": "The mailbox was full"});
    let lifted = town.call(Method::DELETE, ANN, &reason).await.ok();
    assert_eq!(lifted["lifted"]["by"], "Local admin");
    assert_eq!(lifted["lifted"]["note"], "The mailbox was full");
    assert_eq!(suppressed(&town).await, []);
    town.call(Method::DELETE, ANN, &reason).await.ok();
    let calls = town.calls(usher_local::Service::Ses);
    assert_eq!(calls["DeleteSuppressedDestination"], 2);
    // The same bounce, reported once more, is no new evidence.
    let told = town.stack().invoke_function("track-delivery", bounce).await;
    assert_eq!(told.unwrap()["taken"], 1);
    assert_eq!(suppressed(&town).await, []);
    let id = town.log("?meeting=m-1").await[0]["id"].clone();
    town.retry("again", id.as_str().unwrap()).await.ok();
    let again = town.the_message();
    town.advance(chrono::TimeDelta::minutes(1)).await;
    report(&town, &again, FeedbackEvent::Complaint).await;
    assert_eq!(status(&town).await, "complained");
    let ann = ("Ann@example.com".to_owned(), "complaint".to_owned());
    assert_eq!(suppressed(&town).await, [ann], "as it was written to");
}

#[tokio::test]
async fn staff_see_who_is_not_written_to_and_lift_it_on_a_page() {
    let town = Town::new().await;
    let none = town.page("/console/suppressions").await.text;
    assert!(none.contains("every address may be written to"));
    let mail = confirmed(&town).await;
    report(&town, &mail, FeedbackEvent::Complaint).await;
    let page = town.page("/console/suppressions").await;
    assert!(page.text.contains("ann@example.com"));
    assert!(page.text.contains("An email was called spam"));
    let form = [
        ("address", "ann@example.com"),
        ("reason", "She pressed it by mistake"),
    ];
    let done = town.form("/console/suppressions", &form).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let page = town.page("/console/suppressions").await.text;
    assert!(page.contains("every address may be written to"));
    let nobody = [("address", "bob@example.com"), ("reason", "x")];
    let nobody = town.form("/console/suppressions", &nobody).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn what_the_accounts_own_list_kept_from_being_sent_is_known_here() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    report(&town, &mail, FeedbackEvent::SuppressedBounce).await;
    let ann = ("ann@example.com".to_owned(), "account_list".to_owned());
    assert_eq!(suppressed(&town).await, [ann]);
    let reason = json!({"reason": "She has a new mailbox"});
    town.call(Method::DELETE, ANN, &reason).await.ok();
    report(&town, &mail, FeedbackEvent::SuppressedBounce).await;
    assert_eq!(suppressed(&town).await, [], "it repeats what was known");
}

#[tokio::test]
async fn what_staff_get_counts_too() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let mail = town.the_message();
    town.answer(&Town::token(&mail), 1, "accept").await;
    let news = town.news().remove(0);
    report(&town, &news, FeedbackEvent::Bounce).await;
    let sam = (
        "sam@progrid.example.com".to_owned(),
        "hard_bounce".to_owned(),
    );
    assert_eq!(suppressed(&town).await, [sam]);
    let attention = town.log("?status=needs_attention").await;
    assert_eq!(attention[0]["staff_email"], "sam@progrid.example.com");
}

#[tokio::test]
async fn whom_the_account_does_not_write_to_is_held_back_before_the_first_email() {
    let town = Town::new().await;
    super::book(&town).await;
    town.stack().suppress_at_account("ann@example.com");
    assert_eq!(suppressed(&town).await, []);
    town.advance(chrono::TimeDelta::minutes(65)).await;
    let ann = ("ann@example.com".to_owned(), "account_list".to_owned());
    assert_eq!(suppressed(&town).await, std::slice::from_ref(&ann));
    town.send("m-1", "confirmation").await.ok();
    assert!(town.post().is_empty(), "SES would not have tried it");
    let reason = json!({"reason": "She wrote to us"});
    town.call(Method::DELETE, ANN, &reason).await.ok();
    town.advance(chrono::TimeDelta::hours(26)).await;
    assert_eq!(suppressed(&town).await, [], "it is off both lists");
    // Whoever is missed for hours is found within a day.
    town.stack().suppress_at_account("ann@example.com");
    for _ in 0..3 {
        town.stack().faults().clear();
        town.break_listing(Effect::Refuse);
        town.advance(chrono::TimeDelta::hours(1)).await;
        assert_eq!(suppressed(&town).await, []);
    }
    town.stack().faults().clear();
    for _ in 0..24 {
        town.advance(chrono::TimeDelta::hours(1)).await;
    }
    assert_eq!(suppressed(&town).await, [ann]);
}

/// What a bounce costs that takes back what was told and holds its address back: the row, the
/// address and the meeting are read; and written in one transaction, with an entry. What was
/// said before is read, too, where anything was.
#[tokio::test]
async fn a_bounce_costs_a_few_reads_and_one_transaction() {
    let town = Town::new().await;
    let mail = confirmed(&town).await;
    town.advance(chrono::TimeDelta::minutes(5)).await;
    town.stack().reset_capacity();
    town.stack().faults().reset_calls();
    report(&town, &mail, FeedbackEvent::Bounce).await;
    let calls: u64 = town.calls(usher_local::Service::Dynamodb).values().sum();
    let units = town.stack().capacity();
    assert_eq!((calls, units.write), (4, 13.0), "{units:?}");
}
