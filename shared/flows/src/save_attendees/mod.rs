//! A save of a meeting with more attendees to write than one transaction holds.
//!
//! What the attendees are to be is kept first. Then the meeting is written, which says that
//! they are being saved: until that is done nothing is sent for it. Then they are written one
//! by one, and last the meeting says that all of them are there. Cut off anywhere, it is
//! finished as a send is, by the next save or send and by the sweep (N15).
//!
//! It costs a write unit for each kilobyte of each attendee that changes, what was kept in a
//! few items besides, and the meeting twice.

mod finish;

pub(crate) use finish::{finish_abandoned, finish_waited_for};

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, KeyedRequest, SavedMeeting, attendee_writes, note_written};
use usher_domain::{Failure, actor::Actor, lease::Lease, meeting::Meeting};

use crate::{App, resume::finish_holder, transact::Interrupted};
use finish::finish;

/// How many attendees are written in one transaction with their meeting.
const AT_ONCE: usize = 60;

/// Writes a meeting with what else a save writes; in parts where its attendees are too many
/// for one transaction. It may be another one afterwards.
///
/// # Errors
/// [`Interrupted::Conflict`] when it is no longer as it was: nothing was written then.
/// [`Failure::InProgress`] while something is being sent for it, and its attendees are too
/// many.
pub(crate) async fn save(
    app: &App,
    meeting: &mut Meeting,
    changes: Changes,
    actor: &Actor,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    if attendee_writes(meeting) <= AT_ONCE {
        app.commit(changes.meeting(meeting)).await?;
        note_written(meeting);
        return Ok(());
    }
    if meeting.is_sending(now) {
        return Err(Failure::InProgress.into());
    }
    if finish_holder(app, meeting, until, now).await? {
        return Err(Interrupted::Conflict);
    }
    let id = app.rng.random_id();
    let lease = Lease::new(app.rng.random_id(), now);
    let saves = SavedMeeting {
        meeting: meeting.id.clone(),
        kept: meeting.everybody().skip(1).count(),
        actor: Some(actor.clone()),
    };
    let request = KeyedRequest::new(&id, &["save"]);
    let key = KeyRecord::new(&request, lease, Vec::new(), now).saving(saves);
    app.store.keep_attendees(&key, meeting).await?;
    let mut begun = meeting.clone();
    begun.sending = Some(key.hold());
    begun.saving_attendees = true;
    let changes = changes.meeting_itself(&begun).lead_of(meeting);
    let changes = changes.new_key(&key, now);
    app.commit(changes).await?;
    *meeting = finish(app, &key, actor, now).await?;
    Ok(())
}
