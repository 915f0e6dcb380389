//! A message that failed and was sent anew needs nobody's attention any more: the newer
//! one does, if anything. It stands in the log as it was.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use usher_cloud::Changes;
use usher_domain::{
    Failure, actor::Actor, id::NotificationId, meeting::Meeting, notification::Notification,
};

use super::message::PER_TRANSACTION;
use crate::App;

/// Has the messages that were the last to the receivers of `sent` give way to these, where
/// they said the same. `before` is the meeting as it was before the send. What fails here
/// only leaves more for staff to look at.
pub(super) async fn supersede(
    app: &App,
    before: &Meeting,
    sent: &[Notification],
    actor: &Actor,
    now: DateTime<Utc>,
) {
    if let Err(failure) = give_way(app, before, sent, actor, now).await {
        tracing::warn!(%failure, "messages that were sent anew still need attention");
    }
}

async fn give_way(
    app: &App,
    before: &Meeting,
    sent: &[Notification],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let newer: HashMap<&NotificationId, &Notification> = sent
        .iter()
        .filter_map(|row| {
            let attendee = before.attendee(&row.recipient.id)?;
            let last = attendee.last_notification.as_ref()?;
            (last != &row.id).then_some((last, row))
        })
        .collect();
    if newer.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = newer.keys().map(|id| (*id).clone()).collect();
    let mut older = app.store.notifications(&ids).await?.rows;
    older.retain_mut(|row| {
        let newer = newer.get(&row.id);
        newer.is_some_and(|newer| row.give_way_to(newer, now))
    });
    for chunk in older.chunks(PER_TRANSACTION) {
        let changes = chunk.iter().fold(Changes::by(actor), Changes::notification);
        app.commit_once(changes, &before.id).await?;
    }
    Ok(())
}
