//! What the timeline says of an answer.

use std::borrow::Cow;

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
    text.push_str(&why_not_applied(outcome));
    for (label, note) in [
        ("", &incoming.reason),
        ("suitable times: ", &incoming.preferred_times),
    ] {
        if let Some(note) = note {
            text.push_str(&format!(" — {label}{note}"));
        }
    }
    let kind = match outcome.stale() {
        true => TimelineKind::StaleAnswer,
        false => TimelineKind::Answer,
    };
    TimelineEntry {
        attendee_id: Some(incoming.attendee_id.clone()),
        channel: incoming.channel.delivery_channel(),
        ..TimelineEntry::of_meeting(now, kind, text)
    }
}

/// The end of the sentence on an answer that was not applied; empty of one that was.
fn why_not_applied(outcome: AnswerOutcome) -> Cow<'static, str> {
    match outcome {
        AnswerOutcome::Moved => ", but for details that have changed since: not applied".into(),
        AnswerOutcome::Overtaken => {
            ", but before their last answer, which stands: not applied".into()
        }
        AnswerOutcome::Closed(closed) => {
            format!(", but too late: {} Not applied", closed.reason()).into()
        }
        AnswerOutcome::Applied | AnswerOutcome::Unchanged => "".into(),
    }
}
