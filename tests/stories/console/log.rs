//! The log and the inbox: what failed, what is in doubt, and texts of nobody.

use serde_json::json;
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

#[tokio::test]
async fn what_failed_is_found_retried_and_gone_from_what_needs_attention() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["phone"] = json!(null);
    town.book("m1", &booked).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    let sent = town.send("m1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        town.page("/console")
            .await
            .text
            .contains("Confirmation to Ann Lee")
    );
    let failed = town
        .page("/console/notifications?status=failed&type=&channel=&from=&to=")
        .await;
    assert!(
        failed.text.contains(&id.replace('~', "%7E")) || failed.text.contains(&id),
        "{}",
        failed.text
    );
    let one = town.page(&format!("/console/notifications/{id}")).await;
    assert!(one.text.contains("Retry what failed"), "{}", one.text);
    let retried = town
        .form(&format!("/console/notifications/{id}/retry"), &[])
        .await;
    assert_eq!(retried.status, 303, "{}", retried.text);
    assert!(!town.post().is_empty());
    assert!(!town.page("/console").await.text.contains("Needs attention"));
}

#[tokio::test]
async fn a_doubt_is_settled_on_its_page() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["phone"] = json!(null);
    town.book("m1", &booked).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let sent = town.send("m1", "confirmation").await.ok();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        town.page(&format!("/console/notifications/{id}"))
            .await
            .text
            .contains("It arrived")
    );
    let path = format!("/console/notifications/{id}/resolve");
    assert_eq!(town.form(&path, &[("outcome", "sent")]).await.status, 303);
    assert_eq!(town.meeting("m1").await["status"], "BOOKED");
    town.post();
}

#[tokio::test]
async fn filters_that_cannot_be_read_are_said_and_kept() {
    let town = Town::new().await;
    let page = town
        .page("/console/notifications?recipient=nobody&status=failed")
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("recipient must be") && page.text.contains("value=\"nobody\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn the_log_is_exported_as_filtered_and_no_cell_is_a_formula() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["attendees"][0]["name"] = json!("=HYPERLINK(\"https://evil.example\")");
    town.book("m1", &booked).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let csv = town.page("/console/notifications.csv?status=sent").await;
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.text.contains("\"'=HYPERLINK(\"\"https"), "{}", csv.text);
    assert!(csv.text.contains("+12025550123"));
    let none = town.page("/console/notifications.csv?status=failed").await;
    assert_eq!(none.text.lines().count(), 1);
}

#[tokio::test]
async fn a_text_of_nobody_waits_until_it_is_dealt_with() {
    let town = Town::new().await;
    town.text_from("+12025550199", "Who is this?").await;
    assert!(town.page("/console").await.text.contains("Unmatched SMS"));
    let inbox = town.page("/console/inbox").await;
    assert!(inbox.text.contains("Who is this?"));
    let id = inbox.hidden("id");
    assert_eq!(
        town.form("/console/inbox", &[("id", &id), ("note", "A wrong number")])
            .await
            .status,
        303
    );
    assert!(!town.page("/console").await.text.contains("Unmatched SMS"));
    assert!(
        town.page("/console/inbox")
            .await
            .text
            .contains("by Local admin: A wrong number")
    );
}
