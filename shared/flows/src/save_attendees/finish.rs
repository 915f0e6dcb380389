//! The end of a save that was begun: everybody is written, and the meeting says so.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, KeptAttendee, KeyRecord, SavedMeeting, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    id::AttendeeId,
    lease::Lease,
    meeting::{Attendee, Meeting},
    unread::Unread,
};

use crate::App;

/// Finishes the save of a meeting's attendees that was begun under this key, where nobody is
/// at it. Returns whether there was anything to do.
///
/// # Errors
/// [`Failure::InProgress`] while somebody is at it.
pub(crate) async fn finish_abandoned(
    app: &App,
    record: &KeyRecord,
    saves: &SavedMeeting,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    if record.done {
        return Ok(false);
    }
    if record.lease.until > now {
        return Err(Failure::InProgress);
    }
    finish(app, record, saves.by(), now).await?;
    Ok(true)
}

/// Finishes the save that a meeting waits for, where nobody is at it. Returns whether there
/// was one: the meeting is another one then.
///
/// # Errors
/// As [`finish_abandoned`].
pub(crate) async fn finish_waited_for(
    app: &App,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let hold = meeting
        .sending
        .as_ref()
        .filter(|_| meeting.saving_attendees);
    let Some(hash) = hold.and_then(|hold| KeyRecord::holder(hold).1) else {
        return Ok(false);
    };
    let Some(record) = app.store.key_of_hash(hash).await? else {
        return Ok(false);
    };
    match &record.saves {
        Some(saves) => finish_abandoned(app, &record, saves, now).await,
        None => Ok(false),
    }
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
