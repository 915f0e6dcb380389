//! Which 4xx each operation answers, and with which types of problem: by what its
//! request has, and by what the operation does.

use serde_json::{Value, json};
use usher_web::ProblemKind as Kind;

/// What each operation may refuse beyond what its request's parts have refused.
fn own(operation: &str) -> &'static [Kind] {
    match operation {
        "put_meeting" => &[Kind::Refused],
        "archive_meeting"
        | "unarchive_meeting"
        | "dismiss_inbound_message"
        | "revoke_links"
        | "revoke_attendee_links" => &[Kind::NotFound],
        "opt_out" => &[Kind::Refused],
        "lift_suppression"
        | "take_response"
        | "resolve_notification"
        | "dismiss_meeting"
        | "dismiss_notification" => &[Kind::NotFound, Kind::Refused],
        "preview_template" => &[Kind::NotFound, Kind::Refused],
        "send_notification" => &[
            Kind::NotFound,
            Kind::Refused,
            Kind::InProgress,
            Kind::NeedsConfirmation,
            Kind::KeyReused,
        ],
        "retry_notification" => &[
            Kind::NotFound,
            Kind::Refused,
            Kind::InProgress,
            Kind::KeyReused,
        ],
        _ => &[],
    }
}

fn name(kind: Kind) -> String {
    let name = serde_json::to_value(kind).unwrap();
    name.as_str().unwrap().to_owned()
}

/// The kinds of problem that an operation answers with, for what the caller can mend.
fn kinds(method: &str, path: &str, operation: &Value) -> Vec<Kind> {
    let id = operation["operationId"].as_str().unwrap();
    let mut kinds = vec![Kind::BadRequest, Kind::Unauthenticated, Kind::Forbidden];
    kinds.extend(own(id));
    if method == "get" && path.contains("{id}") {
        kinds.push(Kind::NotFound);
    }
    if id == "preview_notification" {
        kinds.push(Kind::NotFound);
    }
    // What staff say of an address has no version.
    if method == "put" && id != "opt_out" {
        kinds.push(Kind::StaleVersion);
    }
    if operation.get("requestBody").is_some() {
        kinds.extend([
            Kind::MalformedJson,
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::Invalid,
        ]);
    }
    kinds
}

/// Tells every operation's 4xx.
pub(super) fn tell(document: &mut Value) {
    for (path, item) in document["paths"].as_object_mut().unwrap() {
        for (method, operation) in item.as_object_mut().unwrap() {
            for kind in kinds(method, path, operation) {
                let answers = operation["responses"].as_object_mut().unwrap();
                let status = kind.status().as_str().to_owned();
                let answer = answers.entry(status).or_insert_with(|| {
                    let schema = json!({"$ref": "#/components/schemas/Problem"});
                    json!({
                        "description": "",
                        "content": {"application/problem+json": {"schema": schema}},
                    })
                });
                let described = answer["description"].as_str().unwrap();
                let one = format!("{}: `{}`", kind.title(), name(kind));
                if !described.contains(&one) {
                    let separator = if described.is_empty() { "" } else { ". " };
                    answer["description"] = json!(format!("{described}{separator}{one}"));
                }
            }
        }
    }
}
