//! One item that is written alone, at half the price of a transaction of one.
//!
//! A repeat of the call after its answer was lost meets its own write, and is a conflict: so
//! this is for what is decided anew then, and is the same if it has been written.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{Changes, Store, StoreError, transaction::lone_write};

impl Store {
    /// Writes changes that are one item.
    ///
    /// # Errors
    /// [`StoreError::WriteConflict`] when it is not as it was read, which it may be by this
    /// very write.
    #[tracing::instrument(name = "dynamodb.put", level = "debug", skip_all)]
    pub async fn commit_alone(&self, changes: Changes) -> Result<(), StoreError> {
        let (about, put) = changes.into_lone_put()?;
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
