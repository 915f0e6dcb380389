//! Staff send a notification.

use chrono::{DateTime, Utc};
use usher_cloud::{KeyRecord, KeyedRequest};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::Suppressions,
    id::{MeetingId, NotificationId},
    lease::Lease,
    notification::Notification,
    send::{Recipient, SendPlan, SendRequest, decide_send},
};

use crate::{
    App, MeetingContext,
    keys::{Claimed, KeyState, known},
    prepare::SendContext,
    remind::follow_up,
    sending::{self, ClaimKey, HTTP_INVOCATION, OutboundMessage, PlannedSend, until},
    transact::Interrupted,
};

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
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    KeyedSend::of(meeting, request, key, Kept::Week, actor, now)
        .send(app)
        .await
}

/// As [`send`], but once as long as the meeting is not over: nobody gives another key
/// to what the program sends by itself.
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_once(
    app: &App,
    meeting: &MeetingId,
    request: &SendRequest,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    KeyedSend::of(meeting, request, key, Kept::UntilTheEnd, actor, now)
        .send(app)
        .await
}

/// How long a key is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// A week.
    Week,
    /// Until a week after the meeting's end, if that is longer.
    UntilTheEnd,
}

/// A send that somebody asks for under a key.
struct KeyedSend<'a> {
    meeting: &'a MeetingId,
    request: &'a SendRequest,
    keyed: KeyedRequest<'a>,
    kept: Kept,
    actor: &'a Actor,
    now: DateTime<Utc>,
}

/// A key, and what is sent under it.
struct Prepared {
    key: KeyRecord,
    messages: Vec<OutboundMessage>,
}

impl<'a> KeyedSend<'a> {
    fn of(
        meeting: &'a MeetingId,
        request: &'a SendRequest,
        key: &'a str,
        kept: Kept,
        actor: &'a Actor,
        now: DateTime<Utc>,
    ) -> Self {
        let wanted = request.attendees.as_ref().map(|ids| ids.join(" "));
        let wanted = format!("{wanted:?}");
        let body = ["send", meeting.as_str(), request.kind.as_str(), &wanted];
        Self {
            meeting,
            request,
            keyed: KeyedRequest::new(key, &body),
            kept,
            actor,
            now,
        }
    }

    async fn send(self, app: &App) -> Result<Vec<Notification>, Failure> {
        app.transact(|| self.attempt(app)).await
    }

    async fn attempt(&self, app: &App) -> Result<Vec<Notification>, Interrupted> {
        let before = match known(app, &self.keyed, self.now).await? {
            KeyState::Outcome(rows) => return Ok(rows),
            KeyState::Partly(claimed) => Some(claimed),
            KeyState::Nothing => None,
        };
        let loaded = app.context_and_suppressions(self.meeting, self.now).await?;
        let (context, suppressions) = loaded;
        let decided = self.decide(&context, &suppressions, before.is_some());
        let plan = match (decided, before.as_ref()) {
            (Ok(plan), _) => plan,
            // What was not claimed then may not be sent now.
            (Err(_), Some(claimed)) => return Ok(claimed.rows.clone()),
            // The same key may have been used between the two reads.
            (Err(_), None) if app.store.key(self.keyed.key, self.now).await?.is_some() => {
                return Err(Interrupted::Conflict);
            }
            (Err(failure), None) => return Err(failure.into()),
        };
        let sent = self
            .send_planned(app, &context, &plan, before.as_ref())
            .await?;
        let earlier = before.map_or_else(Vec::new, |before| before.rows);
        Ok(earlier.into_iter().chain(sent).collect())
    }

    /// Decides what the request asks for; one that was `accepted` before needs no
    /// second word.
    fn decide(
        &self,
        context: &MeetingContext,
        suppressions: &Suppressions,
        accepted: bool,
    ) -> Result<SendPlan, Failure> {
        let plan = decide_send(
            &context.meeting,
            context.template.as_ref(),
            context.deliverability(suppressions),
            self.request.kind,
            self.request.attendees.as_deref(),
            self.now,
        )?;
        match plan.confirm {
            Some(would) if !self.request.confirm && !accepted => {
                Err(Failure::NeedsConfirmation { would })
            }
            confirm => Ok(SendPlan { confirm, ..plan }),
        }
    }

    async fn send_planned(
        &self,
        app: &App,
        context: &MeetingContext,
        plan: &SendPlan,
        before: Option<&Claimed>,
    ) -> Result<Vec<Notification>, Interrupted> {
        let prepared = self.prepare(app, context, plan, before);
        let until = until(app, HTTP_INVOCATION);
        let send = PlannedSend {
            config: &plan.config,
            context,
            key: ClaimKey::of(&prepared.key, before.map(|before| &before.record)),
            actor: self.actor,
            until,
            now: self.now,
        };
        let sent = sending::send(app, send, prepared.messages).await?;
        follow_up(app, self.meeting, self.actor, until, self.now).await;
        Ok(sent)
    }

    /// Makes everything ready that the key has no row for yet.
    fn prepare(
        &self,
        app: &App,
        context: &MeetingContext,
        plan: &SendPlan,
        before: Option<&Claimed>,
    ) -> Prepared {
        let lease = Lease::new(app.rng.random_id(), self.now);
        let created_at = before.map_or(self.now, |before| before.record.created_at);
        let send_context = SendContext::of(context, &plan.config, lease.clone(), self.now);
        // What is there and cannot be read may have been sent.
        let there: Vec<_> = before.iter().flat_map(|before| before.ids()).collect();
        let mut messages = Vec::with_capacity(plan.recipients.len());
        for Recipient { attendee, channels } in &plan.recipients {
            let id = NotificationId::new(self.meeting, &attendee.id, self.keyed.key, created_at);
            if !there.contains(&&id) {
                let message =
                    send_context.new_notification(app, id, attendee, channels, self.actor);
                messages.push(message);
            }
        }
        let new = messages.iter().map(|each| &each.notification.id);
        let rows = there.into_iter().chain(new).cloned().collect();
        let key = KeyRecord::new(&self.keyed, lease, rows, self.now);
        let mut key = key.over(before.map(|before| &before.record));
        if self.kept == Kept::UntilTheEnd {
            key.keep_until(context.meeting.details.ends_at());
        }
        Prepared { key, messages }
    }
}
