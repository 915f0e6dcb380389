//! What came to nothing on the channel a customer prefers goes out by the other one (C2).
//!
//! The report that says so notes it on the row, in the same write; so whoever is cut off here
//! leaves it to the sweep, and however often it is reported, it goes out once. It costs as much
//! as the message does, and two write units for the note.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyedRequest};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    failover::{stay_failed, still_of_use},
    id::NotificationId,
    notification::Notification,
};

use crate::{
    App,
    log::LoggedMessage,
    resend::{Resend, Resent},
    sending,
    transact::Interrupted,
    wake::INVOCATION,
};

/// Until when what comes to nothing may be sent by an invocation that begins now, and that no
/// caller waits for: then there is time left to record it.
pub fn until(app: &App) -> Instant {
    sending::until(app, INVOCATION)
}

/// Sends those notifications by the channels that they are due on, for as long as there is
/// time. What is left then, or fails, is the sweep's.
pub async fn fail_over_all(app: &App, due: &[NotificationId], until: Instant, now: DateTime<Utc>) {
    for id in due {
        if Instant::now() > until {
            return;
        }
        match fail_over(app, id, until, now).await {
            Ok(()) | Err(Failure::InProgress) => {}
            Err(failure) => {
                tracing::warn!(notification = %id, %failure, "the other channel is the sweep's");
            }
        }
    }
}

/// Sends a notification by the channel that it is due on, or notes why it is not sent.
///
/// # Errors
/// [`Failure::InProgress`] where it has to wait: its meeting is being sent something, or nobody
/// knows whether it was called off. Else as [`Resend::send`].
pub(crate) async fn fail_over(
    app: &App,
    id: &NotificationId,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    // No header can have a line break in it, so that no caller's key is like this one.
    let key = format!("failover\n{id}");
    let resend = &Resend {
        app,
        id,
        keyed: KeyedRequest::new(&key, &["failover", &id.to_string()]),
        actor: &Actor::System,
        until,
        now,
    };
    app.transact(|| async {
        let Some(row) = app.store.notification(id).await? else {
            return Ok(());
        };
        let Some(channel) = row.failover else {
            return Ok(());
        };
        match send(resend, row.clone(), channel).await {
            Err(Interrupted::Failed(Failure::Refused { code, reason })) => {
                stay(app, row, code, &reason, now).await
            }
            sent => sent,
        }
    })
    .await
}

/// Sends a row by the channel that it is due on, if that may be.
async fn send(resend: &Resend<'_>, row: Notification, due: Channel) -> Result<(), Interrupted> {
    // What it says is not read once its time is over: it may be unreadable.
    still_of_use(&row, resend.now)?;
    let logged = LoggedMessage::of(resend.app, row, resend.now).await?;
    resend.send(logged, Resent::Failover(due)).await?;
    Ok(())
}

/// Notes why a row does not go out by the channel that it was due on.
async fn stay(
    app: &App,
    mut row: Notification,
    code: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    let said = stay_failed(&mut row, code, why, now);
    let changes = Changes::by(&Actor::System).notification(&row);
    let changes = match &said {
        Some(said) => {
            let place = row.timeline_key_behind();
            let changes = changes.told_so_far(&row, said.told_so_far.as_ref());
            changes.entry(place, &said.entry, &app.rng.random_id())
        }
        None => changes,
    };
    app.commit_repeatable(changes).await
}
