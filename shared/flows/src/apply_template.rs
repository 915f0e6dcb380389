//! Staff have a changed template's reminders apply to meetings that customers
//! were told of already. By itself a template touches none of them.

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use tokio::time::Instant;
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    id::MeetingId,
    meeting::Meeting,
    remind::goes_on,
    template::{Applied, Template},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{App, schedules};

/// How many meetings are changed at once.
const AT_ONCE: usize = 8;

/// Gives every upcoming meeting of a template that customers were told of the
/// template's reminders, as far as there is time.
///
/// # Errors
/// [`Failure::Unavailable`] when the meetings cannot be read.
pub(crate) async fn apply(
    app: &App,
    template: &Template,
    actor: &Actor,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Applied, Failure> {
    let mut meetings = app.store.reminded_meetings(&template.id, now).await?;
    let triggers = &template.body().reminder_triggers;
    meetings.retain(|meeting| &meeting.reminders.triggers != triggers);
    let mut changes = Vec::with_capacity(meetings.len());
    for meeting in &meetings {
        changes.push(apply_in_time(app, template, &meeting.id, actor, until, now));
    }
    let results: Vec<_> = stream::iter(changes)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut applied = Applied::default();
    for result in results {
        match result {
            Ok(changed) => applied.meetings += usize::from(changed),
            Err(_) => applied.remaining += 1,
        }
    }
    Ok(applied)
}

async fn apply_in_time(
    app: &App,
    template: &Template,
    id: &MeetingId,
    actor: &Actor,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let applied = if Instant::now() < until {
        apply_to(app, template, id, actor, now).await
    } else {
        Err(Failure::Unavailable)
    };
    if let Err(failure) = &applied {
        tracing::warn!(meeting = %id, %failure, "a template was not applied to a meeting");
    }
    applied
}

/// Returns whether the meeting has other reminders now.
async fn apply_to(
    app: &App,
    template: &Template,
    id: &MeetingId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    app.transact(|| async {
        let found = app.store.meeting(id).await?;
        let of_template = |meeting: &Meeting| {
            goes_on(meeting) && meeting.template_id.as_ref() == Some(&template.id)
        };
        let Some(mut meeting) = found.filter(of_template) else {
            return Ok(false);
        };
        if !meeting.take_triggers(&template.body().reminder_triggers) {
            return Ok(false);
        }
        meeting.edits += 1;
        let text = "The template's changed reminders apply to this meeting now";
        let entry = TimelineEntry::of_meeting(now, TimelineKind::Changed, text);
        let changes = Changes::by(actor).meeting(&meeting).entry(
            meeting.timeline_key(),
            &entry,
            &app.rng.random_id(),
        );
        app.commit(changes).await?;
        note_written(&mut meeting);
        schedules::follow(app, &mut meeting, actor, now).await;
        Ok(true)
    })
    .await
}
