//! The notification log: newest first, by whatever staff look for.
//!
//! Each filter that narrows the most has a partition of its own; what is left
//! is filtered over a bounded number of rows a request, so that a page costs
//! the same with a hundred rows and with a million.

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
    item::{Item, LOG, meeting_partition, recipient_partition, status_partition},
    meetings::{PageRoom, Range, sort_key, text},
    readable::read_all,
};

/// The most rows one request looks at.
const LOOKED_AT: usize = 300;

/// The most that one request looks at of an address's rows: what one BatchGetItem
/// takes, with the one that tells whether there are more and the cursor's own.
const BATCH: usize = 98;

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
    /// Only to this address, in the form it is stored in: an email address in
    /// lower case or a number in E.164.
    pub recipient: Option<String>,
}

/// Whether a row is an email to staff that reached them: every answer makes as many
/// as there are followers, and whoever looks for them asks for their type.
fn is_old_news(row: &Notification) -> bool {
    row.kind == MessageKind::AnswerNotice && row.status() == Status::Sent
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
    }

    /// Whether every row of its partitions matches, as a rule.
    fn is_a_partition(&self) -> bool {
        let by_status = !matches!(
            self.status,
            Some(StatusFilter::Unknown | StatusFilter::NeedsAttention)
        );
        by_status && self.kind.is_none() && self.channel.is_none()
    }

    /// How many rows a request for this many looks at, at most.
    fn look_at(&self, limit: usize) -> usize {
        if self.recipient.is_some() {
            BATCH
        } else if self.is_a_partition() {
            limit
        } else {
            LOOKED_AT
        }
    }

    /// What is read, of each partition up to the position `before`.
    fn ranges(&self, before: Option<&str>) -> Vec<Range<'static>> {
        let (index, partitions, prefix) = self.partitions();
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
        let range = |partition| Range {
            index,
            partition,
            from: format!("{prefix}{from}"),
            to: format!("{prefix}{to}"),
            newest_first: true,
        };
        partitions.into_iter().map(range).collect()
    }

    /// The narrowest partitions, their index, and how a position becomes their sort key.
    fn partitions(&self) -> (Option<&'static str>, Vec<String>, &'static str) {
        match self {
            Self {
                recipient: Some(address),
                ..
            } => (None, vec![recipient_partition(address)], ""),
            Self {
                meeting: Some(meeting),
                ..
            } => (None, vec![meeting_partition(meeting)], "N#"),
            Self {
                status: Some(status),
                ..
            } => {
                let partitions = status.statuses().iter().copied().map(status_partition);
                (Some("GSI2"), partitions.collect(), "")
            }
            _ => (Some("GSI1"), vec![LOG.to_owned()], ""),
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
        let look_at = query.look_at(limit);
        let candidates = self.candidates(query, before, look_at + 1).await?;
        let (mut rows, mut unreadable) = (Vec::new(), 0);
        let (mut looked_at, mut room, mut fits) = (0, PageRoom::default(), true);
        for Candidate { row, .. } in candidates.iter().take(look_at) {
            if rows.len() == limit || !fits {
                break;
            }
            looked_at += 1;
            match row {
                Some(row) if query.matches(row) => {
                    fits = room.takes_record(row);
                    rows.push(row.clone());
                }
                Some(_) => {}
                None => unreadable += 1,
            }
        }
        let last = candidates[..looked_at].last();
        let last = last.filter(|_| looked_at < candidates.len());
        Ok(Page {
            rows,
            unreadable,
            next: last.map(|last| Cursor::new(&query.text(), &last.position)),
        })
    }

    /// The rows that may match, newest first: of several partitions, the newest over all.
    async fn candidates(
        &self,
        query: &LogQuery,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        let ranges = query.ranges(before);
        // One more, because the cursor's own row is among them.
        let mut items = Vec::new();
        for range in &ranges {
            items.extend(self.range(range, limit + 1).await?);
        }
        let mut candidates = if query.recipient.is_some() {
            self.pointed_to(items).await?
        } else {
            items.into_iter().map(Candidate::read).collect()
        };
        candidates.retain(|candidate| before != Some(&candidate.position));
        // Each partition was read as far as all together are asked for.
        if ranges.len() > 1 {
            candidates.sort_by_cached_key(|each| std::cmp::Reverse(each.position.clone()));
            candidates.truncate(limit);
        }
        Ok(candidates)
    }

    /// The rows that entries of the recipient index lead to. A pointer without a row is
    /// none; one that cannot be read is a row that cannot be.
    async fn pointed_to(&self, pointers: Vec<Item>) -> Result<Vec<Candidate>, StoreError> {
        let position = |item: &Item| sort_key(item).to_owned();
        let positions: Vec<_> = pointers.iter().map(position).collect();
        let ids: Vec<_> = positions.iter().filter_map(|at| id_at(at)).collect();
        let found = self.notifications(&ids).await?;
        let candidate = |position: String| {
            let id = id_at(&position);
            let row = found.rows.iter().find(|row| Some(&row.id) == id.as_ref());
            let unreadable = id.is_none_or(|id| found.unreadable.contains(&id));
            let row = row.cloned();
            (row.is_some() || unreadable).then_some(Candidate { position, row })
        };
        Ok(positions.into_iter().filter_map(candidate).collect())
    }
}

/// A row that may be among those that are looked for.
struct Candidate {
    /// Where it stands in the log.
    position: String,
    /// The row; none where it cannot be read.
    row: Option<Notification>,
}

impl Candidate {
    fn read(item: Item) -> Self {
        let ulid = sort_key(&item).strip_prefix("N#").unwrap_or_default();
        let meeting = text(&item, "PK").strip_prefix("MEETING#");
        let position = format!("{ulid}~{}", meeting.unwrap_or_default());
        let row = read_all([item], from_item).rows.pop();
        Self { position, row }
    }
}

/// The notification that stands at a position of the log.
fn id_at(position: &str) -> Option<NotificationId> {
    let (ulid, meeting) = position.split_once('~')?;
    NotificationId::parse(&format!("{meeting}~{ulid}")).ok()
}
