//! Meetings and messages that cannot be read, among others that can.

use aws_sdk_dynamodb::types::AttributeValue;
use rstest::rstest;
use serde_json::json;
use usher_tests::{Town, meeting};

use super::alter;

/// Sets one field of the items that `which` chooses, one or more.
async fn break_field(
    town: &Town,
    which: impl Fn(&str, &str) -> bool,
    field: &str,
    value: AttributeValue,
) {
    let broken = alter(town, |pk, sk, item| {
        let chosen = which(pk, sk);
        if chosen {
            item.insert(field.to_owned(), value.clone());
        }
        chosen
    });
    assert!(broken.await > 0);
}

#[tokio::test]
async fn a_meeting_that_cannot_be_read_takes_no_message_of_the_log_with_it() {
    let town = Town::new().await;
    for id in ["m-1", "m-2"] {
        let mut visit = meeting();
        visit["attendees"][0]["email"] = json!(format!("{id}@example.com"));
        town.book(id, &visit).await;
        town.send(id, "confirmation").await.ok();
        town.the_message();
    }
    let id = town.log("?meeting=m-2").await[0]["id"].clone();
    let meeting = |pk: &str, sk: &str| (pk, sk) == ("MEETING#m-2", "MEETING");
    break_field(&town, meeting, "status", AttributeValue::Bool(true)).await;
    let export = town.page("/console/notifications.csv").await;
    assert_eq!(export.status, 200);
    assert!(export.text.contains("m-1@example.com") && export.text.contains("m-2@example.com"));
    let page = format!("/console/notifications/{}", id.as_str().unwrap());
    let page = town.page(&page).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("m-2@example.com"));
}

/// A row that cannot be read may have been sent: it is not sent again, and the others are.
#[rstest]
#[case::in_its_status("deliveries")]
#[case::without_its_version("version")]
#[tokio::test]
async fn a_send_that_was_cut_off_is_finished_around_a_row_that_cannot_be_read(#[case] field: &str) {
    let mut finished = 0;
    // Wherever before its first wave is on record it was cut off.
    for calls in 3..9 {
        let town = Town::new().await;
        let mut visit = meeting();
        let people = (0..14).map(|i| {
            json!({"id": format!("a{i}"), "name": "Ann Lee", "email": format!("a{i}@example.com")})
        });
        visit["attendees"] = people.collect();
        town.book("m-1", &visit).await;
        town.stack().faults().cut_off_after(calls);
        let body = json!({"type": "confirmation"});
        town.send_as("key", "m-1", &body).await;
        town.stack().faults().clear();
        let before = town.post().len();
        let mut broken = false;
        let rows = std::cell::Cell::new(0);
        alter(&town, |pk, sk, item| {
            let row = pk == "MEETING#m-1" && sk.starts_with("N#");
            rows.set(rows.get() + usize::from(row));
            let it = row && rows.get() == 1;
            if it {
                item.insert(field.to_owned(), AttributeValue::S("?".to_owned()));
                if field == "version" {
                    item.remove(field);
                }
            }
            it
        })
        .await;
        broken |= rows.get() > 0;
        if !broken || before > 0 {
            continue;
        }
        finished += 1;
        town.advance(chrono::TimeDelta::minutes(2)).await;
        let again = town.send_as("key", "m-1", &body).await;
        assert_eq!(again.status, 200, "{calls}: {}", again.text);
        let mut to: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
        let sent = to.len();
        to.sort_unstable();
        to.dedup();
        assert_eq!(to.len(), sent, "nobody is written to twice");
        assert_eq!(sent, 14 - rows.get(), "those who had no row yet");
        let again = town.send_as("key", "m-1", &body).await;
        assert_eq!(again.status, 200, "{}", again.text);
        assert!(town.post().is_empty());
    }
    assert!(finished > 0, "it was cut off in between");
}

#[tokio::test]
async fn a_list_whose_only_rows_cannot_be_read_is_not_called_empty() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    town.post();
    town.text_from("+12025550188", "Who is this?").await;
    alter(&town, |pk, sk, item| {
        let kind = sk.split_once('#').map_or(sk, |(kind, _)| kind);
        let name = match (pk, kind) {
            (pk, "MEETING") if pk.starts_with("MEETING#") => "status",
            (pk, "N") if pk.starts_with("MEETING#") => "type",
            (pk, "T") if pk.starts_with("MEETING#") => "kind",
            ("INBOX", _) => "from",
            _ => return false,
        };
        item.insert(name.to_owned(), AttributeValue::Bool(true));
        true
    })
    .await;
    for (path, says) in [
        ("/console/notifications", "Nothing here can be read."),
        ("/console/inbox", "Nothing here can be read."),
        (
            "/console?view=list",
            "No meetings from this date on that can be read.",
        ),
        (
            "/console?view=list&q=ann",
            "from this date on that can be read.",
        ),
        ("/console?date=2026-01-15", "No meetings that can be read"),
    ] {
        let page = town.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains(says), "{path}: {}", page.text);
    }
    let csv = town.page("/console/notifications.csv").await.text;
    let last = csv.lines().last().unwrap();
    assert!(
        last.starts_with("1 entry cannot be read and is left out."),
        "{csv}"
    );
}
