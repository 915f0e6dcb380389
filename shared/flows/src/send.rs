//! Staff send a notification.

use chrono::{DateTime, Utc};
use usher_cloud::{KeyRecord, KeyedRequest};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::Suppressions,
    id::{MeetingId, NotificationId},
    notification::{Lease, Notification},
    send::{Recipient, SendPlan, SendRequest, decide_send},
};

use crate::{
    App, MeetingContext,
    keys::{Claimed, KeyState, known},
    prepare::SendContext,
    remind::follow_up,
    sending::{self, ClaimKey, HTTP_INVOCATION, OutboundMessage, Send, until},
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
    send_under(app, meeting, request, key, Kept::Week, actor, now).await
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
    send_under(app, meeting, request, key, Kept::UntilTheEnd, actor, now).await
}

/// How long a key is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// A week.
    Week,
    /// Until a week after the meeting's end, if that is longer.
    UntilTheEnd,
}

async fn send_under(
    app: &App,
    meeting: &MeetingId,
    request: &SendRequest,
    key: &str,
    kept: Kept,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let wanted = request.attendees.as_ref().map(|ids| ids.join(" "));
    let wanted = format!("{wanted:?}");
    let body = ["send", meeting.as_str(), request.kind.as_str(), &wanted];
    let keyed = KeyedRequest::new(key, &body);
    app.transact(|| async {
        let before = match known(app, &keyed, now).await? {
            KeyState::Outcome(rows) => return Ok(rows),
            KeyState::Partly(claimed) => Some(claimed),
            KeyState::Nothing => None,
        };
        let (context, suppressions) = app.context_and_suppressions(meeting, now).await?;
        let decided = decide(&context, &suppressions, request, before.is_some(), now);
        let plan = match (decided, before.as_ref()) {
            (Ok(plan), _) => plan,
            // What was not claimed then may not be sent now.
            (Err(_), Some(claimed)) => return Ok(claimed.rows.clone()),
            // The same key may have been used between the two reads.
            (Err(_), None) if app.store.key(key, now).await?.is_some() => {
                return Err(Interrupted::Conflict);
            }
            (Err(failure), None) => return Err(failure.into()),
        };
        let mut prepared = prepare(app, &context, &plan, &keyed, before.as_ref(), actor, now);
        if kept == Kept::UntilTheEnd {
            let ends_at = context.meeting.details.ends_at();
            prepared.key.keep_until(ends_at);
        }
        let until = until(app, HTTP_INVOCATION);
        let send = Send {
            config: &plan.config,
            context: &context,
            key: ClaimKey::of(&prepared.key, before.as_ref().map(|before| &before.record)),
            actor,
            until,
            now,
        };
        let sent = sending::send(app, send, prepared.messages).await?;
        follow_up(app, meeting, actor, until, now).await;
        let earlier = before.map_or_else(Vec::new, |before| before.rows);
        Ok(earlier.into_iter().chain(sent).collect())
    })
    .await
}

/// Decides what a request asks for; one that was accepted before needs no
/// second word.
fn decide(
    context: &MeetingContext,
    suppressions: &Suppressions,
    request: &SendRequest,
    accepted: bool,
    now: DateTime<Utc>,
) -> Result<SendPlan, Failure> {
    let MeetingContext {
        meeting, template, ..
    } = context;
    let attendees = request.attendees.as_deref();
    let plan = decide_send(
        meeting,
        template.as_ref(),
        context.deliverability(suppressions),
        request.kind,
        attendees,
        now,
    )?;
    match plan.confirm {
        Some(would) if !request.confirm && !accepted => Err(Failure::NeedsConfirmation { would }),
        confirm => Ok(SendPlan { confirm, ..plan }),
    }
}

/// A key, and what is sent under it.
struct Prepared {
    key: KeyRecord,
    messages: Vec<OutboundMessage>,
}

/// Makes everything ready that the key has no row for yet.
fn prepare(
    app: &App,
    context: &MeetingContext,
    plan: &SendPlan,
    keyed: &KeyedRequest<'_>,
    before: Option<&Claimed>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Prepared {
    let created_at = before.map_or(now, |before| before.record.created_at);
    let id = |recipient: &Recipient| {
        let attendee = &recipient.attendee.id;
        NotificationId::new(&context.meeting.id, attendee, keyed.key, created_at)
    };
    // What is there and cannot be read may have been sent.
    let has_row =
        |id: &NotificationId| before.is_some_and(|before| before.ids().any(|row| row == id));
    let lease = Lease::new(app.rng.random_id(), now);
    let send_context = SendContext::of(context, &plan.config, lease.clone(), now);
    let messages = plan
        .recipients
        .iter()
        .filter(|recipient| !has_row(&id(recipient)))
        .map(|each| {
            let Recipient { attendee, channels } = each;
            send_context.new_notification(app, id(each), attendee, channels, actor)
        })
        .collect::<Vec<_>>();
    let rows = before.iter().flat_map(|before| before.ids().cloned());
    let new = messages.iter().map(|each| each.notification.id.clone());
    let key = KeyRecord {
        created_at,
        ..KeyRecord::new(keyed, lease, rows.chain(new).collect(), now)
    };
    Prepared { key, messages }
}
