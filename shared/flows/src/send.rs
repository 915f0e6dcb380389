//! Staff send a notification: preview it, send it, retry what failed.

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_cloud::{KeyRecord, StoreError};
use usher_domain::{
    Failure,
    id::{MeetingId, NotificationId},
    meeting::Meeting,
    notification::{Channel, Content, Lease, Notification, NotificationType},
    render,
    send::{
        ChannelPlan, Recipient, SendPlan, SendRequest, decide_retry, decide_send, plan_channels,
        status_after,
    },
};
use utoipa::ToSchema;

use crate::{
    App, ROUNDS, World,
    dispatch::{Taking, call_providers, claim, record},
    log,
    prepare::{Making, Prepared},
};

/// What would be sent; changes nothing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    /// Whether it may be sent now.
    pub allowed: bool,
    /// Why not.
    pub refusal: Option<String>,
    /// What must be confirmed first, in a sentence; then `confirm: true` sends it.
    pub confirm: Option<String>,
    /// To whom, and what.
    pub recipients: Vec<PreviewRecipient>,
}

/// One attendee of a preview.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewRecipient {
    /// Names the attendee within the meeting.
    pub attendee_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
    /// The channels that are used, each with why.
    pub channels: Vec<PreviewChannel>,
    /// The email's subject.
    pub subject: String,
    /// The email's HTML part. Links open nothing in a preview.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The SMS.
    pub sms: String,
    /// How many parts the SMS is billed as.
    pub segments: usize,
    /// What staff should know before they send.
    pub warnings: Vec<String>,
}

/// One channel of a preview.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewChannel {
    /// The channel.
    pub channel: Channel,
    /// Why it is used.
    pub reason: String,
}

/// Shows what a send would do.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn preview(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    let world = app.world(meeting).await?;
    let World {
        meeting,
        template,
        settings,
    } = &world;
    let plan = match decide_send(meeting, template.as_ref(), settings, kind, None, now) {
        Ok(plan) => plan,
        Err(Failure::Refused { reason, .. }) => {
            let (refusal, recipients) = (Some(reason), Vec::new());
            return Ok(Preview {
                allowed: false,
                refusal,
                confirm: None,
                recipients,
            });
        }
        Err(failure) => return Err(failure),
    };
    let making = making(&world, &plan, Lease::new(String::new(), now), now);
    let recipients = plan
        .recipients
        .iter()
        .map(|each| preview_recipient(app, &making, each));
    match recipients.collect::<Result<Vec<_>, _>>() {
        Ok(recipients) => Ok(Preview {
            allowed: true,
            refusal: None,
            confirm: plan.confirm,
            recipients,
        }),
        Err(Failure::Refused { reason, .. }) => {
            let (refusal, recipients) = (Some(reason), Vec::new());
            Ok(Preview {
                allowed: false,
                refusal,
                confirm: None,
                recipients,
            })
        }
        Err(failure) => Err(failure),
    }
}

fn preview_recipient(
    app: &App,
    making: &Making<'_>,
    recipient: &Recipient,
) -> Result<PreviewRecipient, Failure> {
    let Recipient { attendee, channels } = recipient;
    let texted = channels
        .iter()
        .any(|plan| plan.used() && plan.channel == Channel::Sms);
    let message = making.render(app, attendee, texted, None, None)?;
    let reason = |plan: &ChannelPlan| plan.reason(making.config.channel_mode, attendee);
    let (used, unused): (Vec<_>, Vec<_>) = channels.iter().partition(|plan| plan.used());
    let mut warnings: Vec<String> = unused.into_iter().map(reason).collect();
    if used.is_empty() {
        warnings.push("This attendee cannot be reached: nothing will be sent to them.".to_owned());
    }
    if texted {
        warnings.extend(render::warnings(&message));
    }
    let used = used
        .into_iter()
        .map(|plan| PreviewChannel {
            channel: plan.channel,
            reason: reason(plan),
        })
        .collect();
    Ok(PreviewRecipient {
        attendee_id: attendee.id.to_string(),
        name: attendee.name.to_string(),
        email: attendee.email.as_ref().map(ToString::to_string),
        phone: attendee.phone.as_ref().map(ToString::to_string),
        channels: used,
        segments: message.segments.count,
        subject: message.subject,
        html: message.html,
        text: message.text,
        sms: message.sms,
        warnings,
    })
}

fn making<'a>(
    world: &'a World,
    plan: &'a SendPlan,
    lease: Lease,
    now: DateTime<Utc>,
) -> Making<'a> {
    Making {
        world,
        config: &plan.config,
        status_after: plan.status_after,
        lease,
        now,
    }
}

/// Sends, once per key: the same key and request again give the first outcome
/// again.
///
/// # Errors
/// [`Failure::KeyReused`], [`Failure::InProgress`], [`Failure::NeedsConfirmation`],
/// and those of [`decide_send`]. After [`Failure::Unavailable`] the same key may
/// be sent again: nothing goes out twice.
pub async fn send(
    app: &App,
    meeting: &MeetingId,
    request: &SendRequest,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let wanted = request.attendees.as_ref().map(|ids| ids.join(" "));
    let body = [
        "send",
        meeting.as_str(),
        request.kind.as_str(),
        &format!("{wanted:?}"),
    ];
    for _ in 0..ROUNDS {
        let known = match known(app, key, &body, now).await? {
            Known::Outcome(rows) => return Ok(rows),
            Known::Lapsed(record) => Some(record),
            Known::Nothing => None,
        };
        let world = app.world(meeting).await?;
        let plan = match decide(&world, request, known.is_some(), now) {
            Ok(plan) => plan,
            // The same key may have been used between the two reads.
            Err(_) if known.is_none() && app.store.key(key, now).await?.is_some() => continue,
            Err(failure) => return Err(failure),
        };
        let lease = Lease::new(app.chance.word(), now);
        let (record_of_key, prepared, before) =
            prepare(app, &world, &plan, lease, (key, &body), known.as_ref(), now).await?;
        let taking = known
            .as_ref()
            .map_or(Taking::New, |record| Taking::From(&record.lease.owner));
        match claim(app, &record_of_key, taking, &world.meeting, &prepared).await {
            Ok(()) => {}
            Err(StoreError::Conflict(conflicts)) => {
                tracing::debug!(?conflicts, "a claim lost a race");
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        let sent = call_providers(app, prepared, now).await;
        let sent = record(
            app,
            &plan.config,
            &record_of_key,
            claimed(&world.meeting),
            sent,
            now,
        )
        .await?;
        return Ok(before
            .into_iter()
            .chain(sent)
            .map(|row| row.as_of(now))
            .collect());
    }
    Err(Failure::Unavailable)
}

/// Decides what a request asks for; one that was accepted before needs no
/// second word.
fn decide(
    world: &World,
    request: &SendRequest,
    accepted: bool,
    now: DateTime<Utc>,
) -> Result<SendPlan, Failure> {
    let World {
        meeting,
        template,
        settings,
    } = world;
    let attendees = request.attendees.as_deref();
    let plan = decide_send(
        meeting,
        template.as_ref(),
        settings,
        request.kind,
        attendees,
        now,
    )?;
    match plan.confirm {
        Some(would) if !request.confirm && !accepted => Err(Failure::NeedsConfirmation { would }),
        confirm => Ok(SendPlan { confirm, ..plan }),
    }
}

/// The meeting's place in time once it is claimed.
fn claimed(meeting: &Meeting) -> (&MeetingId, u64) {
    (&meeting.id, meeting.version + 1)
}

/// What is known of a key.
enum Known {
    /// Its outcome.
    Outcome(Vec<Notification>),
    /// It was being worked on, by somebody whose lease has lapsed.
    Lapsed(KeyRecord),
    /// Nothing.
    Nothing,
}

async fn known(app: &App, key: &str, body: &[&str], now: DateTime<Utc>) -> Result<Known, Failure> {
    match app.store.key(key, now).await? {
        None => Ok(Known::Nothing),
        Some(record) if record.body != KeyRecord::body(body) => Err(Failure::KeyReused),
        Some(record) if record.done => {
            let rows = app.store.notifications(&record.notifications).await?;
            Ok(Known::Outcome(
                rows.into_iter().map(|row| row.as_of(now)).collect(),
            ))
        }
        Some(record) if record.lease.until > now => Err(Failure::InProgress),
        Some(record) => Ok(Known::Lapsed(record)),
    }
}

/// Makes everything ready that the key has no row for yet. The rows it has are
/// handed back as they are: whoever claimed them may have sent them.
async fn prepare(
    app: &App,
    world: &World,
    plan: &SendPlan,
    lease: Lease,
    (key, body): (&str, &[&str]),
    known: Option<&KeyRecord>,
    now: DateTime<Utc>,
) -> Result<(KeyRecord, Vec<Prepared>, Vec<Notification>), Failure> {
    let created_at = known.map_or(now, |record| record.created_at);
    let id = |recipient: &Recipient| {
        NotificationId::new(&world.meeting.id, &recipient.attendee.id, key, created_at)
    };
    let mut ids: Vec<_> = plan.recipients.iter().map(id).collect();
    let before = match known {
        Some(record) => {
            let old = record
                .notifications
                .iter()
                .filter(|id| !ids.contains(id))
                .cloned();
            ids = old.collect::<Vec<_>>().into_iter().chain(ids).collect();
            app.store.notifications(&ids).await?
        }
        None => Vec::new(),
    };
    let making = making(world, plan, lease.clone(), now);
    let prepared = plan
        .recipients
        .iter()
        .filter(|recipient| before.iter().all(|row| row.id != id(recipient)))
        .map(|each| making.new_notification(app, id(each), &each.attendee, &each.channels))
        .collect::<Result<Vec<_>, _>>()?;
    let record = KeyRecord {
        created_at,
        ..KeyRecord::new(key, body, lease, ids, now)
    };
    Ok((record, prepared, before))
}

/// Sends the failed deliveries of a notification again, once per key.
///
/// # Errors
/// As [`send`], and those of [`decide_retry`].
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
        let taking = match &known {
            // The attempt of this key is in the row already, whatever came of it.
            Known::Outcome(_) | Known::Lapsed(_) => return Ok(row),
            Known::Nothing => Taking::New,
        };
        let world = app.world(id.meeting()).await?;
        let again = decide_retry(&world.meeting, &row, now)?;
        let (key, prepared) =
            prepare_retry(app, &world, (row, content), &again, (key, &body), now)?;
        match claim(
            app,
            &key,
            taking,
            &world.meeting,
            std::slice::from_ref(&prepared),
        )
        .await
        {
            Ok(()) => {}
            Err(StoreError::Conflict(conflicts)) => {
                tracing::debug!(?conflicts, "a claim lost a race");
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        let config = world.config_of(&prepared.notification);
        let sent = call_providers(app, vec![prepared], now).await;
        let mut recorded = record(app, &config, &key, claimed(&world.meeting), sent, now).await?;
        return recorded.pop().ok_or(Failure::Internal);
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
    let config = world.config_of(&row);
    let gone = || Failure::Refused {
        code: "attendee_gone",
        reason: "This attendee is no longer part of the meeting.".to_owned(),
    };
    let attendee = world.meeting.attendee(&row.recipient.id).ok_or_else(gone)?;
    let usable = plan_channels(config.channel_mode, attendee, &world.settings);
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
    let status_after = status_after(&world.meeting, &config);
    let making = Making {
        world,
        config: &config,
        status_after,
        lease,
        now,
    };
    Ok((key, making.messages(app, row, attendee, before)?))
}
