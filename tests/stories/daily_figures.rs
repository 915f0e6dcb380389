//! Figures: what the log comes to, day by day, as the sweep counts it.

mod costs;
mod page;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, FeedbackEvent, Message, Service};
use usher_tests::{Town, meeting};

use crate::{
    feedback::report,
    unreadable::{Item, alter},
};

/// A business in New York.
async fn town() -> Town {
    let town = Town::new().await;
    let settings =
        json!({"timezone": "America/New_York", "sender_email": "office@progrid.example.com"});
    town.put("/v1/settings", &settings).await.ok();
    town
}

/// The usual meeting, whose attendee is reached by email alone, is confirmed.
async fn confirm(town: &Town, id: &str) -> Message {
    let mut visit = meeting();
    visit["attendees"][0]["phone"] = json!(null);
    visit["attendees"][0]["email"] = json!(format!("{id}@example.com"));
    town.book(id, &visit).await;
    town.send(id, "confirmation_request").await.ok();
    town.the_message()
}

/// An hour passes, and the sweep comes.
async fn an_hour(town: &Town) {
    town.advance(TimeDelta::hours(1)).await;
}

async fn figures(town: &Town, query: &str) -> Value {
    town.get(&format!("/v1/figures{query}")).await.ok()
}

/// The one day of this date.
async fn day(town: &Town, date: &str) -> Value {
    let found = figures(town, &format!("?from={date}&to={date}")).await;
    found["days"][0].clone()
}

/// How many messages of a day stand so, whatever they are for, but for news to staff.
fn count(day: &Value, status: &str) -> u64 {
    let messages = day["messages"].as_array().unwrap().iter();
    let own = messages.filter(|each| each["status"] == status && each["type"] != "answer_notice");
    own.map(|each| each["count"].as_u64().unwrap()).sum()
}

/// Without the time it was counted at.
fn without_time(mut day: Value) -> Value {
    day["as_of"].take();
    day["reach_ahead"]["as_of"].take();
    day
}

#[tokio::test]
async fn a_day_says_what_was_sent_what_came_back_and_what_was_answered() {
    let town = town().await;
    town.template(
        "visit",
        json!({"id": "ask", "type": "confirmation_request"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    visit["attendees"][0]["phone"] = json!(null);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    let asked = town.the_message();
    let delivered = confirm(&town, "m-2").await;
    report(&town, &delivered, FeedbackEvent::Delivery).await;
    let bounced = confirm(&town, "m-3").await;
    report(&town, &bounced, FeedbackEvent::Bounce).await;
    town.answer(&Town::token(&asked), 1, "accept").await;
    let none = figures(&town, "").await;
    assert_eq!(none["days"], json!([]), "no message pays for its figures");
    assert_eq!(none["missing"].as_array().unwrap().len(), 14);
    an_hour(&town).await;
    let today = day(&town, "2026-01-05").await;
    assert_eq!(today["final"], false, "it goes on");
    assert_eq!(today["timezone"], "America/New_York");
    assert_eq!(today["as_of"], "2026-01-05T16:00:00Z");
    let by_status = |status| count(&today, status);
    assert_eq!(by_status("sent"), 1, "{today}");
    assert_eq!(by_status("delivered"), 1);
    assert_eq!(by_status("bounced"), 1);
    let accepted = json!([{
        "template_id": "visit", "channel": "email_link", "answer": "accept", "count": 1,
    }]);
    assert_eq!(today["answers"], accepted);
    let in_time = json!({"type": "confirmation_request", "within_seconds": 60, "count": 3});
    let lags = today["due_to_accepted"].as_array().unwrap();
    assert!(lags.contains(&in_time), "{lags:?}");
}

#[tokio::test]
async fn what_comes_late_counts_on_the_day_of_its_message_with_the_next_roll_up() {
    let town = town().await;
    let first = confirm(&town, "m-1").await;
    let second = confirm(&town, "m-2").await;
    town.advance(TimeDelta::days(1)).await;
    let counted = day(&town, "2026-01-05").await;
    assert_eq!(
        (count(&counted, "sent"), counted["final"].clone()),
        (2, json!(false))
    );
    // On the next day, before the second time that the day is counted after its end.
    report(&town, &first, FeedbackEvent::Bounce).await;
    town.answer(&Town::token(&second), 1, "decline").await;
    assert_eq!(
        day(&town, "2026-01-05").await,
        counted,
        "nothing pays for it meanwhile"
    );
    town.advance(TimeDelta::days(1)).await;
    let counted = day(&town, "2026-01-05").await;
    assert_eq!(
        (count(&counted, "bounced"), count(&counted, "sent")),
        (1, 1)
    );
    assert_eq!(counted["answers"][0]["answer"], "decline");
    let next = day(&town, "2026-01-06").await;
    assert_eq!(next["answers"], json!([]), "they count with their message");
    assert_eq!(count(&next, "bounced"), 0);
    // Two weeks after its end it is counted for the last time.
    town.advance_to("2026-01-20T05:00:00Z".parse().unwrap())
        .await;
    assert_eq!(day(&town, "2026-01-05").await["final"], true);
    assert_eq!(day(&town, "2026-01-06").await["final"], false);
    report(&town, &second, FeedbackEvent::Complaint).await;
    let done = day(&town, "2026-01-05").await;
    town.advance(TimeDelta::days(2)).await;
    assert_eq!(
        day(&town, "2026-01-05").await,
        done,
        "what is final stays so"
    );
}

#[tokio::test]
async fn a_reminder_that_goes_out_late_is_seen_to_be_late() {
    let town = town().await;
    let body = json!({"name": "Visit", "configs": [{"id": "soon", "type": "reminder"}, {"id": "yes", "type": "confirmation"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}]});
    town.put("/v1/templates/visit", &body).await.ok();
    for (id, start) in [
        ("m-1", "2026-01-07T10:00:00"),
        ("m-2", "2026-01-08T10:00:00"),
    ] {
        let mut visit = meeting();
        visit["template_id"] = json!("visit");
        visit["starts_at"] = json!(start);
        visit["attendees"][0]["phone"] = json!(null);
        town.book(id, &visit).await;
        town.send(id, "confirmation").await.ok();
        town.the_message();
    }
    // The first in time; the second one's schedule is lost, and the sweep finds it later.
    town.advance_to("2026-01-06T15:00:00Z".parse().unwrap())
        .await;
    town.the_message();
    town.break_call(Service::Scheduler, Effect::Never, 0);
    town.advance_to("2026-01-07T15:20:00Z".parse().unwrap())
        .await;
    town.the_message();
    town.advance(TimeDelta::hours(1)).await;
    let lags = |day: Value| -> Vec<(String, Value)> {
        let all = day["due_to_accepted"].as_array().unwrap().clone();
        let own = all.iter().filter(|each| each["type"] == "reminder");
        own.map(|each| (each["count"].to_string(), each["within_seconds"].clone()))
            .collect()
    };
    let in_time = day(&town, "2026-01-06").await;
    assert_eq!(lags(in_time), [("1".to_owned(), json!(60))]);
    let late = day(&town, "2026-01-07").await;
    assert_eq!(lags(late), [("1".to_owned(), json!(3_600))]);
}

/// The log's rows of a town, as they are stored.
async fn copies(town: &Town, count: usize) {
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client.scan().table_name(table).send().await.unwrap();
    let is_row = |item: &&Item| item["SK"].as_s().unwrap().starts_with("N#");
    let items = found.items.unwrap_or_default();
    let row = items.iter().find(is_row).unwrap().clone();
    let (ulid, meeting) = row["GSI1SK"].as_s().unwrap().split_once('~').unwrap();
    let copy = |i: usize| {
        let mut row = row.clone();
        // The same instant, another random part.
        let ulid = format!("{}{i:016}", &ulid[..10]);
        row.insert("SK".to_owned(), AttributeValue::S(format!("N#{ulid}")));
        let position = AttributeValue::S(format!("{ulid}~{meeting}"));
        row.insert("GSI1SK".to_owned(), position);
        let put = PutRequest::builder().set_item(Some(row)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let copies: Vec<_> = (0..count).map(copy).collect();
    for chunk in copies.chunks(25) {
        let write = client
            .batch_write_item()
            .request_items(table, chunk.to_vec());
        let left = write.send().await.unwrap().unprocessed_items;
        assert!(left.unwrap_or_default().is_empty());
    }
}

#[tokio::test]
async fn what_is_more_than_one_sweep_can_count_is_counted_by_the_next_ones() {
    let town = town().await;
    confirm(&town, "m-1").await;
    copies(&town, 3_099).await;
    an_hour(&town).await;
    let begun = figures(&town, "?from=2026-01-05").await;
    assert_eq!(begun["days"], json!([]), "nothing is said of half a day");
    assert_eq!(begun["missing"], json!(["2026-01-05"]));
    // The next sweep goes on, whatever the hour.
    town.advance(TimeDelta::minutes(5)).await;
    let counted = day(&town, "2026-01-05").await;
    assert_eq!(count(&counted, "sent"), 3_100);
    assert_eq!(counted["as_of"], "2026-01-05T16:00:00Z", "when it began");
    // Nothing is left behind that later sweeps would look at.
    let swept = town.wake(&json!({"sweep": {}})).await.unwrap();
    assert_eq!(swept["looked_at"], 0);
}

#[tokio::test]
async fn a_roll_up_that_is_cut_off_goes_on_where_it_was_written_last() {
    let town = town().await;
    confirm(&town, "m-1").await;
    copies(&town, 3_099).await;
    an_hour(&town).await;
    // The next sweep reads what is left, and cannot write it down.
    break_put(&town);
    town.expect_dead_letters();
    town.advance(TimeDelta::minutes(5)).await;
    assert_eq!(town.dead_letters().len(), 1);
    let begun = figures(&town, "?from=2026-01-05").await;
    assert_eq!(begun["missing"], json!(["2026-01-05"]));
    town.advance(TimeDelta::minutes(5)).await;
    let counted = day(&town, "2026-01-05").await;
    assert_eq!(count(&counted, "sent"), 3_100, "each row once");
}

/// The next write of one item alone does not get through.
fn break_put(town: &Town) {
    town.break_operation(Service::Dynamodb, "PutItem", Effect::Refuse, 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_counted_and_spoils_nothing() {
    let town = town().await;
    confirm(&town, "m-1").await;
    confirm(&town, "m-2").await;
    let broken = alter(&town, |pk, sk, item| {
        let chosen = pk == "MEETING#m-2" && sk.starts_with("N#");
        if chosen {
            item.insert("type".to_owned(), AttributeValue::Bool(true));
        }
        chosen
    });
    assert_eq!(broken.await, 1);
    an_hour(&town).await;
    let today = day(&town, "2026-01-05").await;
    assert_eq!(
        (count(&today, "sent"), today["unreadable"].clone()),
        (1, json!(1))
    );
    let page = town.page("/console/figures").await.text;
    assert!(
        page.contains("1 message of these days could not be read"),
        "{page}"
    );
}

#[tokio::test]
async fn figures_that_cannot_be_read_are_missing_until_they_are_counted_anew() {
    let town = town().await;
    confirm(&town, "m-1").await;
    an_hour(&town).await;
    let counted = day(&town, "2026-01-05").await;
    let broken = alter(&town, |pk, _, item| {
        let chosen = pk == "FIGURES";
        if chosen {
            item.insert("complete".to_owned(), AttributeValue::Bool(true));
        }
        chosen
    });
    assert_eq!(broken.await, 1);
    let found = figures(&town, "?from=2026-01-05").await;
    assert_eq!(found["missing"], json!(["2026-01-05"]));
    assert_eq!(found["unreadable"], 1);
    an_hour(&town).await;
    let anew = day(&town, "2026-01-05").await;
    assert_eq!(without_time(anew), without_time(counted));
}

/// Clocks of New York go forward on March 8 and back on November 1.
#[rstest]
#[case::winter("2026-01-06", "2026-01-06T05:00:00Z", "2026-01-07T05:00:00Z")]
#[case::of_23_hours("2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z")]
#[case::of_25_hours("2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")]
#[tokio::test]
async fn a_day_is_one_of_the_businesss_clocks(
    #[case] date: &str,
    #[case] from: DateTime<Utc>,
    #[case] to: DateTime<Utc>,
) {
    let town = town().await;
    let second = TimeDelta::seconds(1);
    let mut visit = meeting();
    visit["starts_at"] = json!("2026-12-15T14:00:00");
    for (at, id) in [
        (from - second, "before"),
        (from, "first"),
        (to - second, "last"),
        (to, "behind"),
    ] {
        town.advance_to(at).await;
        visit["attendees"][0]["email"] = json!(format!("{id}@example.com"));
        town.book(id, &visit).await;
        town.send(id, "confirmation").await.ok();
        town.post();
    }
    an_hour(&town).await;
    let counted = day(&town, date).await;
    assert_eq!(count(&counted, "sent"), 2, "{counted}");
}

#[tokio::test]
async fn a_roll_up_that_fails_is_made_up_for_and_stops_nothing_else() {
    let town = town().await;
    confirm(&town, "m-1").await;
    an_hour(&town).await;
    confirm(&town, "m-2").await;
    break_put(&town);
    town.expect_dead_letters();
    an_hour(&town).await;
    assert_eq!(
        town.dead_letters().len(),
        1,
        "the sweep says that it failed"
    );
    let asked = town.calls(Service::Sns)["ListPhoneNumbersOptedOut"];
    assert_eq!(asked, 2, "the rest of the sweep was done");
    assert_eq!(count(&day(&town, "2026-01-05").await, "sent"), 1);
    an_hour(&town).await;
    assert_eq!(count(&day(&town, "2026-01-05").await, "sent"), 2);
}
