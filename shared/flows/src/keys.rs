//! Idempotency keys: what was accepted under one, and what came of it.

use chrono::{DateTime, Utc};
use usher_cloud::KeyedRequest;
use usher_domain::{Failure, notification::Notification};

use crate::{App, continuation::SendOutcome};

/// What is known of a key.
pub(crate) enum KeyState {
    /// Nothing.
    Nothing,
    /// Its outcome, which no repetition changes.
    Outcome(Vec<Notification>),
    /// It has outlasted an invocation and goes on by itself: what came of it so far.
    GoesOn(SendOutcome),
    /// It was accepted, but its owner was cut off: the key's hash.
    CutOff(String),
}

/// Looks up what is known of a request's key.
///
/// # Errors
/// [`Failure::KeyReused`] when it came with another one before,
/// [`Failure::InProgress`] while its first owner works on it.
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
    let goes_on = record.goes_on(now);
    if !record.done && record.lease.until > now && !goes_on {
        return Err(Failure::InProgress);
    }
    if !record.done && !goes_on {
        return Ok(KeyState::CutOff(record.hash));
    }
    let found = app.store.notifications(&record.notifications).await?;
    let there = found.rows.len() + found.unreadable.len();
    let rows = found.rows.into_iter().map(|row| row.as_of(now)).collect();
    Ok(match goes_on {
        false => KeyState::Outcome(rows),
        true => KeyState::GoesOn(SendOutcome {
            notifications: rows,
            remaining: record.notifications.len() - there,
        }),
    })
}
