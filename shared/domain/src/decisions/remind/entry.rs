//! The timeline's sentences on reminders that were not sent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{LeftOut, ReminderInstance, Skip, WhyLeftOut};
use crate::timeline::{TimelineEntry, TimelineKind};

/// How many attendees one sentence names for each reason.
const NAMED: usize = 5;

/// Why a reminder was not sent.
pub fn skipped_entry(instance: &ReminderInstance, skip: Skip, at: DateTime<Utc>) -> TimelineEntry {
    entry(instance, &format!(": {}", skip.reason()), at)
}

/// Why a reminder that others have got was not sent to the rest.
pub fn cut_short_entry(
    instance: &ReminderInstance,
    without: usize,
    skip: Skip,
    at: DateTime<Utc>,
) -> TimelineEntry {
    let whom = match without {
        1 => "1 attendee".to_owned(),
        count => format!("{count} attendees"),
    };
    entry(instance, &format!(" to {whom}: {}", skip.reason()), at)
}

/// Who was left out of a reminder, each with their own reason; none when nobody was.
pub fn left_out_entry(
    instance: &ReminderInstance,
    left_out: &[LeftOut],
    at: DateTime<Utc>,
) -> Option<TimelineEntry> {
    let mut by_reason: BTreeMap<WhyLeftOut, Vec<&LeftOut>> = BTreeMap::new();
    for left in left_out {
        by_reason.entry(left.why).or_default().push(left);
    }
    let groups = by_reason.iter();
    let groups: Vec<_> = groups
        .map(|(why, left)| format!(" to {}, {}", names(left), which(*why)))
        .collect();
    (!groups.is_empty()).then(|| entry(instance, &groups.join(";"), at))
}

fn names(left_out: &[&LeftOut]) -> String {
    let named: Vec<_> = left_out
        .iter()
        .take(NAMED)
        .map(|left| left.attendee.name.to_string())
        .collect();
    let named = named.join(", ");
    match left_out.len().saturating_sub(NAMED) {
        0 => named,
        1 => format!("{named} and 1 other"),
        others => format!("{named} and {others} others"),
    }
}

/// Which attendees a reason leaves out.
fn which(why: WhyLeftOut) -> &'static str {
    match why {
        WhyLeftOut::Untold => "who had not been told of the meeting",
        WhyLeftOut::Outdated => "who had been told other details",
        WhyLeftOut::ToldInDoubt => "who may have been told otherwise",
        WhyLeftOut::Cancelled => "who had been told that it is cancelled",
        WhyLeftOut::Declined => "who declined",
        WhyLeftOut::RescheduleRequested => "who asked for another time",
    }
}

fn entry(instance: &ReminderInstance, rest: &str, at: DateTime<Utc>) -> TimelineEntry {
    let text = format!("Reminder {} was not sent{rest}", instance.trigger_id);
    TimelineEntry::of_meeting(at, TimelineKind::ReminderSkipped, text)
}
