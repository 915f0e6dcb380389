//! Many reports at once: a whole crowd's emails come back within a second, each of them is an
//! invocation of its own, and all of them write to one meeting.

use futures::future::join_all;
use serde_json::{Value, json};
use usher_local::FeedbackEvent;
use usher_tests::{Town, as_many_as, meeting};

/// A meeting of so many who are reached by email alone.
fn crowd(size: usize) -> Value {
    let guest = |i: usize| {
        json!({
            "id": format!("a{i}"), "name": format!("Guest {i}"),
            "email": format!("g{i}@example.com"), "preferred_confirmation_method": "email",
        })
    };
    let mut crowd = meeting();
    crowd["attendees"] = (0..size).map(guest).collect();
    crowd
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_of_a_crowd_at_once_is_all_on_record() {
    let size = as_many_as("USHER_BOUNCES", 40, 100);
    let town = Town::new().await;
    town.book("m-1", &crowd(size)).await;
    town.send("m-1", "confirmation").await.ok();
    let mails = town.post();
    assert_eq!(mails.len(), size);
    let stack = town.stack();
    let taken = mails.iter().map(|mail| async {
        let event = stack.report_event(&mail.id, FeedbackEvent::Bounce).unwrap();
        stack.invoke_function("track-delivery", event).await.is_ok()
    });
    let taken = join_all(taken).await;
    let lost = taken.iter().filter(|taken| !**taken).count();
    assert_eq!(
        lost, 0,
        "of {size} reports, whose writing lost too many races"
    );
    let meeting = town.meeting("m-1").await;
    assert_eq!(meeting["notification_state"], "none");
}
