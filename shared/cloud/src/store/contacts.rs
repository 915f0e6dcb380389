//! What is known of a phone number: what it was asked, what it was answered, and
//! whether it wants SMS at all. All of it lies in one partition and is read at once.
//! And of an email address, whether it wants reminders.

use chrono::{DateTime, Utc};
use usher_domain::{
    channel::Channel,
    contact::{EmailAddress, PhoneNumber},
    id::NotificationId,
    notification::Notification,
    opt_out::OptOut,
    sms::{Conversation, Inbound, Prompt},
};

use super::{
    AccountList, Cursor, LogQuery, Page, Store, StoreError,
    codec::from_item,
    item::{INBOX, Item, Key, OPT_OUTS, contact_partition, recipient_index},
    range::{Range, sort_key, text},
    readable::{if_readable, passed_over, read_all},
    records::whole_number,
    rows::SeenInbound,
};

/// The most items of one number that are looked at: its oldest prompts are those of
/// meetings long past.
const MAX_ITEMS: usize = 300;
/// How many messages to an address are looked through for one by its provider's name: first a
/// few, then as many more.
const LOOKED_THROUGH: [usize; 2] = [4, 50];
/// How many messages to an address are looked at for the last to its owner: those at one mailbox
/// may be several.
const LAST_MESSAGES: usize = 10;
/// The most opt-outs that are read at once.
const OPT_OUTS_AT_ONCE: usize = 500;

/// What is known of a number.
#[derive(Debug, Clone, Default)]
pub struct KnownNumber {
    /// What it was asked and may answer.
    pub prompts: Vec<Prompt>,
    /// The messages that asked what cannot be read; none of one whose id cannot be read
    /// either.
    pub lost: Vec<Option<NotificationId>>,
    /// What is remembered of the texts with it.
    pub conversation: Conversation,
    /// That it wants no SMS, or SMS to it are held; none where that was lifted.
    pub opt_out: Option<OptOut>,
}

/// The last messages to an address, looked through for one by what its provider calls it.
#[derive(Debug, Clone, Default)]
pub struct LookedThrough {
    /// The one that is called so.
    pub found: Option<Notification>,
    /// The others that were looked at.
    pub others: Vec<Notification>,
    /// How many could not be read: each may be the one.
    pub unreadable: usize,
}

impl Store {
    /// What is known of a number. What has expired by `now` is not, whether or not
    /// DynamoDB has deleted it yet; but a conversation keeps its version.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn contact(
        &self,
        number: &PhoneNumber,
        now: DateTime<Utc>,
    ) -> Result<KnownNumber, StoreError> {
        let range = Range {
            index: None,
            partition: contact_partition(number),
            from: "0".to_owned(),
            to: "~".to_owned(),
            newest_first: false,
        };
        let mut contact = KnownNumber::default();
        let mut prompts = Vec::new();
        for item in self.range(&range, MAX_ITEMS).await? {
            match sort_key(&item) {
                "CONVERSATION" => contact.conversation = conversation(item),
                "OPT-OUT" => {
                    contact.opt_out = Some(opt_out(item, number, now)).filter(OptOut::holds);
                }
                _ => prompts.push(item),
            }
        }
        prompts.retain(|item| is_open(item, now));
        for item in prompts {
            let asked_by = asked_by(&item);
            match if_readable(from_item(item).map(Some))? {
                Some(prompt) => contact.prompts.push(prompt),
                None => contact.lost.push(asked_by),
            }
        }
        Ok(contact)
    }

    /// Whether an address has unsubscribed from reminders.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn is_unsubscribed(&self, address: &EmailAddress) -> Result<bool, StoreError> {
        Ok(self.item(&Key::no_reminders(address)).await?.is_some())
    }

    /// What is known of a number's wish for no SMS, lifted or not; of one that cannot be read,
    /// that its owner texted it.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn opt_out_of(&self, number: &PhoneNumber) -> Result<Option<OptOut>, StoreError> {
        let item = self.item(&Key::opt_out(number)).await?;
        Ok(item.map(|item| opt_out(item, number, DateTime::UNIX_EPOCH)))
    }

    /// Every opt-out that holds, by number; of one that cannot be read, that it came by text, which
    /// only a text takes back.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn opt_outs(&self) -> Result<Vec<OptOut>, StoreError> {
        let items = self.list_all("GSI1", OPT_OUTS, "+", OPT_OUTS_AT_ONCE);
        Ok(items.await?.into_iter().filter_map(listed).collect())
    }

    /// When the account's opt-out list was last asked for, and what came of it; nothing
    /// where that cannot be read, so that it is asked for anew.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn account_list(&self) -> Result<Option<AccountList>, StoreError> {
        if_readable(self.record(&Key::account_list()).await)
    }

    /// The message to an address that its provider calls so, where it is among the last to it;
    /// the last of all, as a rule. That costs a few read units for each answer and report that
    /// names a message, and nothing for each message.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn message_called(
        &self,
        provider_id: &str,
        channel: Channel,
        to: &str,
    ) -> Result<LookedThrough, StoreError> {
        let query = LogQuery {
            recipient: Some(to.to_owned()),
            ..LogQuery::default()
        };
        let is_called_so = |row: &Notification| {
            let delivery = row.delivery(channel);
            delivery.is_some_and(|it| it.provider_message_id.as_deref() == Some(provider_id))
        };
        let mut looked = LookedThrough::default();
        let mut next = None;
        for limit in LOOKED_THROUGH {
            let page = self.log(&query, next.as_ref(), limit).await?;
            looked.unreadable += page.unreadable;
            for row in page.rows {
                if is_called_so(&row) {
                    looked.found = Some(row);
                    return Ok(looked);
                }
                looked.others.push(row);
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(looked)
    }

    /// Whether an SMS was a test message, as far as is known at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn is_test_message(
        &self,
        provider_id: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let key = Key::test_message(provider_id);
        Ok(self.unexpired(&key, now).await?.is_some())
    }

    /// Whether a text was taken before, as far as is known at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn inbound_taken(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        match self.unexpired(&Key::inbound(id), now).await {
            // That it is there says it.
            Err(StoreError::Corrupt { .. }) => Ok(true),
            item => Ok(item?.is_some()),
        }
    }

    /// The last message to a number's owner, on whatever channel; a moment later than it was
    /// written, for it is found by an index. An email that tells them nothing new is found by
    /// their address alone, which the one that told them has.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn last_message_to(
        &self,
        number: &PhoneNumber,
    ) -> Result<Option<Notification>, StoreError> {
        let Some(last) = self.last_by(number.as_str(), number).await? else {
            return Ok(None);
        };
        let email = last.recipient.email.as_ref().map(EmailAddress::key);
        let by_email = match email {
            Some(email) => self.last_by(&email, number).await?,
            None => None,
        };
        let later = by_email.filter(|row| row.id.ulid() > last.id.ulid());
        Ok(Some(later.unwrap_or(last)))
    }

    /// The last message among the last that an address lists, to the owner of a number.
    async fn last_by(
        &self,
        address: &str,
        number: &PhoneNumber,
    ) -> Result<Option<Notification>, StoreError> {
        let range = Range {
            index: Some(recipient_index(address)),
            partition: address.to_owned(),
            from: "0".to_owned(),
            to: "~".to_owned(),
            newest_first: true,
        };
        let entries = self.entries(&range, LAST_MESSAGES).await?;
        let items = entries.into_iter().filter_map(|entry| entry.item);
        let rows = read_all(items, from_item::<Notification>).rows;
        let is_theirs = |row: &Notification| {
            row.staff.is_none() && row.recipient.phone.as_ref() == Some(number)
        };
        Ok(rows.into_iter().find(is_theirs))
    }

    /// The text that belongs to no meeting, came in then and has this id.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn unmatched_text(
        &self,
        received_at: DateTime<Utc>,
        id: &str,
    ) -> Result<Option<Inbound>, StoreError> {
        self.record(&Key::unmatched_at(received_at, id)).await
    }

    /// The text that belongs to no meeting and has this id; none once it is forgotten that
    /// it came in, long after it has ceased to need attention.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn unmatched_text_named(&self, id: &str) -> Result<Option<Inbound>, StoreError> {
        match self.record::<SeenInbound>(&Key::inbound(id)).await? {
            Some(seen) => self.unmatched_text(seen.received_at, id).await,
            None => Ok(None),
        }
    }

    /// The texts that belong to no meeting, newest first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read, or the cursor belongs to another
    /// list.
    pub async fn unmatched(
        &self,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Inbound>, StoreError> {
        let query = "unmatched texts";
        let before = cursor.map(|cursor| cursor.position_in(query)).transpose()?;
        let range = Range {
            index: None,
            partition: INBOX.to_owned(),
            from: "0".to_owned(),
            to: before.unwrap_or("~").to_owned(),
            newest_first: true,
        };
        // One more to see whether there are more, one for the cursor's own.
        let (mut items, cut) = self.page(&range, limit + 2).await?;
        items.retain(|item| before.is_none_or(|before| sort_key(item) != before));
        let more = items.len() > limit || cut;
        items.truncate(limit);
        let next = items.last().filter(|_| more);
        let next = next.map(|last| Cursor::new(query, sort_key(last)));
        Ok(Page::of(read_all(items, from_item), next))
    }
}

/// Whether a prompt has not expired. One that says no more when it does is open.
fn is_open(item: &Item, now: DateTime<Utc>) -> bool {
    let expires_at = whole_number(item, "expires_at");
    expires_at.map_or(true, |at| at > now.timestamp())
}

/// The message that asked a prompt, whose key has its id.
fn asked_by(item: &Item) -> Option<NotificationId> {
    let id = sort_key(item).strip_prefix("PROMPT#")?;
    NotificationId::parse(id).ok()
}

/// What is remembered of a number. Where it cannot be read it is begun anew, over the
/// version that is there.
fn conversation(item: Item) -> Conversation {
    let version = whole_number(&item, "version").unwrap_or_default();
    from_item(item).unwrap_or_else(|error| {
        passed_over(&error);
        Conversation {
            version: version.try_into().unwrap_or_default(),
            ..Conversation::default()
        }
    })
}

/// A number's opt-out. One that cannot be read holds as well.
fn opt_out(item: Item, number: &PhoneNumber, now: DateTime<Utc>) -> OptOut {
    from_item(item).unwrap_or_else(|error| {
        passed_over(&error);
        OptOut::by_text(number, now)
    })
}

/// An opt-out of the list of all, whose key has its number.
fn listed(item: Item) -> Option<OptOut> {
    let number = of_contact(&item, PhoneNumber::from_e164);
    let Some(number) = number else {
        passed_over(&StoreError::wrong(&item, "it is of no number"));
        return None;
    };
    Some(opt_out(item, &number, DateTime::UNIX_EPOCH))
}

/// Whose an item is that is stored under a number or an address.
pub(super) fn of_contact<T, E>(item: &Item, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
    read(text(item, "PK").strip_prefix("CONTACT#")?).ok()
}
