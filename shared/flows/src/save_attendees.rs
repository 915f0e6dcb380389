//! A save of a meeting with more attendees to write than one transaction holds.
//!
//! What the attendees are to be is kept first. Then the meeting is written, which says that
//! they are being saved: until that is done nothing is sent for it. Then they are written one
//! by one, and last the meeting says that all of them are there. Cut off anywhere, it is
//! finished as a send is, by the next save or send and by the sweep (N15).
//!
//! It costs a write unit for each kilobyte of each attendee that changes, what was kept in a
//! few items besides, and the meeting twice.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{
    Changes, KeptAttendee, KeyRecord, KeyedRequest, SavedMeeting, attendee_writes, note_written,
};
use usher_domain::{
    Failure,
    actor::Actor,
    id::AttendeeId,
    lease::Lease,
    meeting::{Attendee, Meeting},
    unread::Unread,
};

use crate::{App, resume::finish_holder, transact::Interrupted};

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

/// Finishes a save that has begun under this key. Returns the meeting as it is then.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub(crate) async fn finish(
    app: &App,
    key: &KeyRecord,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Meeting, Failure> {
    let saved = key.saves.as_ref();
    let id = &saved.ok_or(Failure::NotFound { what: "meeting" })?.meeting;
    app.persist(|| async {
        let mut meeting = app.meeting(id).await?;
        let ours = |hold: &Lease| KeyRecord::holder(hold).1 == Some(&key.hash);
        if !meeting.saving_attendees || !meeting.sending.as_ref().is_some_and(ours) {
            // Somebody was quicker.
            return Ok(meeting);
        }
        let kept = app.store.kept_attendees(key, &meeting).await?;
        take(&mut meeting, kept);
        app.write_attendees(&mut meeting).await?;
        meeting.saving_attendees = false;
        meeting.sending = None;
        let ended = key.ended(now);
        let changes = Changes::by(actor).meeting(&meeting);
        app.commit(changes.key_of(&key.lease.owner, &ended)).await?;
        note_written(&mut meeting);
        Ok(meeting)
    })
    .await
}

/// Gives a meeting the attendees that were kept, each with what was noted of them since: an
/// answer, and what they were told.
fn take(meeting: &mut Meeting, kept: Vec<KeptAttendee>) {
    let lead = meeting.lead().cloned();
    let there: BTreeMap<AttendeeId, Attendee> = meeting
        .everybody()
        .map(|each| (each.id.clone(), each.clone()))
        .collect();
    meeting.attendees = lead.into_iter().collect();
    meeting.removed.clear();
    for KeptAttendee {
        attendee,
        no_longer_expected,
        former_id,
    } in kept
    {
        // Under their former id, for as long as that is there, they may still have answered.
        let formerly = former_id.and_then(|id| there.get(&id));
        let now = there.get(&attendee.id);
        let attendee = match formerly.or(now) {
            Some(found) => Attendee {
                response: found.response.clone(),
                last_notification: found.last_notification.clone(),
                oldest_link: found.oldest_link.max(attendee.oldest_link),
                told: found.told.clone(),
                unread: now
                    .or(formerly)
                    .map_or_else(Unread::default, |it| it.unread.clone()),
                ..attendee
            },
            None => attendee,
        };
        if no_longer_expected {
            meeting.removed.push(attendee);
        } else {
            meeting.attendees.push(attendee);
        }
    }
}
