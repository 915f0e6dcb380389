//! What staff must look at, and until when it matters to them.
//!
//! Something needs attention until the meeting it is about is over, when nobody can be
//! told any more; from then on it stands in the log only.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    meeting::{BookingStatus, Meeting, NotificationState},
    notification::{Delivery, DeliveryStatus, Notification, Status},
    reply::Inbound,
};

/// How long a text that belongs to no meeting waits for somebody.
const TEXT_WAITS: TimeDelta = TimeDelta::days(14);

impl Meeting {
    /// Until when staff must look at it: while customers know other details, or wait
    /// for another time.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        let waits = self.notification_state() == NotificationState::UpdateDue
            || self.status == BookingStatus::RescheduleRequested;
        (waits && !self.archived && self.status != BookingStatus::Cancelled)
            .then(|| self.details.ends_at())
    }
}

impl Notification {
    /// Whether staff must look at it: something failed, or may not have gone out.
    pub fn needs_attention(&self) -> bool {
        let doubtful = |each: &Delivery| each.status == DeliveryStatus::Unknown;
        self.status() == Status::Failed || self.deliveries.iter().any(doubtful)
    }

    /// Until when staff must look at it.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        self.needs_attention().then_some(self.details.starts_at)
    }
}

impl Inbound {
    /// Until when staff must look at it, being of no meeting.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        (!self.handled).then(|| self.received_at + TEXT_WAITS)
    }
}
