//! Figures: one item a day, and the log as they are counted from it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use usher_domain::{figures::DailyFigures, id::NotificationId, notification::Notification};

use super::{
    Changes, Readable, Store, StoreError, WriteConflict,
    batch::BATCH,
    changes::wake_index,
    codec::from_item,
    item::{FIGURES, Item, Key, LOG},
    range::{Range, sort_key, text},
    readable::{passed_over, read_all},
    records::version,
    transaction::AtVersion,
};

/// Some rows of the log, oldest first.
#[derive(Debug, Default)]
pub struct LoggedPart {
    /// Those that can be read.
    pub rows: Vec<Notification>,
    /// How many cannot; the log has their keys.
    pub unreadable: usize,
    /// The position behind which there may be more; none at the end.
    pub next: Option<String>,
}

impl LoggedPart {
    /// The most rows that one part has.
    pub const SIZE: usize = BATCH;
}

impl Store {
    /// The days of these dates that are stored, both included, in their order. One that cannot
    /// be read is counted, and is there as one of which nothing is known: all that it said can
    /// be counted anew.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn daily_figures(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Readable<DailyFigures>, StoreError> {
        let range = Range {
            index: None,
            partition: FIGURES.to_owned(),
            from: from.to_string(),
            to: to.to_string(),
            newest_first: false,
        };
        let mut days = Readable::default();
        for item in self.range(&range, usize::MAX).await? {
            let (key, version) = (sort_key(&item).to_owned(), version(&item));
            match from_item(item) {
                Ok(day) => days.rows.push(day),
                Err(error) => {
                    passed_over(&error);
                    days.unreadable += 1;
                    days.rows.extend(lost(&key, version));
                }
            }
        }
        Ok(days)
    }

    /// When the oldest message of the log was made; none of an empty log.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn log_begins_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let range = log_range("0".to_owned(), "~".to_owned());
        let oldest = self.range(&range, 1).await?;
        Ok(oldest.first().and_then(made_at))
    }

    /// The rows of the log that were made in `from..to`, behind a position where one is given,
    /// [`LoggedPart::SIZE`] at most.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn logged(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        behind: Option<&str>,
    ) -> Result<LoggedPart, StoreError> {
        let floor = NotificationId::ulid_floor(from);
        // "!" sorts before whatever may follow an id.
        let begin = behind.map_or(floor, |behind| format!("{behind}!"));
        let range = log_range(begin, NotificationId::ulid_floor(to));
        let entries = self.entries(&range, LoggedPart::SIZE).await?;
        let is_full = entries.len() == LoggedPart::SIZE;
        let last = entries.last().filter(|_| is_full);
        let next = last.map(|last| last.position.clone());
        let items = entries.into_iter().filter_map(|entry| entry.item);
        let Readable { rows, unreadable } = read_all(items, from_item);
        Ok(LoggedPart {
            rows,
            unreadable,
            next,
        })
    }
}

impl Changes {
    /// Writes a day's figures over the version they were read at, and moves the version; has
    /// the sweep go on with them at `wake_at`.
    #[must_use]
    pub fn daily_figures(self, day: &DailyFigures, wake_at: Option<DateTime<Utc>>) -> Self {
        let key = Key::daily_figures(day.date);
        let stored = DailyFigures {
            version: day.version + 1,
            ..day.clone()
        };
        self.put(WriteConflict::Figures, &key, &stored, |item| {
            wake_index(item, wake_at, &key.sk);
        })
        .only_if(AtVersion(day.version))
    }
}

/// A day of which nothing more is known than that it is stored, at this version.
fn lost(date: &str, version: u64) -> Option<DailyFigures> {
    let date = date.parse().ok()?;
    Some(DailyFigures {
        version,
        ..DailyFigures::new(date, Tz::UTC)
    })
}

/// A part of the whole log, oldest first.
fn log_range(from: String, to: String) -> Range<'static> {
    Range {
        index: Some("GSI1"),
        partition: LOG.to_owned(),
        from,
        to,
        newest_first: false,
    }
}

/// When a row was made, by its entry in the log.
fn made_at(entry: &Item) -> Option<DateTime<Utc>> {
    let (ulid, meeting) = text(entry, "GSI1SK").split_once('~')?;
    let id = NotificationId::parse(&format!("{meeting}~{ulid}")).ok()?;
    DateTime::from_timestamp_millis(id.millis())
}
