//! What can be read of what is stored.
//!
//! A row may be of a release that has gone further, or broken. It must take nothing
//! else with it: every list is read by [`read_all`], which passes it over, counts it and
//! names it in the log; what everything depends on, the settings and templates, is read
//! by [`salvage`], which keeps what it can.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    StoreError,
    item::{Item, label},
};

/// What could be read of a list.
#[derive(Debug, Clone)]
pub struct Readable<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// How many rows could not be read; the log has their keys.
    pub unreadable: usize,
}

/// Reads the items of a list.
pub(super) fn read_all<T>(
    items: impl IntoIterator<Item = Item>,
    read: impl Fn(Item) -> Result<T, StoreError>,
) -> Readable<T> {
    let mut readable = Readable {
        rows: Vec::new(),
        unreadable: 0,
    };
    for item in items {
        match read(item) {
            Ok(row) => readable.rows.push(row),
            Err(error) => {
                passed_over(&error);
                readable.unreadable += 1;
            }
        }
    }
    readable
}

/// Takes an item that cannot be read for one that is not there.
///
/// # Errors
/// As the read, unless the item is there and cannot be read.
pub fn if_readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(error @ StoreError::Corrupt { .. }) => {
            passed_over(&error);
            Ok(None)
        }
        read => read,
    }
}

pub(super) fn passed_over(error: &StoreError) {
    tracing::error!(%error, "an item cannot be read and is passed over");
}

/// As much of an item as can be read over `default`, and whether that is not all. Of a
/// list, the rows that can be read are kept.
pub(super) fn salvage<T: Serialize + DeserializeOwned>(
    default: &T,
    item: Item,
) -> Result<(T, bool), StoreError> {
    let whole = serde_dynamo::from_item(item.clone());
    if let Ok(whole) = whole {
        return Ok((whole, false));
    }
    let unreadable = |error: serde_dynamo::Error| StoreError::corrupt(&item, &error);
    let mut kept: Item = serde_dynamo::to_item(default).map_err(unreadable)?;
    let mut lost = Vec::new();
    for (name, value) in &item {
        let with = |value: AttributeValue| {
            let mut tried = kept.clone();
            tried.insert(name.clone(), value);
            let readable = serde_dynamo::from_item::<_, T>(tried.clone()).is_ok();
            readable.then_some(tried)
        };
        let tried = with(value.clone()).or_else(|| {
            lost.push(name.as_str());
            let rows = value.as_l().ok()?.iter();
            let rows = rows.filter(|row| with(AttributeValue::L(vec![(*row).clone()])).is_some());
            with(AttributeValue::L(rows.cloned().collect()))
        });
        kept = tried.unwrap_or(kept);
    }
    lost.sort_unstable();
    tracing::error!(
        item = label(&item),
        lost = lost.join(" "),
        "part of an item cannot be read"
    );
    let value = serde_dynamo::from_item(kept).map_err(unreadable)?;
    Ok((value, true))
}
