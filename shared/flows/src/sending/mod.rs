//! The sending protocol: claim, call the providers, record, finish.
//!
//! Never lost: messages are [claimed](claim), which stores them and that they are on
//! their way, before the first call. Never twice: a provider is
//! [called](dispatch) once per claimed delivery, by the one who claimed it, and what it
//! says is [recorded](record) only over that owner's lease. What is in doubt becomes
//! `unknown` and stays so until staff or feedback settle it. Under a key, the last step
//! [finishes](finish): the meeting moves as the messages say, and the key has its
//! outcome. Cut off between any two of these, it is [taken up](crate::resume) by the same
//! key, another send or the sweep.
//!
//! Staff's sends and retries take the whole way in [`send`]. A reminder claims, sends
//! and records its crowd wave by wave, and finishes behind the last. What follows an
//! answer or a text is claimed along with it, and needs no key of its own.

mod claim;
mod dispatch;
mod finish;
mod message;
mod record;
mod supersede;

pub(crate) use claim::{ClaimKey, claim, claim_crowd, claim_with};
pub(crate) use dispatch::{HTTP_INVOCATION, dispatch, until};
pub(crate) use finish::{EarlierRows, Finish};
pub(crate) use message::{IssuedLink, OutboundMessage, PER_TRANSACTION};
pub(crate) use record::record;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_domain::{
    Failure, actor::Actor, id::TimelineKey, meeting::Statement, notification::Notification,
};

use crate::{App, MeetingContext, transact::Interrupted};

/// A send that was decided for a meeting.
pub(crate) struct PlannedSend<'a> {
    /// What its messages tell.
    pub(crate) statements: Vec<Statement>,
    /// The meeting that it was decided on.
    pub(crate) context: &'a MeetingContext,
    /// What it is claimed under.
    pub(crate) key: ClaimKey<'a>,
    /// What was claimed under it before.
    pub(crate) earlier: EarlierRows,
    /// Who has it sent.
    pub(crate) actor: &'a Actor,
    /// Until when providers may be called.
    pub(crate) until: Instant,
    /// The present instant.
    pub(crate) now: DateTime<Utc>,
}

/// Sends these messages, from the claim to the end of the key; what they repeat needs
/// nobody's attention any more. Returns the rows of the key.
///
/// # Errors
/// [`Interrupted::Conflict`] when the meeting or the key is no longer as it was: nothing
/// was sent then. [`Failure::Unavailable`] when it could not be claimed, so that nothing
/// was sent; or not be recorded, so that it will show as unknown. The same key may be
/// used again in either case.
pub(crate) async fn send(
    app: &App,
    send: PlannedSend<'_>,
    messages: Vec<OutboundMessage>,
) -> Result<Vec<Notification>, Interrupted> {
    let PlannedSend {
        statements,
        context,
        key,
        earlier,
        actor,
        until,
        now,
    } = send;
    let claimed = context.meeting.clone().about_to_say(statements);
    let meeting = claim(app, &key, claimed, &messages, actor, now).await?;
    let sent = dispatch(app, messages, until, now).await;
    let finish = Finish {
        key: key.record(),
        template: context.template.as_ref(),
        earlier: &earlier,
        actor,
    };
    let sent = finish
        .record(app, meeting.timeline_key(), sent, now)
        .await?;
    let sent = [earlier.rows, sent].concat();
    supersede::supersede(app, &context.meeting, &sent, actor, now).await;
    Ok(sent)
}

/// Sends what is claimed by itself, and records what the providers say. `place` is where that
/// stands in the meeting's timeline.
///
/// # Errors
/// When it cannot be recorded: the messages then turn `unknown` once their lease has
/// lapsed, for staff to settle.
pub(crate) async fn send_claimed(
    app: &App,
    claimed: Vec<OutboundMessage>,
    place: TimelineKey<'_>,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let sent = dispatch(app, claimed, until, now).await;
    record(app, place, &sent, &Actor::System, now).await
}

/// Sends what was claimed along with something else that is done by now. What fails
/// here is for the log and the sweep: it undoes nothing.
pub(crate) async fn deliver_best_effort(
    app: &App,
    claimed: Vec<OutboundMessage>,
    place: TimelineKey<'_>,
    now: DateTime<Utc>,
) {
    let until = until(app, HTTP_INVOCATION);
    if let Err(failure) = send_claimed(app, claimed, place, until, now).await {
        tracing::warn!(%failure, "what followed an answer will show as unknown");
    }
}
