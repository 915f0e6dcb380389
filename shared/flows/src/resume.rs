//! A send whose owner was cut off is finished by whoever comes next: the same key, another
//! send of the meeting, or the sweep (N15). One that outlasted its invocation goes on in the
//! same way, by its own schedule; and so is a save of more attendees finished than are
//! written at once.
//!
//! What was claimed and not recorded is in doubt. Whoever was not claimed is decided about
//! anew, as things stand now: they are written to, or are on record with the reason why
//! not. The meeting then moves as all of that says, and the key is done. Whatever cuts
//! this off in turn is finished in the same way.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedWork, SavedMeeting};
use usher_domain::{Failure, actor::Actor, id::MeetingId, meeting::Meeting};

use crate::{
    App,
    cut_off_reminder::end_cut_off_reminder,
    lapsed::write_down_lapsed,
    save_attendees::finish_abandoned,
    transact::Interrupted,
    underway::{CutOff, SendOutcome},
};

/// A send that was accepted under a key, and is finished as far as there was time.
pub(crate) struct Resumed {
    /// Its meeting.
    pub(crate) meeting: MeetingId,
    /// Who had it sent.
    pub(crate) actor: Actor,
    /// What came of it.
    pub(crate) outcome: SendOutcome,
    /// Whether any of it was done only now.
    pub(crate) only_now: bool,
}

/// Who comes for a send.
#[derive(Clone, Copy)]
enum Comer<'a> {
    /// Its own schedule, which it waits for.
    ItsSchedule,
    /// Its caller, who asks for it once more, and knows what it is.
    ItsCaller(&'a KeyedWork),
    /// The sweep, or another send of its meeting.
    Anybody,
}

/// Finishes what was accepted under the key of this hash. Nothing is finished where the key
/// does not say what that is.
///
/// # Errors
/// [`Failure::InProgress`] while somebody works on it, or on another send of its meeting.
pub(crate) async fn resume(
    app: &App,
    hash: &str,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    resume_for(app, hash, Comer::Anybody, until, now).await
}

/// As [`resume`], for a caller who asks for the same once more: also where the key does not say
/// any more what that is.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn resume_asked(
    app: &App,
    hash: &str,
    asked: &KeyedWork,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    resume_for(app, hash, Comer::ItsCaller(asked), until, now).await
}

/// Goes on with the send that waits under the key of this hash.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn go_on(
    app: &App,
    hash: &str,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    resume_for(app, hash, Comer::ItsSchedule, until, now).await
}

impl Comer<'_> {
    /// What was asked for under a key, as far as that is known.
    fn work(self, record: &KeyRecord) -> Option<KeyedWork> {
        match (self, &record.work) {
            (_, Some(work)) => Some(work.clone()),
            (Self::ItsCaller(asked), None) => Some(asked.clone()),
            (Self::ItsSchedule | Self::Anybody, None) => None,
        }
    }

    /// Whether a send waits for them. Everybody else must wait until its lease has lapsed.
    fn is_waited_for(self, record: &KeyRecord) -> bool {
        matches!(self, Self::ItsSchedule) && record.is_waiting()
    }
}

/// Finishes a save that was begun under a key.
async fn finish_save(
    app: &App,
    record: &KeyRecord,
    saves: &SavedMeeting,
    now: DateTime<Utc>,
) -> Result<Resumed, Failure> {
    let only_now = finish_abandoned(app, record, saves, now).await?;
    Ok(Resumed {
        meeting: saves.meeting.clone(),
        actor: saves.by().clone(),
        outcome: SendOutcome::whole(Vec::new()),
        only_now,
    })
}

async fn resume_for(
    app: &App,
    hash: &str,
    comer: Comer<'_>,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    app.transact(|| async {
        let Some(record) = app.store.key_of_hash(hash).await? else {
            return Ok(None);
        };
        if let Some(saves) = &record.saves {
            return Ok(Some(finish_save(app, &record, saves, now).await?));
        }
        let Some(work) = comer.work(&record) else {
            return Ok(None);
        };
        if !record.done && record.lease.until > now && !comer.is_waited_for(&record) {
            return Err(Failure::InProgress.into());
        }
        let found = app.store.notifications(&record.notifications).await?;
        let resumed = |outcome, only_now| Resumed {
            meeting: work.meeting.clone(),
            actor: work.by().clone(),
            outcome,
            only_now,
        };
        if record.done {
            return Ok(Some(resumed(SendOutcome::whole(found.rows), false)));
        }
        let rows = write_down_lapsed(app, found.rows, now).await?;
        // Another send may have been cut off with the meeting, which is all that leads to it.
        let meeting = app.meeting(&work.meeting).await?;
        let is_ours = meeting.sending == Some(record.hold());
        if !is_ours && finish_holder(app, &meeting, until, now).await? {
            return Err(Interrupted::Conflict);
        }
        let cut_off = CutOff::new(record, work.clone(), rows, found.unreadable);
        let underway = cut_off.finish(app, until, now).await?;
        let (outcome, _) = underway.carry_on(app, until, now).await?;
        Ok(Some(resumed(outcome, true)))
    })
    .await
}

/// Finishes what was cut off while it held this meeting. Returns whether there was anything:
/// the meeting is another one then, which nobody holds. Of a reminder that is written down
/// alone; what else is to become of it is decided by whoever comes for it next.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn finish_holder(
    app: &App,
    meeting: &Meeting,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    if end_cut_off_reminder(app, meeting, now).await? {
        return Ok(true);
    }
    let lapsed = meeting.sending.as_ref().filter(|hold| hold.until <= now);
    let Some(hash) = lapsed.and_then(|hold| KeyRecord::holder(hold).1) else {
        return Ok(false);
    };
    let resumed = Box::pin(resume(app, hash, until, now)).await?;
    Ok(resumed.is_some_and(|resumed| resumed.only_now))
}
