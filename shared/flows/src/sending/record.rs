//! Recording what the providers said: the rows, the timeline, and how texts find the
//! message they answer.

use chrono::{DateTime, Utc};
use futures::future::join_all;
use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    id::TimelineKey,
    notification::{DeliveryStatus, Notification},
    send::sent_entry,
};

use super::message::RECORDED_TOGETHER;
use crate::{App, transact::Interrupted};

/// Records what the providers said of these rows. `place` is where that stands in the
/// meeting's timeline.
///
/// # Errors
/// When it cannot be recorded: the rows then turn `unknown` once their lease
/// has lapsed, for staff to settle.
pub(crate) async fn record(
    app: &App,
    place: TimelineKey<'_>,
    sent: &[Notification],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let chunks = sent.chunks(RECORDED_TOGETHER).map(|chunk| {
        record_with(app, chunk, move |rows| async move {
            record_rows(app, Changes::by(actor), place, rows, now).await
        })
    });
    let mut recorded = Vec::with_capacity(sent.len());
    // One that fails does not keep the others from being recorded.
    for chunk in join_all(chunks).await {
        recorded.extend(chunk?);
    }
    Ok(recorded)
}

/// Records the rows of one transaction as `write` does: as they were claimed, or
/// behind somebody who was quicker, as they are stored by then.
///
/// # Errors
/// As [`record`].
pub(crate) async fn record_with<F>(
    app: &App,
    chunk: &[Notification],
    write: impl Fn(Vec<Notification>) -> F,
) -> Result<Vec<Notification>, Failure>
where
    F: Future<Output = Result<Vec<Notification>, Interrupted>>,
{
    let claimed = chunk.iter().map(|row| Notification {
        version: row.version + 1,
        ..row.clone()
    });
    let recorded = match write(claimed.collect()).await {
        // Feedback or an answer may have been quicker.
        Err(Interrupted::Conflict | Interrupted::Failed(Failure::Unavailable)) => {
            let again = || async { write(merged(app, chunk).await?).await };
            app.persist(again).await
        }
        Err(Interrupted::Failed(failure)) => Err(failure),
        Ok(recorded) => Ok(recorded),
    };
    if recorded.is_err() {
        for row in chunk {
            tracing::error!(notification = %row.id, "the outcome of a send could not be recorded: it will show as unknown");
        }
    }
    recorded
}

/// Writes these rows with what it makes of their timeline, besides other changes.
///
/// # Errors
/// [`Interrupted::Conflict`] when somebody else was quicker.
pub(crate) async fn record_rows(
    app: &App,
    changes: Changes,
    place: TimelineKey<'_>,
    mut rows: Vec<Notification>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Interrupted> {
    // From here on none is on its way.
    rows.iter_mut().for_each(|row| row.wakes_for_others = false);
    let record = |changes, row: &Notification| record_row(changes, place, row, now);
    app.commit(rows.iter().fold(changes, record)).await?;
    for row in &mut rows {
        row.version += 1;
    }
    Ok(rows)
}

fn record_row(
    changes: Changes,
    place: TimelineKey<'_>,
    row: &Notification,
    now: DateTime<Utc>,
) -> Changes {
    let mut changes = changes.notification(row);
    // Until it is sent again, the row tells by itself what became of it.
    if row.has_entries {
        let attempts: u32 = row.deliveries.iter().map(|delivery| delivery.attempt).sum();
        let unique = format!("{}-{attempts}", row.id.ulid());
        changes = changes.entry(place, &sent_entry(row, now), &unique);
    }
    changes
}

/// The stored rows with what the providers told us, where the delivery is still
/// ours to write: fenced by owner and attempt (promise 6).
async fn merged(app: &App, ours: &[Notification]) -> Result<Vec<Notification>, Failure> {
    let ids: Vec<_> = ours.iter().map(|row| row.id.clone()).collect();
    let mut stored = app.store.notifications(&ids).await?.rows;
    for row in &mut stored {
        let mine = ours.iter().find(|mine| mine.id == row.id);
        for mine in mine.into_iter().flat_map(|mine| &mine.deliveries) {
            if let Some(theirs) = row.delivery_mut(mine.channel) {
                let fenced = theirs.lease == mine.lease && theirs.attempt == mine.attempt;
                let dispatching = theirs.status == DeliveryStatus::Dispatching;
                if fenced && (dispatching || !theirs.reports.is_empty()) {
                    theirs.take_record(mine);
                }
            }
        }
    }
    Ok(stored)
}
