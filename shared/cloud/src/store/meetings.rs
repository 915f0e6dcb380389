//! Meetings: one by id, many by start.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use usher_domain::{id::MeetingId, meeting::Meeting};

use super::{
    Cursor, Page, Store, StoreError,
    batch::BATCH,
    codec::from_item,
    item::{Key, MEETINGS, calendar_position},
    range::Range,
    readable::read_all,
};

impl Store {
    /// The meetings of these ids, in no order and as lists show them; without those that there are none of, and
    /// those that cannot be read, which the log then says.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn meetings_named(
        &self,
        ids: &BTreeSet<MeetingId>,
    ) -> Result<Vec<Meeting>, StoreError> {
        let ids: Vec<_> = ids.iter().collect();
        let mut found = Vec::new();
        for ids in ids.chunks(BATCH) {
            let keys = ids.iter().map(|id| Key::meeting(id).attributes());
            let items = self.all_of(keys.collect()).await?;
            found.extend(read_all(items, from_item).rows);
        }
        Ok(found)
    }

    /// Meetings that start in `from..to`, earliest first and as lists show them, `limit` at
    /// most.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read, or the cursor belongs to another
    /// list.
    pub async fn meetings(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Meeting>, StoreError> {
        let query = format!("meetings {from} {to}");
        let after = cursor
            .map(|cursor| cursor.position_in(&query))
            .transpose()?;
        let range = Range {
            index: Some("GSI1"),
            partition: MEETINGS.to_owned(),
            // The first key behind the cursor's; "!" sorts before every id.
            from: after.map_or_else(|| calendar_position(from, ""), |after| format!("{after}!")),
            to: calendar_position(to, ""),
            newest_first: false,
        };
        let page = self.list_page(&range, limit).await?;
        let next = page.next.map(|next| Cursor::new(&query, &next));
        Ok(Page::of(page.read, next))
    }

    /// Where the list of the [`meetings`](Self::meetings) in `from..to` goes on behind
    /// one of them.
    pub fn behind(&self, from: DateTime<Utc>, to: DateTime<Utc>, last: &Meeting) -> Cursor {
        let position = calendar_position(last.details.starts_at, last.id.as_str());
        Cursor::new(&format!("meetings {from} {to}"), &position)
    }
}
