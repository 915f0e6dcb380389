//! Idempotency keys: what was accepted under one, and what came of it.

use chrono::{DateTime, Utc};
use usher_cloud::{KeyRecord, KeyedRequest};
use usher_domain::{Failure, id::NotificationId, notification::Notification};

use crate::App;

/// What is known of a key.
pub(crate) enum KeyState {
    /// Nothing.
    Nothing,
    /// Its outcome, which no repetition changes.
    Outcome(Vec<Notification>),
    /// It was accepted, but its owner was cut off before every row was claimed.
    Partly(Claimed),
}

/// What was claimed under a key before its owner was cut off.
pub(crate) struct Claimed {
    /// The key.
    pub(crate) record: KeyRecord,
    /// The rows.
    pub(crate) rows: Vec<Notification>,
    /// The rows that are there and cannot be read: they may have been sent.
    pub(crate) unreadable: Vec<NotificationId>,
}

impl Claimed {
    /// The names of the rows, whether they can be read or not.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &NotificationId> {
        self.rows.iter().map(|row| &row.id).chain(&self.unreadable)
    }
}

/// Looks up what is known of a request's key.
///
/// # Errors
/// [`Failure::KeyReused`] when it came with another one before,
/// [`Failure::InProgress`] while somebody works on it.
pub(crate) async fn known(
    app: &App,
    request: &KeyedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<KeyState, Failure> {
    let Some(record) = app.store.key(request.key, now).await? else {
        return Ok(KeyState::Nothing);
    };
    if record.body != request.body {
        return Err(Failure::KeyReused);
    }
    if !record.done && record.lease.until > now {
        return Err(Failure::InProgress);
    }
    let found = app.store.notifications(&record.notifications).await?;
    let claimed = found.rows.len() + found.unreadable.len();
    let rows: Vec<_> = found.rows.into_iter().map(|row| row.as_of(now)).collect();
    if record.done || claimed == record.notifications.len() {
        // Whoever was cut off behind the last claim left nothing to claim.
        Ok(KeyState::Outcome(rows))
    } else {
        Ok(KeyState::Partly(Claimed {
            record,
            rows,
            unreadable: found.unreadable,
        }))
    }
}
