//! Rows of another release, and rows that are broken: one of them takes nothing else
//! with it, and is shown (promise 20).

mod words;

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use http::Method;
use rstest::rstest;
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

const PAGES: [&str; 6] = [
    "/console",
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
    assert!(broken.await >= 9, "one of each kind");

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

/// The settings, with part of what they say of SMS altered.
async fn with_sms_settings(town: &Town, change: impl Fn(&mut Item)) {
    let settings = json!({
        "business_name": "ProGrid", "sms_sender_id": "PROGRID",
        "allowed_countries": ["US"], "sms_max_price_usd": 0.5, "sms_max_segments": 6,
    });
    town.put("/v1/settings", &settings).await.ok();
    let altered = alter(town, |pk, _, item| {
        if pk != "SETTINGS" {
            return false;
        }
        let Some(AttributeValue::M(sms)) = item.get_mut("sms") else {
            panic!("there are SMS settings")
        };
        change(sms);
        true
    });
    assert_eq!(altered.await, 1);
}

#[rstest]
#[case::another_part("transliterate", AttributeValue::S("perhaps".to_owned()), true)]
#[case::one_of_the_countries(
    "allowed_countries",
    AttributeValue::L(vec![AttributeValue::S("US".to_owned()), AttributeValue::Bool(true)]),
    true
)]
#[case::all_countries("allowed_countries", AttributeValue::Bool(true), false)]
#[case::each_country("allowed_countries", AttributeValue::L(vec![AttributeValue::Bool(true)]), false)]
#[case::the_price("max_price_usd", AttributeValue::S("much".to_owned()), false)]
#[tokio::test]
async fn settings_that_cannot_be_read_open_nothing(
    #[case] field: &str,
    #[case] value: AttributeValue,
    #[case] goes_out: bool,
) {
    let town = Town::new().await;
    let config = json!({"id": "c", "type": "confirmation", "channel_mode": "sms"});
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    visit["attendees"][0]["phone"] = json!("+447400123456");
    town.book("m-2", &visit).await;
    with_sms_settings(&town, |sms| {
        sms.insert(field.to_owned(), value.clone());
    })
    .await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    if goes_out {
        assert_eq!(delivery["status"], "sent", "{delivery}");
        let sms = town.the_message();
        assert_eq!(sms.attributes["AWS.SNS.SMS.SenderID"], "PROGRID", "{sms:?}");
        assert_eq!(sms.attributes["AWS.SNS.SMS.MaxPrice"], "0.5");
    } else {
        assert_eq!(delivery["status"], "failed", "{delivery}");
        let why = delivery["reason"].as_str().unwrap();
        assert!(why.contains("settings cannot be read"), "{why}");
    }
    let abroad = town.send("m-2", "confirmation").await.ok();
    let delivery = &abroad["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed", "abroad: {delivery}");
}

#[tokio::test]
async fn a_config_that_cannot_be_read_in_part_still_says_what_it_says() {
    let town = Town::new().await;
    let config = json!({
        "id": "c", "type": "confirmation", "channel_mode": "both", "subject": "Our own words",
        "reply_codes": {"enabled": true},
    });
    town.template("t", config).await;
    let altered = alter(&town, |pk, _, item| {
        let Some(AttributeValue::L(configs)) = item.get_mut("configs").filter(|_| pk == "TEMPLATE")
        else {
            return false;
        };
        let Some(AttributeValue::M(config)) = configs.first_mut() else {
            panic!("there is a config")
        };
        let word = |text: &str| AttributeValue::S(text.to_owned());
        config.insert("channel_mode".to_owned(), word("pigeon"));
        config.insert("ask_decline_reason".to_owned(), word("perhaps"));
        true
    });
    assert_eq!(altered.await, 1);
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.the_message().subject.as_deref(), Some("Our own words"));
    assert!(
        town.page("/console/templates")
            .await
            .text
            .contains("Unreadable in part")
    );
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
