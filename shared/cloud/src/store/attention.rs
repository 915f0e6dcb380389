//! What staff must look at: meetings, notifications, texts and held numbers in one list.

use chrono::{DateTime, Utc};
use usher_domain::{meeting::Meeting, notification::Notification, opt_out::OptOut, sms::Inbound};

use super::{
    Readable, Store, StoreError,
    codec::from_item,
    item::{ATTENTION, INBOX, KEPT, attention_position},
    range::{Range, sort_key, text},
    readable::read_all,
};

/// Something that staff must look at.
#[derive(Debug, Clone)]
pub enum AttentionItem {
    /// A meeting whose customers know other details, wait for another time or missed a
    /// reminder.
    Meeting(Box<Meeting>),
    /// A message that failed, or may not have gone out.
    Notification(Box<Notification>),
    /// A text that belongs to no meeting.
    Text(Box<Inbound>),
    /// A number that SMS are held back from until staff decide.
    Hold(Box<OptOut>),
}

impl Store {
    /// What staff must look at, the most urgent first, `limit` at most; behind what can
    /// still be mended what is past and was not dealt with. Where there is more, what ends
    /// by itself comes before what waits until somebody has dealt with it.
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
        let mut entries = self.entries(&range, limit).await?;
        entries.sort_by_cached_key(|entry| {
            let until = until(&entry.position).to_owned();
            (until < range.from, until)
        });
        let items = entries.into_iter().filter_map(|entry| entry.item);
        Ok(read_all(items, |item| {
            let is_text = text(&item, "PK") == INBOX;
            Ok(match sort_key(&item) {
                "OPT-OUT" => AttentionItem::Hold(Box::new(from_item(item)?)),
                "MEETING" => AttentionItem::Meeting(Box::new(from_item(item)?)),
                _ if is_text => AttentionItem::Text(Box::new(from_item(item)?)),
                _ => AttentionItem::Notification(Box::new(from_item(item)?)),
            })
        }))
    }
}

/// Until when staff must look at what stands at a position, whether or not it ends by itself
/// then.
fn until(position: &str) -> &str {
    let kept = position.strip_prefix(KEPT);
    let until = kept.and_then(|kept| kept.split_once('#'));
    until.map_or(position, |(_, until)| until)
}
