//! Claiming: messages are stored as being on their way before any provider is called.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use usher_cloud::{Changes, KeyRecord, note_written};
use usher_domain::{Failure, actor::Actor, meeting::Meeting, notification::Notification};

use super::message::{OutboundMessage, PER_TRANSACTION};
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

/// Claims messages of a meeting that is held, in transactions of their own: the failure of
/// some is none of the others.
pub(crate) async fn claim_crowd(app: &App, messages: Vec<OutboundMessage>) -> ClaimedCrowd {
    let mut left = messages.into_iter();
    let mut claims = Vec::new();
    while left.len() > 0 {
        claims.push(claim_chunk(
            app,
            left.by_ref().take(PER_TRANSACTION).collect(),
        ));
    }
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

/// Claims a message along with what else is written.
pub(crate) fn claim_with(changes: Changes, message: &OutboundMessage) -> Changes {
    claim_besides(changes.notification(&message.notification), message)
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
    let changes = message.links.iter().fold(changes, |changes, link| {
        changes.grant(&link.token, &link.grant, message.links_expire_at)
    });
    match &message.prompt {
        Some(prompt) => changes.prompt(prompt, forgotten_at(row)),
        None => changes,
    }
}

/// When what leads from a text to a message may be forgotten.
pub(super) fn forgotten_at(row: &Notification) -> DateTime<Utc> {
    row.details.ends_at() + REMEMBERED
}
