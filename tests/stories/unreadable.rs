//! Rows of another release, and rows that are broken: one of them takes nothing else
//! with it, and is shown (promise 20).

mod log;
mod settings;
mod words;

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use http::Method;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Changes everything that is stored as `change` says, which tells whether it did. What was
/// packed is not any more, which says the same.
pub(crate) async fn alter(town: &Town, change: impl Fn(&str, &str, &mut Item) -> bool) -> usize {
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client.scan().table_name(table).send().await.unwrap();
    let mut changed = 0;
    for mut item in found.items.unwrap_or_default() {
        usher_cloud::unpack(&mut item);
        let key = |name: &str| item[name].as_s().unwrap().clone();
        let (pk, sk) = (key("PK"), key("SK"));
        if change(&pk, &sk, &mut item) {
            let put = client.put_item().table_name(table).set_item(Some(item));
            put.send().await.unwrap();
            changed += 1;
        }
    }
    changed
}

/// Replaces these words in every text of an item.
pub(crate) fn replace_texts(entries: &mut Item, from: &str, to: &str) {
    for value in entries.values_mut() {
        replace(value, from, to);
    }
}

fn replace(value: &mut AttributeValue, from: &str, to: &str) {
    match value {
        AttributeValue::S(text) => *text = text.replace(from, to),
        AttributeValue::M(entries) => replace_texts(entries, from, to),
        AttributeValue::L(values) => values.iter_mut().for_each(|each| replace(each, from, to)),
        _ => {}
    }
}

/// Puts a field that nobody knows into every map of a value, but for those that are
/// tables of their own.
fn extend(entries: &mut Item) {
    for (name, value) in entries.iter_mut() {
        if !matches!(name.as_str(), "sent" | "prices_usd" | "translations") {
            extend_value(value);
        }
    }
    let fields = Item::from([("deep".to_owned(), AttributeValue::Bool(true))]);
    entries.insert("of_a_later_release".to_owned(), AttributeValue::M(fields));
}

fn extend_value(value: &mut AttributeValue) {
    match value {
        AttributeValue::M(entries) => extend(entries),
        AttributeValue::L(values) => values.iter_mut().for_each(extend_value),
        _ => {}
    }
}

/// A template that asks on both channels, and reminds a day before.
fn template() -> Value {
    json!({
        "name": "Visit",
        "configs": [
            {"id": "ask", "type": "confirmation_request", "channel_mode": "both",
             "reply_codes": {"enabled": true}, "colors": {"button": "#123456"}},
            {"id": "soon", "type": "reminder", "subject": "Soon"},
        ],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    })
}

/// A town with meetings that were asked about, each of a template of its own.
async fn asked(ids: &[&str]) -> (Town, Vec<String>) {
    let town = Town::new().await;
    let settings = json!({"business_name": "ProGrid", "sender_name": "ProGrid"});
    town.put("/v1/settings", &settings).await.ok();
    let mut tokens = Vec::new();
    for id in ids {
        town.put(&format!("/v1/templates/of-{id}"), &template())
            .await
            .ok();
        let mut visit = meeting();
        visit["template_id"] = json!(format!("of-{id}"));
        visit["attendees"][0]["email"] = json!(format!("{id}@example.com"));
        town.book(id, &visit).await;
        town.send(id, "confirmation_request").await.ok();
        let post = town.post();
        tokens.push(Town::token(&post[0]));
    }
    town.text_from("+12025550188", "Who is this?").await;
    (town, tokens)
}

/// How many entries of a list there are, and how many cannot be read.
async fn listed(town: &Town, path: &str, name: &str) -> (usize, u64) {
    let page = town.get(path).await.ok();
    let rows = page[name].as_array().unwrap().len();
    (rows, page["unreadable"].as_u64().unwrap())
}

const LISTS: [(&str, &str); 5] = [
    ("/v1/templates", "templates"),
    ("/v1/meetings", "meetings"),
    ("/v1/notifications", "notifications"),
    ("/v1/inbound-messages", "inbound_messages"),
    (
        "/v1/notifications?recipient=%2B12025550123",
        "notifications",
    ),
];

const PAGES: [&str; 7] = [
    "/console",
    "/console/reach",
    "/console/notifications",
    "/console/notifications.csv",
    "/console/inbox",
    "/console/templates",
    "/console/settings",
];

#[tokio::test]
async fn rows_of_a_later_release_are_read_for_what_is_known_of_them() {
    let (town, tokens) = asked(&["m-1"]).await;
    let changed = alter(&town, |_, _, item| {
        extend(item);
        true
    });
    assert!(changed.await > 10, "everything that is stored");
    for (path, name) in LISTS {
        assert_eq!(listed(&town, path, name).await, (1, 0), "{path}");
    }
    for path in PAGES.into_iter().chain([
        "/console/meetings/m-1",
        "/console/templates/of-m-1",
        "/console?q=ann&view=list",
    ]) {
        let page = town.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("cannot be read"), "{path}");
    }
    assert_eq!(town.visit(&tokens[0]).await.status, 200);
    town.reply_sms("1").await;
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    town.the_message();
    // A schedule of a later release, too.
    let due = town.stack().schedules().remove(0);
    let mut event = due.input;
    event["reminder"]["of_a_later_release"] = json!(1);
    town.wake(&event).await.unwrap();
    town.advance_to("2026-01-14T19:10:00Z".parse().unwrap())
        .await;
    assert!(town.the_message().subject.unwrap().contains("Soon"));
    // What a request says is held to what is known.
    let mut body = template();
    body["configs"][0]["colors"]["of_a_later_release"] = json!(1);
    let refused = town.put("/v1/templates/of-m-1", &body).await;
    assert_eq!(
        refused.invalid_fields(),
        ["/configs/0/colors/of_a_later_release"]
    );
}

#[tokio::test]
async fn rows_that_are_broken_take_nothing_else_with_them() {
    let (town, tokens) = asked(&["m-1", "m-2", "m-3"]).await;
    let word = |text: &str| AttributeValue::S(text.to_owned());
    let broken = alter(&town, |pk, sk, item| {
        let kind = sk.split_once('#').map_or(sk, |(kind, _)| kind);
        let (name, value) = match (pk, kind) {
            ("MEETING#m-2", "MEETING") => ("details", word("soon")),
            ("MEETING#m-2", "N") => ("type", word("telepathy")),
            ("MEETING#m-2", "T") => ("at", word("then")),
            ("MEETING#m-2", "C") => ("zlib", word("garbage")),
            ("TEMPLATE", "of-m-2" | "of-m-3") => ("configs", word("none")),
            ("SETTINGS", _) => ("colors", word("red")),
            ("INBOX", _) => ("from", AttributeValue::Bool(true)),
            (_, "PROMPT") if sk.contains("m-2") => ("codes", word("1")),
            _ => return false,
        };
        item.insert(name.to_owned(), value);
        true
    });
    assert!(broken.await >= 8, "one of each kind");

    let expected = [(1, 2), (2, 1), (2, 1), (0, 1), (2, 1)];
    for ((path, name), expected) in LISTS.into_iter().zip(expected) {
        assert_eq!(listed(&town, path, name).await, expected, "{path}");
    }
    for path in PAGES {
        let page = town.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        let shown =
            page.text.contains("cannot be read") || page.text.contains("Unreadable in part");
        assert!(shown, "{path}: {}", page.text);
    }
    for path in ["/v1/meetings/m-2", "/v1/templates/of-m-2", "/v1/settings"] {
        assert_eq!(town.get(path).await.problem().0, "unreadable", "{path}");
    }
    assert_eq!(town.page("/console/templates/of-m-2").await.status, 200);

    // Good meetings are opened and answered, with a template that cannot be read or not.
    for token in [&tokens[0], &tokens[2]] {
        assert_eq!(town.visit(token).await.status, 200);
        assert_eq!(town.answer(token, 1, "accept").await.status, 200);
    }
    town.reply_sms("Hello?").await;
    town.call(
        Method::POST,
        "/v1/meetings/m-1/preview",
        &json!({"type": "update"}),
    )
    .await
    .ok();
    // The unreadable one's reminder is given up; the others' go out, as does the sweep.
    town.expect_dead_letters();
    town.advance_to("2026-01-14T19:10:00Z".parse().unwrap())
        .await;
    let mut reminded: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
    reminded.sort_unstable();
    assert_eq!(reminded, ["m-1@example.com", "m-3@example.com"]);
    let given_up = town.dead_letters();
    let only = |letter: &usher_local::DeadLetter| format!("{letter:?}").contains("m-2");
    assert!(
        !given_up.is_empty() && given_up.iter().all(only),
        "{given_up:#?}"
    );

    // Saved anew, they are whole.
    let settings = json!({"business_name": "ProGrid"});
    town.put("/v1/settings", &settings).await.ok();
    town.get("/v1/settings").await.ok();
    for id in ["of-m-2", "of-m-3"] {
        let path = format!("/v1/templates/{id}");
        town.put(&path, &template()).await.ok();
    }
    assert_eq!(listed(&town, "/v1/templates", "templates").await, (3, 0));
}

/// Whoever follows a link needs little of the message that it came with.
#[tokio::test]
async fn a_link_opens_though_the_rest_of_its_message_cannot_be_read() {
    let (town, tokens) = asked(&["m-1"]).await;
    let broken = alter(&town, |_, sk, item| {
        let message = sk.starts_with("N#");
        if message {
            let unknown = AttributeValue::S("telepathy".to_owned());
            item.insert("type".to_owned(), unknown);
        }
        message
    });
    assert_eq!(broken.await, 1);
    assert_eq!(town.visit(&tokens[0]).await.status, 200);
    assert_eq!(town.answer(&tokens[0], 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    town.advance_to("2026-01-14T19:10:00Z".parse().unwrap())
        .await;
    assert_eq!(town.post().len(), 1, "the reminder");
}
