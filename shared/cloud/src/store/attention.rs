//! What staff must look at: meetings, notifications and texts in one list.

use chrono::{DateTime, Utc};
use usher_domain::{meeting::Meeting, notification::Notification, sms::Inbound};

use super::{
    Readable, Store, StoreError,
    codec::from_item,
    item::{ATTENTION, INBOX, attention_position},
    meetings::{Range, sort_key},
    readable::read_all,
};

/// Something that staff must look at.
#[derive(Debug, Clone)]
pub enum AttentionItem {
    /// A meeting whose customers know other details, or wait for another time.
    Meeting(Box<Meeting>),
    /// A message that failed, or may not have gone out.
    Notification(Box<Notification>),
    /// A text that belongs to no meeting.
    Text(Box<Inbound>),
}

impl Store {
    /// What staff must look at, the most urgent first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn attention(
        &self,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Readable<AttentionItem>, StoreError> {
        let range = Range {
            index: Some("GSI4"),
            partition: ATTENTION.to_owned(),
            from: attention_position(now, ""),
            to: "~".to_owned(),
            newest_first: false,
        };
        let items = self.range(&range, limit).await?;
        Ok(read_all(items, |item| {
            let text = item.get("PK").and_then(|pk| pk.as_s().ok()) == Some(&INBOX.to_owned());
            Ok(match sort_key(&item) {
                "MEETING" => AttentionItem::Meeting(Box::new(from_item(item)?)),
                _ if text => AttentionItem::Text(Box::new(from_item(item)?)),
                _ => AttentionItem::Notification(Box::new(from_item(item)?)),
            })
        }))
    }
}
