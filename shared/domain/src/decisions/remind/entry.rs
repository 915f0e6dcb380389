//! The timeline's sentences on reminders that were not sent.

use chrono::{DateTime, Utc};

use super::{LeftOut, ReminderInstance, Skip};
use crate::timeline::{TimelineEntry, TimelineKind};

/// How many attendees one sentence names.
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

/// Who was left out of a reminder because of their answer; none when nobody was.
pub fn left_out_entry(
    instance: &ReminderInstance,
    left_out: &[LeftOut],
    at: DateTime<Utc>,
) -> Option<TimelineEntry> {
    if left_out.is_empty() {
        return None;
    }
    let names: Vec<_> = left_out
        .iter()
        .take(NAMED)
        .map(|left| left.attendee.name.to_string())
        .collect();
    let mut names = names.join(", ");
    if left_out.len() > NAMED {
        names.push_str(&format!(" and {} others", left_out.len() - NAMED));
    }
    let rest = format!(" to {names}, who declined or asked for another time");
    Some(entry(instance, &rest, at))
}

fn entry(instance: &ReminderInstance, rest: &str, at: DateTime<Utc>) -> TimelineEntry {
    let text = format!("Reminder {} was not sent{rest}", instance.trigger_id);
    TimelineEntry::of_meeting(at, TimelineKind::ReminderSkipped, text)
}
