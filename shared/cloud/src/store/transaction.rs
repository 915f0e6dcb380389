//! One transaction: parts, each with its condition, that are written all or none.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, TransactWriteItem,
    },
};
use chrono::{DateTime, Utc};
use usher_domain::actor::Actor;

use super::{
    Store, StoreError,
    codec::to_item,
    item::{Item, Key, number},
    rows::Kind,
    unavailable,
};

/// DynamoDB's limit on the parts of one transaction.
const MAX_PARTS: usize = 100;

/// The condition that an item is at `:version`.
pub(super) const AT_VERSION: &str = "version = :version";
/// The condition that there is no item.
pub(super) const NOT_THERE: &str = "attribute_not_exists(PK)";

/// What a failed condition was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteConflict {
    /// The meeting is at another version.
    Meeting,
    /// An attendee is at another version, or exists already.
    Attendee,
    /// The template is at another version.
    Template,
    /// The settings are at another version.
    Settings,
    /// A notification is at another version, or exists already.
    Notification,
    /// The idempotency key is taken, or somebody else's.
    Key,
    /// The text was taken before.
    Inbound,
    /// What is known of a number is at another version.
    Conversation,
    /// A day's figures are at another version.
    Figures,
    /// Another transaction is writing one of the items right now.
    Busy,
}

/// The parts of one transaction, in the making, and who has it made.
#[derive(Debug)]
pub struct Changes {
    pub(super) actor: Actor,
    parts: Vec<(WriteConflict, TransactWriteItem)>,
    failed: Option<StoreError>,
}

/// The condition that an item is at a version, 0 meaning that there is none.
pub(super) struct AtVersion(pub(super) u64);

impl Changes {
    /// Nothing yet, of what `actor` changes: that is written on timeline entries and
    /// on each version of a meeting, a template and the settings.
    pub fn by(actor: &Actor) -> Self {
        Self {
            actor: actor.clone(),
            parts: Vec::new(),
            failed: None,
        }
    }

    /// Who makes these changes.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether any part is about this.
    pub fn writes(&self, about: WriteConflict) -> bool {
        self.parts.iter().any(|(each, _)| *each == about)
    }

    /// The only item that is put, where that is all.
    ///
    /// # Errors
    /// The changes as they are, where it is not.
    pub(super) fn into_lone_put(mut self) -> Result<(WriteConflict, Put), Self> {
        let lone = match self.parts.as_mut_slice() {
            [(about, part)] if self.failed.is_none() => part.put.take().map(|put| (*about, put)),
            _ => None,
        };
        lone.ok_or(self)
    }

    pub(super) fn delete(self, key: &Key, condition: Option<&str>) -> Self {
        let delete = Delete::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.map(str::to_owned))
            .build();
        let part = delete.map(|delete| TransactWriteItem::builder().delete(delete).build());
        self.part(WriteConflict::Busy, part.map_err(unavailable))
    }

    /// Checks that an item of a kind says what it said, without writing it. Null is what it
    /// does not say.
    pub(super) fn check<T: Kind>(
        self,
        about: WriteConflict,
        key: &Key,
        says: &[(&str, AttributeValue)],
    ) -> Self {
        let mut check = ConditionCheck::builder()
            .table_name("")
            .set_key(Some(key.attributes()));
        let mut conditions = Vec::with_capacity(says.len());
        for (path, value) in says {
            let root = path.split('.').next().unwrap_or(path);
            // DynamoDB sees nothing of what is packed: such a condition would say anything.
            let is_plain = T::PLAIN.is_none_or(|plain| plain.contains(&root));
            debug_assert!(is_plain, "a condition on {root}, which is packed");
            let names = path.split('.').map(|name| format!("#{name}"));
            let names = names.collect::<Vec<_>>().join(".");
            for name in path.split('.') {
                check = check.expression_attribute_names(format!("#{name}"), name);
            }
            if value.is_null() {
                conditions.push(format!("attribute_not_exists({names})"));
                continue;
            }
            let said = format!(":{}", path.replace('.', "_"));
            conditions.push(format!("{names} = {said}"));
            check = check.expression_attribute_values(said, value.clone());
        }
        let check = check.condition_expression(conditions.join(" AND ")).build();
        let part = check.map(|check| TransactWriteItem::builder().condition_check(check).build());
        self.part(about, part.map_err(unavailable))
    }

    /// Deletes an item that is at a version.
    pub(super) fn delete_version(self, key: &Key, version: u64) -> Self {
        let delete = Delete::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .condition_expression(AT_VERSION)
            .expression_attribute_values(":version", number(version))
            .build();
        let part = delete.map(|delete| TransactWriteItem::builder().delete(delete).build());
        self.part(WriteConflict::Attendee, part.map_err(unavailable))
    }

    pub(super) fn put<T: Kind>(
        self,
        about: WriteConflict,
        key: &Key,
        record: &T,
        extra: impl FnOnce(&mut Item),
    ) -> Self {
        self.put_item(about, to_item(key, record), extra)
    }

    pub(super) fn put_item(
        self,
        about: WriteConflict,
        item: Result<Item, StoreError>,
        extra: impl FnOnce(&mut Item),
    ) -> Self {
        let put = item.and_then(|mut item| {
            extra(&mut item);
            Put::builder()
                .table_name("")
                .set_item(Some(item))
                .build()
                .map_err(unavailable)
        });
        let part = put.map(|put| TransactWriteItem::builder().put(put).build());
        self.part(about, part)
    }

    /// Adds a part, or why it cannot be made.
    pub(super) fn part(
        mut self,
        about: WriteConflict,
        part: Result<TransactWriteItem, StoreError>,
    ) -> Self {
        match part {
            Ok(part) => self.parts.push((about, part)),
            Err(error) => self.failed = Some(error),
        }
        self
    }

    /// Puts the condition of a version on the last part.
    pub(super) fn only_if(self, AtVersion(version): AtVersion) -> Self {
        match version {
            // Also over an item that has lost its version: it can be mended no other way.
            0 => self.when("attribute_not_exists(version)", &[]),
            version => self.when(AT_VERSION, &[(":version", number(version))]),
        }
    }

    /// Puts the condition of a version on the last part, of which nothing must be there
    /// before the first: what cannot be read may have been sent.
    pub(super) fn only_if_known(self, version: u64) -> Self {
        match version {
            0 => self.when(NOT_THERE, &[]),
            version => self.only_if(AtVersion(version)),
        }
    }

    /// Puts the condition on the last part that nothing is there, or only what has
    /// expired by `now`: DynamoDB deletes it days later, and until then it must be
    /// nothing to writes, as it is to reads.
    pub(super) fn only_if_free(self, now: DateTime<Utc>) -> Self {
        self.when(
            "attribute_not_exists(PK) OR expires_at <= :now",
            &[(":now", number(now.timestamp()))],
        )
    }

    /// Puts a condition on the last part.
    pub(super) fn when(mut self, condition: &str, values: &[(&str, AttributeValue)]) -> Self {
        let Some(put) = self
            .parts
            .last_mut()
            .and_then(|(_, part)| part.put.as_mut())
        else {
            return self;
        };
        put.condition_expression = Some(condition.to_owned());
        if !values.is_empty() {
            let values = values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            put.expression_attribute_values = Some(values.collect());
        }
        if condition.contains('#') {
            let names = [("#lease", "lease"), ("#owner", "owner")];
            let names = names.map(|(name, field)| (name.to_owned(), field.to_owned()));
            put.expression_attribute_names = Some(names.into());
        }
        self
    }
}

impl Store {
    /// Writes all parts or none. `token` is fresh for each set of changes: with
    /// it a repeat of the same call is applied once (DynamoDB keeps it for ten
    /// minutes).
    ///
    /// # Errors
    /// [`StoreError::WriteConflict`] with what did not hold; nothing was written.
    /// After [`StoreError::Unavailable`] it is open whether it was.
    #[tracing::instrument(name = "dynamodb.transact", level = "debug", skip_all, fields(parts = changes.parts.len()))]
    pub async fn commit(&self, changes: Changes, token: &str) -> Result<(), StoreError> {
        if let Some(error) = changes.failed {
            return Err(error);
        }
        let parts = changes.parts.len();
        if parts > MAX_PARTS {
            let why = format!("a transaction has at most {MAX_PARTS} parts, not {parts}");
            return Err(StoreError::Unavailable(why));
        }
        let (about, mut parts): (Vec<_>, Vec<_>) = changes.parts.into_iter().unzip();
        for part in &mut parts {
            if let Some(put) = part.put.as_mut() {
                put.table_name.clone_from(&self.table);
            }
            if let Some(check) = part.condition_check.as_mut() {
                check.table_name.clone_from(&self.table);
            }
            if let Some(delete) = part.delete.as_mut() {
                delete.table_name.clone_from(&self.table);
            }
        }
        let call = self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts))
            .client_request_token(token)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(conflicts(&error, &about).unwrap_or_else(|| unavailable(error))),
        }
    }
}

/// What the failed conditions were about, when that is why a transaction failed.
fn conflicts(
    error: &SdkError<TransactWriteItemsError>,
    about: &[WriteConflict],
) -> Option<StoreError> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) =
        error.as_service_error()?
    else {
        return None;
    };
    let conflicts: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .zip(about)
        .filter_map(|(reason, about)| match reason.code()? {
            "ConditionalCheckFailed" => Some(*about),
            "TransactionConflict" => Some(WriteConflict::Busy),
            _ => None,
        })
        .collect();
    (!conflicts.is_empty()).then_some(StoreError::WriteConflict(conflicts))
}

/// Why an item that was written alone, under a condition, was not: somebody else has written
/// it, or is about to.
pub(super) fn lone_write<E, R>(error: SdkError<E, R>, about: WriteConflict) -> StoreError
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: std::error::Error,
{
    match error.as_service_error().and_then(E::code) {
        Some("ConditionalCheckFailedException") => StoreError::WriteConflict(vec![about]),
        Some("TransactionConflictException") => {
            StoreError::WriteConflict(vec![WriteConflict::Busy])
        }
        _ => unavailable(error),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        error::ErrorMetadata, operation::put_item::PutItemError,
        types::error::TransactionConflictException,
    };

    use super::*;

    #[test]
    fn an_item_that_a_transaction_is_at_is_a_conflict_and_no_failure() {
        let why = |code: &str| {
            let meta = ErrorMetadata::builder().code(code).build();
            let error = TransactionConflictException::builder().meta(meta).build();
            let error = PutItemError::TransactionConflictException(error);
            lone_write(SdkError::service_error(error, ()), WriteConflict::Attendee)
        };
        let conflicts = |code: &str| match why(code) {
            StoreError::WriteConflict(about) => about,
            other => panic!("{other}"),
        };
        assert_eq!(
            conflicts("TransactionConflictException"),
            [WriteConflict::Busy]
        );
        assert_eq!(
            conflicts("ConditionalCheckFailedException"),
            [WriteConflict::Attendee]
        );
        assert!(matches!(
            why("ThrottlingException"),
            StoreError::Unavailable(_)
        ));
    }
}
