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
//! Staff's sends and retries take the whole way in [`send`], wave by wave: a wave is
//! rendered, claimed, sent and recorded before the next one is rendered, and none is begun
//! that there is no time for. What is left goes on in [another
//! invocation](crate::continuation). A reminder to more than a wave goes the same way, and is
//! decided anew before each. What follows an answer or a text is claimed along with it, and
//! needs no key of its own.
//!
//! # What a crowd costs
//! A further wave of twelve takes three requests besides the calls of the providers: the
//! meeting's version (as many read units as its item has half kilobytes, rounded up to 4 KB,
//! and a few bytes of answer), its claim and its record; no write units but those of its
//! messages. Each invocation but the last adds one write of the key and of the meeting, and
//! a schedule; the next one reads the key, the meeting and the rows there are, a hundred a
//! request, and takes key and meeting over with its first wave.

mod claim;
mod dispatch;
mod finish;
mod message;
mod record;
mod supersede;

pub(crate) use claim::{ClaimKey, ClaimedCrowd, claim_along, claim_crowd, claim_meeting};
use claim::{claim, claim_wave};
pub(crate) use dispatch::{HTTP_INVOCATION, dispatch, until};
use finish::Finish;
pub(crate) use finish::{EarlierRows, let_go, write_attendees_ahead};
pub(crate) use message::{IssuedLink, OutboundMessage, PER_TRANSACTION, RECORDED_TOGETHER};
pub(crate) use record::{record, record_rows, record_with};

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_domain::{
    Failure,
    actor::Actor,
    id::TimelineKey,
    meeting::{Meeting, Statement},
    notification::Notification,
};

use crate::{
    App, MeetingContext,
    prepare::owned,
    transact::{Interrupted, WrittenMeeting},
};

/// A send that was decided for a meeting.
pub(crate) struct PlannedSend<'a> {
    /// What its messages tell.
    pub(crate) statements: Vec<Statement>,
    /// Whether any of it tells an attendee that the meeting is off.
    pub(crate) calls_off: bool,
    /// The meeting that it was decided on.
    pub(crate) context: &'a MeetingContext,
    /// What it is claimed under.
    pub(crate) key: ClaimKey<'a>,
    /// What was claimed under it before.
    pub(crate) earlier: EarlierRows,
    /// Who has it sent.
    pub(crate) actor: &'a Actor,
    /// Until when further waves may be begun.
    pub(crate) until: Instant,
    /// The present instant.
    pub(crate) now: DateTime<Utc>,
}

impl PlannedSend<'_> {
    /// The meeting once it says what its messages tell.
    fn says_so(&self) -> Meeting {
        let meeting = self.context.meeting.clone();
        let owned = owned(self.context, meeting, &self.statements);
        let mut meeting = owned.about_to_say(self.statements.clone());
        // Until it is known what came of it, nothing may contradict it (N13).
        meeting.calling_off |= self.calls_off;
        meeting
    }

    /// Records the `last` wave behind those that are `recorded`, and ends the key. `claimed` is
    /// the meeting as the first wave left it.
    async fn finish(
        self,
        app: &App,
        claimed: &Meeting,
        recorded: Vec<Notification>,
        last: Vec<Notification>,
    ) -> Result<Sent, Failure> {
        let (actor, now) = (self.actor, self.now);
        let finish = Finish {
            key: self.key.record(),
            template: self.context.template.as_ref(),
            earlier: &self.earlier,
            actor,
        };
        let recorded = finish.record(app, claimed, recorded, last, now);
        let (sent, meeting) = recorded.await?;
        let rows = [self.earlier.rows, sent].concat();
        supersede::supersede(app, &self.context.meeting, &rows, actor, now).await;
        Ok(Sent {
            rows,
            left: None,
            meeting,
        })
    }
}

/// How far a send has come.
pub(crate) struct Sent {
    /// The rows of its key.
    pub(crate) rows: Vec<Notification>,
    /// What is left of it; none once its key is done.
    pub(crate) left: Option<Left>,
    /// The meeting as the end of it has left it.
    pub(crate) meeting: WrittenMeeting,
}

/// What is left of a send.
pub(crate) struct Left {
    /// How many have not been written to.
    pub(crate) count: usize,
    /// Why.
    pub(crate) reason: Stopped,
}

/// Why a send stopped before everybody was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// There is no time left in this invocation.
    OutOfTime,
    /// The meeting is not as it was when the send was decided: the rest is to be decided
    /// anew.
    MeetingChanged,
}

/// Sends these messages wave by wave, from the claim to the end of the key, as long as
/// there is time and the meeting stays as it is; the first wave in any case. What they
/// repeat needs nobody's attention any more.
///
/// # Errors
/// [`Interrupted::Conflict`] when the meeting or the key is no longer as it was: nothing
/// was sent then. [`Failure::InProgress`] when somebody else has taken it over.
/// [`Failure::Unavailable`] when it could not be claimed, so that no more of it was sent; or
/// not be recorded, so that it will show as unknown. The same key may be used again in
/// either case.
pub(crate) async fn send(
    app: &App,
    send: PlannedSend<'_>,
    mut messages: impl ExactSizeIterator<Item = OutboundMessage>,
) -> Result<Sent, Interrupted> {
    let (actor, now) = (send.actor, send.now);
    let mut wave: Vec<_> = messages.by_ref().take(PER_TRANSACTION).collect();
    let meeting = claim(app, &send.key, send.says_so(), &wave, actor, now).await?;
    let place = meeting.timeline_key();
    let mut recorded = Vec::with_capacity(wave.len() + messages.len());
    loop {
        let mut sent = dispatch(app, wave, now).await;
        let last = messages.len() == 0;
        // The only wave is on record with the end. That takes a while where many were told:
        // the last of several is on record before.
        if !last || !recorded.is_empty() {
            recorded.extend(record(app, place, &sent, actor, now).await?);
            sent.clear();
        }
        if last {
            return Ok(send.finish(app, &meeting, recorded, sent).await?);
        }
        if let Some(reason) = stops(app, &meeting, send.until).await? {
            let count = messages.len();
            return Ok(Sent {
                rows: [send.earlier.rows, recorded].concat(),
                left: Some(Left { count, reason }),
                meeting: WrittenMeeting::nothing(),
            });
        }
        wave = messages.by_ref().take(PER_TRANSACTION).collect();
        claim_wave(app, &wave, actor).await?;
    }
}

/// Why a further wave may not be begun, if it may not.
async fn stops(app: &App, meeting: &Meeting, until: Instant) -> Result<Option<Stopped>, Failure> {
    if Instant::now() > until {
        return Ok(Some(Stopped::OutOfTime));
    }
    let version = app.store.meeting_version(&meeting.id).await?;
    Ok((version != Some(meeting.version)).then_some(Stopped::MeetingChanged))
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
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    let sent = dispatch(app, claimed, now).await;
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
    if let Err(failure) = send_claimed(app, claimed, place, now).await {
        tracing::warn!(%failure, "what followed an answer will show as unknown");
    }
}
