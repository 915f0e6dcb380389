//! What the timeline says of an answer.

use chrono::{DateTime, Utc};

use super::incoming::{AnswerOutcome, Incoming};
use crate::{
    meeting::Meeting,
    timeline::{TimelineEntry, TimelineKind},
};

pub(super) fn entry(
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
        actor: None,
    }
}
