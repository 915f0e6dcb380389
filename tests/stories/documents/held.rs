//! The API's description held against the API: what it says of every field, parameter
//! and operation is tried, whichever there are.

use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town};

use super::document;
use crate::api_inputs::requests;

const METHODS: [&str; 3] = ["get", "put", "post"];

/// Every operation: its method, its path and what is said of it.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item)| {
        let operation = move |method: &'static str| {
            let item: &Value = item;
            Some((method, path as &String, item.get(method)?))
        };
        METHODS.into_iter().filter_map(operation)
    };
    let all = paths.iter().flat_map(of);
    all.map(|(method, path, operation)| (method, path.as_str(), operation))
        .collect()
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    match schema.get("oneOf").and_then(Value::as_array) {
        Some(choices) if choices.iter().any(|choice| choice["type"] == "null") => {
            let real = choices.iter().find(|choice| choice["type"] != "null");
            resolved(document, real.unwrap())
        }
        _ => schema,
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        _ => false,
    }
}

/// Every field below a schema that holds a value, with where it stands.
fn leaves<'a>(
    document: &'a Value,
    schema: &'a Value,
    at: &str,
    found: &mut Vec<(String, &'a Value)>,
) {
    if schema["readOnly"] == true {
        return;
    }
    let schema = resolved(document, schema);
    if let Some(fields) = schema.get("properties").and_then(Value::as_object) {
        for (name, field) in fields {
            leaves(document, field, &format!("{at}/{name}"), found);
        }
    }
    match schema.get("additionalProperties") {
        Some(values @ Value::Object(_)) => {
            let names = &schema["propertyNames"]["enum"];
            let name = if names.is_array() { "de" } else { "US" };
            leaves(document, values, &format!("{at}/{name}"), found);
        }
        _ if is(schema, "array") => {
            found.push((at.to_owned(), schema));
            leaves(document, &schema["items"], &format!("{at}/0"), found);
        }
        _ if !is(schema, "object") => found.push((at.to_owned(), schema)),
        _ => {}
    }
}

fn bounded(schema: &Value) -> bool {
    let has = |name| schema.get(name).is_some();
    if is(schema, "array") {
        return has("maxItems");
    }
    if is(schema, "integer") || is(schema, "number") {
        return (has("minimum") || has("exclusiveMinimum")) && has("maximum");
    }
    is(schema, "boolean") || has("enum") || has("maxLength")
}

/// Values that a schema allows at its bounds, and values just beyond them.
fn at_and_beyond(schema: &Value, present: Option<&Value>) -> (Vec<Value>, Vec<Value>) {
    let (mut at, mut beyond) = (Vec::new(), Vec::new());
    let number = |name: &str| schema.get(name).and_then(Value::as_f64);
    let length = |name: &str| {
        schema
            .get(name)
            .and_then(Value::as_u64)
            .and_then(|n| usize::try_from(n).ok())
    };
    let counted = |value: f64| {
        // `30` and `30.0` are not the same to a reader of integers.
        let whole = value.to_string().parse::<i64>();
        whole.map_or_else(|_| json!(value), |whole| json!(whole))
    };
    if let Some(names) = schema.get("enum").and_then(Value::as_array) {
        at.extend(names.iter().cloned());
        beyond.push(json!("no-such-word"));
    }
    for (name, step) in [("minimum", -1.0), ("maximum", 1.0)] {
        if let Some(bound) = number(name) {
            at.push(counted(bound));
            beyond.push(counted(bound + step));
        }
    }
    if let Some(bound) = number("exclusiveMinimum") {
        beyond.push(counted(bound));
    }
    if let Some(max) = length("maxLength") {
        let example = schema.get("examples").and_then(Value::as_array);
        match example {
            Some(examples) => at.extend(examples.iter().cloned()),
            None => at.push(json!("x".repeat(max))),
        }
        beyond.push(json!("x".repeat(max + 1)));
        if length("minLength").is_some_and(|min| min > 1) {
            beyond.push(json!("x".repeat(length("minLength").unwrap() - 1)));
        }
    }
    if let Some(max) = length("maxItems") {
        let item = present
            .and_then(|list| list.get(0))
            .cloned()
            .unwrap_or(json!("x"));
        beyond.push(vec![item; max + 1].into());
    }
    (at, beyond)
}

/// The document with a value at a place, whose parents are made where they lack.
fn put_at(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for step in pointer.split('/').skip(1) {
        place = match step.parse::<usize>() {
            Ok(index) => {
                if !place.is_array() {
                    *place = json!([]);
                }
                let items = place.as_array_mut().unwrap();
                items.resize(items.len().max(index + 1), Value::Null);
                &mut items[index]
            }
            Err(_) => {
                if !place.is_object() {
                    *place = json!({});
                }
                &mut place[step]
            }
        };
    }
    *place = value;
}

/// Whether an answer refuses what stands at a place.
fn refuses(reply: &Reply, pointer: &str) -> bool {
    [400, 422].contains(&reply.status.as_u16())
        && reply.json()["errors"].as_array().is_some_and(|errors| {
            errors.iter().any(|error| {
                let named = error["pointer"].as_str().unwrap();
                named == pointer || named.starts_with(&format!("{pointer}/"))
            })
        })
}

/// Whether a field is the text of an SMS: how many parts it may take is a setting.
fn is_sms(at: &str) -> bool {
    at.ends_with("/sms_text") || at.contains("/auto_replies/")
}

/// Whether more than its form decides on a field: it names something that must be there,
/// or a setting bounds it.
fn needs_more_than_its_form(at: &str) -> bool {
    let names = [
        "/id",
        "/template/id",
        "/template_id",
        "/meeting_id",
        "/attendee_id",
    ];
    let preview_or_send = "/attendees/0";
    names.contains(&at) || at.ends_with("/config_id") || at == preview_or_send || is_sms(at)
}

fn body_schema(operation: &Value) -> Option<&Value> {
    operation.pointer("/requestBody/content/application~1json/schema")
}

/// The operation of a request, by its path.
fn described<'a>(document: &'a Value, method: &Method, path: &str) -> &'a Value {
    let matches = |template: &str| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template
                .zip(path)
                .all(|(step, given)| step.starts_with('{') || step == given)
    };
    let mut all = operations(document).into_iter();
    let name = method.as_str().to_lowercase();
    all.find(|(method, template, _)| *method == name && matches(template))
        .unwrap()
        .2
}

#[tokio::test]
async fn every_field_that_can_be_written_is_bounded() {
    let document = document();
    let (mut unbounded, mut seen) = (Vec::new(), 0);
    for (method, path, operation) in operations(&document) {
        let mut fields = Vec::new();
        if let Some(schema) = body_schema(operation) {
            leaves(&document, schema, "", &mut fields);
        }
        for given in operation["parameters"].as_array().into_iter().flatten() {
            let schema = resolved(&document, &given["schema"]);
            fields.push((given["name"].as_str().unwrap().to_owned(), schema));
        }
        seen += fields.len();
        let lacking = fields.iter().filter(|(_, schema)| !bounded(schema));
        unbounded.extend(lacking.map(|(at, _)| format!("{method} {path}: {at}")));
    }
    assert!(unbounded.is_empty(), "{unbounded:#?}");
    assert!(seen > 150, "{seen}");
}

#[tokio::test]
async fn what_the_description_allows_is_taken_and_what_lies_beyond_is_refused() {
    let (document, town) = (document(), Town::new().await);
    let (mut wrong, mut tried, mut bodies) = (Vec::new(), 0, 0);
    for (method, path, body) in requests(&town).await {
        let operation = described(&document, &method, &path);
        let mut fields = Vec::new();
        leaves(&document, body_schema(operation).unwrap(), "", &mut fields);
        bodies += 1;
        for (at, schema) in fields {
            let (allowed, refused) = at_and_beyond(schema, body.pointer(&at));
            let cases = allowed.into_iter().map(|value| (value, false));
            for (value, beyond) in cases.chain(refused.into_iter().map(|value| (value, true))) {
                if !beyond && needs_more_than_its_form(&at) {
                    continue;
                }
                let mut sent = body.clone();
                put_at(&mut sent, &at, value.clone());
                tried += 1;
                let key = format!("held-{tried}");
                let headers = [
                    ("content-type", "application/json"),
                    ("idempotency-key", &key),
                ];
                let (admin, text) = (&Caller::LocalAdmin, sent.to_string());
                let reply = town
                    .request(admin, method.clone(), &path, &headers, text)
                    .await;
                let shown: String = value.to_string().chars().take(60).collect();
                if reply.status == 413 && beyond {
                    continue;
                }
                if refuses(&reply, &at) != beyond {
                    let said: String = reply.text.chars().take(200).collect();
                    wrong.push(format!(
                        "{method} {path} {at} = {shown}: {} {said}",
                        reply.status
                    ));
                }
            }
        }
    }
    town.post();
    let all = operations(&document).into_iter();
    let with_body = all
        .filter(|(_, _, operation)| body_schema(operation).is_some())
        .count();
    assert_eq!(
        bodies, with_body,
        "a request with a body is not tried: add it to `requests`"
    );
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
    assert!(tried > 300, "{tried}");
}

/// The path with ids in it that name nothing.
fn nowhere(path: &str) -> String {
    let id = if path.starts_with("/v1/notifications") {
        "none~01ARZ3NDEKTSV4RRFFQ69G5FAV"
    } else {
        "none"
    };
    path.replace("{id}", id).replace("{attendee}", "none")
}

#[tokio::test]
async fn every_operation_says_what_it_is_for_and_what_it_refuses() {
    let (document, town) = (document(), Town::new().await);
    let json = ("content-type", "application/json");
    let key = ("idempotency-key", "k");
    let mut names = Vec::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(!names.contains(&name), "{name} is there twice");
        names.push(name);
        assert!(
            operation["description"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{name}"
        );
        assert_eq!(
            operation["tags"].as_array().map(Vec::len),
            Some(1),
            "{name}"
        );
        let method: Method = method.to_uppercase().parse().unwrap();
        let said = |status: u16| operation["responses"].get(status.to_string());
        let admin = &Caller::LocalAdmin;
        let there = nowhere(path);
        let stranger = town
            .request(&Caller::Anonymous, method.clone(), &there, &[json], "{}")
            .await;
        assert!(stranger.status == 401 && said(401).is_some(), "{name}");
        let powerless = Caller::Claims([("sub".to_owned(), "x".to_owned())].into());
        let powerless = town
            .request(&powerless, method.clone(), &there, &[json, key], "{}")
            .await;
        assert!(
            powerless.status == 403 && said(403).is_some(),
            "{name}: {}",
            powerless.text
        );
        let stray = format!("{there}?nonsense=1");
        let stray = town
            .request(admin, method.clone(), &stray, &[json, key], "{}")
            .await;
        assert_eq!(
            stray.problem(),
            ("bad-request".to_owned(), 400),
            "{name} ignores a query"
        );
        assert!(said(400).is_some(), "{name}");
        if body_schema(operation).is_some() {
            for (headers, body, status) in [
                (&[key][..], "{}".to_owned(), 415),
                (&[json, key], "{".to_owned(), 400),
                (&[json, key], "[]".to_owned(), 400),
                (&[json, key], " ".repeat(300_000), 413),
                (&[json, key], json!({"nonsense": 1}).to_string(), 422),
            ] {
                let reply = town
                    .request(admin, method.clone(), &there, headers, body)
                    .await;
                assert_eq!(reply.status, status, "{name}: {}", reply.text);
                assert!(said(status).is_some(), "{name} does not tell of {status}");
            }
        }
        let none = town
            .request(
                admin,
                method,
                &there,
                &[json, key],
                "{\"type\": \"confirmation\"}",
            )
            .await;
        assert!(
            none.status.is_success() || said(none.status.as_u16()).is_some(),
            "{name}: {}",
            none.text
        );
        if none.status == 200 {
            assert!(
                said(404).is_none(),
                "{name} tells of a 404 that there is not"
            );
        }
    }
    assert!(names.len() > 20, "{}", names.len());
}
