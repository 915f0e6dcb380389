//! Judging an answer, and applying it.

use chrono::{DateTime, Utc};

use super::{
    entry::entry,
    incoming::{AnswerOutcome, Incoming},
    open::open_until,
};
use crate::{
    meeting::{Meeting, Response, Wish},
    notification::{AnswerGiven, Notification},
    timeline::TimelineEntry,
    values::answer::Answer,
};

/// Judges an answer against the meeting as it is, applies it to the meeting
/// and to the notification it answers, and tells the timeline's sentence.
///
/// Without a change there is no sentence: the same answer again is no news.
pub fn take(
    meeting: &mut Meeting,
    notification: Option<&mut Notification>,
    incoming: &Incoming,
    cutoff_minutes: u32,
    now: DateTime<Utc>,
) -> (AnswerOutcome, Option<TimelineEntry>) {
    let outcome = judge(
        meeting,
        notification.as_deref(),
        incoming,
        cutoff_minutes,
        now,
    );
    if outcome == AnswerOutcome::Unchanged {
        return (outcome, None);
    }
    if let Some(notification) = notification {
        let given = AnswerGiven::of(incoming, outcome.stale());
        notification.answers.push(given);
    }
    let entry = entry(meeting, incoming, outcome, now);
    if outcome == AnswerOutcome::Applied {
        apply(meeting, incoming);
    }
    (outcome, Some(entry))
}

fn judge(
    meeting: &Meeting,
    notification: Option<&Notification>,
    incoming: &Incoming,
    cutoff_minutes: u32,
    now: DateTime<Utc>,
) -> AnswerOutcome {
    let verdict = match open_until(meeting, cutoff_minutes, now) {
        Err(closed) => AnswerOutcome::Closed(closed),
        Ok(_) if incoming.revision != meeting.revision => AnswerOutcome::Moved,
        Ok(_) if overtaken(meeting, incoming) => AnswerOutcome::Overtaken,
        Ok(_) => AnswerOutcome::Applied,
    };
    let repeats = |given: &AnswerGiven| {
        given.answer == incoming.answer
            && given.revision == incoming.revision
            && given.stale == verdict.stale()
            && given.reason == incoming.reason
            && given.preferred_times == incoming.preferred_times
    };
    let standing = meeting
        .attendee(&incoming.attendee_id)
        .and_then(|a| meeting.standing_answer(a));
    let stands = standing.is_some_and(|response| {
        response.answer == incoming.answer && response.revision == incoming.revision
    });
    // A message may have asked the lead attendee again since.
    let led = meeting
        .lead()
        .is_none_or(|lead| lead.id != incoming.attendee_id)
        || meeting.status == incoming.answer.into();
    let last = notification.and_then(|notification| notification.answers.last());
    match verdict {
        // A form that is sent twice, by a double click or a reload.
        AnswerOutcome::Applied if stands && led && last.is_some_and(repeats) => {
            AnswerOutcome::Unchanged
        }
        verdict => verdict,
    }
}

/// Whether the attendee has answered these details since.
fn overtaken(meeting: &Meeting, incoming: &Incoming) -> bool {
    let attendee = meeting.attendee(&incoming.attendee_id);
    let standing = attendee.and_then(|attendee| meeting.standing_answer(attendee));
    standing
        .is_some_and(|given| given.revision == incoming.revision && given.at > incoming.given_at)
}

/// What came with a request for another time, so that it stands beside the attendee.
fn wish(incoming: &Incoming) -> Option<Wish> {
    let asks = incoming.answer == Answer::Reschedule;
    let said = incoming.preferred_times.is_some() || incoming.reason.is_some();
    (asks && said).then(|| Wish {
        preferred_times: incoming.preferred_times.clone(),
        reason: incoming.reason.clone(),
    })
}

fn apply(meeting: &mut Meeting, incoming: &Incoming) {
    let lead = meeting
        .lead()
        .is_some_and(|lead| lead.id == incoming.attendee_id);
    let found = meeting
        .attendees
        .iter_mut()
        .find(|a| a.id == incoming.attendee_id);
    if let Some(attendee) = found {
        attendee.response = Some(Response {
            answer: incoming.answer,
            revision: incoming.revision,
            at: incoming.given_at,
            wish: wish(incoming),
        });
    }
    if lead {
        meeting.status = incoming.answer.into();
    }
}
