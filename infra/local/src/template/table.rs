//! The tables of a template.

use anyhow::ensure;
use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value;

/// The properties that are parameters of `CreateTable`, besides the name.
const OF_CREATE_TABLE: [&str; 5] = [
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
];

/// An `AWS::DynamoDB::Table`.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its name, or its logical id where CloudFormation would make a name up.
    pub name: String,
    /// A `CreateTable` request.
    pub definition: Json,
    /// The `TimeToLiveSpecification`.
    pub time_to_live: Option<Json>,
}

/// Reads the table with this logical id.
pub(super) fn read_table(id: &str, properties: &Value) -> anyhow::Result<Table> {
    let name = properties["TableName"].as_str().unwrap_or(id).to_owned();
    let mut definition = Map::from_iter([("TableName".to_owned(), Json::from(name.clone()))]);
    for field in OF_CREATE_TABLE {
        let value = &properties[field];
        if !value.is_null() {
            definition.insert(field.to_owned(), serde_json::to_value(value)?);
        }
    }
    ensure!(
        definition.contains_key("KeySchema"),
        "the table {id} has no KeySchema"
    );
    let ttl = Some(&properties["TimeToLiveSpecification"]).filter(|ttl| !ttl.is_null());
    Ok(Table {
        name,
        definition: definition.into(),
        time_to_live: ttl.map(serde_json::to_value).transpose()?,
    })
}
