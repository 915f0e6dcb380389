//! Staff send again what certainly failed.

use chrono::{DateTime, Utc};
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
    let keyed = KeyedRequest::new(key, &["retry", &id.to_string()]);
    let until = until(app, HTTP_INVOCATION);
    app.transact(|| async {
        let known = known(app, &keyed, now).await?;
        let logged = log::one(app, id, now).await?;
        let work = |row: &Notification| {
            let kind = row.kind.notification().ok_or(Failure::Internal)?;
            Ok::<_, Failure>(KeyedWork {
                key: key.to_owned(),
                meeting: id.meeting().clone(),
                kind,
                actor: Some(actor.clone()),
            })
        };
        match known {
            KeyState::Nothing => {}
            // This key's attempt is in the row already, whatever came of it.
            KeyState::Outcome(_) | KeyState::GoesOn(_) => return Ok(logged.row),
            KeyState::CutOff(hash) => {
                let work = work(&logged.row)?;
                resume(app, &hash, Some(&work), until, now).await?;
                let unknown = WrittenMeeting::nothing();
                follow_up(app, id.meeting(), unknown, actor, until, now).await;
                return Ok(log::one(app, id, now).await?.row);
            }
        }
        let context = app.context(id.meeting()).await?;
        if finish_holder(app, &context.meeting, until, now).await? {
            return Err(Interrupted::Conflict);
        }
        let theirs = context.meeting.anybody(&logged.row.recipient.id);
        let suppressions = app
            .suppressions(&context, &Contacts::of(theirs), now)
            .await?;
        let template = context.template.as_ref();
        let deliverability = context.deliverability(&suppressions);
        let again = decide_retry(&context.meeting, template, deliverability, &logged.row, now)?;
        let config = context.config_of(&logged.row).ok_or(Failure::Internal)?;
        let lease = Lease::new(app.rng.random_id(), now);
        let work = work(&logged.row)?;
        let attendee = context.meeting.attendee(&logged.row.recipient.id);
        let calls_off = work.kind.calls_off() && attendee.is_some();
        let number = context.meeting.next_statement();
        let send_context = SendContext::of(&context, config, number, lease.clone(), now);
        let message = prepare(app, &send_context, logged, &again, actor)?;
        let record = KeyRecord::new(&keyed, lease, vec![id.clone()], now).asking(work);
        let send = PlannedSend {
            calls_off,
            statements: vec![send_context.statement],
            context: &context,
            key: ClaimKey::New(&record),
            earlier: EarlierRows::default(),
            actor,
            until,
            now,
        };
        let mut sent = sending::send(app, send, [message].into_iter()).await?;
        follow_up(app, id.meeting(), sent.meeting, actor, until, now).await;
        Ok(sent.rows.pop().ok_or(Failure::Internal)?)
    })
    .await
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
