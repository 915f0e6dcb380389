//! Meetings: one by id, many by start, and each one's timeline.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{id::MeetingId, meeting::Meeting, timeline::TimelineEntry};

use super::{
    Cursor, Page, Store, StoreError,
    codec::from_item,
    item::{Item, Key, MEETINGS, calendar_position, meeting_partition, string},
    readable::read_all,
    records::BATCH,
    rows::Stored,
    unavailable,
};

/// The most that one page of a list holds, in bytes: a function's answer is at most
/// 6 MB, in which every quotation mark of its JSON counts twice.
pub(super) const PAGE_BYTES: usize = 1_500_000;

/// What one page of a list has room for: as much JSON as one answer can hold.
#[derive(Debug, Default)]
pub struct PageRoom {
    taken: usize,
}

impl PageRoom {
    /// Takes what is to be shown in; whether all that it has taken by now fits.
    pub fn takes(&mut self, view: &impl Serialize) -> bool {
        self.taken += serde_json::to_string(view).map_or(0, |text| text.len());
        self.taken <= PAGE_BYTES
    }

    /// Takes a record in; whether all that it has taken by now fits.
    pub fn takes_record(&mut self, record: &impl Stored) -> bool {
        self.takes(&record.to_row())
    }
}

/// A range of sort keys within one partition, and the way through it.
pub(super) struct Range<'a> {
    /// The index; none for the table itself.
    pub(super) index: Option<&'a str>,
    /// The partition.
    pub(super) partition: String,
    /// From this sort key on, inclusive.
    pub(super) from: String,
    /// Up to this sort key, inclusive.
    pub(super) to: String,
    /// Whether the highest comes first.
    pub(super) newest_first: bool,
}

impl Range<'_> {
    /// The names of the attributes that its partition and its sort keys stand in.
    pub(super) fn key_names(&self) -> (String, String) {
        match self.index {
            None => ("PK".to_owned(), "SK".to_owned()),
            Some(index) => (format!("{index}PK"), format!("{index}SK")),
        }
    }
}

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
        Ok(Page::of(read_all(page.items, from_item), next))
    }

    /// Where the list of the [`meetings`](Self::meetings) in `from..to` goes on behind
    /// one of them.
    pub fn behind(&self, from: DateTime<Utc>, to: DateTime<Utc>, last: &Meeting) -> Cursor {
        let position = calendar_position(last.details.starts_at, last.id.as_str());
        Cursor::new(&format!("meetings {from} {to}"), &position)
    }

    /// A meeting's timeline, newest first, `limit` entries at most.
    ///
    /// # Errors
    /// As [`Store::meetings`].
    pub async fn timeline(
        &self,
        id: &MeetingId,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<TimelineEntry>, StoreError> {
        let query = format!("timeline {id}");
        let before = cursor
            .map(|cursor| cursor.position_in(&query))
            .transpose()?;
        let range = Range {
            index: None,
            partition: meeting_partition(id),
            from: "T#".to_owned(),
            to: before.unwrap_or("T#~").to_owned(),
            newest_first: true,
        };
        // One more to see whether there are more, one for the cursor's own.
        let (mut items, cut) = self.page(&range, limit + 2).await?;
        items.retain(|item| before.is_none_or(|before| sort_key(item) != before));
        let more = items.len() > limit || cut;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor::new(&query, sort_key(last)));
        Ok(Page::of(read_all(items, from_item), next))
    }

    /// Up to `limit` items of a range.
    pub(super) async fn range(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        Ok(self.read(range, limit, usize::MAX).await?.0)
    }

    /// Up to `limit` items of a range for one page of a list, and whether it ends
    /// earlier because an answer could hold no more: [`PAGE_BYTES`].
    pub(super) async fn page(
        &self,
        range: &Range<'_>,
        limit: usize,
    ) -> Result<(Vec<Item>, bool), StoreError> {
        self.read(range, limit, PAGE_BYTES).await
    }

    /// Up to `limit` items of a range, and whether it was cut short at `bytes`.
    #[tracing::instrument(name = "dynamodb.query", level = "debug", skip_all, fields(index = range.index))]
    async fn read(
        &self,
        range: &Range<'_>,
        limit: usize,
        bytes: usize,
    ) -> Result<(Vec<Item>, bool), StoreError> {
        let mut taken = 0;
        let (pk, sk) = range.key_names();
        let mut items = Vec::new();
        let mut start = None;
        while items.len() < limit && range.from <= range.to {
            let left = i32::try_from(limit - items.len()).unwrap_or(i32::MAX);
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .set_index_name(range.index.map(str::to_owned))
                .key_condition_expression(format!("{pk} = :pk AND {sk} BETWEEN :from AND :to"))
                .expression_attribute_values(":pk", string(&range.partition))
                .expression_attribute_values(":from", string(&range.from))
                .expression_attribute_values(":to", string(&range.to))
                .scan_index_forward(!range.newest_first)
                .consistent_read(range.index.is_none())
                .limit(left)
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                taken += bytes_of(&item);
                items.push(item);
                // Two at least: one of them may be the cursor's own.
                if taken > bytes && items.len() > 1 {
                    return Ok((items, true));
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok((items, false))
    }
}

/// About how many bytes an item takes in an answer.
pub(super) fn bytes_of(item: &Item) -> usize {
    let attribute = |(name, value): (&String, &AttributeValue)| name.len() + weight(value);
    item.iter().map(attribute).sum()
}

/// About how many bytes a value takes in an answer.
fn weight(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len() + 3,
        AttributeValue::L(values) => values.iter().map(weight).sum::<usize>() + 2,
        AttributeValue::M(entries) => {
            let entry = |(name, value): (&String, &AttributeValue)| name.len() + 4 + weight(value);
            entries.iter().map(entry).sum::<usize>() + 2
        }
        _ => 5,
    }
}

/// An item's sort key; empty for what has none.
pub(super) fn sort_key(item: &Item) -> &str {
    text(item, "SK")
}

/// A string attribute; empty for what has none.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map_or("", String::as_str)
}
