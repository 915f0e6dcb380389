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
    App, ROUNDS, World,
    dispatch::{Taking, carry_out},
    keys::{Known, known},
    log,
    prepare::{Making, Prepared},
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
    for _ in 0..ROUNDS {
        let known = known(app, key, &body, now).await?;
        let (row, content) = log::one(app, id, now).await?;
        if !matches!(known, Known::Nothing) {
            // This key's attempt is in the row already, whatever came of it.
            return Ok(row);
        }
        let world = app.world(id.meeting()).await?;
        let theirs = world.meeting.attendee(&row.recipient.id);
        let obstacles = app.obstacles(&world, theirs, now).await?;
        let (template, reach) = (world.template.as_ref(), world.reach(&obstacles));
        let again = decide_retry(&world.meeting, template, reach, &row, now)?;
        let (record, prepared) =
            prepare_retry(app, &world, (row, content), &again, (key, &body), now)?;
        let config = world
            .config_of(&prepared.notification)
            .ok_or(Failure::Internal)?;
        let taking = Taking::New(&record);
        let sent = carry_out(app, &config, taking, &world, vec![prepared], now).await?;
        if let Some(mut sent) = sent {
            return sent.pop().ok_or(Failure::Internal);
        }
    }
    Err(Failure::Unavailable)
}

fn prepare_retry(
    app: &App,
    world: &World,
    (mut row, before): (Notification, Option<Content>),
    again: &[Channel],
    (key, body): (&str, &[&str]),
    now: DateTime<Utc>,
) -> Result<(KeyRecord, Prepared), Failure> {
    let config = world.config_of(&row).ok_or(Failure::Internal)?;
    let attendee = world.meeting.attendee(&row.recipient.id);
    let attendee = attendee.ok_or(Failure::Internal)?;
    let lease = Lease::new(app.chance.word(), now);
    for &channel in again {
        if let Some(delivery) = row.delivery_mut(channel) {
            delivery.retry(lease.clone(), now);
        }
    }
    row.recipient.email.clone_from(&attendee.email);
    row.recipient.phone.clone_from(&attendee.phone);
    let key = KeyRecord::new(key, body, lease.clone(), vec![row.id.clone()], now);
    let making = Making::of(world, &config, lease, now);
    Ok((key, making.messages(app, row, attendee, before)))
}
