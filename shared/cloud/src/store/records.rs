//! Single records: settings, templates, notifications, grants, keys.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use chrono::{DateTime, Utc};
use usher_domain::{
    id::{MeetingId, NotificationId, TemplateId},
    linked_message::LinkedMessage,
    meeting::Meeting,
    notification::{Content, Notification},
    settings::Settings,
    template::{Template, TemplateBody},
    text::Name,
    token::{Grant, TokenHash},
    unread::Unread,
};

use super::{
    KeyRecord, Readable, Store, StoreError,
    batch::{BATCH, Freshness},
    codec::from_item,
    compressed::decompress,
    item::{Item, Key, NOTIFICATION, TEMPLATES, meeting_partition, string},
    range::{Range, sort_key, text},
    readable::{Salvaged, if_readable, passed_over, read_all, salvage},
    rows::{Kind, held_content},
    unavailable,
};

/// A notification, and what says what can be done about it.
#[derive(Debug, Clone, Default)]
pub struct NotificationInContext {
    /// The row.
    pub notification: Option<Notification>,
    /// What it says.
    pub content: Option<Content>,
    /// Its meeting; none where that cannot be read, which the log then says.
    pub meeting: Option<Meeting>,
    /// The settings, where there are any.
    pub settings: Option<Settings>,
}

/// Notifications that were asked for by their ids.
#[derive(Debug, Clone, Default)]
pub struct Notifications {
    /// Those that there are, in the order of their ids.
    pub rows: Vec<Notification>,
    /// Those that there are and that cannot be read; the log has their keys.
    pub unreadable: Vec<NotificationId>,
}

impl Store {
    /// The saved settings.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn settings(&self) -> Result<Option<Settings>, StoreError> {
        let item = self.item(&Key::settings()).await?;
        item.map(settings).transpose()
    }

    /// A template.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn template(&self, id: &TemplateId) -> Result<Option<Template>, StoreError> {
        self.item(&Key::template(id))
            .await?
            .map(template)
            .transpose()
    }

    /// All templates, by id. A business has dozens, not thousands: all of them
    /// are read at once.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn templates(&self) -> Result<Readable<Template>, StoreError> {
        let pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", string(TEMPLATES))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        let items: Vec<Item> = pages.collect::<Result<_, _>>().await.map_err(unavailable)?;
        Ok(read_all(items, template))
    }

    /// A notification, as it is stored.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn notification(
        &self,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError> {
        self.record(&Key::notification(id)).await
    }

    /// Those of the notifications that there are and can be read, in the order of
    /// their ids.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn notifications(&self, ids: &[NotificationId]) -> Result<Notifications, StoreError> {
        let mut items = Vec::with_capacity(ids.len());
        for ids in ids.chunks(BATCH) {
            let keys = ids.iter().map(|id| Key::notification(id).attributes());
            items.extend(self.all_of(keys.collect()).await?);
        }
        let key = |item: &Item| (text(item, "PK").to_owned(), sort_key(item).to_owned());
        let there: HashSet<_> = items.iter().map(key).collect();
        let mut rows = read_all(items, from_item::<Notification>).rows;
        let place = |row: &Notification| ids.iter().position(|id| id == &row.id);
        rows.sort_by_key(place);
        let unreadable = |id: &&NotificationId| {
            let Key { pk, sk } = Key::notification(id);
            there.contains(&(pk, sk)) && rows.iter().all(|row| &row.id != *id)
        };
        let unreadable = ids.iter().filter(unreadable).cloned().collect();
        Ok(Notifications { rows, unreadable })
    }

    /// Those notifications of a meeting that are on their way, or were when their sender was
    /// cut off. All of its notifications are read for that.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn on_their_way(&self, meeting: &MeetingId) -> Result<Vec<Notification>, StoreError> {
        let range = Range {
            index: None,
            partition: meeting_partition(meeting),
            from: NOTIFICATION.to_owned(),
            to: format!("{NOTIFICATION}~"),
            newest_first: false,
        };
        let items = self.range(&range, usize::MAX).await?;
        let mut rows = read_all(items, from_item::<Notification>).rows;
        rows.retain(Notification::is_on_its_way);
        Ok(rows)
    }

    /// What a notification says; none where what is stored cannot be read, which the
    /// log then says. Nothing is read for it where its row holds it.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn content(&self, row: &Notification) -> Result<Option<Content>, StoreError> {
        let key = Key::content(&row.id);
        match held_content(row) {
            Some(held) => Ok(held.or_else(|| torn(&key.attributes()))),
            None => Ok(self.item(&key).await?.as_ref().and_then(content_of)),
        }
    }

    /// A notification with what it says, its meeting and the settings, in one query; in
    /// another one the attendees of a meeting of several, and what is long.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn notification_in_context(
        &self,
        id: &NotificationId,
    ) -> Result<NotificationInContext, StoreError> {
        let row = Key::notification(id);
        let keys = [&row, &Key::meeting(id.meeting()), &Key::settings()];
        let mut found = NotificationInContext::default();
        for item in self
            .all_of(keys.iter().map(|key| key.attributes()).collect())
            .await?
        {
            let key = sort_key(&item).to_owned();
            if key == row.sk {
                found.notification = Some(from_item(item)?);
            } else if key == Key::settings().sk {
                found.settings = Some(settings(item)?);
            } else {
                found.meeting = if_readable(from_item(item).map(Some))?;
            }
        }
        if let Some(row) = &found.notification {
            found.content = self.content(row).await?;
        }
        if found
            .meeting
            .as_ref()
            .is_some_and(|meeting| meeting.others.is_some())
        {
            found.meeting = if_readable(self.meeting(id.meeting()).await)?;
        }
        Ok(found)
    }

    /// A notification with the links that its row knows, and what that says besides where it
    /// can be read; none where not even the links can be, which the log then says.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn linked_message(
        &self,
        id: &NotificationId,
        freshness: Freshness,
    ) -> Result<Option<(LinkedMessage, Option<Notification>)>, StoreError> {
        let Some(item) = self.item_as_of(&Key::notification(id), freshness).await? else {
            return Ok(None);
        };
        let message = if_readable(from_item(item.clone()).map(Some))?;
        let row = if_readable(from_item(item).map(Some))?;
        Ok(message.map(|message| (message, row)))
    }

    /// What the token of a text message's link lets its holder do. Tokens that have expired by `now`
    /// do nothing, whether or not DynamoDB has deleted them yet.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn grant(
        &self,
        hash: &TokenHash,
        freshness: Freshness,
        now: DateTime<Utc>,
    ) -> Result<Option<Grant>, StoreError> {
        let item = self.item_as_of(&Key::token(hash), freshness).await?;
        let item = item.map(|item| unexpired(item, now)).transpose()?.flatten();
        item.map(from_item).transpose()
    }

    /// What is remembered of an idempotency key.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn key(
        &self,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<KeyRecord>, StoreError> {
        let key = Key::idempotency(&KeyRecord::hash(key));
        let item = self.unexpired(&key, now).await?;
        item.map(from_item).transpose()
    }

    /// What is remembered under the hash of an idempotency key, also once it has expired:
    /// what was cut off is finished however late.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn key_of_hash(&self, hash: &str) -> Result<Option<KeyRecord>, StoreError> {
        self.record(&Key::idempotency(hash)).await
    }

    /// The item under a key, unless it has expired by `now`, whether or not DynamoDB
    /// has deleted it yet. Whatever has a time to live is read through this.
    pub(super) async fn unexpired(
        &self,
        key: &Key,
        now: DateTime<Utc>,
    ) -> Result<Option<Item>, StoreError> {
        match self.item(key).await? {
            Some(item) => unexpired(item, now),
            None => Ok(None),
        }
    }

    /// The record under a key.
    pub(super) async fn record<T: Kind>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.item(key).await?.map(from_item).transpose()
    }

    pub(super) async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.item_as_of(key, Freshness::Latest).await
    }

    #[tracing::instrument(name = "dynamodb.get", level = "debug", skip_all)]
    pub(super) async fn item_as_of(
        &self,
        key: &Key,
        freshness: Freshness,
    ) -> Result<Option<Item>, StoreError> {
        if !key.possible() {
            return Ok(None);
        }
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(freshness.is_consistent())
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        Ok(answer.item)
    }
}

/// What a content item says; none where that cannot be read, which the log then says.
pub(super) fn content_of(item: &Item) -> Option<Content> {
    decompress(item).or_else(|| torn(item))
}

/// Nothing, which the log then says.
fn torn(item: &Item) -> Option<Content> {
    passed_over(&StoreError::wrong(item, "its text is torn"));
    None
}

/// An item, unless it has expired by `now`.
pub(super) fn unexpired(item: Item, now: DateTime<Utc>) -> Result<Option<Item>, StoreError> {
    let expired = whole_number(&item, "expires_at")? <= now.timestamp();
    Ok((!expired).then_some(item))
}

/// The settings, as much of them as can be read.
pub(super) fn settings(item: Item) -> Result<Settings, StoreError> {
    let version = version(&item);
    let Salvaged {
        record: mut settings,
        lost,
        kept,
    } = salvage(&Settings::default(), item)?;
    settings.version = version;
    settings.damaged = !lost.is_empty();
    settings.sms.held = held(&settings, &lost);
    settings.unread = Unread::new(kept);
    Ok(settings)
}

/// Whether what cannot be read of the settings may have said that an SMS must not go out:
/// which countries are allowed, or what one may cost. What is left of a list of countries
/// is narrower than the list was.
fn held(settings: &Settings, lost: &[String]) -> bool {
    let is_lost = |path: &str| lost.iter().any(|lost| lost == path);
    let countries = lost
        .iter()
        .any(|lost| lost.starts_with("sms.allowed_countries"));
    is_lost("sms")
        || is_lost("sms.max_price_usd")
        || (countries && settings.sms.allowed_countries.is_empty())
}

/// A template, as much of it as can be read.
pub(super) fn template(item: Item) -> Result<Template, StoreError> {
    let version = version(&item);
    let id = TemplateId::parse(sort_key(&item));
    let id = id.map_err(|_| StoreError::wrong(&item, "it has no id"))?;
    let name = Name::parse(id.as_str());
    let name = name.map_err(|_| StoreError::wrong(&item, "its id is no name"))?;
    let salvaged = salvage(&TemplateBody::built_in(name), item)?;
    let mut template = Template::from_store(id, version, salvaged.record);
    // A config of a type that this release does not know is left out: staff are told.
    let stored = salvaged.kept.get("configs").and_then(|all| all.as_l().ok());
    let left_out = stored.map_or(0, Vec::len) != template.body().configs.len();
    template.damaged = left_out || !salvaged.lost.is_empty();
    template.unread = Unread::new(salvaged.kept);
    Ok(template)
}

/// An item's version; 0 where it has none that can be read, and a write over it finds
/// none.
pub(super) fn version(item: &Item) -> u64 {
    let version = whole_number(item, "version").ok();
    version
        .and_then(|version| version.try_into().ok())
        .unwrap_or_default()
}

pub(super) fn whole_number(item: &Item, name: &str) -> Result<i64, StoreError> {
    let number = item.get(name).and_then(|value| value.as_n().ok());
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| StoreError::wrong(item, format!("it has no {name}")))
}
