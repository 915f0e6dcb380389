//! Staff revoke links: one attendee's, or all of a meeting (L10).

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    edit::{revoke_all_links, revoke_links_of},
    id::{AttendeeId, MeetingId},
    meeting::Meeting,
    timeline::TimelineEntry,
};

use crate::{App, MeetingContext};

/// Has no link that was sent to an attendee so far open the meeting any more.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting or attendee.
pub async fn revoke_of_attendee(
    app: &App,
    id: &MeetingId,
    attendee: &AttendeeId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    let missing = Failure::NotFound { what: "attendee" };
    let revoke = |meeting: &mut Meeting| revoke_links_of(meeting, attendee, now);
    revoke_by(app, id, actor, missing, revoke).await
}

/// Has none of the links that were sent so far open the meeting any more.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn revoke_all(
    app: &App,
    id: &MeetingId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    let missing = Failure::NotFound { what: "meeting" };
    let revoke = |meeting: &mut Meeting| Some(revoke_all_links(meeting, now));
    revoke_by(app, id, actor, missing, revoke).await
}

/// Writes what `revoke` makes of the meeting; where it does nothing, that `missing`.
async fn revoke_by(
    app: &App,
    id: &MeetingId,
    actor: &Actor,
    missing: Failure,
    revoke: impl Fn(&mut Meeting) -> Option<TimelineEntry>,
) -> Result<MeetingContext, Failure> {
    app.transact(|| async {
        let mut context = app.context(id).await?;
        let entry = revoke(&mut context.meeting).ok_or_else(|| missing.clone())?;
        let place = context.meeting.timeline_key();
        let changes = Changes::by(actor).meeting(&context.meeting);
        let changes = changes.entry(place, &entry, &app.rng.random_id());
        app.commit(changes).await?;
        note_written(&mut context.meeting);
        Ok(context)
    })
    .await
}
