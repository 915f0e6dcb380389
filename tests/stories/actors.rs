//! Who acts stands on what they change: on the timeline, in the log, and on each version
//! of a meeting, a template and the settings.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Town, claims, meeting};

use crate::unreadable::Item;

const KIM: &str = "person u-1 Kim";
const CRM: &str = "program crm";
const ANN: &str = "customer ann";

/// A program with these roles, as the gateway's authorizer tells of it.
fn program(roles: &str) -> Caller {
    let claims = [("sub", "crm"), ("client_id", "crm"), ("roles", roles)];
    let claims = claims.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Caller::Claims(claims.into())
}

/// Somebody changes something.
async fn does(town: &Town, who: &Caller, method: Method, path: &str, body: &Value) {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", path),
    ];
    let request = town.request(who, method, path, &headers, body.to_string());
    request.await.ok();
}

async fn items(town: &Town) -> Vec<Item> {
    let client = Client::new(town.stack().sdk_config());
    let table = &town.stack().tables()[0];
    let found = client.scan().table_name(table).send().await.unwrap();
    let mut items = found.items.unwrap_or_default();
    items.iter_mut().for_each(usher_cloud::unpack);
    items
}

/// An actor as a row has it, in one line.
fn who(item: &Item, name: &str) -> String {
    let Some(AttributeValue::M(actor)) = item.get(name) else {
        return "nobody".to_owned();
    };
    let words = ["kind", "id", "name"];
    let words = words.iter().filter_map(|name| actor.get(*name));
    let words: Vec<_> = words.map(|word| word.as_s().unwrap().as_str()).collect();
    words.join(" ")
}

/// Whose change the version is of the item with this key.
async fn changed_by(town: &Town, pk: &str) -> String {
    let items = items(town).await;
    let kept = |item: &&Item| {
        item["PK"].as_s().unwrap() == pk && !item["SK"].as_s().unwrap().contains('#')
    };
    who(items.iter().find(kept).unwrap(), "changed_by")
}

/// What these rows are, each with who did it.
async fn actors(town: &Town, kind_of_row: &str, field: &str) -> BTreeSet<(String, String)> {
    let items = items(town).await.into_iter();
    let rows = items.filter(|item| item["SK"].as_s().unwrap().starts_with(kind_of_row));
    rows.map(|item| (item[field].as_s().unwrap().clone(), who(&item, "actor")))
        .collect()
}

/// A meeting that a program has booked, with what Kim has set up for it.
async fn booked() -> Town {
    let town = Town::new().await;
    let kim = claims("admin");
    let settings = json!({"sender_email": "office@progrid.example.com",
        "sms_origination_number": "+12065550100"});
    does(&town, &kim, Method::PUT, "/v1/settings", &settings).await;
    let template = json!({"name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}]});
    does(&town, &kim, Method::PUT, "/v1/templates/t", &template).await;
    let mut visit = meeting();
    visit["template_id"] = "t".into();
    does(
        &town,
        &program("member"),
        Method::PUT,
        "/v1/meetings/m-1",
        &visit,
    )
    .await;
    town
}

#[tokio::test]
async fn each_version_says_whose_change_it_is() {
    let town = booked().await;
    assert_eq!(changed_by(&town, "SETTINGS").await, KIM);
    assert_eq!(changed_by(&town, "TEMPLATE").await, KIM);
    assert_eq!(changed_by(&town, "MEETING#m-1").await, CRM);

    let request = json!({"type": "confirmation_request"});
    let path = "/v1/meetings/m-1/notifications";
    does(&town, &claims("member"), Method::POST, path, &request).await;
    assert_eq!(changed_by(&town, "MEETING#m-1").await, KIM);

    town.answer(&Town::token(&town.the_message()), 1, "accept")
        .await;
    assert_eq!(changed_by(&town, "MEETING#m-1").await, ANN);

    town.advance(TimeDelta::days(9) + TimeDelta::hours(5)).await;
    assert_eq!(changed_by(&town, "MEETING#m-1").await, "system");
    town.post();
    town.news();
}

#[tokio::test]
async fn the_timeline_and_the_log_say_who_had_it_done() {
    let town = booked().await;
    let kim = claims("member");
    let request = json!({"type": "confirmation_request"});
    let path = "/v1/meetings/m-1/notifications";
    does(&town, &kim, Method::POST, path, &request).await;
    town.answer(&Town::token(&town.the_message()), 1, "accept")
        .await;
    town.advance(TimeDelta::days(9) + TimeDelta::hours(5)).await;
    let revoke = "/v1/meetings/m-1/attendees/ann/links/revoke";
    does(&town, &kim, Method::POST, revoke, &json!({})).await;
    let archive = "/v1/meetings/m-1/archive";
    does(&town, &program("member"), Method::POST, archive, &json!({})).await;
    town.post();
    town.news();

    let pairs = |pairs: &[(&str, &str)]| {
        let own = |(what, who): &(&str, &str)| ((*what).to_owned(), (*who).to_owned());
        pairs.iter().map(own).collect::<BTreeSet<_>>()
    };
    let timeline = actors(&town, "T#", "kind").await;
    let done = [
        ("created", CRM),
        ("answer", ANN),
        ("links_revoked", KIM),
        ("archived", CRM),
    ];
    assert_eq!(timeline, pairs(&done));
    // Of what was sent, the timeline has it from the log.
    let log = actors(&town, "N#", "type").await;
    let sent = [
        ("confirmation_request", KIM),
        ("answer_notice", "system"),
        ("reminder", "system"),
    ];
    assert_eq!(log, pairs(&sent));
}

#[tokio::test]
async fn rows_without_an_actor_are_read_as_before() {
    let town = booked().await;
    town.send("m-1", "confirmation_request").await.ok();
    let before = town.timeline("m-1").await;
    let altered = crate::unreadable::alter(&town, |_, _, item| {
        let timeline = item.remove("actor").is_some();
        item.remove("changed_by").is_some() || timeline
    });
    assert!(altered.await > 4);
    assert_eq!(town.timeline("m-1").await, before);
    town.answer(&Town::token(&town.the_message()), 1, "accept")
        .await;
    assert_eq!(changed_by(&town, "MEETING#m-1").await, ANN);
    town.news();
    let archive = "/v1/meetings/m-1/archive";
    does(&town, &program("member"), Method::POST, archive, &json!({})).await;
}
