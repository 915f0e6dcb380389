//! What the timeline says of a text.

use chrono::{DateTime, Utc};

use crate::{
    id::AttendeeId,
    records::sms::Inbound,
    timeline::{TimelineEntry, TimelineKind},
    values::{channel::Channel, keywords::may_mean_the_meeting},
};

/// The sentence on a text that is for people to read.
pub fn remark_entry(
    name: &str,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = match inbound.text.trim() {
        "" => format!("{name} sent an empty text"),
        said => format!("{name} texted: {said}"),
    };
    entry(TimelineKind::Text, text, attendee, now)
}

/// The sentence on a text that may be an answer to a question that cannot be read.
pub fn unclear_entry(
    name: &str,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = format!(
        "{name} texted {}, which may answer another message that cannot be read: it was taken for no answer, and stands in the inbox",
        inbound.text.trim()
    );
    entry(TimelineKind::Text, text, attendee, now)
}

/// The sentence on a text that is nearly an answer, to a question that was asked again before
/// or cannot be.
pub fn nearly_entry(
    name: &str,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = format!(
        "{name} texted {}, which is nearly an answer: it was taken for none, the question is not asked again, and it stands in the inbox",
        inbound.text.trim()
    );
    entry(TimelineKind::Text, text, attendee, now)
}

/// The sentence on a revocation in the sender's own words.
pub fn revocation_entry(
    name: &str,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = format!(
        "{name} texted: {}. These seem to be their own words for no more texts: no SMS go to their number until somebody confirms or lifts that",
        inbound.text.trim().trim_end_matches('.')
    );
    entry(TimelineKind::OptOut, text, attendee, now)
}

/// The sentence on an opt-out. CANCEL may have been meant for the meeting, which
/// people must find out.
pub fn opt_out_entry(
    name: &str,
    attendee: &AttendeeId,
    word: &str,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let mut text =
        format!("{name} texted {word}, which opts their number out: no more SMS go to it");
    if may_mean_the_meeting(word) {
        text.push_str(". They may have meant the meeting: nothing about it was changed");
    }
    entry(TimelineKind::OptOut, text, attendee, now)
}

/// The sentence on an opt-in.
pub fn opt_in_entry(
    name: &str,
    attendee: &AttendeeId,
    done: bool,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let text = if done {
        format!("{name} opted in again: SMS go to their number as before")
    } else {
        format!("{name} wants SMS again, but AWS still has their number on its own opt-out list")
    };
    entry(TimelineKind::OptOut, text, attendee, now)
}

fn entry(
    kind: TimelineKind,
    text: String,
    attendee: &AttendeeId,
    now: DateTime<Utc>,
) -> TimelineEntry {
    TimelineEntry {
        attendee_id: Some(attendee.clone()),
        channel: Some(Channel::Sms),
        ..TimelineEntry::of_meeting(now, kind, text)
    }
}
