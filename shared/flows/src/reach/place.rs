//! Where a page of the list begins: behind a meeting, or within one.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::StoreError;
use usher_domain::{
    Failure,
    id::{AttendeeId, MeetingId},
};

use crate::{Cursor, queries::starts_within};

/// How far ahead a list looks that does not say.
pub const DAYS: TimeDelta = TimeDelta::days(14);

/// Which meetings are asked about, by their start.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// From then on; from now on when left out.
    pub from: Option<DateTime<Utc>>,
    /// Before then; [`DAYS`] after `from` when left out.
    pub to: Option<DateTime<Utc>>,
}

/// Where a page begins, and the range that it goes on in: that of the first page, also where
/// it began with the present instant.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    /// Behind which meeting; none at the beginning.
    pub(super) behind: Option<Cursor>,
    /// Behind which attendee of the next one, where that was begun; with its id, for another
    /// one may stand there by now.
    pub(super) within: Option<(MeetingId, AttendeeId)>,
}

impl Place {
    /// Where the page begins that is asked for.
    ///
    /// # Errors
    /// [`Failure::BadRequest`] when the range cannot be, or the cursor belongs to another list.
    pub(super) fn of(
        asked: Asked,
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let Some(cursor) = cursor else {
            let (from, to) = starts_within(asked.from, asked.to, DAYS, now)?;
            return Ok(Self {
                from,
                to,
                behind: None,
                within: None,
            });
        };
        let position = cursor.position_in(&list(asked))?;
        let place = Self::read(position).ok_or(StoreError::ForeignCursor)?;
        starts_within(Some(place.from), Some(place.to), DAYS, now)?;
        Ok(place)
    }

    /// The place behind a meeting of the list, in the same range.
    pub(super) fn going_on(&self, behind: Cursor) -> Self {
        Self {
            behind: Some(behind),
            within: None,
            ..self.clone()
        }
    }

    /// The cursor to this place.
    pub(super) fn cursor(&self, asked: Asked) -> Cursor {
        let behind = self.behind.as_ref().map(Cursor::encode);
        let meeting = self.within.as_ref().map(|(meeting, _)| meeting.as_str());
        let within = self.within.as_ref().map(|(_, attendee)| attendee.as_str());
        let position = format!(
            "{}~{}~{}~{}~{}",
            self.from.to_rfc3339(),
            self.to.to_rfc3339(),
            behind.unwrap_or_default(),
            meeting.unwrap_or_default(),
            within.unwrap_or_default(),
        );
        Cursor::new(&list(asked), &position)
    }

    /// A position as [`cursor`](Self::cursor) writes it: neither times nor cursors nor ids
    /// have a tilde.
    fn read(position: &str) -> Option<Self> {
        let mut parts = position.split('~');
        let [from, to, behind, meeting, within] = std::array::from_fn(|_| parts.next());
        let some = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let meeting = some(meeting).map(MeetingId::try_from).transpose().ok()?;
        let within = some(within).map(AttendeeId::try_from).transpose().ok()?;
        Some(Self {
            from: from?.parse().ok()?,
            to: to?.parse().ok()?,
            behind: some(behind)
                .map(|text| Cursor::parse(&text))
                .transpose()
                .ok()?,
            within: meeting.zip(within),
        })
    }
}

/// The list, by what was asked for.
fn list(asked: Asked) -> String {
    format!("reach {:?} {:?}", asked.from, asked.to)
}
