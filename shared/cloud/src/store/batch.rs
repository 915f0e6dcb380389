//! Many items by their keys.

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};

use super::{Store, StoreError, item::Item, unavailable};

/// How many keys `BatchGetItem` takes.
pub(super) const BATCH: usize = 100;

/// How old what is read may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Freshness {
    /// It is as it was written last: whatever is decided on must be.
    #[default]
    Latest,
    /// It may be as it was a moment ago, at half the price: DynamoDB's eventually consistent
    /// reads are behind by less than a second as a rule. For what is only looked at, and may as
    /// well have been looked at then.
    AMomentAgo,
}

impl Freshness {
    /// As DynamoDB is asked for it.
    pub(super) fn is_consistent(self) -> bool {
        self == Self::Latest
    }
}

impl Store {
    /// Those items of up to 100 keys that there are.
    pub(super) async fn all_of(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        self.all_as_of(keys, Freshness::Latest).await
    }

    /// The same, as fresh as that.
    pub(super) async fn all_as_of(
        &self,
        mut keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        while !keys.is_empty() {
            let (items, left) = self.batch(keys, freshness).await?;
            found.extend(items);
            keys = left;
        }
        Ok(found)
    }

    /// One batch: what was read, and the keys that were not.
    async fn batch(
        &self,
        keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(freshness.is_consistent())
            .build()
            .map_err(unavailable)?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.table, request)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        let read = answer.responses.and_then(|mut all| all.remove(&self.table));
        let left = answer
            .unprocessed_keys
            .and_then(|mut all| all.remove(&self.table));
        Ok((
            read.unwrap_or_default(),
            left.map(|left| left.keys).unwrap_or_default(),
        ))
    }
}
