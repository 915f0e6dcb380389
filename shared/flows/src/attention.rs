//! Staff deal with what needs attention, and say how (G10).

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    attention::MeetingConcern,
    dealt_with::DealtWith,
    id::{MeetingId, NotificationId, TimelineKey},
    notification::Notification,
    sms::Inbound,
};

use crate::{App, MeetingContext};

fn nothing_open() -> Failure {
    Failure::Refused {
        code: "nothing_open",
        reason: "Nothing of this needs attention.".to_owned(),
    }
}

/// Notes that somebody has dealt with a message that failed or is in doubt. Again is no
/// error, and changes nothing.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Refused`] when nothing of it needs attention.
pub async fn dismiss_notification(
    app: &App,
    id: &NotificationId,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Notification, Failure> {
    app.transact(|| async {
        let row = app.store.notification(id).await?;
        let row = row.ok_or(Failure::NotFound {
            what: "notification",
        })?;
        let mut row = row.as_of(dealt.at);
        if row.dealt_with().is_some() {
            return Ok(row);
        }
        if !row.needs_attention() {
            return Err(nothing_open().into());
        }
        row.deal_with(dealt.clone());
        let what = format!("the {} to {}", row.kind.in_sentence(), row.to_whom());
        let mut entry = dealt.entry(&what);
        entry.attendee_id = Some(row.recipient.id.clone());
        let place = TimelineKey::of(id.meeting());
        let changes =
            Changes::by(actor)
                .notification(&row)
                .entry(place, &entry, &app.rng.random_id());
        app.commit(changes).await?;
        row.version += 1;
        Ok(row)
    })
    .await
}

/// Notes that somebody has dealt with what needs attention of a meeting: an update that
/// is due, a wish for another time. Again is no error, and changes nothing.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Refused`] when nothing of it needs attention.
pub async fn dismiss_meeting(
    app: &App,
    id: &MeetingId,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<MeetingContext, Failure> {
    app.transact(|| async {
        let mut context = app.context(id).await?;
        let meeting = &mut context.meeting;
        if meeting.attention_dealt_with().is_some() {
            return Ok(context);
        }
        if !meeting.needs_attention() {
            return Err(nothing_open().into());
        }
        let concerns = meeting.concerns().into_iter();
        let what: Vec<_> = concerns.map(MeetingConcern::in_sentence).collect();
        meeting.deal_with(dealt.clone());
        let changes = Changes::by(actor).meeting(meeting).entry(
            meeting.timeline_key(),
            &dealt.entry(&what.join(" and ")),
            &app.rng.random_id(),
        );
        app.commit(changes).await?;
        note_written(meeting);
        Ok(context)
    })
    .await
}

/// Notes that staff have dealt with the text of no meeting that came in then and has
/// this id. Again is no error, and changes nothing.
///
/// # Errors
/// [`Failure::NotFound`] when there is none.
pub async fn dismiss_text_of(
    app: &App,
    received_at: DateTime<Utc>,
    id: &str,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Inbound, Failure> {
    let text = app.store.unmatched_text(received_at, id).await?;
    deal_with(app, text, dealt, actor).await
}

/// As [`dismiss_text_of`], of the text of this id, whenever it came in.
///
/// # Errors
/// As [`dismiss_text_of`].
pub async fn dismiss_text(
    app: &App,
    id: &str,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Inbound, Failure> {
    let text = app.store.unmatched_text_named(id).await?;
    deal_with(app, text, dealt, actor).await
}

async fn deal_with(
    app: &App,
    text: Option<Inbound>,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<Inbound, Failure> {
    let text = text.ok_or(Failure::NotFound { what: "text" })?;
    if text.handled {
        return Ok(text);
    }
    let handled = Inbound {
        handled: true,
        dealt_with: Some(dealt.clone()),
        ..text
    };
    let changes = Changes::by(actor).unmatched(&handled);
    app.commit_once(changes, &handled.id).await?;
    Ok(handled)
}
