//! Reports that come before the send that they are of has ended, whose own record is then one
//! of the events that may come in any order.

use serde_json::Value;
use usher_local::FeedbackEvent;
use usher_tests::Town;

use super::{book, delivery, reported_amid};

/// What is left of a confirmation whose report comes at this call of the send; none where the
/// send has ended by then, or has not been accepted yet.
async fn left(events: &[FeedbackEvent], call: u32) -> Option<(Value, Value, Vec<String>)> {
    let town = Town::new().await;
    book(&town).await;
    let sent = reported_amid(&town, call, events).await;
    town.post();
    sent.filter(|sent| !sent.is_empty())?;
    let mut delivery = delivery(&town).await;
    delivery["provider_message_id"].take();
    let state = town.meeting("m-1").await["notification_state"].clone();
    Some((delivery, state, town.timeline("m-1").await))
}

#[tokio::test]
async fn a_report_that_comes_before_the_end_of_its_send_ends_in_the_same_state() {
    const BOUNCED: [FeedbackEvent; 2] = [FeedbackEvent::Send, FeedbackEvent::Bounce];
    for (events, status, known, told) in [
        (
            &[FeedbackEvent::Delivery][..],
            "delivered",
            "confirmed",
            "Confirmation sent to Ann Lee by email",
        ),
        (
            &BOUNCED[..],
            "bounced",
            "none",
            "Confirmation came back from Ann Lee by email (smtp; 550 5.1.1 user unknown)",
        ),
    ] {
        let mut met = 0;
        for call in 1..12 {
            let Some((delivery, state, timeline)) = left(events, call).await else {
                continue;
            };
            met += 1;
            assert_eq!(delivery["status"], status, "{events:?} at call {call}");
            assert_eq!(state, known, "{events:?} at call {call}");
            assert_eq!(timeline, [told, "Meeting created"], "at call {call}");
        }
        assert!(met > 0, "no call of the send comes after the provider's");
    }
}
