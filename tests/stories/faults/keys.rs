//! The same request again, and others at the same time.

use futures::future::join_all;
use serde_json::json;
use usher_local::Service;
use usher_tests::meeting;

use super::{confirmation, ready};
#[tokio::test]
async fn one_key_fifty_times_at_once_is_one_email_and_one_sms() {
    let town = ready().await;
    let replies =
        join_all((0..50).map(|_| async { town.send_as("key", "m-1", &confirmation()).await }))
            .await;
    let mut ids: Vec<_> = Vec::new();
    for reply in &replies {
        match reply.status.as_u16() {
            200 => ids.push(reply.json()["notifications"][0]["id"].to_string()),
            409 => assert_eq!(reply.problem().0, "in-progress"),
            other => panic!("{other}: {}", reply.text),
        }
    }
    ids.dedup();
    assert_eq!(
        ids.len(),
        1,
        "everyone who was answered got the same outcome"
    );
    assert_eq!(town.post().len(), 2);
    assert_eq!(town.calls(Service::Ses)["SendEmail"], 1);
    assert_eq!(town.calls(Service::Sns)["Publish"], 1);
}

#[tokio::test]
async fn the_same_key_gives_the_first_outcome_again_and_no_other_body() {
    let town = ready().await;
    let first = town.send_as("key", "m-1", &confirmation()).await.ok();
    assert_eq!(town.post().len(), 2);
    assert_eq!(
        town.send_as("key", "m-1", &confirmation()).await.ok(),
        first
    );
    let other = json!({"type": "confirmation_request"});
    assert_eq!(
        town.send_as("key", "m-1", &other).await.problem(),
        ("key-reused".to_owned(), 422)
    );
    town.book("m-2", &meeting()).await;
    assert_eq!(
        town.send_as("key", "m-2", &confirmation())
            .await
            .problem()
            .0,
        "key-reused"
    );
}

#[tokio::test]
async fn two_different_keys_at_once_do_not_both_send() {
    let town = ready().await;
    let body = confirmation();
    let (one, two) = tokio::join!(
        town.send_as("one", "m-1", &body),
        town.send_as("two", "m-1", &body)
    );
    assert_eq!(
        town.post().len(),
        2,
        "one email and one SMS: {} {}",
        one.text,
        two.text
    );
    let lost = if one.status == 200 { &two } else { &one };
    match lost.status.as_u16() {
        409 => assert_eq!(lost.refusal(), "sending"),
        _ => assert_eq!(
            lost.problem().0,
            "needs-confirmation",
            "the other was done already"
        ),
    }
}
