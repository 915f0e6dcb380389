//! Judging an answer, and applying it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    entry::entry,
    incoming::{AnswerOutcome, Incoming},
    open::open_until,
};
use crate::{
    meeting::{Meeting, Response, Wish},
    notification::{AnswerGiven, Notification},
    timeline::TimelineEntry,
    values::answer::{Answer, AnswerChannel},
};

/// By how much the clocks of two processes may differ.
const CLOCKS_AGREE_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// Judges an answer against the meeting as it is, applies it to the meeting
/// and to the notification it answers, and tells the timeline's sentence.
///
/// Without a change there is no sentence: the same answer again is no news, and neither is
/// one that was not applied and comes again.
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
    let last = notification.as_deref().and_then(|row| row.answers.last());
    let logged = last.is_some_and(|last| last.stale && says_the_same(last, incoming));
    if outcome == AnswerOutcome::Unchanged || (outcome.stale() && logged) {
        return (outcome, None);
    }
    if let Some(notification) = notification {
        let given = AnswerGiven::of(incoming, outcome.stale());
        notification.answers.push(given);
    }
    let entry = entry(meeting, incoming, outcome, now);
    if outcome == AnswerOutcome::Applied {
        meeting.count_waiting(&incoming.attendee_id, |meeting| apply(meeting, incoming));
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
    let attendee = meeting.attendee(&incoming.attendee_id);
    let standing = attendee.and_then(|attendee| meeting.standing_answer(attendee));
    let standing = standing.filter(|given| given.revision == incoming.revision);
    match open_until(meeting, cutoff_minutes, now) {
        Err(closed) => AnswerOutcome::Closed(closed),
        Ok(_) if incoming.revision != meeting.revision => AnswerOutcome::Moved,
        Ok(_) if standing.is_some_and(|given| repeats(given, meeting, notification, incoming)) => {
            AnswerOutcome::Unchanged
        }
        Ok(_) if standing.is_some_and(|given| overtakes(given, incoming)) => {
            AnswerOutcome::Overtaken
        }
        Ok(_) => AnswerOutcome::Applied,
    }
}

/// Whether an answer is the one that stands already, and brings no words that are not
/// known (L11): a form that is sent twice, a text that comes again, the same answer over
/// another channel.
fn repeats(
    standing: &Response,
    meeting: &Meeting,
    notification: Option<&Notification>,
    incoming: &Incoming,
) -> bool {
    // A message may have asked the lead attendee again since.
    let led = !meeting.is_lead(&incoming.attendee_id) || meeting.status == incoming.answer.into();
    standing.answer == incoming.answer && led && {
        let applied =
            notification.and_then(|row| row.answers.iter().rev().find(|each| !each.stale));
        match (incoming.channel, incoming.answer) {
            // A code has no room for words.
            (AnswerChannel::SmsReply, _) => true,
            (_, Answer::Reschedule) => standing.wish == wish(incoming),
            _ => {
                incoming.reason.is_none()
                    || applied.is_some_and(|applied| says_the_same(applied, incoming))
            }
        }
    }
}

fn says_the_same(given: &AnswerGiven, incoming: &Incoming) -> bool {
    given.answer == incoming.answer
        && given.revision == incoming.revision
        && given.reason == incoming.reason
        && given.preferred_times == incoming.preferred_times
}

/// Whether the answer that stands was given after this one.
///
/// What comes over a link or from staff is given as it comes: the store decides which one
/// is the last. A text is on its way for as long as it takes, and says when it was sent.
/// Two texts are told apart by the provider's clock alone. A text and another answer have
/// two clocks, and only what no clock is wrong by makes the text the earlier one.
fn overtakes(standing: &Response, incoming: &Incoming) -> bool {
    let doubt = match (incoming.channel, standing.channel) {
        (AnswerChannel::SmsReply, Some(AnswerChannel::SmsReply)) => TimeDelta::zero(),
        (AnswerChannel::SmsReply, _) => CLOCKS_AGREE_WITHIN,
        _ => return false,
    };
    standing.at > incoming.given_at + doubt
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
            channel: Some(incoming.channel),
            after: Some(meeting.highest_statement),
        });
    }
    if meeting.is_lead(&incoming.attendee_id) {
        meeting.status = incoming.answer.into();
    }
}
