//! A meeting's timeline: its entries, and among them what the rows of its log tell by
//! themselves.
//!
//! A row tells what became of its message, so that no entry is written for that: two write
//! units less for each message, for reading rows of up to a kilobyte when somebody looks.

use std::collections::VecDeque;

use usher_domain::{
    id::MeetingId, notification::Notification, send::own_entry, timeline::TimelineEntry,
};

use super::{
    Cursor, Page, PageRoom, Store, StoreError,
    codec::from_item,
    item::{ENTRY, Item, NOTIFICATION, meeting_partition},
    range::{Range, sort_key},
    readable::if_readable,
};

/// The most entries and rows that one page looks at: rows that tell nothing are passed over,
/// as those are that staff were told by.
const LOOKED_AT: usize = 500;

/// What parts the sort key of an entry from that of a row in a cursor; neither has it.
const PARTED: char = '|';

/// Something that stands in the timeline.
struct Told {
    sort_key: String,
    /// Its instant in milliseconds, and which version of the meeting it came after; none
    /// where it cannot be read.
    place: Option<(i64, u64)>,
    /// None where it tells nothing.
    entry: Option<TimelineEntry>,
}

impl Told {
    fn by_entry(item: Item) -> Result<Self, StoreError> {
        let sort_key = sort_key(&item).to_owned();
        let entry: Option<TimelineEntry> = if_readable(from_item(item).map(Some))?;
        let version = sort_key.split('#').nth(2);
        let version = version.and_then(|version| version.parse().ok());
        let at = entry.as_ref().map(|entry| entry.at.timestamp_millis());
        Ok(Self {
            place: at.zip(version),
            sort_key,
            entry,
        })
    }

    fn by_row(item: Item) -> Result<Self, StoreError> {
        let sort_key = sort_key(&item).to_owned();
        let row: Option<Notification> = if_readable(from_item(item).map(Some))?;
        let place = |row: &Notification| (row.created_at.timestamp_millis(), row.after);
        Ok(Self {
            sort_key,
            place: row.as_ref().map(place),
            entry: row.as_ref().and_then(own_entry),
        })
    }

    /// Whether it is newer than another one; what cannot be read comes at once.
    fn is_newer_than(&self, other: &Self) -> bool {
        let order = |told: &Self| (told.place.is_none(), told.place);
        order(self) > order(other)
    }
}

/// Entries or rows of a meeting, newest first, as they are read.
struct Teller {
    range: Range<'static>,
    read: fn(Item) -> Result<Told, StoreError>,
    /// What is read and not told yet.
    ahead: VecDeque<Told>,
    /// Whether all is read.
    is_read: bool,
}

impl Teller {
    /// Those whose sort keys begin like this, up to one.
    fn of(
        meeting: &MeetingId,
        prefix: &str,
        to: Option<&str>,
        read: fn(Item) -> Result<Told, StoreError>,
    ) -> Self {
        // A cursor may be forged.
        let to = to.filter(|to| to.starts_with(prefix));
        let to = to.map_or_else(|| format!("{prefix}~"), str::to_owned);
        Self {
            range: Range {
                index: None,
                partition: meeting_partition(meeting),
                from: prefix.to_owned(),
                to,
                newest_first: true,
            },
            read,
            ahead: VecDeque::new(),
            is_read: false,
        }
    }

    /// Has the next one at hand, where there is one; reads `limit` of them at once.
    async fn read_ahead(&mut self, store: &Store, limit: usize) -> Result<(), StoreError> {
        while self.ahead.is_empty() && !self.is_read {
            // One more for the last that was read, which the range still has.
            let (items, is_cut) = store.page(&self.range, limit + 1).await?;
            self.is_read = items.len() <= limit && !is_cut;
            for item in items {
                if sort_key(&item) != self.range.to {
                    self.ahead.push_back((self.read)(item)?);
                }
            }
            if let Some(last) = self.ahead.back() {
                self.range.to.clone_from(&last.sort_key);
            }
        }
        Ok(())
    }

    /// Up to where the next one is still to come, and nothing that is newer; nothing at all
    /// where none is at hand.
    fn left(&self) -> String {
        match self.ahead.front() {
            // It comes behind no key that goes on differently.
            Some(next) => format!("{}!", next.sort_key),
            None => self.range.from.clone(),
        }
    }
}

/// What entries and rows tell, as one.
struct Timeline {
    entries: Teller,
    rows: Teller,
}

impl Timeline {
    /// What comes from a [`position`](Self::position) on; all of it where there is none.
    fn of(meeting: &MeetingId, position: Option<&str>) -> Self {
        let (entry, row) = position.and_then(|at| at.split_once(PARTED)).unzip();
        Self {
            entries: Teller::of(meeting, ENTRY, entry, Told::by_entry),
            rows: Teller::of(meeting, NOTIFICATION, row, Told::by_row),
        }
    }

    /// Has at hand what comes next.
    async fn read_ahead(&mut self, store: &Store, limit: usize) -> Result<(), StoreError> {
        let (entries, rows) = (&mut self.entries, &mut self.rows);
        let both = futures::try_join!(
            entries.read_ahead(store, limit),
            rows.read_ahead(store, limit)
        );
        both.map(|_| ())
    }

    fn next(&mut self) -> Option<Told> {
        let is_entry = match (self.entries.ahead.front(), self.rows.ahead.front()) {
            // What is sent of something comes after it.
            (Some(entry), Some(row)) => entry.is_newer_than(row),
            (entry, _) => entry.is_some(),
        };
        let teller = if is_entry {
            &mut self.entries
        } else {
            &mut self.rows
        };
        teller.ahead.pop_front()
    }

    /// What is at hand still, and what is behind that; none where it is the end.
    fn position(&self) -> Option<String> {
        let is_done = self.entries.ahead.is_empty() && self.rows.ahead.is_empty();
        let position = || format!("{}{PARTED}{}", self.entries.left(), self.rows.left());
        (!is_done).then(position)
    }
}

impl Store {
    /// A meeting's timeline, newest first, `limit` entries at most. A page may hold fewer and
    /// still have a cursor: then there is more to look at. What is newer than the first page
    /// is on none of those behind it.
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
        let position = cursor.map(|cursor| cursor.position_in(&query));
        let mut timeline = Timeline::of(id, position.transpose()?);
        let mut page = Page::default();
        let mut room = PageRoom::default();
        for _ in 0..LOOKED_AT {
            timeline.read_ahead(self, limit + 1).await?;
            let Some(told) = timeline.next() else { break };
            page.unreadable += usize::from(told.place.is_none());
            let Some(entry) = told.entry else { continue };
            let fits = room.takes_record(&entry);
            page.rows.push(entry);
            if page.rows.len() == limit || !fits {
                break;
            }
        }
        timeline.read_ahead(self, 1).await?;
        let position = timeline.position();
        page.next = position.map(|position| Cursor::new(&query, &position));
        Ok(page)
    }
}
