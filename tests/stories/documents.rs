//! The documents others read: the API's description and our messages.

mod bounds;
mod held;
mod problems;
use std::collections::BTreeSet;

use serde_json::Value;
use usher_tests::Town;
use utoipa::OpenApi;

/// The API's description, of every function's routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Usher",
        description = "Meeting notifications: what was sent, to whom, whether it arrived, and what came back.",
        license(name = "MIT", url = "https://opensource.org/license/mit"),
        contact(name = "Whoever runs this Usher"),
    ),
    servers((url = "/")),
    security(("bearer" = [])),
    modifiers(&Bearer),
    tags(
        (name = "Meetings", description = "What was agreed, and how it stands"),
        (name = "Notifications", description = "What is sent, and the log of it"),
        (name = "Settings", description = "What holds for the whole business"),
        (name = "Templates", description = "Defaults and behaviour of a kind of meeting"),
    ),
)]
struct Whole;

/// The gateway's JWT authorizer.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

fn document() -> Value {
    let mut document = Whole::openapi();
    document.merge(send_notification::Api::openapi());
    document.merge(staff_console::Api::openapi());
    let mut document = serde_json::to_value(document).unwrap();
    let mut named = BTreeSet::new();
    let requests = document["paths"].as_object().unwrap().values();
    let requests = requests.flat_map(|path| path.as_object().unwrap().values());
    for request in requests {
        note_schemas(&request["requestBody"], &document, &mut named);
    }
    for name in named {
        close(&mut document["components"]["schemas"][name]);
    }
    bounds::tell(&mut document);
    problems::tell(&mut document);
    document
}

/// The schemas that a part of the document names, and those that these name.
fn note_schemas(part: &Value, document: &Value, named: &mut BTreeSet<String>) {
    match part {
        Value::Array(parts) => {
            for part in parts {
                note_schemas(part, document, named);
            }
        }
        Value::Object(entries) => {
            let target = entries.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && named.insert(name.to_owned())
            {
                note_schemas(&document["components"]["schemas"][name], document, named);
            }
            for part in entries.values() {
                note_schemas(part, document, named);
            }
        }
        _ => {}
    }
}

/// What a request says has no other fields than these: the extractor of bodies refuses
/// them, whatever the type would take that is stored as well.
fn close(schema: &mut Value) {
    if schema["properties"].is_object() {
        schema["additionalProperties"] = false.into();
    }
}

/// The file is generated from the code: `UPDATE_OPENAPI=1 cargo test -p
/// usher-tests openapi` writes it anew.
#[tokio::test]
async fn the_openapi_document_is_what_the_code_says() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../functions/staff-console/src/openapi.json"
    );
    let expected = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    #[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap();
    assert!(
        stored == expected,
        "the API has changed: write openapi.json anew, as its test says"
    );
}

#[tokio::test]
async fn the_openapi_document_is_served() {
    let town = Town::new().await;
    let served = town.open("/v1/openapi.json").await.ok();
    assert_eq!(
        served["openapi"].as_str().unwrap().split('.').next(),
        Some("3")
    );
    assert!(
        served["paths"]["/v1/meetings/{id}"]["put"].is_object(),
        "of one function"
    );
    assert!(
        served["paths"]["/v1/meetings/{id}"]["get"].is_object(),
        "and of the other"
    );
}
