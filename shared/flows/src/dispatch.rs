//! Claim, call the providers, record: the sending protocol.
//!
//! Never lost: rows and intent are stored before the first call. Never twice:
//! a provider is called once per claimed delivery, by the one who claimed it,
//! and what came of it is written only over that owner's lease. What is in
//! doubt becomes `unknown` and stays so until staff or feedback settle it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, future::Either, stream};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, error_code};
use usher_domain::{
    Failure,
    id::TimelineKey,
    meeting::Meeting,
    notification::{
        Channel, Delivery, DeliveryStatus, MessageKind, NotDelivered, Notification, Status,
    },
    send::{record_sent, sent_entry},
    template::{NotificationConfig, Template},
};

use crate::{
    App, MeetingContext, prepare::OutboundMessage, remind, supersede::supersede,
    transact::Interrupted,
};

/// How many provider calls are under way at once.
const AT_ONCE: usize = 16;
/// How long an HTTP invocation has: API Gateway gives up after 30 s, the
/// function after 29.
pub(crate) const INVOCATION: Duration = Duration::from_secs(27);
/// How many notifications go into one transaction: each makes up to seven of
/// its hundred parts (row, content, two tokens, two recipients, prompt).
pub(crate) const PER_TRANSACTION: usize = 12;

/// The key that a send is claimed under.
pub(crate) enum ClaimKey<'a> {
    /// One that nobody has.
    New(&'a KeyRecord),
    /// One whose last owner, named first, was cut off.
    From(String, &'a KeyRecord),
}

/// Carries out a send that was decided for a meeting: claims it, calls the
/// providers, records what they say, and has reminders follow.
///
/// # Errors
/// [`Interrupted::Conflict`] when the meeting or the key is no longer as it was:
/// nothing was sent then. [`Failure::Unavailable`] when it could not be claimed, so that nothing was
/// sent; or not be recorded, so that it will show as unknown. The same key may
/// be used again in either case.
pub(crate) async fn send_claimed(
    app: &App,
    config: &NotificationConfig,
    taking: ClaimKey<'_>,
    context: &MeetingContext,
    prepared: Vec<OutboundMessage>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Interrupted> {
    let until = until(app, INVOCATION);
    let key = match &taking {
        ClaimKey::New(key) | ClaimKey::From(_, key) => *key,
    };
    claim(app, &taking, &context.meeting, &prepared, now).await?;
    let sent = call_providers(app, prepared, until, now).await;
    let sent = record(app, config, key, context, sent, now).await?;
    supersede(app, &context.meeting, &sent, now).await;
    remind::follow_up(app, &context.meeting.id, until, now).await;
    Ok(sent)
}

/// Until when providers may be called in an invocation that began just now and
/// has this long: then there is time left for the last call and for its record.
pub(crate) fn until(app: &App, invocation: Duration) -> Instant {
    Instant::now() + invocation - app.config.provider_timeout.min(invocation)
}

/// Stores the intent: the key, the rows, their content and their links.
///
/// The first transaction takes the key and the meeting, which must be as it was
/// when the send was decided: of two sends at once, one is decided anew. The
/// others ride on the key.
async fn claim(
    app: &App,
    taking: &ClaimKey<'_>,
    meeting: &Meeting,
    prepared: &[OutboundMessage],
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    let (key, mut changes) = match taking {
        ClaimKey::New(key) => (*key, Changes::new().new_key(key, now)),
        ClaimKey::From(owner, key) => (*key, Changes::new().key_of(owner, key)),
    };
    let sending = Some(key.lease.clone());
    changes = changes.meeting(&Meeting {
        sending,
        ..meeting.clone()
    });
    for (i, each) in prepared.iter().enumerate() {
        if i > 0 && i % PER_TRANSACTION == 0 {
            let full = std::mem::take(&mut changes);
            app.commit(full).await?;
            changes = changes.key_of(&key.lease.owner, key);
        }
        changes = rows(changes, each);
    }
    app.commit(changes).await
}

/// The items of one prepared notification.
pub(crate) fn rows(changes: Changes, prepared: &OutboundMessage) -> Changes {
    let changes = changes
        .notification(&prepared.notification)
        .found_by_recipient(&prepared.notification)
        .content(&prepared.notification, &prepared.content);
    let changes = prepared
        .grants
        .iter()
        .fold(changes, |changes, (hash, grant)| {
            changes.grant(hash, grant, prepared.tokens_expire_at)
        });
    match &prepared.prompt {
        Some(prompt) => changes.prompt(prompt, forgotten_at(&prepared.notification)),
        None => changes,
    }
}

/// How long after a meeting's end texts still find it: late answers get to know
/// that it is over.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// When what leads from a text to a message may be forgotten.
fn forgotten_at(notification: &Notification) -> DateTime<Utc> {
    notification.details.ends_at() + REMEMBERED
}

/// What the provider calls the SMS by that a customer may answer: an automatic
/// reply only where it is about one meeting.
fn answerable(row: &Notification) -> Option<&str> {
    let meant = row.kind != MessageKind::AutoReply || row.buttons.ask();
    let delivery = row.delivery(Channel::Sms).filter(|_| meant)?;
    delivery.provider_message_id.as_deref()
}

/// Sends what was claimed along with something else that is done by now, and
/// records it. What fails here is for the log and the sweep: it undoes nothing.
pub(crate) async fn deliver_best_effort(
    app: &App,
    prepared: Vec<OutboundMessage>,
    meeting: TimelineKey<'_>,
    now: DateTime<Utc>,
) {
    let sent = call_providers(app, prepared, until(app, INVOCATION), now).await;
    for chunk in sent.chunks(PER_TRANSACTION) {
        if let Err(failure) = record_rows(app, meeting, chunk, now).await {
            tracing::warn!(%failure, "what followed an answer will show as unknown");
        }
    }
}

/// Calls the providers for everything that is claimed, and notes what they say
/// on the notifications.
pub(crate) async fn call_providers(
    app: &App,
    prepared: Vec<OutboundMessage>,
    until: Instant,
    now: DateTime<Utc>,
) -> Vec<Notification> {
    let in_time = move || Instant::now() <= until;
    let (mut notifications, mut calls) = (Vec::new(), Vec::new());
    for (i, each) in prepared.into_iter().enumerate() {
        notifications.push(each.notification);
        if let Some(email) = each.email {
            calls.push(Either::Left(async move {
                let result = if in_time() {
                    app.mail.send(&email).await
                } else {
                    out_of_time()
                };
                (i, Channel::Email, result)
            }));
        }
        if let Some(sms) = each.sms {
            calls.push(Either::Right(async move {
                let result = if in_time() {
                    app.sms.send(&sms).await
                } else {
                    out_of_time()
                };
                (i, Channel::Sms, result)
            }));
        }
    }
    let mut results = stream::iter(calls).buffer_unordered(AT_ONCE);
    while let Some((i, channel, result)) = results.next().await {
        if let Err(not) = &result {
            log_undelivered(&notifications[i], channel, not);
        }
        if let Some(delivery) = notifications[i].delivery_mut(channel) {
            delivery.settle(result, now);
        }
    }
    for row in &notifications {
        let untried = |d: &&Delivery| d.status == DeliveryStatus::Failed && d.attempt == 0;
        for delivery in row.deliveries.iter().filter(untried) {
            let channel = delivery.channel.as_str();
            tracing::warn!(notification = %row.id, channel, outcome = "not_tried", "a delivery did not go out");
        }
    }
    notifications
}

/// The one line in the log on a delivery that a provider did not take, or may not have
/// taken: never with the provider's own sentence, which may quote an address.
fn log_undelivered(row: &Notification, channel: Channel, not: &NotDelivered) {
    let (outcome, code) = (not.outcome(), error_code(not));
    let channel = channel.as_str();
    tracing::warn!(notification = %row.id, channel, outcome, code, "a delivery did not go out");
}

fn out_of_time() -> Result<String, NotDelivered> {
    Err(NotDelivered::NotYet(
        "Time ran out before this could be sent. Retry it.".to_owned(),
    ))
}

/// Records what the providers said: the rows, the meeting they move, the
/// timeline, and the end of the key.
///
/// # Errors
/// When it cannot be recorded: the rows then turn `unknown` once their lease
/// has lapsed, for staff to settle.
async fn record(
    app: &App,
    config: &NotificationConfig,
    key: &KeyRecord,
    context: &MeetingContext,
    sent: Vec<Notification>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let mut recorded = Vec::with_capacity(sent.len());
    let claimed = TimelineKey {
        version: context.meeting.version + 1,
        ..context.meeting.timeline_key()
    };
    for chunk in sent.chunks(PER_TRANSACTION) {
        let last = recorded.len() + chunk.len() == sent.len();
        let ending = last.then_some(Ending {
            template: context.template.as_ref(),
            config,
            key,
            earlier: &recorded,
        });
        let rows = record_chunk(app, claimed, chunk, ending, now).await?;
        recorded.extend(rows);
    }
    Ok(recorded)
}

/// What the last transaction of a record does besides: it moves the meeting and
/// ends the key.
#[derive(Clone, Copy)]
struct Ending<'a> {
    template: Option<&'a Template>,
    config: &'a NotificationConfig,
    key: &'a KeyRecord,
    /// The rows that were recorded before.
    earlier: &'a [Notification],
}

/// Records what the providers said of these rows, and nothing else. `meeting` is
/// where their entries stand in its timeline.
///
/// # Errors
/// When it cannot be recorded, as for [`record`].
pub(crate) async fn record_rows(
    app: &App,
    meeting: TimelineKey<'_>,
    chunk: &[Notification],
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    record_chunk(app, meeting, chunk, None, now).await
}

async fn record_chunk(
    app: &App,
    meeting: TimelineKey<'_>,
    chunk: &[Notification],
    ending: Option<Ending<'_>>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let ids: Vec<_> = chunk.iter().map(|row| row.id.clone()).collect();
    let claimed = chunk.iter().map(|row| Notification {
        version: row.version + 1,
        ..row.clone()
    });
    let first = record_once(app, meeting, claimed.collect(), ending, now).await;
    let recorded = match first {
        // Somebody else, feedback or an answer, may have been quicker.
        Err(Interrupted::Conflict | Interrupted::Failed(Failure::Unavailable)) => {
            let again = || async {
                let stored = app.store.notifications(&ids).await?.rows;
                record_once(app, meeting, merge(stored, chunk), ending, now).await
            };
            app.persist(again).await
        }
        first => first.map_err(Failure::from),
    };
    if recorded.is_err() {
        for row in chunk {
            tracing::error!(notification = %row.id, "the outcome of a send could not be recorded: it will show as unknown");
        }
    }
    recorded
}

async fn record_once(
    app: &App,
    meeting: TimelineKey<'_>,
    mut rows: Vec<Notification>,
    ending: Option<Ending<'_>>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Interrupted> {
    let mut changes = Changes::new();
    for row in &rows {
        let attempts: u32 = row.deliveries.iter().map(|delivery| delivery.attempt).sum();
        let unique = format!("{}-{attempts}", row.id.ulid());
        changes = changes.notification(row);
        // That staff were told is no news to them; that they were not, is.
        if row.kind != MessageKind::AnswerNotice || row.status() != Status::Sent {
            changes = changes.entry(meeting, &sent_entry(row, now), &unique);
        }
        if let Some(id) = answerable(row) {
            changes = changes.message(id, &row.id, forgotten_at(row));
        }
    }
    if let Some(Ending {
        template,
        config,
        key,
        earlier,
    }) = ending
    {
        let found = app.store.meeting(meeting.meeting).await?;
        let mut meeting = found.ok_or(Failure::NotFound { what: "meeting" })?;
        let all = [earlier, &rows].concat();
        record_sent(&mut meeting, template, config, &all, now);
        if meeting.sending.as_ref() == Some(&key.lease) {
            meeting.sending = None;
        }
        let done = KeyRecord {
            done: true,
            ..(*key).clone()
        };
        changes = changes.meeting(&meeting).key_of(&key.lease.owner, &done);
    }
    app.commit(changes).await?;
    for row in &mut rows {
        row.version += 1;
    }
    Ok(rows)
}

/// The stored rows with what the providers told us, where the delivery is still
/// ours to write: fenced by owner and attempt (promise 6).
fn merge(stored: Vec<Notification>, ours: &[Notification]) -> Vec<Notification> {
    let settle = |mut row: Notification| {
        let mine = ours.iter().find(|mine| mine.id == row.id);
        for mine in mine.into_iter().flat_map(|mine| &mine.deliveries) {
            if let Some(theirs) = row.delivery_mut(mine.channel) {
                let fenced = theirs.lease == mine.lease && theirs.attempt == mine.attempt;
                if fenced && theirs.status == DeliveryStatus::Dispatching {
                    *theirs = mine.clone();
                }
            }
        }
        row
    };
    stored.into_iter().map(settle).collect()
}
