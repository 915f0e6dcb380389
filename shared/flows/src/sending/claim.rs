//! Claiming: messages are stored as being on their way before any provider is called.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use usher_cloud::{Changes, KeyRecord, note_written};
use usher_domain::{Failure, actor::Actor, meeting::Meeting, notification::Notification};

use super::message::{OutboundMessage, RECORDED_TOGETHER};
use crate::{
    App,
    transact::{Interrupted, unless_conflict},
};

/// How long after a meeting's end texts still find it: late answers get to know
/// that it is over.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// The key that a send is claimed under.
pub(crate) enum ClaimKey<'a> {
    /// One that nobody has.
    New(&'a KeyRecord),
    /// One whose last owner was cut off.
    TakenOver {
        /// That owner.
        from: &'a str,
        /// The key as it is from now on.
        record: &'a KeyRecord,
    },
}

impl<'a> ClaimKey<'a> {
    /// The key as it is from now on.
    pub(crate) fn record(&self) -> &'a KeyRecord {
        match self {
            Self::New(record) | Self::TakenOver { record, .. } => record,
        }
    }

    fn changes(&self, actor: &Actor, now: DateTime<Utc>) -> Changes {
        match self {
            Self::New(record) => Changes::by(actor).new_key(record, now),
            Self::TakenOver { from, record } => Changes::by(actor).key_of(from, record),
        }
    }
}

/// Claims a key and its meeting, with the messages of the first wave. Returns the meeting
/// as it is then.
///
/// The meeting must be as it was when the send was decided: of two sends at once, one is
/// decided anew.
///
/// # Errors
/// [`Interrupted::Conflict`] when the meeting or the key is no longer as it was.
pub(super) async fn claim(
    app: &App,
    key: &ClaimKey<'_>,
    mut meeting: Meeting,
    first: &[OutboundMessage],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Meeting, Interrupted> {
    meeting.sending = Some(key.record().hold());
    claim_meeting(app, key.changes(actor, now), meeting, first).await
}

/// Claims a meeting that says what it is held by, with the messages of the first wave and
/// whatever else is written. Returns it as it is then.
///
/// # Errors
/// [`Interrupted::Conflict`] when any of it is no longer as it was.
pub(crate) async fn claim_meeting(
    app: &App,
    changes: Changes,
    mut meeting: Meeting,
    first: &[OutboundMessage],
) -> Result<Meeting, Interrupted> {
    let changes = changes.meeting(&meeting);
    app.commit(first.iter().fold(changes, claim_held)).await?;
    note_written(&mut meeting);
    Ok(meeting)
}

/// Claims a further wave under a key that is ours.
///
/// # Errors
/// [`Failure::InProgress`] when somebody else has claimed any of it: they have taken the
/// key over, and all that is left.
pub(super) async fn claim_wave(
    app: &App,
    wave: &[OutboundMessage],
    actor: &Actor,
) -> Result<(), Interrupted> {
    let changes = wave.iter().fold(Changes::by(actor), claim_held);
    match app.commit(changes).await {
        Err(Interrupted::Conflict) => Err(Failure::InProgress.into()),
        claimed => claimed,
    }
}

/// What came of claiming messages in several transactions.
#[derive(Default)]
pub(crate) struct ClaimedCrowd {
    /// Those that are claimed.
    pub(crate) claimed: Vec<OutboundMessage>,
    /// Why it is open whether others are: whoever holds the meeting must not let go of it,
    /// so that the sweep comes for them.
    pub(crate) failed: Option<Failure>,
}

/// The most parts of a transaction that claims some of a crowd, of DynamoDB's hundred.
const CROWD_PARTS: usize = 96;

/// Messages, as many together as one transaction claims.
fn by_transaction(messages: Vec<OutboundMessage>) -> Vec<Vec<OutboundMessage>> {
    let mut chunks: Vec<Vec<OutboundMessage>> = Vec::new();
    let mut parts = 0;
    for message in messages {
        parts += message.parts();
        match chunks.last_mut() {
            Some(chunk) if parts <= CROWD_PARTS => chunk.push(message),
            _ => {
                parts = message.parts();
                chunks.push(vec![message]);
            }
        }
    }
    chunks
}

/// Claims messages of a meeting that is held, in transactions of their own: the failure of
/// some is none of the others.
pub(crate) async fn claim_crowd(app: &App, messages: Vec<OutboundMessage>) -> ClaimedCrowd {
    let chunks = by_transaction(messages).into_iter();
    let claims = chunks.map(|chunk| claim_chunk(app, chunk));
    let mut crowd = ClaimedCrowd::default();
    for chunk in join_all(claims).await {
        match chunk {
            Ok(chunk) => crowd.claimed.extend(chunk),
            Err(failure) => crowd.failed = Some(failure),
        }
    }
    crowd
}

/// Claims messages in one transaction; none of them where somebody else has claimed any.
async fn claim_chunk(
    app: &App,
    chunk: Vec<OutboundMessage>,
) -> Result<Vec<OutboundMessage>, Failure> {
    let changes = chunk.iter().fold(Changes::by(&Actor::System), claim_held);
    let claimed = unless_conflict(app.commit(changes).await).inspect_err(|failure| {
        tracing::warn!(%failure, "it is open whether some of a crowd are claimed");
    })?;
    Ok(claimed.map_or_else(Vec::new, |()| chunk))
}

/// Claims messages along with what else is written, behind as many that were claimed along with
/// it before. No meeting is held for them: the sweep looks at the first of those that will be
/// on record in one transaction, and for the others with it. That is two write units less for
/// each of these.
pub(crate) fn claim_along(
    changes: Changes,
    before: usize,
    messages: &mut [OutboundMessage],
) -> Changes {
    let mut place = before;
    messages.iter_mut().fold(changes, |changes, message| {
        let is_first = place.is_multiple_of(RECORDED_TOGETHER);
        place += 1;
        message.notification.wakes_for_others = is_first;
        let row = &message.notification;
        let changes = match is_first {
            true => changes.notification(row),
            false => changes.unwatched_notification(row),
        };
        claim_besides(changes, message)
    })
}

/// Claims a message of a meeting that is held for it.
fn claim_held(changes: Changes, message: &OutboundMessage) -> Changes {
    claim_besides(
        changes.unwatched_notification(&message.notification),
        message,
    )
}

/// Writes what belongs to a message besides its row.
fn claim_besides(changes: Changes, message: &OutboundMessage) -> Changes {
    let row = &message.notification;
    let changes = changes.told_so_far(row, message.told_so_far.as_ref());
    let changes = match &message.long_content {
        Some(content) => changes.content(row, content),
        None => changes,
    };
    let changes = match &message.link {
        Some(link) => changes.grant(&link.token, &link.grant, link.forgotten_at),
        None => changes,
    };
    match &message.prompt {
        Some(prompt) => changes.prompt(prompt, forgotten_at(row)),
        None => changes,
    }
}

/// When what leads from a text to a message may be forgotten.
fn forgotten_at(row: &Notification) -> DateTime<Utc> {
    row.details.ends_at() + REMEMBERED
}
