//! Idempotency keys: what was accepted under one, and what came of it.

use chrono::{DateTime, Utc};
use usher_cloud::{KeyRecord, KeyedRequest};
use usher_domain::{Failure, meeting::Meeting, notification::Notification};

use crate::{App, underway::SendOutcome};

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
    let record = app.store.key(request.key, now).await?;
    state(app, record, request, now).await
}

/// What the record of a request's key says, if there is one.
///
/// # Errors
/// As [`known`].
pub(crate) async fn state(
    app: &App,
    record: Option<KeyRecord>,
    request: &KeyedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<KeyState, Failure> {
    let Some(record) = record else {
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
    let so_far = so_far(app, &record, now).await?;
    Ok(match goes_on {
        false => KeyState::Outcome(so_far.notifications),
        true => KeyState::GoesOn(so_far),
    })
}

/// How far the work under a key has come.
async fn so_far(app: &App, record: &KeyRecord, now: DateTime<Utc>) -> Result<SendOutcome, Failure> {
    let found = app.store.notifications(&record.notifications).await?;
    let there = found.rows.len() + found.unreadable.len();
    Ok(SendOutcome {
        notifications: found.rows.into_iter().map(|row| row.as_of(now)).collect(),
        remaining: record.notifications.len().saturating_sub(there),
    })
}

/// How many attendees a send has not written to yet that holds a meeting, has outlasted an
/// invocation, and goes on by itself.
///
/// # Errors
/// [`Failure::Unavailable`] when that cannot be read.
pub(crate) async fn remaining(
    app: &App,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Result<usize, Failure> {
    let hold = meeting.sending.as_ref().filter(|hold| hold.until > now);
    let Some(hash) = hold.and_then(|hold| KeyRecord::holder(hold).1) else {
        return Ok(0);
    };
    let record = app.store.key_of_hash(hash).await?;
    match record.filter(|record| record.goes_on(now)) {
        Some(record) => Ok(so_far(app, &record, now).await?.remaining),
        None => Ok(0),
    }
}
