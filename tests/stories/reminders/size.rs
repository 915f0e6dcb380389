//! Nothing grows with the number of meetings: what is read and written is the same
//! at a hundred and at thousands, whose rows are several pages of every query;
//! ten thousand in `.ci/long`.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use usher_local::Capacity;
use usher_tests::{Town, as_many_as};

use super::{before, cancel, confirmed, start, template};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// A town with the usual meeting and this many more, half a year later, of whose items
/// those are there that are to be copied: all of them make it announced, with a row in
/// the log and reminders to come.
pub(crate) async fn town_of(meetings: usize, copied: fn(&Item) -> bool) -> Town {
    let town = confirmed(&template()).await;
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client
        .query()
        .table_name(table)
        .key_condition_expression("PK = :pk")
        .expression_attribute_values(":pk", AttributeValue::S("MEETING#m-1".into()))
        .send()
        .await
        .unwrap();
    let mut originals: Vec<Item> = found.items.unwrap();
    originals.iter_mut().for_each(usher_cloud::unpack);
    assert!(originals.len() >= 3, "the meeting, its row, its timeline");
    let mut puts = Vec::new();
    for number in 0..meetings {
        let wanted = originals.iter().filter(|item| copied(item));
        puts.extend(wanted.map(|item| put(copy(item, number))));
    }
    for batch in puts.chunks(25) {
        let request = client
            .batch_write_item()
            .request_items(table, batch.to_vec());
        request.send().await.unwrap();
    }
    town
}

/// An item's sort key.
pub(crate) fn sort_key(item: &Item) -> &str {
    item["SK"].as_s().unwrap()
}

fn put(item: Item) -> WriteRequest {
    let request = PutRequest::builder().set_item(Some(item)).build().unwrap();
    WriteRequest::builder().put_request(request).build()
}

/// The same item of another meeting, half a year later.
fn copy(item: &Item, number: usize) -> Item {
    let fields = item.iter();
    fields
        .map(|(name, value)| (name.clone(), renamed(value, number)))
        .collect()
}

fn renamed(value: &AttributeValue, number: usize) -> AttributeValue {
    match value {
        AttributeValue::S(text) => {
            let text = text.replace("m-1", &format!("c{number:05}"));
            AttributeValue::S(text.replace("2026-01-1", "2026-07-1"))
        }
        AttributeValue::M(fields) => AttributeValue::M(copy(fields, number)),
        AttributeValue::L(values) => {
            AttributeValue::L(values.iter().map(|value| renamed(value, number)).collect())
        }
        other => other.clone(),
    }
}

/// What each piece of the day's work consumes.
async fn work(town: &Town) -> Vec<(&'static str, Capacity)> {
    let mut consumed = Vec::new();
    let stack = town.stack();
    macro_rules! measure {
        ($name:literal, $work:expr) => {{
            stack.reset_capacity();
            $work;
            consumed.push(($name, stack.capacity()));
        }};
    }
    let get = async |path: &str| town.get(path).await.ok();
    // Once an hour a sweep counts messages, which is by how many there are of them.
    town.advance(TimeDelta::minutes(1)).await;
    measure!("an idle sweep", town.advance(TimeDelta::minutes(1)).await);
    measure!(
        "a day of the calendar",
        get("/v1/meetings?from=2026-01-15&to=2026-01-15").await
    );
    measure!(
        "a full page of the calendar",
        get("/v1/meetings?from=2026-07-01&to=2026-07-31&limit=20").await
    );
    measure!("a page of the log", get("/v1/notifications?limit=20").await);
    measure!(
        "a page of what failed",
        get("/v1/notifications?status=failed").await
    );
    measure!(
        "the meeting's log",
        get("/v1/notifications?meeting=m-1").await
    );
    measure!("the timeline", get("/v1/meetings/m-1/timeline").await);
    measure!("the plan", get("/v1/meetings/m-1/reminders").await);
    town.advance_to(before(1440) - TimeDelta::minutes(1)).await;
    measure!(
        "a reminder and the sweep after it",
        town.advance_to(before(1440)).await
    );
    town.the_message();
    let wanted = json!({"type": "confirmation_request"});
    measure!("a send", town.send_as("ask", "m-1", &wanted).await.ok());
    let token = Town::token(&town.the_message());
    measure!("an answer", town.answer(&token, 1, "decline").await);
    let again = json!({"attendee_id": "ann", "answer": "accept"});
    measure!(
        "another answer",
        town.call(Method::POST, "/v1/meetings/m-1/responses", &again)
            .await
            .ok()
    );
    measure!("a template of no meeting", {
        let mut other = template();
        other["apply_to_upcoming"] = json!(true);
        town.put("/v1/templates/other", &other).await.ok()
    });
    measure!("a cancellation", cancel(town).await);
    town.the_message();
    measure!("a sweep after all", town.advance_to(start()).await);
    consumed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_meetings_cost_what_a_hundred_do() {
    let few = work_in_town_of(100).await;
    let many = work_in_town_of(as_many_as("USHER_MEETINGS", 300, 2_000)).await;
    for ((name, few), (_, many)) in few.iter().zip(&many) {
        assert!(few.read + few.write > 0.0, "{name} was not measured");
        assert_eq!(few, many, "{name} costs more with more meetings");
    }
}

async fn work_in_town_of(meetings: usize) -> Vec<(&'static str, Capacity)> {
    let town = town_of(meetings, |_| true).await;
    work(&town).await
}
