//! Golden items: what is stored has the shape that its number says.
//!
//! `shared/cloud/src/store/rows/golden/` keeps one item of each kind and shape, unpacked, which
//! the store's own tests read for ever, once something is deployed. This story makes one of each kind, and holds what it
//! finds in the table against the newest golden item of the kind. Where they differ, the
//! shape has changed: give it the next number (see `shared/cloud/src/store/rows/mod.rs`)
//! and write its golden item, beside those there are, with
//!
//! ```sh
//! UPDATE_GOLDEN=1 cargo test --workspace --test stories golden
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use http::Method;
use serde_json::{Map, Value, json};
use usher_local::{FeedbackEvent, Message};
use usher_tests::{Town, meeting};

use crate::{
    unreadable::Item,
    unsubscribing::{link, one_click},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cloud/src/store/rows/golden")
}

/// A value as DynamoDB writes it in JSON.
fn to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(truth) => json!({ "BOOL": truth }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
        AttributeValue::L(values) => {
            json!({ "L": values.iter().map(to_json).collect::<Vec<_>>() })
        }
        AttributeValue::M(entries) => json!({ "M": to_object(entries) }),
        other => panic!("no row has such a value: {other:?}"),
    }
}

fn to_object(entries: &Item) -> Map<String, Value> {
    let sorted: BTreeMap<_, _> = entries.iter().collect();
    let entry = |(name, value): (&String, &AttributeValue)| (name.clone(), to_json(value));
    sorted.into_iter().map(entry).collect()
}

/// What kind an item is, by its key.
fn kind(pk: &str, sk: &str) -> &'static str {
    let before = |text: &str| text.split('#').next().unwrap().to_owned();
    match (before(pk).as_str(), before(sk).as_str()) {
        ("SETTINGS", _) => "settings",
        ("TEMPLATE", _) => "template",
        ("MEETING", "MEETING") if sk == "MEETING" => "meeting",
        ("MEETING", "MEETING") => "attendee",
        ("MEETING", "KEPT") => "kept_attendees",
        ("MEETING", "N") => "notification",
        ("MEETING", "C") => "content",
        ("MEETING", "T") => "timeline",
        ("TOKEN", _) => "grant",
        ("CONTACT", "PROMPT") => "prompt",
        ("CONTACT", "CONVERSATION") => "conversation",
        ("CONTACT", "OPT-OUT") => "opt_out",
        ("CONTACT", "NO-REMINDERS") => "unsubscription",
        ("CONTACT", "SUPPRESSION") => "address_suppression",
        ("INBOUND", _) => "seen_inbound",
        ("TEST", _) => "test_message",
        ("INBOX", _) => "inbound",
        ("OPT-OUT-MIRROR", _) => "account_list",
        ("KEY", _) => "key",
        ("FIGURES", _) => "daily_figures",
        other => panic!("an item of a kind that has no golden item: {other:?}"),
    }
}

/// The paths of all that an item says, with the types: what its shape is.
fn paths(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().unwrap() {
        match (name.as_str(), value) {
            ("M", inner) if inner.is_object() => {
                for (name, value) in inner.as_object().unwrap() {
                    paths(value, &format!("{path}.{name}"), into);
                }
            }
            ("L", inner) => {
                for value in inner.as_array().unwrap() {
                    paths(value, &format!("{path}[]"), into);
                }
            }
            // What is not there may be there another time.
            ("NULL", _) => {
                into.insert(format!("{path}?"));
            }
            (name, _) => {
                into.insert(format!("{path}: {name}"));
            }
        }
    }
}

/// A visit that is asked about, reminded of, moved, wished otherwise and settled.
fn visit_template() -> Value {
    // Too long for its row, however it is compressed.
    let long: String = (0..300)
        .map(|i: u64| format!("{:x} ", i * 7_919_317))
        .collect();
    json!({
        "name": "Visit", "title_format": "{title} ({status})", "location_kind": "client_house",
        "configs": [
            {"id": "ask", "name": "Ask", "type": "confirmation_request", "channel_mode": "both",
             "subject": "Shall we come?", "email_body": "<p>Hello {{ attendee.name }}</p>",
             "sms_text": "Shall we come?", "ask_decline_reason": true,
             "buttons": {"reschedule": true, "accept": true, "decline": true,
                         "view_details": true, "add_to_calendar": true},
             "colors": {"button": "#123456", "calendar": "#654321"},
             "reply_codes": {"enabled": true, "auto_replies": {"accept": "Thanks!",
                             "decline": "Pity.", "reschedule": "We will call."}},
             "translations": {"de": {"subject": "Dürfen wir kommen?", "email_body": "<p>Hallo</p>",
                              "sms_text": "Dürfen wir kommen?", "auto_replies": {"accept": "Danke!"}}}},
            {"id": "soon", "type": "reminder", "subject": "Soon",
             "email_body": format!("<p>{long}</p>")},
        ],
        "reminder_triggers": [
            {"id": "day", "config_id": "soon", "minutes_before": 1440, "if_late": "send_now"},
            {"id": "hour", "config_id": "soon", "minutes_before": 60},
        ],
    })
}

fn settings() -> Value {
    json!({
        "business_name": "ProGrid", "business_email": "office@progrid.example.com",
        "business_phone": "+12025550100", "business_address": "1 Main St, Springfield",
        "logo_url": "https://progrid.example.com/logo.png", "timezone": "America/New_York",
        "language": "en", "sender_name": "ProGrid", "sender_email": "office@progrid.example.com",
        "sender_image_url": "https://progrid.example.com/sam.png", "reply_to_organizer": true,
        "sms_origination_number": "+12065550100", "sms_sender_id": "ProGrid",
        "allowed_countries": ["US", "DE"], "sms_max_price_usd": 0.5,
        "sms_prices_usd": {"US": 0.01},
    })
}

/// A town in which everything that can be stored was stored, and the input of a schedule
/// that was armed.
async fn lived_in() -> (Town, Value) {
    let town = Town::new().await;
    town.put("/v1/settings", &settings()).await.ok();
    town.put("/v1/templates/visit", &visit_template())
        .await
        .ok();
    let mut booked = meeting();
    booked["template_id"] = json!("visit");
    booked["followers"] = json!(["ada@progrid.example.com"]);
    booked["location"]["video_url"] = json!("https://video.example.com/1");
    booked["attendees"][0]["preferred_confirmation_method"] = json!("both");
    booked["attendees"][0]["language"] = json!("en-US");
    booked["attendees"][0]["timezone"] = json!("America/Chicago");
    let bob = json!({
        "id": "bob", "name": "Bob Stone", "email": "bob@example.com", "phone": "+12025550143",
        "preferred_confirmation_method": "both", "language": "de", "timezone": "Europe/Berlin",
    });
    booked["attendees"].as_array_mut().unwrap().push(bob);
    town.book("m-1", &booked).await;
    let mut crowd = meeting();
    let guest =
        |i: usize| json!({"name": format!("Guest {i}"), "email": format!("g{i}@example.com")});
    crowd["attendees"] = (0..70).map(guest).collect();
    town.book("m-2", &crowd).await;
    let revoke = "/v1/meetings/m-1/links/revoke";
    town.call(Method::POST, revoke, &json!({})).await.ok();
    town.send("m-1", "confirmation_request").await.ok();
    let input = town.stack().schedules()[0].input.clone();
    let mail = town.post();
    let mail = mail.iter().find(|message| message.to == "ann@example.com");
    let token = Town::token(mail.unwrap());
    // Bob has another address by now, and his former calendar is asked.
    booked["attendees"][1]["email"] = json!("bob.stone@example.org");
    town.book("m-1", &booked).await;
    let update = json!({"type": "update", "confirm": true});
    town.send_as("moved", "m-1", &update).await.ok();
    town.post();
    town.advance(TimeDelta::days(9) + TimeDelta::hours(5)).await;
    town.reply_sms("2").await;
    // Nearly an answer, which is asked for again.
    town.text_from("+12025550143", "2!").await;
    let wish = [
        ("token", token.as_str()),
        ("revision", "1"),
        ("action", "reschedule"),
        ("reason", "The dog is ill"),
        ("preferred_times", "Any Friday"),
    ];
    town.submit(&wish).await;
    let wish = json!({"attendee_id": "bob", "answer": "reschedule", "reason": "Ill"});
    let answers = "/v1/meetings/m-1/responses";
    town.call(Method::POST, answers, &wish).await.ok();
    let reminder = town.post();
    let soon = |message: &&Message| message.subject.as_deref() == Some("Soon");
    one_click(&town, &link(reminder.iter().find(soon).unwrap())).await;
    // News to staff come back, which is lifted.
    let news = town.news().remove(0);
    let bounce = town.stack().report(&news.id, FeedbackEvent::Bounce);
    bounce.await.unwrap();
    let lift = format!("/v1/suppressions/{}", news.to);
    let reason = json!({"reason": "The mailbox was full"});
    town.call(Method::PUT, &lift, &reason).await.ok();
    town.call(Method::DELETE, &lift, &reason).await.ok();
    // Somebody else wants no texts, in their own words, and then does.
    town.text_from("+12025550199", "please stop texting me")
        .await;
    for method in [Method::PUT, Method::DELETE] {
        let number = "/v1/suppressions/+12025550199";
        town.call(method, number, &reason).await.ok();
    }
    town.text_from("+12025550188", "Who is this?").await;
    town.text_from("+12025550188", "STOP").await;
    let test = [("email", ""), ("phone", "+12025550199")];
    town.form("/console/test-message", &test).await;
    // All of which the next hour counts.
    town.advance(TimeDelta::hours(1)).await;
    town.post();
    (town, input)
}

/// The richest item of each kind in the table.
async fn stored(town: &Town) -> BTreeMap<String, Value> {
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client.scan().table_name(table).send().await.unwrap();
    let mut kinds: BTreeMap<String, Value> = BTreeMap::new();
    for mut item in found.items.unwrap_or_default() {
        usher_cloud::unpack(&mut item);
        let key = |name: &str| item[name].as_s().unwrap().as_str();
        let kind = kind(key("PK"), key("SK"));
        let item = json!({ "M": to_object(&item) });
        let richness = |item: &Value| {
            let mut said = BTreeSet::new();
            paths(item, "", &mut said);
            (
                said.iter().filter(|path| !path.ends_with('?')).count(),
                item.to_string().len(),
            )
        };
        let known = kinds
            .get(kind)
            .is_some_and(|known| richness(known) >= richness(&item));
        if !known {
            kinds.insert(kind.to_owned(), item);
        }
    }
    kinds
}

#[tokio::test]
async fn what_is_stored_has_the_shape_that_its_golden_item_has() {
    let (town, input) = lived_in().await;
    let mut kinds = stored(&town).await;
    let shape = input["reminder"]["shape"].clone();
    kinds.insert("schedule_input".to_owned(), input);
    for (kind, item) in kinds {
        let number = match kind.as_str() {
            "schedule_input" => shape.to_string(),
            _ => item["M"]["shape"]["N"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        };
        let file = folder().join(format!("{kind}.{number}.json"));
        #[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
        if std::env::var_os("UPDATE_GOLDEN").is_some() && !file.exists() {
            std::fs::create_dir_all(folder()).unwrap();
            let text = serde_json::to_string_pretty(&item).unwrap() + "\n";
            std::fs::write(&file, text).unwrap();
        }
        let golden = std::fs::read_to_string(&file);
        let golden = golden.unwrap_or_else(|_| panic!("no golden item {}", file.display()));
        let golden: Value = serde_json::from_str(&golden).unwrap();
        if kind == "schedule_input" {
            let names = |input: &Value| -> Vec<String> {
                input["reminder"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .cloned()
                    .collect()
            };
            assert_eq!(names(&golden), names(&item));
            continue;
        }
        let (mut said, mut expected) = (BTreeSet::new(), BTreeSet::new());
        paths(&item, "", &mut said);
        paths(&golden, "", &mut expected);
        assert_eq!(
            expected, said,
            "the shape of {kind} has changed without a new number"
        );
    }
}
