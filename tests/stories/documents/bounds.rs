//! The bounds that the API's parsers enforce, in its description: so that a client made
//! from it cannot send what is refused for its form. Each number is the parser's own
//! constant; where a description is narrower than a parser that forgives (blanks around
//! a name, a code in either case), a client that keeps to it is on the safe side.

use serde_json::{Map, Value, json};
use usher_domain::{
    edit::MAX_FOLLOWERS,
    meeting::MAX_ATTENDEES,
    part::Part,
    settings::{MAX_COUNTRIES, MAX_PRICE_USD, SEGMENTS},
    template::{ANSWER_CUTOFF, BUFFER, DURATION, MAX_PARTS, MAX_REPLY_CODE, MINUTES_BEFORE},
    text::{Address, Description, Name, Reason, Title},
};

const ID: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
const NOTIFICATION_ID: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}~[0-9A-HJKMNP-TV-Z]{26}$";
const TIME: &str = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$";
const BOUND: &str = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$";

fn line(max: usize) -> Value {
    // No control characters or line breaks, and not blanks alone.
    let plain = r"[^\u0000-\u001F\u007F-\u009F\u2028\u2029]";
    let visible = r"[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029]";
    let pattern = format!("^{plain}*{visible}{plain}*$");
    json!({"minLength": 1, "maxLength": max, "pattern": pattern})
}

fn text(max: usize) -> Value {
    json!({"maxLength": max})
}

fn id() -> Value {
    json!({"minLength": 1, "maxLength": 64, "pattern": ID, "examples": ["crm-2024.17_b"]})
}

fn email() -> Value {
    json!({"format": "email", "minLength": 3, "maxLength": 254, "examples": ["ann@example.com"]})
}

fn phone() -> Value {
    json!({"minLength": 2, "maxLength": 40, "examples": ["+12025550123"]})
}

fn zone() -> Value {
    json!({
        "maxLength": 32, "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$", "examples": ["America/New_York"],
    })
}

fn tag() -> Value {
    json!({
        "maxLength": 35, "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "examples": ["de-AT"],
    })
}

fn link() -> Value {
    json!({
        "format": "uri", "maxLength": 2_000, "pattern": "^https://[!-~]+$",
        "examples": ["https://example.com/logo.png"],
    })
}

fn color() -> Value {
    json!({
        "minLength": 7, "maxLength": 7, "pattern": "^#[0-9A-Fa-f]{6}$", "examples": ["#1f5fbf"],
    })
}

fn country() -> Value {
    json!({"minLength": 2, "maxLength": 2, "pattern": "^[A-Za-z]{2}$", "examples": ["US"]})
}

fn whole(range: &std::ops::RangeInclusive<u32>) -> Value {
    json!({"minimum": range.start(), "maximum": range.end()})
}

fn code() -> Value {
    let pattern = format!("^[A-Za-z0-9]{{1,{MAX_REPLY_CODE}}}$");
    json!({"minLength": 1, "maxLength": MAX_REPLY_CODE, "pattern": pattern, "examples": ["Yes"]})
}

fn list(max: usize, items: Value) -> Value {
    json!({"maxItems": max, "items": items})
}

/// Each schema's fields with what bounds them.
fn table() -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    let price = json!({"exclusiveMinimum": 0, "maximum": MAX_PRICE_USD});
    let segments = json!({"minimum": SEGMENTS.start(), "maximum": SEGMENTS.end()});
    let prices = json!({
        "propertyNames": {"pattern": "^[A-Z]{2}$"},
        "additionalProperties": {"minimum": 0, "maximum": MAX_PRICE_USD},
    });
    let some = |items| json!({"minItems": 1, "maxItems": MAX_ATTENDEES, "items": items});
    let attendees = json!({"minItems": 1, "maxItems": MAX_ATTENDEES});
    let starts_at = json!({"maxLength": 35, "pattern": TIME});
    let own_language = json!({
        "maxLength": 35, "pattern": "^(en|de|es|fr)(-[A-Za-z0-9]{1,8})*$", "examples": ["en-GB"],
    });
    let sender_id = json!({
        "minLength": 3, "maxLength": 11, "pattern": "^[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*$",
        "examples": ["Usher"],
    });
    let texts = || {
        vec![
            (
                "subject",
                json!({"maxLength": Part::Subject.max_source(), "pattern": r"^[^\r\n]*$"}),
            ),
            ("email_body", text(Part::EmailBody.max_source())),
            ("sms_text", text(Part::Sms.max_source())),
        ]
    };
    let config = [
        texts(),
        vec![
            ("id", id()),
            ("name", line(Name::MAX_CHARS)),
            ("translations", json!({"maxProperties": 4})),
        ],
    ];
    vec![
        (
            "MeetingInput",
            vec![
                ("title", line(Title::MAX_CHARS)),
                ("starts_at", starts_at),
                ("timezone", zone()),
                ("duration_minutes", whole(&DURATION)),
                ("template_id", id()),
                ("description", text(Description::MAX_CHARS)),
                ("followers", list(MAX_FOLLOWERS, email())),
                ("attendees", attendees),
            ],
        ),
        (
            "LocationInput",
            vec![("address", line(Address::MAX_CHARS)), ("video_url", link())],
        ),
        (
            "OrganizerInput",
            vec![
                ("name", line(Name::MAX_CHARS)),
                ("email", email()),
                ("phone", phone()),
            ],
        ),
        (
            "AttendeeInput",
            vec![
                ("id", id()),
                ("name", line(Name::MAX_CHARS)),
                ("email", email()),
                ("phone", phone()),
                ("timezone", zone()),
                ("language", tag()),
            ],
        ),
        (
            "TemplateBody",
            vec![
                ("name", line(Name::MAX_CHARS)),
                (
                    "sequence",
                    json!({"minimum": i32::MIN, "maximum": i32::MAX}),
                ),
                ("duration_minutes", whole(&DURATION)),
                ("buffer_before_minutes", whole(&BUFFER)),
                ("buffer_after_minutes", whole(&BUFFER)),
                ("answer_cutoff_minutes", whole(&ANSWER_CUTOFF)),
                ("video_platform", line(Name::MAX_CHARS)),
                ("title_format", line(Name::MAX_CHARS)),
                ("configs", json!({"maxItems": MAX_PARTS})),
                ("reminder_triggers", json!({"maxItems": MAX_PARTS})),
                ("id", id()),
                ("applied", json!({"readOnly": true})),
            ],
        ),
        ("NotificationConfig", config.concat()),
        ("Translation", texts()),
        (
            "ConfigColors",
            vec![("button", color()), ("calendar", color())],
        ),
        (
            "ReplyCodes",
            vec![
                ("accept", code()),
                ("reschedule", code()),
                ("decline", code()),
            ],
        ),
        (
            "AutoReplies",
            ["accept", "reschedule", "decline"]
                .map(|name| (name, text(Part::Sms.max_source())))
                .to_vec(),
        ),
        (
            "ReminderTrigger",
            vec![
                ("id", id()),
                ("config_id", id()),
                ("minutes_before", whole(&MINUTES_BEFORE)),
            ],
        ),
        (
            "SettingsBody",
            vec![
                ("business_name", line(Name::MAX_CHARS)),
                ("business_email", email()),
                ("business_phone", phone()),
                ("business_address", line(Address::MAX_CHARS)),
                ("logo_url", link()),
                ("timezone", zone()),
                ("language", own_language),
                ("sender_name", line(Name::MAX_CHARS)),
                ("sender_email", email()),
                ("sender_image_url", link()),
                ("sms_origination_number", phone()),
                ("sms_sender_id", sender_id),
                ("default_region", country()),
                ("allowed_countries", list(MAX_COUNTRIES, country())),
                ("sms_max_price_usd", price),
                ("sms_prices_usd", prices),
                ("sms_max_segments", segments),
                ("button_color", color()),
                ("calendar_color", color()),
            ],
        ),
        ("PreviewRequest", vec![("attendees", some(id()))]),
        ("SendRequest", vec![("attendees", some(id()))]),
        (
            "SuppressionRequest",
            vec![(
                "reason",
                json!({"minLength": 1, "maxLength": Reason::MAX_CHARS}),
            )],
        ),
        ("Dismissal", vec![("note", text(Reason::MAX_CHARS))]),
        (
            "StaffAnswer",
            vec![("attendee_id", id()), ("reason", text(Reason::MAX_CHARS))],
        ),
        (
            "Trial",
            vec![
                ("config_id", id()),
                ("meeting_id", id()),
                ("language", tag()),
            ],
        ),
    ]
}

/// What bounds a parameter in the path, the query or a header, by its name.
fn parameter(path: &str, name: &str) -> Option<Value> {
    Some(match name {
        "id" if path.starts_with("/v1/notifications") => {
            json!({"minLength": 28, "maxLength": 91, "pattern": NOTIFICATION_ID})
        }
        "id" | "meeting" | "attendee" => id(),
        "limit" => json!({"minimum": 1, "maximum": 100, "default": 50}),
        "cursor" => json!({"minLength": 9, "maxLength": 512, "pattern": "^[A-Za-z0-9_-]+$"}),
        "from" | "to" => json!({"maxLength": 35, "pattern": BOUND}),
        "address" => json!({"minLength": 2, "maxLength": 254, "examples": ["+12025550123"]}),
        "recipient" => json!({"minLength": 2, "maxLength": 254}),
        "Idempotency-Key" => json!({
            "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$", "examples": ["tour-1"],
        }),
        "If-Match" => json!({"maxLength": 100, "examples": ["\"3\""]}),
        "If-None-Match" => json!({"enum": ["*"]}),
        _ => return None,
    })
}

/// Puts one schema's members into another, below `items` and `additionalProperties` too.
fn merge(into: &mut Map<String, Value>, bounds: &Value) {
    for (name, value) in bounds.as_object().unwrap() {
        match into.get_mut(name) {
            Some(Value::Object(below)) if value.is_object() => merge(below, value),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The schemas that a request's body may hold, by name.
fn in_requests(document: &Value) -> Vec<String> {
    fn collect(document: &Value, at: &Value, found: &mut Vec<String>) {
        match at {
            Value::Object(entries) => {
                if let Some(Value::String(reference)) = entries.get("$ref") {
                    let name = reference.rsplit('/').next().unwrap().to_owned();
                    if !found.contains(&name) {
                        found.push(name.clone());
                        let schema = &document["components"]["schemas"][&name];
                        collect(document, schema, found);
                    }
                }
                entries
                    .values()
                    .for_each(|below| collect(document, below, found));
            }
            Value::Array(items) => items
                .iter()
                .for_each(|below| collect(document, below, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            collect(document, &operation["requestBody"], &mut found);
        }
    }
    found
}

/// Tells the bounds of everything that is written.
pub(super) fn tell(document: &mut Value) {
    for name in in_requests(document) {
        let schema = &mut document["components"]["schemas"][&name];
        let read_only = name == "Applied";
        if schema.get("properties").is_some() && !read_only {
            // Whatever the type says of itself, the extractor refuses what it has not.
            schema["additionalProperties"] = json!(false);
        }
    }
    for (schema, fields) in table() {
        for (field, bounds) in fields {
            let place = &mut document["components"]["schemas"][schema]["properties"][field];
            let place = place.as_object_mut();
            merge(
                place.unwrap_or_else(|| panic!("no {schema}.{field}")),
                &bounds,
            );
        }
    }
    for (path, item) in document["paths"].as_object_mut().unwrap() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            let parameters = operation
                .get_mut("parameters")
                .and_then(Value::as_array_mut);
            for given in parameters.into_iter().flatten() {
                let name = given["name"].as_str().unwrap().to_owned();
                if let Some(bounds) = parameter(path, &name) {
                    let schema = given["schema"].as_object_mut().unwrap();
                    merge(schema, &bounds);
                    // A parameter is there or not; null it cannot be.
                    if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
                        let kind = kinds.into_iter().find(|kind| kind != "null").unwrap();
                        schema.insert("type".to_owned(), kind);
                    }
                }
            }
        }
    }
}
