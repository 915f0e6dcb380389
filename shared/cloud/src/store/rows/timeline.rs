//! The row of a timeline's entry.

use chrono::{DateTime, Utc};
use usher_domain::{
    id::AttendeeId,
    notification::Channel,
    timeline::{TimelineEntry, TimelineKind},
};

use super::{Kind, row};

row! {
    TimelineRow of TimelineEntry {
        at: DateTime<Utc>,
        kind: TimelineKind,
        text: String,
        attendee_id: Option<AttendeeId>,
        channel: Option<Channel>,
    }
}

impl Kind for TimelineEntry {}
