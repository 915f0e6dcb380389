//! The attendees of a meeting who are too many for one transaction: written one by one, each
//! over the version that they were read at, which costs half of what a transaction does.
//!
//! What a send told them is on its rows, from which whoever comes next can tell it again. A
//! save of so many first keeps all of them ([`Store::keep_attendees`]) for the same reason.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::builders::PutItemFluentBuilder,
    types::ReturnConsumedCapacity,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use usher_domain::{
    id::AttendeeId,
    meeting::{Attendee, Meeting},
};

use super::{
    KeyRecord, Store, StoreError, WriteConflict,
    compressed::{compress, decompress},
    item::{Item, Key, kept_attendees, meeting_partition, number},
    meeting_items::{AttendeeWrite, behind_lead, former_id, writes},
    range::Range,
    transaction::{AT_VERSION, NOT_THERE, lone_write},
    unavailable,
};

/// How many are written at once.
const AT_ONCE: usize = 16;
/// How many attendees one item keeps: DynamoDB's 400 KB hold as many of the longest.
const KEPT_TOGETHER: usize = 100;

/// An attendee behind the lead attendee, as a save is to leave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAttendee {
    /// They.
    pub attendee: Attendee,
    /// Whether they are no longer expected, and do not know it yet.
    pub no_longer_expected: bool,
    /// Their id before the save, where that gives them another one.
    pub former_id: Option<AttendeeId>,
}

impl Store {
    /// Writes those attendees of a meeting who are other than they were read, each over the
    /// version that they were read at. A write unit for each kilobyte of each of them.
    ///
    /// # Errors
    /// [`StoreError::WriteConflict`] when somebody else has written one of them; others may
    /// be written by then. The meeting, read again, tells which are left.
    pub async fn write_attendees(&self, meeting: &Meeting) -> Result<(), StoreError> {
        let mut each = Vec::new();
        for write in writes(meeting)? {
            each.push(self.write_attendee(write));
        }
        let each = stream::iter(each).buffer_unordered(AT_ONCE);
        each.try_collect().await
    }

    #[tracing::instrument(name = "dynamodb.write_attendee", level = "debug", skip_all)]
    async fn write_attendee(&self, write: AttendeeWrite) -> Result<(), StoreError> {
        match write {
            AttendeeWrite::Put { item, over, .. } => self.put_over(item, over).await,
            AttendeeWrite::Delete { key, version } => self.delete_version(&key, version).await,
        }
    }

    async fn put_over(&self, item: Item, version: u64) -> Result<(), StoreError> {
        let put = self.put_alone(item);
        let put = match version {
            0 => put.condition_expression(NOT_THERE),
            version => put
                .condition_expression(AT_VERSION)
                .expression_attribute_values(":version", number(version)),
        };
        written(put.send().await)
    }

    async fn delete_version(&self, key: &Key, version: u64) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(AT_VERSION)
            .expression_attribute_values(":version", number(version))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        written(delete.send().await)
    }

    fn put_alone(&self, item: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Keeps the attendees of a meeting that is about to be saved under a key, as they are to
    /// be, for as long as the key is remembered.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be kept.
    pub async fn keep_attendees(
        &self,
        key: &KeyRecord,
        meeting: &Meeting,
    ) -> Result<(), StoreError> {
        let all: Vec<_> = behind_lead(meeting)
            .map(|(attendee, no_longer_expected)| KeptAttendee {
                attendee: attendee.clone(),
                no_longer_expected,
                former_id: former_id(attendee).cloned(),
            })
            .collect();
        for (place, part) in all.chunks(KEPT_TOGETHER).enumerate() {
            let mut item = Key::kept_attendees(&meeting.id, &key.hash, place).attributes();
            compress(&part.to_vec(), &mut item)?;
            item.insert("expires_at".to_owned(), number(key.expires_at));
            self.put_alone(item).send().await.map_err(unavailable)?;
        }
        Ok(())
    }

    /// The attendees that were kept for the key that a meeting is saved under, in their
    /// order.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn kept_attendees(
        &self,
        key: &KeyRecord,
        meeting: &Meeting,
    ) -> Result<Vec<KeptAttendee>, StoreError> {
        let from = kept_attendees(&key.hash);
        let range = Range {
            index: None,
            partition: meeting_partition(&meeting.id),
            to: format!("{from}~"),
            from,
            newest_first: false,
        };
        let mut all: Vec<KeptAttendee> = Vec::new();
        for item in self.range(&range, usize::MAX).await? {
            let part: Option<Vec<KeptAttendee>> = decompress(&item);
            all.extend(part.ok_or_else(|| StoreError::wrong(&item, "it is torn"))?);
        }
        let wanted = key.saves.as_ref().map_or(0, |saves| saves.kept);
        if all.len() != wanted {
            let item = Key::kept_attendees(&meeting.id, &key.hash, 0).attributes();
            return Err(StoreError::wrong(&item, "part of it is gone"));
        }
        Ok(all)
    }
}

/// What a write came to that had a condition.
fn written<T, E, R>(answer: Result<T, SdkError<E, R>>) -> Result<(), StoreError>
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: std::error::Error,
{
    answer
        .map(|_| ())
        .map_err(|error| lone_write(error, WriteConflict::Attendee))
}
