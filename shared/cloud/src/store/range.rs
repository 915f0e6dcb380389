//! Ranges of sort keys, and the way through one, page by page.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use serde::Serialize;

use super::{
    Store, StoreError,
    item::{Item, string},
    rows::Stored,
    unavailable,
};

/// The most that one page of a list holds, in bytes: a function's answer is at most
/// 6 MB, in which every quotation mark of its JSON counts twice.
const PAGE_BYTES: usize = 1_500_000;

/// What one page of a list has room for: as much JSON as one answer can hold.
#[derive(Debug, Default)]
pub struct PageRoom {
    taken: usize,
}

impl PageRoom {
    /// Takes what is to be shown in; whether all that it has taken by now fits.
    pub fn takes(&mut self, view: &impl Serialize) -> bool {
        self.taken += serde_json::to_string(view).map_or(0, |text| text.len());
        self.taken <= PAGE_BYTES
    }

    /// Takes a record in; whether all that it has taken by now fits.
    pub fn takes_record(&mut self, record: &impl Stored) -> bool {
        self.takes(&record.to_row())
    }
}

/// A range of sort keys within one partition, and the way through it.
pub(super) struct Range<'a> {
    /// The index; none for the table itself.
    pub(super) index: Option<&'a str>,
    /// The partition.
    pub(super) partition: String,
    /// From this sort key on, inclusive.
    pub(super) from: String,
    /// Up to this sort key, inclusive.
    pub(super) to: String,
    /// Whether the highest comes first.
    pub(super) newest_first: bool,
}

impl Range<'_> {
    /// The names of the attributes that its partition and its sort keys stand in.
    pub(super) fn key_names(&self) -> (String, String) {
        match self.index {
            None => ("PK".to_owned(), "SK".to_owned()),
            // What the log lists, and meetings by their start, stands in one order.
            Some(index @ ("GSI2" | "GSI5" | "GSI6")) => (format!("{index}PK"), "GSI1SK".to_owned()),
            Some(index) => (format!("{index}PK"), format!("{index}SK")),
        }
    }
}

impl Store {
    /// Up to `limit` items of a range.
    pub(super) async fn range(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        Ok(self.read(range, limit, usize::MAX).await?.0)
    }

    /// Up to `limit` items of a range for one page of a list, and whether it ends
    /// earlier because an answer could hold no more: [`PAGE_BYTES`].
    pub(super) async fn page(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<(Vec<Item>, bool), StoreError> {
        self.read(range, limit, PAGE_BYTES).await
    }

    /// Up to `limit` items of a range, and whether it was cut short at `bytes`.
    #[tracing::instrument(name = "dynamodb.query", level = "debug", skip_all, fields(index = range.index))]
    async fn read(
        &self,
        range: &Range<'_>,
        limit: usize,
        bytes: usize,
    ) -> Result<(Vec<Item>, bool), StoreError> {
        let mut taken = 0;
        let (pk, sk) = range.key_names();
        let mut items = Vec::new();
        let mut start = None;
        while items.len() < limit && range.from <= range.to {
            let left = i32::try_from(limit - items.len()).unwrap_or(i32::MAX);
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .set_index_name(range.index.map(str::to_owned))
                .key_condition_expression(format!("{pk} = :pk AND {sk} BETWEEN :from AND :to"))
                .expression_attribute_values(":pk", string(&range.partition))
                .expression_attribute_values(":from", string(&range.from))
                .expression_attribute_values(":to", string(&range.to))
                .scan_index_forward(!range.newest_first)
                .consistent_read(range.index.is_none())
                .limit(left)
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                taken += bytes_of(&item);
                items.push(item);
                // Two at least: one of them may be the cursor's own.
                if taken > bytes && items.len() > 1 {
                    return Ok((items, true));
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok((items, false))
    }
}

/// About how many bytes an item takes in an answer.
fn bytes_of(item: &Item) -> usize {
    let attribute = |(name, value): (&String, &AttributeValue)| name.len() + weight(value);
    item.iter().map(attribute).sum()
}

/// About how many bytes a value takes in an answer.
fn weight(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len() + 3,
        AttributeValue::L(values) => values.iter().map(weight).sum::<usize>() + 2,
        AttributeValue::M(entries) => {
            let entry = |(name, value): (&String, &AttributeValue)| name.len() + 4 + weight(value);
            entries.iter().map(entry).sum::<usize>() + 2
        }
        // What is compressed is a fifth of what it says.
        AttributeValue::B(bytes) => 5 * bytes.as_ref().len(),
        _ => 5,
    }
}

/// An item's sort key; empty for what has none.
pub(super) fn sort_key(item: &Item) -> &str {
    text(item, "SK")
}

/// A string attribute; empty for what has none.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map_or("", String::as_str)
}
