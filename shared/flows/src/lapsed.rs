//! Deliveries whose sender is gone: nobody knows what became of them.

use chrono::{DateTime, Utc};
use usher_cloud::Changes;
use usher_domain::{actor::Actor, id::TimelineKey, notification::Notification, send::sent_entry};

use crate::{App, sending::PER_TRANSACTION, transact::Interrupted};

/// Writes down that nobody knows what became of the deliveries among these whose sender is
/// gone.
///
/// # Errors
/// [`Interrupted::Conflict`] when somebody was quicker, who knew more.
pub(crate) async fn write_down_lapsed(
    app: &App,
    rows: Vec<Notification>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Interrupted> {
    let (mut settled, mut lapsed) = (Vec::with_capacity(rows.len()), Vec::new());
    for stored in rows {
        let row = stored.clone().as_of(now);
        if row == stored {
            settled.push(stored);
        } else {
            lapsed.push(row);
        }
    }
    for chunk in lapsed.chunks_mut(PER_TRANSACTION) {
        let write = |changes: Changes, row: &Notification| {
            tracing::warn!(notification = %row.id, outcome = "in_doubt", "a delivery was cut off");
            let changes = changes.notification(row);
            if !row.has_entries {
                return changes;
            }
            let place = TimelineKey::of(row.id.meeting());
            changes.entry(place, &sent_entry(row, now), &app.rng.random_id())
        };
        let changes = chunk.iter().fold(Changes::by(&Actor::System), write);
        app.commit(changes).await?;
        for row in chunk {
            row.version += 1;
        }
    }
    Ok([settled, lapsed].concat())
}

/// The same of a row that the sweep looks at, and first of those that it is to look at along
/// with it. As long as somebody may still be sending one of them, it comes back.
///
/// # Errors
/// As [`write_down_lapsed`].
pub(crate) async fn write_down_lapsed_with_others(
    app: &App,
    row: Notification,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    if !row.wakes_for_others {
        write_down_lapsed(app, vec![row], now).await?;
        return Ok(());
    }
    let mut others = app.store.on_their_way(row.meeting_id()).await?;
    others.retain(|other| other.id != row.id);
    let others = write_down_lapsed(app, others, now).await?;
    let row = row.as_of(now);
    // Somebody may still be sending it, or one of the others.
    if others.iter().chain([&row]).any(Notification::is_on_its_way) {
        return Ok(());
    }
    if row.in_doubt() {
        tracing::warn!(notification = %row.id, outcome = "in_doubt", "a delivery was cut off");
    }
    let row = Notification {
        wakes_for_others: false,
        ..row
    };
    let changes = Changes::by(&Actor::System).notification(&row);
    app.commit_repeatable(changes).await
}
