//! Writes: one transaction, each part with its condition.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    primitives::Blob,
    types::{AttributeValue, Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{
    contact::{EmailAddress, OptOut, PhoneNumber, Unsubscription},
    id::{MeetingId, NotificationId},
    meeting::Meeting,
    notification::{Content, Notification},
    reminder,
    reply::{Conversation, Inbound, Prompt},
    settings::Settings,
    template::Template,
    timeline::TimelineEntry,
    token::{Grant, TokenHash},
};

use super::{
    AccountList, KeyRecord, Store, StoreError,
    item::{
        ATTENTION, Item, Key, LOG, MEETINGS, OPT_OUTS, WAKE, addresses, attention_position,
        calendar_position, log_position, number, status_partition, string, template_partition,
        to_item, wake_position,
    },
    records::compress,
    unavailable,
};

/// DynamoDB's limit on the parts of one transaction.
const MAX_PARTS: usize = 100;

/// What a failed condition was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The meeting is at another version.
    Meeting,
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
    /// Another transaction is writing one of the items right now.
    Busy,
}

/// The parts of one transaction, in the making.
#[derive(Debug, Default)]
pub struct Changes {
    parts: Vec<(Conflict, TransactWriteItem)>,
    failed: Option<StoreError>,
}

/// The condition that an item is at a version, 0 meaning that there is none.
struct AtVersion(u64);

impl Changes {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether any part is about this.
    pub fn writes(&self, about: Conflict) -> bool {
        self.parts.iter().any(|(each, _)| *each == about)
    }

    /// Writes a meeting over the version it was read at, and moves the version.
    #[must_use]
    pub fn meeting(self, meeting: &Meeting) -> Self {
        let stored = Meeting {
            version: meeting.version + 1,
            ..meeting.clone()
        };
        let id = meeting.id.as_str();
        let position = calendar_position(meeting.details.starts_at, id);
        let template = meeting.template_id.as_ref();
        let reminded = template.filter(|_| reminder::goes_on(meeting));
        self.put(
            Conflict::Meeting,
            &Key::meeting(&meeting.id),
            &stored,
            |item| {
                if let Some(template) = reminded {
                    item.insert("GSI2PK".to_owned(), string(template_partition(template)));
                    item.insert("GSI2SK".to_owned(), string(position.clone()));
                }
                item.insert("GSI1PK".to_owned(), string(MEETINGS));
                item.insert("GSI1SK".to_owned(), string(position));
                wakes(item, reminder::wake_at(meeting), id);
                shows(item, meeting.needs_attention_until(), id);
            },
        )
        .only_if(AtVersion(meeting.version))
    }

    /// Writes a template over the version before its own.
    #[must_use]
    pub fn template(self, template: &Template) -> Self {
        let version = template.version;
        self.put(
            Conflict::Template,
            &Key::template(&template.id),
            template.body(),
            |item| {
                item.insert("version".to_owned(), number(version));
            },
        )
        .only_if(AtVersion(version - 1))
    }

    /// Writes the settings over the version before their own.
    #[must_use]
    pub fn settings(self, settings: &Settings) -> Self {
        let version = settings.version;
        self.put(Conflict::Settings, &Key::settings(), settings, |item| {
            item.insert("version".to_owned(), number(version));
        })
        .only_if(AtVersion(version - 1))
    }

    /// Makes a notification found by the addresses it goes to.
    #[must_use]
    pub fn found_by_recipient(self, notification: &Notification) -> Self {
        let pointer = serde_json::json!({ "notification": notification.id });
        addresses(notification)
            .iter()
            .fold(self, |changes, address| {
                let key = Key::recipient(address, &notification.id);
                changes.put(Conflict::Notification, &key, &pointer, |_| {})
            })
    }

    /// Writes a notification over the version it was read at, and moves the
    /// version.
    #[must_use]
    pub fn notification(self, notification: &Notification) -> Self {
        let id = &notification.id;
        let stored = Notification {
            version: notification.version + 1,
            ..notification.clone()
        };
        let status = status_partition(notification.status());
        let position = log_position(id);
        self.put(
            Conflict::Notification,
            &Key::notification(id),
            &stored,
            |item| {
                item.insert("GSI1PK".to_owned(), string(LOG));
                item.insert("GSI1SK".to_owned(), string(position.clone()));
                item.insert("GSI2PK".to_owned(), string(status));
                item.insert("GSI2SK".to_owned(), string(position));
                wakes(item, notification.wake_at(), &id.to_string());
                shows(item, notification.needs_attention_until(), &id.to_string());
            },
        )
        .only_if_known(notification.version)
    }

    /// Writes what a notification says, compressed, apart from the row whose
    /// status changes: a write costs by the size of the whole item.
    #[must_use]
    pub fn content(mut self, notification: &Notification, content: &Content) -> Self {
        match compress(content) {
            Ok(bytes) => self.put(
                Conflict::Notification,
                &Key::content(&notification.id),
                &serde_json::json!({}),
                |item| {
                    item.insert("gzip".to_owned(), AttributeValue::B(Blob::new(bytes)));
                },
            ),
            Err(error) => {
                self.failed = Some(error);
                self
            }
        }
    }

    /// Writes a link token's grant, which may be forgotten at `expires_at`.
    #[must_use]
    pub fn grant(self, hash: &TokenHash, grant: &Grant, expires_at: DateTime<Utc>) -> Self {
        self.put(Conflict::Notification, &Key::token(hash), grant, |item| {
            item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        })
    }

    /// Counts one more choice that was listed for a link's holder.
    #[must_use]
    pub fn count_choice(mut self, hash: &TokenHash) -> Self {
        let update = Update::builder()
            .table_name("")
            .set_key(Some(Key::token(hash).attributes()))
            .update_expression("ADD choices :one")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":one", number(1))
            .build();
        match update {
            Ok(update) => self.parts.push((
                Conflict::Busy,
                TransactWriteItem::builder().update(update).build(),
            )),
            Err(error) => self.failed = Some(unavailable(error)),
        }
        self
    }

    /// Writes a timeline entry. Entries of one instant stand in the order of the
    /// meeting's versions they came after; `unique` tells the rest apart.
    #[must_use]
    pub fn entry(
        self,
        (meeting, version): (&MeetingId, u64),
        entry: &TimelineEntry,
        unique: &str,
    ) -> Self {
        let key = Key::timeline(meeting, entry.at, version, unique);
        self.put(Conflict::Busy, &key, entry, |_| {})
    }

    /// Writes a question that a number may answer, until `expires_at`.
    #[must_use]
    pub fn prompt(self, prompt: &Prompt, expires_at: DateTime<Utc>) -> Self {
        self.put(Conflict::Busy, &Key::prompt(prompt), prompt, |item| {
            item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        })
    }

    /// Has a message be found by what its provider calls it, until `expires_at`.
    #[must_use]
    pub fn message(
        self,
        provider_id: &str,
        notification: &NotificationId,
        expires_at: DateTime<Utc>,
    ) -> Self {
        let pointer = serde_json::json!({ "notification": notification });
        self.put(
            Conflict::Busy,
            &Key::message(provider_id),
            &pointer,
            |item| {
                item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
            },
        )
    }

    /// Takes a text that nobody has taken, or whose taking has expired by `now`.
    #[must_use]
    pub fn new_inbound(
        self,
        inbound: &Inbound,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let seen = serde_json::json!({ "received_at": inbound.received_at });
        self.put(
            Conflict::Inbound,
            &Key::inbound(&inbound.id),
            &seen,
            |item| {
                item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
            },
        )
        .only_if_free(now)
    }

    /// Keeps a text that belongs to no meeting.
    #[must_use]
    pub fn unmatched(self, inbound: &Inbound) -> Self {
        let until = inbound.needs_attention_until();
        self.put(Conflict::Busy, &Key::unmatched(inbound), inbound, |item| {
            shows(item, until, &inbound.id);
        })
    }

    /// Writes what is remembered of a number over the version it was read at, and
    /// moves the version.
    #[must_use]
    pub fn conversation(
        self,
        with: &PhoneNumber,
        conversation: &Conversation,
        expires_at: DateTime<Utc>,
    ) -> Self {
        let stored = Conversation {
            version: conversation.version + 1,
            ..conversation.clone()
        };
        let key = Key::conversation(with);
        self.put(Conflict::Conversation, &key, &stored, |item| {
            item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        })
        .only_if(AtVersion(conversation.version))
    }

    /// Notes that a number wants no SMS.
    #[must_use]
    pub fn opt_out(self, opt_out: &OptOut) -> Self {
        let key = Key::opt_out(&opt_out.number);
        self.put(Conflict::Busy, &key, opt_out, |item| {
            item.insert("GSI1PK".to_owned(), string(OPT_OUTS));
            item.insert("GSI1SK".to_owned(), string(opt_out.number.as_str()));
        })
    }

    /// Forgets that a number wants no SMS.
    #[must_use]
    pub fn opt_in(self, number: &PhoneNumber) -> Self {
        self.delete(&Key::opt_out(number), None)
    }

    fn delete(mut self, key: &Key, condition: Option<&str>) -> Self {
        let delete = Delete::builder()
            .table_name("")
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.map(str::to_owned))
            .build();
        match delete {
            Ok(delete) => self.parts.push((
                Conflict::Busy,
                TransactWriteItem::builder().delete(delete).build(),
            )),
            Err(error) => self.failed = Some(unavailable(error)),
        }
        self
    }

    /// Notes that an address wants no reminders, which nobody has noted yet.
    #[must_use]
    pub fn unsubscribe(self, unsubscription: &Unsubscription) -> Self {
        let key = Key::no_reminders(&unsubscription.address);
        self.put(Conflict::Busy, &key, unsubscription, |_| {})
            .when("attribute_not_exists(PK)", &[])
    }

    /// Forgets that an address wants no reminders, if that is still noted.
    #[must_use]
    pub fn resubscribe(self, address: &EmailAddress) -> Self {
        self.delete(&Key::no_reminders(address), Some("attribute_exists(PK)"))
    }

    /// Notes when the account's opt-out list was asked for, and what came of it.
    #[must_use]
    pub fn asked_account(self, asked: &AccountList) -> Self {
        self.put(Conflict::Busy, &Key::mirror(), asked, |_| {})
    }

    /// Takes an idempotency key that nobody has, or that has expired by `now`.
    #[must_use]
    pub fn new_key(self, record: &KeyRecord, now: DateTime<Utc>) -> Self {
        self.put(
            Conflict::Key,
            &Key::idempotency(&record.hash),
            record,
            |_| {},
        )
        .only_if_free(now)
    }

    /// Writes an idempotency key's record, if its lease is still `owner`'s.
    #[must_use]
    pub fn key_of(self, owner: &str, record: &KeyRecord) -> Self {
        self.put(
            Conflict::Key,
            &Key::idempotency(&record.hash),
            record,
            |_| {},
        )
        .when("#lease.#owner = :owner", &[(":owner", string(owner))])
    }

    fn put(
        mut self,
        about: Conflict,
        key: &Key,
        value: &impl Serialize,
        extra: impl FnOnce(&mut Item),
    ) -> Self {
        let put = to_item(key, value).and_then(|mut item| {
            extra(&mut item);
            Put::builder()
                .table_name("")
                .set_item(Some(item))
                .build()
                .map_err(unavailable)
        });
        match put {
            Ok(put) => self
                .parts
                .push((about, TransactWriteItem::builder().put(put).build())),
            Err(error) => self.failed = Some(error),
        }
        self
    }

    /// Puts the condition of a version on the last part.
    fn only_if(self, AtVersion(version): AtVersion) -> Self {
        match version {
            // Also over an item that has lost its version: it can be mended no other way.
            0 => self.when("attribute_not_exists(version)", &[]),
            version => self.when("version = :version", &[(":version", number(version))]),
        }
    }

    /// Puts the condition of a version on the last part, of which nothing must be there
    /// before the first: what cannot be read may have been sent.
    fn only_if_known(self, version: u64) -> Self {
        match version {
            0 => self.when("attribute_not_exists(PK)", &[]),
            version => self.only_if(AtVersion(version)),
        }
    }

    /// Puts the condition on the last part that nothing is there, or only what has
    /// expired by `now`: DynamoDB deletes it days later, and until then it must be
    /// nothing to writes, as it is to reads.
    fn only_if_free(self, now: DateTime<Utc>) -> Self {
        self.when(
            "attribute_not_exists(PK) OR expires_at <= :now",
            &[(":now", number(now.timestamp()))],
        )
    }

    /// Puts a condition on the last part.
    fn when(mut self, condition: &str, values: &[(&str, AttributeValue)]) -> Self {
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

/// Has staff look at an item until then.
fn shows(item: &mut Item, until: Option<DateTime<Utc>>, id: &str) {
    if let Some(until) = until {
        item.insert("GSI4PK".to_owned(), string(ATTENTION));
        item.insert("GSI4SK".to_owned(), string(attention_position(until, id)));
    }
}

/// Has the sweep look at an item once it is time.
fn wakes(item: &mut Item, at: Option<DateTime<Utc>>, id: &str) {
    if let Some(at) = at {
        item.insert("GSI3PK".to_owned(), string(WAKE));
        item.insert("GSI3SK".to_owned(), string(wake_position(at, id)));
    }
}

impl Store {
    /// Writes all parts or none. `token` is fresh for each set of changes: with
    /// it a repeat of the same call is applied once (DynamoDB keeps it for ten
    /// minutes).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with what did not hold; nothing was written.
    /// After [`StoreError::Unavailable`] it is open whether it was.
    pub async fn commit(&self, changes: Changes, token: &str) -> Result<(), StoreError> {
        if let Some(error) = changes.failed {
            return Err(error);
        }
        debug_assert!(
            changes.parts.len() <= MAX_PARTS,
            "a transaction has at most 100 parts"
        );
        let (about, mut parts): (Vec<_>, Vec<_>) = changes.parts.into_iter().unzip();
        for part in &mut parts {
            if let Some(put) = part.put.as_mut() {
                put.table_name.clone_from(&self.table);
            }
            if let Some(update) = part.update.as_mut() {
                update.table_name.clone_from(&self.table);
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
fn conflicts(error: &SdkError<TransactWriteItemsError>, about: &[Conflict]) -> Option<StoreError> {
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
            "TransactionConflict" => Some(Conflict::Busy),
            _ => None,
        })
        .collect();
    (!conflicts.is_empty()).then_some(StoreError::Conflict(conflicts))
}
