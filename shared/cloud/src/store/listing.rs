//! Lists: an index says where items stand, and nothing else of them.
//!
//! An index that holds keys alone is written only where an item's place changes, and not with
//! every write of the item: a row that is sent, a meeting that is held while it is sent for.
//! What a list shows is read from the table, a batch for a hundred items; an item costs a read
//! unit then, which is a fifth of the write unit that each of its writes saves.

use std::collections::HashMap;

use futures::future::try_join_all;

use super::{
    Store, StoreError,
    batch::BATCH,
    codec::from_item,
    item::{Item, Key},
    range::{PageRoom, Range, sort_key, text},
    readable::{Readable, read_all},
    rows::Kind,
};

/// An entry of an index.
pub(super) struct Entry {
    /// Where it stands.
    pub(super) position: String,
    /// What it leads to; none once that has left the range's partition.
    pub(super) item: Option<Item>,
}

/// One page of a list.
pub(super) struct ListPage<T> {
    /// What it shows.
    pub(super) read: Readable<T>,
    /// The position behind which the next page begins, if there is one.
    pub(super) next: Option<String>,
}

impl Store {
    /// Up to `limit` entries of a range of an index, in its order.
    pub(super) async fn entries(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let found = self.range(range, limit).await?;
        let mut there = self.items_of(&found).await?;
        let (partition, position) = range.key_names();
        let entry = |entry: &Item| Entry {
            position: text(entry, &position).to_owned(),
            item: there
                .remove(&name_of(entry))
                .filter(|item| text(item, &partition) == range.partition),
        };
        Ok(found.iter().map(entry).collect())
    }

    /// Up to `limit` records that an index names, in its order; fewer where an answer can
    /// hold no more.
    pub(super) async fn list_page<T: Kind>(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<ListPage<T>, StoreError> {
        let entries = self.entries(range, limit + 1).await?;
        let mut entries = entries.into_iter();
        let mut room = PageRoom::default();
        let mut page = ListPage {
            read: Readable::default(),
            next: None,
        };
        for entry in entries.by_ref().take(limit) {
            page.next = Some(entry.position);
            let read = read_all(entry.item, from_item::<T>);
            let fits = read.rows.iter().all(|record| room.takes_record(record));
            page.read.unreadable += read.unreadable;
            page.read.rows.extend(read.rows);
            if !fits {
                break;
            }
        }
        page.next = page.next.filter(|_| entries.len() > 0);
        Ok(page)
    }

    /// Everything that an index names from a position on, `at_once` at a time.
    pub(super) async fn list_all(
        &self,
        index: &str,
        partition: &str,
        from: &str,
        at_once: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut all = Vec::new();
        let mut from = from.to_owned();
        loop {
            let range = Range {
                index: Some(index),
                partition: partition.to_owned(),
                from,
                to: "~".to_owned(),
                newest_first: false,
            };
            let entries = self.entries(&range, at_once).await?;
            let full = entries.len() == at_once;
            let last = entries.last().filter(|_| full);
            // The first key behind it: "!" sorts before every character of an id.
            let behind = last.map(|last| format!("{}!", last.position));
            all.extend(entries.into_iter().filter_map(|entry| entry.item));
            match behind {
                Some(behind) => from = behind,
                None => return Ok(all),
            }
        }
    }

    async fn items_of(
        &self,
        entries: &[Item],
    ) -> Result<HashMap<(String, String), Item>, StoreError> {
        let batches = entries.chunks(BATCH).map(|entries| {
            let keys = entries.iter().map(|entry| {
                let (pk, sk) = name_of(entry);
                Key { pk, sk }.attributes()
            });
            self.all_of(keys.collect())
        });
        let items = try_join_all(batches).await?.into_iter().flatten();
        Ok(items.map(|item| (name_of(&item), item)).collect())
    }
}

/// What an item is called in the table.
fn name_of(item: &Item) -> (String, String) {
    (text(item, "PK").to_owned(), sort_key(item).to_owned())
}
