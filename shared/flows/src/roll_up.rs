//! The roll-up: the sweep counts what the log comes to, one item a day, so that no message
//! pays for its figures and who looks at them reads a few items and not the log.
//!
//! # What it costs
//! Once an hour, where anything was ever sent: the days that are stored of the
//! last two weeks and the log's oldest entry; today's rows, a page of [reach](crate::reach), and
//! one write. What a day's rows
//! cost to read is said in [`usher_domain::roll_up`]: a unit each, half a unit for every
//! hundred, and one for each meeting with an answer or a reminder. All other sweeps pay
//! nothing, unless there was more than one could do: then the day stands in what the sweep
//! looks at, and the next one goes on where this one stopped.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, LoggedPart};
use usher_domain::{
    Failure,
    actor::Actor,
    figures::{DailyFigures, Figures, ReachAhead, RollUpInProgress},
    id::MeetingId,
    meeting::Meeting,
    notification::Notification,
    roll_up::{due, window},
    settings::Settings,
};

use crate::{App, reach, transact::unless_conflict};

/// How many rows of the log one sweep counts: as many a day as a business with 100,000
/// messages a day needs.
const ROWS: usize = 3_000;
/// When the sweep goes on: the next one finds it, and this one does not find it again.
const NEXT_SWEEP: TimeDelta = TimeDelta::minutes(1);

/// What one sweep may still count.
struct Room {
    rows: usize,
    until: Instant,
}

impl Room {
    fn is_left(&self) -> bool {
        self.rows > 0 && Instant::now() < self.until
    }
}

/// Counts the days that are due by the business's clock, as far as one sweep can; among them
/// one that was `left` half counted, however long ago.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part: what was counted since the
/// last write is counted again.
pub(crate) async fn roll_up(
    app: &App,
    left: Option<NaiveDate>,
    settings: &Settings,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let Some(first) = app.store.log_begins_at().await? else {
        return Ok(());
    };
    let zone = settings.timezone;
    let (from, today) = window(now, zone);
    let from = left.map_or(from, |left| left.min(from));
    let known = app.store.daily_figures(from, today).await?;
    let mut room = Room { rows: ROWS, until };
    for mut day in due(known.rows, first, now, zone) {
        if day.date == today {
            day.reach_ahead = reach_ahead(app, settings, now).await.or(day.reach_ahead);
        }
        if !roll_up_day(app, day, &mut room, now).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Who cannot be reached in the days to come; none where that cannot be told, which is no
/// failure of the figures.
async fn reach_ahead(app: &App, settings: &Settings, now: DateTime<Utc>) -> Option<ReachAhead> {
    let found = reach::ahead(app, settings, now).await;
    let found = found.inspect_err(|failure| {
        tracing::warn!(%failure, "it is not known who cannot be reached");
    });
    let found = found.ok()?;
    Some(ReachAhead {
        at: now,
        unreachable: found.unreachable as u64,
        partial: found.partial,
    })
}

/// Counts a day from where its roll-up stands. Returns whether it came to its end.
async fn roll_up_day(
    app: &App,
    mut day: DailyFigures,
    room: &mut Room,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let (Some(from), Some(to)) = (day.starts_at(), day.ends_at()) else {
        return Ok(true);
    };
    let mut counted = day.take_up(now);
    while room.is_left() {
        let behind = counted.position.as_deref();
        let part = app.store.logged(from, to, behind).await?;
        room.rows = room.rows.saturating_sub(LoggedPart::SIZE);
        let next = part.next.clone();
        count(app, &mut counted, part, now).await?;
        if next.is_none() {
            day.finish(counted);
            return keep(app, &day, None).await;
        }
        counted.position = next;
    }
    day.in_progress = Some(counted);
    keep(app, &day, Some(now + NEXT_SWEEP)).await?;
    Ok(false)
}

/// Adds what a part of the log comes to.
async fn count(
    app: &App,
    counted: &mut RollUpInProgress,
    part: LoggedPart,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let rows = part.rows.into_iter().map(|row| row.as_of(now));
    let rows: Vec<Notification> = rows.collect();
    let meetings = meetings_of(app, &rows).await?;
    for row in &rows {
        let meeting = meetings.get(row.meeting_id());
        counted.figures.merge(Figures::of(row, meeting));
    }
    counted.figures.merge(Figures::unreadable(part.unreadable));
    Ok(())
}

/// The meetings that say what the figures of these rows need.
async fn meetings_of(
    app: &App,
    rows: &[Notification],
) -> Result<BTreeMap<MeetingId, Meeting>, Failure> {
    let rows = rows.iter().filter(|row| Figures::need_meeting(row));
    let ids: BTreeSet<_> = rows.map(|row| row.meeting_id().clone()).collect();
    let meetings = app.store.meetings_named(&ids).await?;
    Ok(meetings
        .into_iter()
        .map(|meeting| (meeting.id.clone(), meeting))
        .collect())
}

/// Writes a day. Returns whether it was written: where another sweep was quicker, that one
/// goes on.
async fn keep(
    app: &App,
    day: &DailyFigures,
    wake_at: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let changes = Changes::by(&Actor::System).daily_figures(day, wake_at);
    let written = unless_conflict(app.commit_repeatable(changes).await)?;
    Ok(written.is_some())
}
