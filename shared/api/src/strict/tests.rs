use std::collections::BTreeMap;

use rstest::rstest;
use serde::Deserialize;
use serde_json::json;

use super::*;

/// As lenient as serde makes it: no `deny_unknown_fields`, defaults everywhere.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Lenient {
    text: String,
    count: u32,
    level: i8,
    price: Option<f64>,
    flag: bool,
    choice: Choice,
    rows: Vec<Lenient>,
    by_choice: BTreeMap<Choice, u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    #[default]
    ThisOne,
    Other,
}

#[rstest]
#[case::a_list_for_an_object(json!([]), "", "must be an object { … }, is a list")]
#[case::by_position(json!(["x", 3]), "", "must be an object { … }, is a list")]
#[case::below(json!({"rows": [{}, ["x"]]}), "/rows/1", "must be an object { … }, is a list")]
#[case::a_text(json!({"rows": ["x"]}), "/rows/0", "must be an object { … }, is a text")]
#[case::a_list_for_a_map(json!({"by_choice": []}), "/by_choice", "must be an object { … }, is a list")]
fn nothing_but_an_object_is_taken_for_one(
    #[case] sent: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let unfit = read::<Lenient>(&sent).unwrap_err();
    assert_eq!(
        (unfit.pointer().as_str(), unfit.detail.as_str()),
        (pointer, detail)
    );
    assert!(unfit.no_object);
}

#[rstest]
#[case(json!({"text": 7}), "/text", "must be a text in quotes, is the number 7")]
#[case(json!({"text": null}), "/text", "must be a text in quotes, is null")]
#[case(json!({"count": "7"}), "/count", "must be a whole number, is a text")]
#[case(json!({"count": -1}), "/count", "must be 0 or more, is the number -1")]
#[case(json!({"count": 1.5}), "/count", "must be a whole number, is the floating point number 1.5")]
#[case(json!({"level": 128}), "/level", "must be smaller, is the number 128")]
#[case(json!({"price": "1"}), "/price", "must be a number, without quotes, is a text")]
#[case(json!({"flag": "true"}), "/flag", "must be true or false, without quotes, is a text")]
#[case(json!({"flag": 1}), "/flag", "must be true or false, without quotes, is the number 1")]
#[case(json!({"choice": "x"}), "/choice", "must be one of \"this_one\", \"other\", is \"x\"")]
#[case(json!({"choice": {"other": null}}), "/choice", "must be one of \"this_one\", \"other\", is an object")]
#[case(json!({"choice": 1}), "/choice", "must be one of \"this_one\", \"other\", is the number 1")]
#[case(json!({"rows": {}}), "/rows", "must be a list [ … ], is an object")]
#[case(json!({"by_choice": {"x": 1}}), "/by_choice/x", "must be one of \"this_one\", \"other\", is \"x\"")]
#[case(json!({"rows": [{"a/b~c": 1}]}), "/rows/0/a~1b~0c", "a/b~c is not a field here; /v1/openapi.json lists those there are")]
#[case(json!({"byChoice": {}}), "/byChoice", "byChoice is not a field here; write by_choice")]
fn what_does_not_fit_is_named_in_words(
    #[case] sent: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let unfit = read::<Lenient>(&sent).unwrap_err();
    assert_eq!(
        (unfit.pointer().as_str(), unfit.detail.as_str()),
        (pointer, detail)
    );
    assert!(!unfit.no_object);
}

#[test]
fn what_fits_is_read() {
    let sent = json!({
        "text": "x", "count": 30.0, "level": -1e2, "price": 1, "flag": true,
        "choice": "other", "rows": [{"price": null}], "by_choice": {"this_one": 1},
    });
    let read: Lenient = read(&sent).unwrap();
    let expected = Lenient {
        text: "x".into(),
        count: 30,
        level: -100,
        price: Some(1.0),
        flag: true,
        choice: Choice::Other,
        rows: vec![Lenient::default()],
        by_choice: [(Choice::ThisOne, 1)].into(),
    };
    assert_eq!(read, expected);
}

#[test]
fn a_field_that_is_not_there_is_named() {
    #[derive(Debug, Deserialize)]
    struct Row {
        #[allow(dead_code, reason = "only read by the deserializer")]
        name: String,
    }
    let unfit = read::<Vec<Row>>(&json!([{"name": "x"}, {}])).unwrap_err();
    assert_eq!(unfit.pointer(), "/1/name");
    assert_eq!(unfit.detail, "is required");
}
