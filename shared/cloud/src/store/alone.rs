//! Changes that are decided anew after a conflict: where they are one item, it is written
//! alone, at half the price of a transaction of one.
//!
//! A repeat of that call after its answer was lost meets its own write, and is a conflict:
//! whoever decides anew then finds it written.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{Changes, Store, StoreError, transaction::lone_write};

impl Store {
    /// Writes all of these changes, or none, as [`commit`](Self::commit) does.
    ///
    /// # Errors
    /// As [`commit`](Self::commit); a [`StoreError::WriteConflict`] may be with this very
    /// write.
    #[tracing::instrument(name = "dynamodb.put", level = "debug", skip_all)]
    pub async fn commit_repeatable(&self, changes: Changes, token: &str) -> Result<(), StoreError> {
        let (about, put) = match changes.into_lone_put() {
            Ok(lone) => lone,
            Err(changes) => return self.commit(changes, token).await,
        };
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let written = call.send().await;
        written
            .map(|_| ())
            .map_err(|error| lone_write(error, about))
    }
}
