//! The notification log: newest first, by whatever staff look for.
//!
//! Each filter that narrows the most has a partition of its own; what is left
//! is filtered over a bounded number of rows a request, so that a page costs
//! the same with a hundred rows and with a million.
//!
//! What is on its way is listed by no status while its meeting is held for it or another row
//! [wakes for it](Notification::wakes_for_others), which is for seconds, or until the sweep
//! comes where its sender was cut off.

use chrono::{DateTime, Utc};
use usher_domain::{
    channel::Channel,
    id::{MeetingId, NotificationId},
    kind::MessageKind,
    notification::{Notification, Status, StatusFilter},
};

use super::{
    Cursor, Page, Store, StoreError,
    codec::from_item,
    item::{
        Item, LOG, NOTIFICATION, ON_ITS_WAY, WAKE, is_by_status, meeting_partition,
        recipient_index, status_partition,
    },
    listing::Entry,
    range::{PageRoom, Range, sort_key, text},
    readable::read_all,
};

/// The most rows one request looks at.
const LOOKED_AT: usize = 300;

/// What staff look for.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Only of those that stand so.
    pub status: Option<StatusFilter>,
    /// Only of this type; when left out, of all but news that reached staff.
    pub kind: Option<MessageKind>,
    /// Only those that took this channel, or were meant to.
    pub channel: Option<Channel>,
    /// Only created at or after this.
    pub from: Option<DateTime<Utc>>,
    /// Only created before this.
    pub to: Option<DateTime<Utc>>,
    /// Only of this meeting.
    pub meeting: Option<MeetingId>,
    /// Only to this address, and not to another one of its owner's; in the form it is stored
    /// in: an email address in lower case or a number in E.164.
    pub recipient: Option<String>,
}

/// Whether a row is an email to staff that reached them: every answer makes as many
/// as there are followers, and whoever looks for them asks for their type.
fn is_old_news(row: &Notification) -> bool {
    row.kind == MessageKind::AnswerNotice && row.status() == Status::Sent
}

/// The channel that goes to addresses of this kind.
fn channel_of(address: &str) -> Channel {
    match address.starts_with('+') {
        true => Channel::Sms,
        false => Channel::Email,
    }
}

/// Whether the rows that may stand so are listed by that.
fn has_partitions(status: StatusFilter) -> bool {
    status.statuses().iter().copied().all(is_by_status)
}

impl LogQuery {
    fn text(&self) -> String {
        format!("log {self:?}")
    }

    fn matches(&self, row: &Notification) -> bool {
        self.status.is_none_or(|status| status.takes(row))
            && self.kind.map_or(!is_old_news(row), |kind| row.kind == kind)
            && self.channel.is_none_or(|channel| row.took(channel))
            && self
                .meeting
                .as_ref()
                .is_none_or(|meeting| row.meeting_id() == meeting)
            && self
                .recipient
                .as_ref()
                .is_none_or(|address| row.took(channel_of(address)))
    }

    /// Whether every row of its partitions matches, as a rule.
    fn is_a_partition(&self) -> bool {
        let narrower = match self.status {
            // Of a member of staff nearly all are news that reached them.
            _ if self.recipient.is_some() => true,
            None => false,
            Some(_) if self.meeting.is_some() => true,
            Some(StatusFilter::Unknown | StatusFilter::NeedsAttention) => true,
            Some(status) => !has_partitions(status),
        };
        !narrower && self.kind.is_none() && self.channel.is_none()
    }

    /// How many rows a request for this many looks at, at most.
    fn look_at(&self, limit: usize) -> usize {
        if self.is_a_partition() {
            limit
        } else {
            LOOKED_AT
        }
    }

    /// What is read, of each partition up to the position `before`.
    fn ranges(&self, before: Option<&str>) -> Vec<LogRange> {
        // Positions start with a digit or a capital; a key must not be empty.
        let from = self
            .from
            .map_or_else(|| "0".to_owned(), NotificationId::ulid_floor);
        let to = self.to.map(NotificationId::ulid_floor);
        let to = match (before, to) {
            (Some(before), Some(to)) if to.as_str() < before => to,
            (Some(before), _) => before.to_owned(),
            // Behind every position: positions start with a digit or letter.
            (None, to) => to.unwrap_or_else(|| "~".to_owned()),
        };
        let range = |Partition { index, key, prefix }| LogRange {
            prefix,
            range: Range {
                index,
                partition: key,
                from: format!("{prefix}{from}"),
                to: format!("{prefix}{to}"),
                newest_first: true,
            },
        };
        self.partitions().into_iter().map(range).collect()
    }

    /// The narrowest partitions.
    fn partitions(&self) -> Vec<Partition> {
        match self {
            Self {
                recipient: Some(address),
                ..
            } => vec![Partition::of(recipient_index(address), address.clone())],
            Self {
                meeting: Some(meeting),
                ..
            } => vec![Partition {
                index: None,
                key: meeting_partition(meeting),
                prefix: NOTIFICATION,
            }],
            Self {
                status: Some(status),
                ..
            } if has_partitions(*status) => {
                let statuses = status.statuses().iter().copied();
                let listed = statuses.map(|each| Partition::of("GSI2", status_partition(each)));
                let on_their_way = Partition {
                    prefix: ON_ITS_WAY,
                    ..Partition::of("GSI3", WAKE.to_owned())
                };
                listed.chain([on_their_way]).collect()
            }
            _ => vec![Partition::of("GSI1", LOG.to_owned())],
        }
    }
}

/// A partition that has rows of the log.
struct Partition {
    /// Its index; none for the table.
    index: Option<&'static str>,
    key: String,
    /// What its sort keys have before the position.
    prefix: &'static str,
}

impl Partition {
    /// One of an index, whose sort keys are the positions.
    fn of(index: &'static str, key: String) -> Self {
        Self {
            index: Some(index),
            key,
            prefix: "",
        }
    }
}

/// Rows of the log that stand one after the other in a partition.
struct LogRange {
    range: Range<'static>,
    /// What its sort keys have before the position.
    prefix: &'static str,
}

/// What was looked at for a page, and what of it is shown.
#[derive(Default)]
struct LookedAt {
    rows: Vec<Notification>,
    unreadable: usize,
    room: PageRoom,
    has_no_room: bool,
    /// The position of the last place that was looked at.
    last: Option<String>,
}

impl LookedAt {
    fn take(&mut self, query: &LogQuery, candidate: Candidate) {
        self.last = Some(candidate.position);
        match candidate.row {
            Found::Row(row) if query.matches(&row) => {
                self.has_no_room = !self.room.takes_record(row.as_ref());
                self.rows.push(*row);
            }
            Found::Row(_) | Found::Nothing => {}
            Found::Unreadable => self.unreadable += 1,
        }
    }

    fn is_full(&self, limit: usize) -> bool {
        self.rows.len() == limit || self.has_no_room
    }

    /// The page, behind which there is perhaps `more`.
    fn page(self, query: &LogQuery, more: bool) -> Page<Notification> {
        let last = self.last.filter(|_| more);
        Page {
            rows: self.rows,
            unreadable: self.unreadable,
            next: last.map(|last| Cursor::new(&query.text(), &last)),
        }
    }
}

impl Store {
    /// The rows that match, newest first, `limit` at most and no more than one answer can
    /// hold. A page may hold fewer and still have a cursor: then there is more to look at.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read, or the cursor belongs to another
    /// list.
    pub async fn log(
        &self,
        query: &LogQuery,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Notification>, StoreError> {
        let before = cursor
            .map(|cursor| cursor.position_in(&query.text()))
            .transpose()?;
        let mut looked_at = LookedAt::default();
        let mut before = before.map(str::to_owned);
        let mut left = query.look_at(limit);
        // As a rule all match that are read first; else as many more are read as may be.
        let mut step = left.min(limit);
        loop {
            let candidates = self.candidates(query, before.as_deref(), step + 1).await?;
            let more = candidates.len() > step;
            for candidate in candidates.into_iter().take(step) {
                if looked_at.is_full(limit) {
                    return Ok(looked_at.page(query, true));
                }
                looked_at.take(query, candidate);
            }
            left -= step;
            if !more || left == 0 || looked_at.is_full(limit) {
                return Ok(looked_at.page(query, more));
            }
            before.clone_from(&looked_at.last);
            step = left;
        }
    }

    /// The rows that may match, newest first: of several partitions, the newest over all.
    async fn candidates(
        &self,
        query: &LogQuery,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        let ranges = query.ranges(before);
        let mut candidates = Vec::new();
        for range in &ranges {
            // One more, because the cursor's own row is among them.
            candidates.extend(self.candidates_of(range, limit + 1).await?);
        }
        candidates.retain(|candidate| before != Some(&candidate.position));
        // Each partition was read as far as all together are asked for.
        if ranges.len() > 1 {
            candidates.sort_by_cached_key(|each| std::cmp::Reverse(each.position.clone()));
            candidates.truncate(limit);
        }
        Ok(candidates)
    }

    async fn candidates_of(
        &self,
        LogRange { range, prefix }: &LogRange,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        if range.index.is_some() {
            let entries = self.entries(range, limit).await?;
            let listed = |entry| Candidate::listed(entry, prefix);
            return Ok(entries.into_iter().map(listed).collect());
        }
        let items = self.range(range, limit).await?;
        Ok(items.into_iter().map(Candidate::read).collect())
    }
}

/// A place in the log where a row may be that is looked for.
struct Candidate {
    /// Which place.
    position: String,
    /// What is there.
    row: Found,
}

/// What was found in a place.
enum Found {
    Row(Box<Notification>),
    /// A row that cannot be read.
    Unreadable,
    /// What stood here is elsewhere by now, or nowhere.
    Nothing,
}

impl Found {
    fn in_item(item: Item) -> Self {
        let row = read_all([item], from_item).rows.pop();
        row.map_or(Self::Unreadable, |row| Self::Row(Box::new(row)))
    }
}

impl Candidate {
    fn listed(entry: Entry, prefix: &str) -> Self {
        let position = entry.position.strip_prefix(prefix);
        Self {
            position: position.unwrap_or(&entry.position).to_owned(),
            row: entry.item.map_or(Found::Nothing, Found::in_item),
        }
    }

    fn read(item: Item) -> Self {
        let ulid = sort_key(&item)
            .strip_prefix(NOTIFICATION)
            .unwrap_or_default();
        let meeting = text(&item, "PK").strip_prefix("MEETING#");
        Self {
            position: format!("{ulid}~{}", meeting.unwrap_or_default()),
            row: Found::in_item(item),
        }
    }
}
