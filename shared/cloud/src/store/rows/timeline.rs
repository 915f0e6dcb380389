//! The row of a timeline's entry.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    id::AttendeeId,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<Actor>,
    }
}

impl Kind for TimelineEntry {
    /// 2: says who acted.
    const SHAPE: u32 = 2;
}
