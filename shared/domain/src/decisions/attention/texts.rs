//! Until when a text that belongs to no meeting needs attention.

use chrono::{DateTime, TimeDelta, Utc};

use crate::records::sms::Inbound;

/// How long a text that belongs to no meeting waits for somebody.
const TEXT_WAITS: TimeDelta = TimeDelta::days(14);

impl Inbound {
    /// Until when staff must look at it, being of no meeting.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        (!self.handled).then(|| self.received_at + TEXT_WAITS)
    }
}
