//! A message's tags, which SES hands on with every event of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bad_request;
use crate::wire::AwsError;

/// SES quotas: 50 tags a message, of 256 characters.
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 256;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    name: String,
    value: String,
}

/// The tags as SES events show them, which name the configuration set among them.
pub(super) fn attributes(
    tags: Vec<Tag>,
    set: Option<String>,
) -> Result<BTreeMap<String, String>, AwsError> {
    if tags.len() > MAX_TAGS {
        return Err(bad_request(format!("at most {MAX_TAGS} tags are allowed")));
    }
    let mut attributes = BTreeMap::new();
    for Tag { name, value } in tags {
        if !is_legal(&name) || !is_legal(&value) {
            return Err(bad_request(format!(
                "Invalid tag: {name:?} must consist of 1 to {MAX_TAG} of A-Z a-z 0-9 _ -, and so must its value"
            )));
        }
        if attributes.insert(name.clone(), value).is_some() {
            return Err(bad_request(format!("Duplicate tag name: {name}")));
        }
    }
    if let Some(set) = set {
        attributes.insert("ses:configuration-set".to_owned(), set);
    }
    Ok(attributes)
}

/// Whether SES takes it as a tag's name or value.
fn is_legal(text: &str) -> bool {
    (1..=MAX_TAG).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
