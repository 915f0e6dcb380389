//! A send to a crowd that dies between two of its transactions.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};

use super::{cell::Cell, flow::Flow};
use crate::faults::agreement::{rows, unfinished_keys};

/// Case 14: the rows of the first transaction are recorded as sent when the sender dies, and
/// the meeting does not know of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_told_by_a_send_that_was_cut_off_is_not_told_again_unasked() {
    let sent = |rows: &[Value]| rows.iter().filter(|row| row["status"] == "sent").count();
    for calls in 20.. {
        let cell = Cell::ready(Flow::Confirmation, 14).await;
        let faults = cell.town.stack().faults();
        faults.cut_off_after(calls);
        cell.act("key").await;
        cell.town.advance(TimeDelta::minutes(2)).await;
        faults.clear();
        let told = cell.town.post().len();
        let before = rows(&cell.town).await;
        if (before.len(), sent(&before)) != (14, 12) {
            cell.end().await;
            continue;
        }
        assert_eq!(cell.town.meeting("m-1").await["status"], "DRAFT");
        let again = cell.town.send("m-1", "confirmation").await;
        assert_eq!(again.problem().0, "needs-confirmation");
        assert!(cell.town.post().is_empty(), "{told} were told");
        let meeting = cell.town.meeting("m-1").await;
        assert_eq!(meeting["status"], "BOOKED");
        assert_ne!(meeting["notification_state"], "none");
        let rows = rows(&cell.town).await;
        let pending = rows.iter().filter(|row| row["status"] == "pending");
        assert_eq!((rows.len(), pending.count()), (14, 2));
        assert!(unfinished_keys(&cell.town).await.is_empty());
        cell.end().await;
        return;
    }
}

/// A confirmation to fourteen whose sender died when the first transaction's worth was
/// claimed.
async fn twelve_of_fourteen_claimed() -> Cell {
    for calls in 0.. {
        let cell = Cell::ready(Flow::Confirmation, 14).await;
        let faults = cell.town.stack().faults();
        faults.cut_off_after(calls);
        cell.act("key").await;
        faults.clear();
        if rows(&cell.town).await.len() == 12 {
            return cell;
        }
        cell.end().await;
    }
    unreachable!("some number of calls claims the first transaction's worth")
}

/// Case 27: of a crowd, the first transaction's worth is claimed when the sender dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_whose_sender_dies_before_all_are_claimed_is_told_by_the_sweep() {
    let cell = twelve_of_fourteen_claimed().await;
    assert!(cell.town.post().is_empty(), "nobody is told yet");
    cell.town.advance(TimeDelta::minutes(5)).await;
    let mut told: Vec<_> = cell.town.post().into_iter().map(|m| m.to).collect();
    told.sort();
    assert_eq!(told, ["+12025550142", "g12@example.com", "g13@example.com"]);
    let rows = rows(&cell.town).await;
    let pending = rows.iter().filter(|row| row["status"] == "pending");
    assert_eq!((rows.len(), pending.count()), (14, 12));
    assert_eq!(cell.town.meeting("m-1").await["status"], "BOOKED");
    cell.end().await;
}

/// As case 27, but the meeting is put away meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_sent_any_more_is_on_record_with_the_reason() {
    let cell = twelve_of_fourteen_claimed().await;
    let path = "/v1/meetings/m-1/archive";
    cell.town.call(Method::POST, path, &json!({})).await.ok();
    cell.town.advance(TimeDelta::minutes(5)).await;
    assert!(cell.town.post().is_empty());
    let rows = rows(&cell.town).await;
    let failed: Vec<_> = rows
        .iter()
        .filter(|row| row["status"] == "failed")
        .collect();
    assert_eq!((rows.len(), failed.len()), (14, 2));
    for row in failed {
        let reason = row["deliveries"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("archived"), "{reason}");
    }
    assert!(unfinished_keys(&cell.town).await.is_empty());
    cell.end().await;
}
