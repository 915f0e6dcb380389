//! Staff send again what certainly failed.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedRequest, KeyedWork};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    id::NotificationId,
    lease::Lease,
    notification::{Delivery, Notification},
    send::{decide_retry, try_again},
};

use crate::{
    App,
    context::Contacts,
    keys::{KeyState, known},
    log::{self, LoggedMessage},
    prepare::SendContext,
    remind::follow_up,
    resume::{finish_holder, resume},
    sending::{self, ClaimKey, EarlierRows, HTTP_INVOCATION, OutboundMessage, PlannedSend, until},
    transact::{Interrupted, WrittenMeeting},
};

/// Sends the failed deliveries of a notification again, once per key.
///
/// # Errors
/// As [`send`](crate::send::send), and those of [`decide_retry`].
pub async fn retry(
    app: &App,
    id: &NotificationId,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Notification, Failure> {
    let retry = &Retry {
        app,
        id,
        keyed: KeyedRequest::new(key, &["retry", &id.to_string()]),
        actor,
        until: until(app, HTTP_INVOCATION),
        now,
    };
    app.transact(|| async {
        let known = known(app, &retry.keyed, now).await?;
        let logged = log::one(app, id, now).await?;
        match known {
            KeyState::Nothing => retry.send(logged).await,
            // This key's attempt is in the row already, whatever came of it.
            KeyState::Outcome(_) | KeyState::GoesOn(_) => Ok(logged.row),
            KeyState::CutOff(hash) => Ok(retry.go_on(&hash, &logged.row).await?),
        }
    })
    .await
}

/// A request to send a notification again.
struct Retry<'a> {
    app: &'a App,
    id: &'a NotificationId,
    keyed: KeyedRequest<'a>,
    actor: &'a Actor,
    until: Instant,
    now: DateTime<Utc>,
}

impl Retry<'_> {
    /// What the key remembers of the request.
    fn work(&self, row: &Notification) -> Result<KeyedWork, Failure> {
        Ok(KeyedWork {
            key: self.keyed.key.to_owned(),
            meeting: self.id.meeting().clone(),
            kind: row.kind.notification().ok_or(Failure::Internal)?,
            actor: Some(self.actor.clone()),
        })
    }

    /// Finishes what was begun under its key. Returns the row as it is then.
    async fn go_on(&self, hash: &str, row: &Notification) -> Result<Notification, Failure> {
        let work = self.work(row)?;
        resume(self.app, hash, Some(&work), self.until, self.now).await?;
        self.follow_up(WrittenMeeting::nothing()).await;
        Ok(log::one(self.app, self.id, self.now).await?.row)
    }

    async fn send(&self, logged: LoggedMessage) -> Result<Notification, Interrupted> {
        let Self { app, now, .. } = *self;
        let context = app.context(self.id.meeting()).await?;
        if finish_holder(app, &context.meeting, self.until, now).await? {
            return Err(Interrupted::Conflict);
        }
        let row = &logged.row;
        let theirs = context.meeting.anybody(&row.recipient.id);
        let contacts = Contacts::of(theirs);
        let suppressions = app.suppressions(&context.settings, &contacts, now).await?;
        let template = context.template.as_ref();
        let deliverability = context.deliverability(&suppressions);
        let again = decide_retry(&context.meeting, template, deliverability, row, now)?;
        let config = context.config_of(row).ok_or(Failure::Internal)?;
        let lease = Lease::new(app.rng.random_id(), now);
        let work = self.work(row)?;
        let attendee = context.meeting.attendee(&row.recipient.id);
        let calls_off = work.kind.calls_off() && attendee.is_some();
        let number = context.meeting.next_statement();
        let send_context = SendContext::of(&context, config, number, lease.clone(), now);
        let message = prepare(app, &send_context, logged, &again, self.actor)?;
        let record = KeyRecord::new(&self.keyed, lease, vec![self.id.clone()], now).asking(work);
        let send = PlannedSend {
            calls_off,
            statements: vec![send_context.statement],
            context: &context,
            key: ClaimKey::New(&record),
            earlier: EarlierRows::default(),
            actor: self.actor,
            until: self.until,
            now,
        };
        let mut sent = sending::send(app, send, [message].into_iter()).await?;
        self.follow_up(sent.meeting).await;
        Ok(sent.rows.pop().ok_or(Failure::Internal)?)
    }

    async fn follow_up(&self, known: WrittenMeeting) {
        let meeting = self.id.meeting();
        follow_up(self.app, meeting, known, self.actor, self.until, self.now).await;
    }
}

/// Makes a message ready to go out by these channels once more, to where the attendee
/// can be reached now.
fn prepare(
    app: &App,
    send_context: &SendContext<'_>,
    logged: LoggedMessage,
    again: &[Channel],
    actor: &Actor,
) -> Result<OutboundMessage, Failure> {
    let LoggedMessage { mut row, content } = logged;
    let meeting = &send_context.context.meeting;
    let attendee = meeting.anybody(&row.recipient.id);
    let attendee = attendee.ok_or(Failure::Internal)?;
    let is_tried = |delivery: &Delivery| again.contains(&delivery.channel);
    let told_so_far = try_again(&mut row, is_tried, &send_context.lease, send_context.now);
    row.actor = Some(actor.clone());
    for channel in again {
        // What went by the other channel went where it went.
        match channel {
            Channel::Email => row.recipient.email.clone_from(&attendee.email),
            Channel::Sms => row.recipient.phone.clone_from(&attendee.phone),
        }
    }
    Ok(OutboundMessage {
        told_so_far,
        ..send_context.messages(app, row, attendee, content)
    })
}
