//! The meetings that a template can be tried on.

use serde::Serialize;
use usher_domain::meeting::{BookingStatus, Meeting};

/// A meeting to try a template on.
#[derive(Serialize)]
pub(super) struct Coming {
    id: String,
    title: String,
    customer: String,
    starts_at: String,
}

/// Whether it can be what a template is tried on.
pub(super) fn is_still_on(meeting: &Meeting) -> bool {
    !meeting.archived && meeting.status != BookingStatus::Cancelled
}

impl Coming {
    pub(super) fn of(meeting: &Meeting) -> Self {
        let local = meeting
            .details
            .starts_at
            .with_timezone(&meeting.details.timezone);
        Self {
            id: meeting.id.to_string(),
            title: meeting.title.to_string(),
            customer: meeting
                .lead()
                .map(|lead| lead.name.to_string())
                .unwrap_or_default(),
            starts_at: local.format("%a %-d %b, %H:%M").to_string(),
        }
    }
}
