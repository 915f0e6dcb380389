//! Staff send again what certainly failed.

use chrono::{DateTime, Utc};
use usher_cloud::KeyRecord;
use usher_domain::{
    Failure,
    contact::Obstacles,
    id::NotificationId,
    notification::{Channel, Content, Lease, Notification},
    send::{decide_retry, plan_channels},
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
        let again = decide_retry(&world.meeting, &row, now)?;
        let (record, prepared) = prepare_retry(
            app,
            &world,
            &obstacles,
            (row, content),
            &again,
            (key, &body),
            now,
        )?;
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
    obstacles: &Obstacles,
    (mut row, before): (Notification, Option<Content>),
    again: &[Channel],
    (key, body): (&str, &[&str]),
    now: DateTime<Utc>,
) -> Result<(KeyRecord, Prepared), Failure> {
    let config = world.config_of(&row).ok_or(Failure::Internal)?;
    let gone = || Failure::Refused {
        code: "attendee_gone",
        reason: "This attendee is no longer part of the meeting.".to_owned(),
    };
    let attendee = world.meeting.attendee(&row.recipient.id).ok_or_else(gone)?;
    let usable = plan_channels(&config, attendee, world.reach(obstacles));
    let lease = Lease::new(app.chance.word(), now);
    let mut tried = false;
    for &channel in again {
        let reachable = usable
            .iter()
            .any(|plan| plan.channel == channel && plan.used());
        if let Some(delivery) = row.delivery_mut(channel).filter(|_| reachable) {
            delivery.retry(lease.clone(), now);
            tried = true;
        }
    }
    if !tried {
        let reasons: Vec<_> = usable
            .iter()
            .map(|plan| plan.reason(config.channel_mode, attendee))
            .collect();
        return Err(Failure::Refused {
            code: "unreachable",
            reason: reasons.join(" "),
        });
    }
    row.recipient.email.clone_from(&attendee.email);
    row.recipient.phone.clone_from(&attendee.phone);
    let key = KeyRecord::new(key, body, lease.clone(), vec![row.id.clone()], now);
    let making = Making::of(world, &config, lease, now);
    Ok((key, making.messages(app, row, attendee, before)))
}
