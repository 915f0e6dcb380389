//! What came to nothing on the channel a customer prefers goes out by the other one (C2).
//!
//! The report that says so notes it on the row, in the same write; so whoever is cut off here
//! leaves it to the sweep, and however often it is reported, it goes out once. It costs as much
//! as the message does, and two write units for the note.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyedRequest};
use usher_domain::{
    Failure, actor::Actor, failover::stay_failed, id::NotificationId, notification::Notification,
};

use crate::{
    App, log,
    resend::{Resend, Resent},
    sending,
    transact::Interrupted,
    wake::INVOCATION,
};

/// Sends those notifications by the channels that they are due on, for as long as an
/// invocation without a caller has time. What is left then, or fails, is the sweep's.
pub async fn fail_over_all(app: &App, due: &[NotificationId], now: DateTime<Utc>) {
    let until = sending::until(app, INVOCATION);
    for id in due {
        if Instant::now() > until {
            return;
        }
        if let Err(failure) = fail_over(app, id, until, now).await {
            tracing::warn!(notification = %id, %failure, "the other channel is the sweep's");
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
        let logged = log::one(app, id, now).await?;
        let Some(channel) = logged.row.failover else {
            return Ok(());
        };
        let row = logged.row.clone();
        match resend.send(logged, Resent::Failover(channel)).await {
            Err(Interrupted::Failed(Failure::Refused { code, reason })) => {
                stay(app, row, code, &reason, now).await
            }
            sent => sent.map(|_| ()),
        }
    })
    .await
}

/// Notes why a row does not go out by the channel that it was due on.
async fn stay(
    app: &App,
    mut row: Notification,
    code: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    stay_failed(&mut row, code, why, now);
    let changes = Changes::by(&Actor::System).notification(&row);
    app.commit_repeatable(changes).await
}
