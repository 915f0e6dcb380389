//! Answers: what a customer says to a meeting, and whether it still applies.
//!
//! An answer applies only to the revision its giver was shown (L5). Whether it
//! applies is decided here, from the meeting as it is at that moment; an answer
//! that no longer applies is kept in the log as stale and changes nothing.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    id::AttendeeId,
    meeting::{BookingStatus, Meeting, Response, Wish},
    notification::Notification,
    text::Reason,
    timeline::{TimelineEntry, TimelineKind},
};
pub use crate::{
    notification::AnswerGiven,
    values::answer::{Answer, AnswerChannel},
};

/// The most answers over one way that one notification keeps: enough for anyone who
/// changes their mind, and an end to whoever plays with a link. Each way has its own:
/// a text may come from whoever forges its number, and must not use up the answers of
/// the customer's link.
const MAX_ANSWERS: usize = 50;
/// The same for texts.
const MAX_TEXTED: usize = 20;

/// How many answers to one notification staff are emailed of within
/// [`NOTICES_WINDOW`].
pub const MAX_NOTICES: usize = 5;
/// The time that [`MAX_NOTICES`] is for.
pub const NOTICES_WINDOW: TimeDelta = TimeDelta::hours(1);

/// Whether a notification takes no more answers over this way.
pub fn changed_too_often(notification: &Notification, channel: AnswerChannel) -> bool {
    let same = notification
        .answers
        .iter()
        .filter(|given| given.channel == channel);
    let most = match channel {
        AnswerChannel::SmsReply => MAX_TEXTED,
        _ => MAX_ANSWERS,
    };
    same.count() >= most
}

/// Whether staff are emailed of the last answer to a notification, which came this way:
/// not, if they were of several that did within the hour. Each way is counted by itself,
/// for a number can be forged, and must not silence its owner's link. The log and the
/// timeline have all of them.
pub fn is_news(notification: &Notification, channel: AnswerChannel, now: DateTime<Utc>) -> bool {
    let lately = |given: &&AnswerGiven| {
        given.channel == channel && !given.stale && given.at + NOTICES_WINDOW > now
    };
    notification.answers.iter().filter(lately).count() <= MAX_NOTICES
}

/// Why no answer can be taken right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The meeting is cancelled.
    Cancelled,
    /// The meeting is put away.
    Archived,
    /// The meeting has started.
    Started,
    /// The template's cutoff before the start has passed.
    CutOff,
}

impl Closed {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
            Self::Started => "started",
            Self::CutOff => "answers_closed",
        }
    }

    /// A sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Cancelled => "This meeting has been cancelled.",
            Self::Archived => "This meeting is no longer open for answers.",
            Self::Started => "This meeting has already started.",
            Self::CutOff => "Answers to this meeting are closed, because it starts soon.",
        }
    }
}

/// Whether answers can be taken, until when: `Ok` with the instant they close.
///
/// # Errors
/// [`Closed`] with the reason.
pub fn open_until(
    meeting: &Meeting,
    cutoff_minutes: u32,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Closed> {
    let closes = meeting.details.starts_at - TimeDelta::minutes(cutoff_minutes.into());
    if meeting.status == BookingStatus::Cancelled {
        Err(Closed::Cancelled)
    } else if meeting.archived {
        Err(Closed::Archived)
    } else if meeting.started(now) {
        Err(Closed::Started)
    } else if closes <= now {
        Err(Closed::CutOff)
    } else {
        Ok(closes)
    }
}

/// What an answer led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// It was applied.
    Applied,
    /// It was the answer that stood already; nothing changed.
    Unchanged,
    /// The meeting is not as its giver was shown: nothing was applied.
    Moved,
    /// A later answer of the same attendee came before it: that one stands.
    Overtaken,
    /// No answers are taken any more: nothing was applied.
    Closed(Closed),
}

impl AnswerOutcome {
    /// Whether the answer goes into the log as stale.
    pub fn stale(self) -> bool {
        matches!(self, Self::Moved | Self::Overtaken | Self::Closed(_))
    }
}

/// An answer that has come, before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Who answers.
    pub attendee_id: AttendeeId,
    /// What they answer.
    pub answer: Answer,
    /// The revision they were shown.
    pub revision: u32,
    /// How it came.
    pub channel: AnswerChannel,
    /// The reason or comment that came with it.
    pub reason: Option<Reason>,
    /// The times that would suit, with a reschedule request.
    pub preferred_times: Option<Reason>,
    /// When it was given. Texts may come late and in any order.
    pub given_at: DateTime<Utc>,
}

impl AnswerGiven {
    /// An answer as it goes into the log.
    pub fn of(incoming: &Incoming, stale: bool) -> Self {
        Self {
            answer: incoming.answer,
            channel: incoming.channel,
            reason: incoming.reason.clone(),
            preferred_times: incoming.preferred_times.clone(),
            revision: incoming.revision,
            at: incoming.given_at,
            stale,
        }
    }
}

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

fn entry(
    meeting: &Meeting,
    incoming: &Incoming,
    outcome: AnswerOutcome,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let name = meeting
        .attendee(&incoming.attendee_id)
        .map_or("Someone", |a| a.name.as_ref());
    let mut text = format!(
        "{name} {} {}",
        incoming.answer.past_tense(),
        incoming.channel.label()
    );
    match outcome {
        AnswerOutcome::Moved => {
            text.push_str(", but for details that have changed since: not applied");
        }
        AnswerOutcome::Overtaken => {
            text.push_str(", but before their last answer, which stands: not applied");
        }
        AnswerOutcome::Closed(closed) => {
            text.push_str(&format!(", but too late: {} Not applied", closed.reason()));
        }
        AnswerOutcome::Applied | AnswerOutcome::Unchanged => {}
    }
    for (label, note) in [
        ("", &incoming.reason),
        ("suitable times: ", &incoming.preferred_times),
    ] {
        if let Some(note) = note {
            text.push_str(&format!(" — {label}{note}"));
        }
    }
    TimelineEntry {
        at: now,
        kind: if outcome.stale() {
            TimelineKind::StaleAnswer
        } else {
            TimelineKind::Answer
        },
        text,
        attendee_id: Some(incoming.attendee_id.clone()),
        channel: incoming.channel.delivery_channel(),
    }
}

#[cfg(test)]
mod tests;
