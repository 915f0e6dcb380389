//! Whether a meeting is still as it was read.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use usher_domain::id::MeetingId;

use super::{Store, StoreError, item::Key, records::whole_number, unavailable};

impl Store {
    /// The version that a meeting is at; none where there is no meeting. One request, which
    /// costs as many read units as the whole item and answers with a few bytes.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    #[tracing::instrument(name = "dynamodb.get", level = "debug", skip_all)]
    pub async fn meeting_version(&self, id: &MeetingId) -> Result<Option<u64>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::meeting(id).attributes()))
            .projection_expression("version")
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        Ok(u64::try_from(whole_number(&item, "version")?).ok())
    }
}
