//! What the staff's API answers to what it must not accept: for each input its
//! status, its kind of problem and the place that is wrong. Nothing of it is
//! stored, and the API goes on answering.

mod access;
mod conflicts;
mod lists;
mod meetings;
mod requests;
mod settings;
mod templates;

use serde_json::Value;
use usher_tests::Reply;

const JSON: (&str, &str) = ("content-type", "application/json");

/// The document with the member at `pointer` put in or replaced.
fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

/// Asserts that a document was refused for the field at `pointer` alone, and
/// hands out the sentence that says why.
#[track_caller]
fn refused_at(reply: &Reply, pointer: &str, input: &str) -> String {
    assert_eq!(reply.status, 422, "{input}: {}", reply.text);
    assert_eq!(reply.invalid_fields(), [pointer], "{input}: {}", reply.text);
    let detail = reply.json()["errors"][0]["detail"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        detail.len() > 10,
        "{input}: a sentence is expected: {detail}"
    );
    detail
}

/// Asserts that a request was refused because it cannot be read.
#[track_caller]
fn bad_request(reply: &Reply, input: &str) {
    assert_eq!(reply.problem(), ("bad-request".to_owned(), 400), "{input}");
}
