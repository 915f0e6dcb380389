//! Staff send again what certainly failed.

use chrono::{DateTime, Utc};
use usher_cloud::KeyRecord;
use usher_domain::{
    Failure,
    id::NotificationId,
    notification::{Channel, Content, Lease, Notification},
    send::decide_retry,
};

use crate::{
    App, MeetingContext,
    dispatch::{ClaimKey, send_claimed},
    keys::{KeyState, known},
    log,
    prepare::{OutboundMessage, SendContext},
};

/// Sends the failed deliveries of a notification again, once per key.
///
/// # Errors
/// As [`send`](crate::send::send), and those of [`decide_retry`].
pub async fn retry(
    app: &App,
    id: &NotificationId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Notification, Failure> {
    let body = ["retry", &id.to_string()];
    app.transact(|| async {
        let known = known(app, key, &body, now).await?;
        let (row, content) = log::one(app, id, now).await?;
        if !matches!(known, KeyState::Nothing) {
            // This key's attempt is in the row already, whatever came of it.
            return Ok(row);
        }
        let context = app.context(id.meeting()).await?;
        let theirs = context.meeting.attendee(&row.recipient.id);
        let suppressions = app.suppressions(&context, theirs, now).await?;
        let (template, deliverability) = (
            context.template.as_ref(),
            context.deliverability(&suppressions),
        );
        let again = decide_retry(&context.meeting, template, deliverability, &row, now)?;
        let (record, prepared) =
            prepare_retry(app, &context, (row, content), &again, (key, &body), now)?;
        let config = context
            .config_of(&prepared.notification)
            .ok_or(Failure::Internal)?;
        let taking = ClaimKey::New(&record);
        let mut sent = send_claimed(app, &config, taking, &context, vec![prepared], now).await?;
        Ok(sent.pop().ok_or(Failure::Internal)?)
    })
    .await
}

fn prepare_retry(
    app: &App,
    context: &MeetingContext,
    (mut row, before): (Notification, Option<Content>),
    again: &[Channel],
    (key, body): (&str, &[&str]),
    now: DateTime<Utc>,
) -> Result<(KeyRecord, OutboundMessage), Failure> {
    let config = context.config_of(&row).ok_or(Failure::Internal)?;
    let attendee = context.meeting.attendee(&row.recipient.id);
    let attendee = attendee.ok_or(Failure::Internal)?;
    let lease = Lease::new(app.rng.random_id(), now);
    for &channel in again {
        if let Some(delivery) = row.delivery_mut(channel) {
            delivery.retry(lease.clone(), now);
        }
    }
    row.recipient.email.clone_from(&attendee.email);
    row.recipient.phone.clone_from(&attendee.phone);
    let key = KeyRecord::new(key, body, lease.clone(), vec![row.id.clone()], now);
    let send_context = SendContext::of(context, &config, lease, now);
    Ok((key, send_context.messages(app, row, attendee, before)))
}
