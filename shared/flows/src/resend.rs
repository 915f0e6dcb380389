//! A message of the log goes out once more, or by the channel that it did not go by: along the
//! protocol, under a key of its own.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedRequest, KeyedWork};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    failover::{decide_failover, fail_over},
    id::NotificationId,
    lease::Lease,
    notification::{Delivery, Notification},
    send::{Deliverability, decide_retry, try_again},
    timeline::TimelineEntry,
};

use crate::{
    App, MeetingContext,
    context::Contacts,
    log::LoggedMessage,
    prepare::SendContext,
    remind::follow_up,
    resume::finish_holder,
    sending::{self, ClaimKey, EarlierRows, OutboundMessage, PlannedSend},
    transact::{Interrupted, WrittenMeeting},
};

/// What of a notification goes out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Resent {
    /// What certainly failed, on the channels that it failed on.
    Failed,
    /// The same by this channel, because it came to nothing on the other one.
    Failover(Channel),
}

/// A notification that goes out once more.
pub(crate) struct Resend<'a> {
    pub(crate) app: &'a App,
    pub(crate) id: &'a NotificationId,
    pub(crate) keyed: KeyedRequest<'a>,
    pub(crate) actor: &'a Actor,
    pub(crate) until: Instant,
    pub(crate) now: DateTime<Utc>,
}

impl Resent {
    /// The channels that it goes out by; never none.
    ///
    /// # Errors
    /// Those of [`decide_retry`] and [`decide_failover`].
    fn decide(
        self,
        context: &MeetingContext,
        deliverability: Deliverability<'_>,
        row: &Notification,
        now: DateTime<Utc>,
    ) -> Result<Vec<Channel>, Failure> {
        let (meeting, template) = (&context.meeting, context.template.as_ref());
        match self {
            Self::Failed => decide_retry(meeting, template, deliverability, row, now),
            Self::Failover(channel) => {
                decide_failover(meeting, deliverability, row, channel, now)?;
                Ok(vec![channel])
            }
        }
    }

    /// Has a row be on its way by these channels. Returns what it told by itself so far.
    fn begin(
        self,
        row: &mut Notification,
        channels: &[Channel],
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Option<TimelineEntry> {
        match self {
            Self::Failed => {
                let is_tried = |delivery: &Delivery| channels.contains(&delivery.channel);
                try_again(row, is_tried, lease, now)
            }
            Self::Failover(channel) => fail_over(row, channel, lease, now),
        }
    }
}

impl Resend<'_> {
    /// What the key remembers of the request.
    pub(crate) fn work(&self, row: &Notification) -> Result<KeyedWork, Failure> {
        Ok(KeyedWork {
            key: self.keyed.key.to_owned(),
            meeting: self.id.meeting().clone(),
            kind: row.kind.notification().ok_or(Failure::Internal)?,
            actor: Some(self.actor.clone()),
        })
    }

    /// Sends it, if that may be. Returns the row as it is then.
    ///
    /// # Errors
    /// As [`sending::send`], and those of [`Resent::decide`].
    pub(crate) async fn send(
        &self,
        logged: LoggedMessage,
        what: Resent,
    ) -> Result<Notification, Interrupted> {
        let Self { app, now, .. } = *self;
        let context = app.context(self.id.meeting()).await?;
        if finish_holder(app, &context.meeting, self.until, now).await? {
            return Err(Interrupted::Conflict);
        }
        let row = &logged.row;
        let theirs = context.meeting.anybody(&row.recipient.id);
        let contacts = Contacts::of(theirs);
        let suppressions = app.suppressions(&context.settings, &contacts, now).await?;
        let deliverability = context.deliverability(&suppressions);
        let channels = what.decide(&context, deliverability, row, now)?;
        let config = context.config_of(row).ok_or(Failure::Internal)?;
        let lease = Lease::new(app.rng.random_id(), now);
        let work = self.work(row)?;
        let attendee = context.meeting.attendee(&row.recipient.id);
        let calls_off = work.kind.calls_off() && attendee.is_some();
        let number = context.meeting.next_statement();
        let send_context = SendContext::of(&context, config, number, lease.clone(), now);
        let message = self.prepare(&send_context, logged, what, &channels)?;
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

    /// Has the meeting's reminders follow what was sent.
    pub(crate) async fn follow_up(&self, known: WrittenMeeting) {
        let meeting = self.id.meeting();
        follow_up(self.app, meeting, known, self.actor, self.until, self.now).await;
    }

    /// Makes a message ready to go out by these channels, to where the attendee can be reached
    /// now.
    fn prepare(
        &self,
        send_context: &SendContext<'_>,
        logged: LoggedMessage,
        what: Resent,
        channels: &[Channel],
    ) -> Result<OutboundMessage, Failure> {
        let LoggedMessage { mut row, content } = logged;
        let meeting = &send_context.context.meeting;
        let attendee = meeting.anybody(&row.recipient.id);
        let attendee = attendee.ok_or(Failure::Internal)?;
        let told_so_far = what.begin(&mut row, channels, &send_context.lease, send_context.now);
        row.actor = Some(self.actor.clone());
        // What went by the other channel went where it went.
        for channel in channels {
            row.readdress(attendee, *channel);
        }
        Ok(OutboundMessage {
            told_so_far,
            ..send_context.messages(self.app, row, attendee, content)
        })
    }
}
