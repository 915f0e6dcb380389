//! The input of schedules: a row that Scheduler keeps, and hands over when its time has
//! come, perhaps to another release than the one that armed it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use usher_domain::{
    id::{MeetingId, TriggerId},
    reminders::FanoutEvent,
};

/// The number of the shape that this release writes; see [`Kind`](super::Kind).
const SHAPE: u32 = 1;

/// What wakes the function that reminds, as it is stored in a schedule and in the
/// template's rule for the sweep. It takes attributes that it does not know.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FanoutInput {
    /// A reminder is due.
    Reminder {
        /// The number of its shape.
        #[serde(default)]
        shape: u32,
        /// Of which meeting.
        meeting_id: MeetingId,
        /// By which trigger.
        trigger_id: TriggerId,
        /// For which revision.
        revision: u32,
        /// Since when.
        due_at: DateTime<Utc>,
    },
    /// A send that has outlasted an invocation goes on.
    ContinueSend {
        /// The number of its shape.
        #[serde(default)]
        shape: u32,
        /// The hash of the idempotency key that it was accepted under.
        key: String,
    },
    /// It is time to look for what schedules have missed.
    Sweep {},
}

impl FanoutInput {
    /// The input of an event.
    pub fn of(event: &FanoutEvent) -> Self {
        match event {
            FanoutEvent::Reminder {
                meeting_id,
                trigger_id,
                revision,
                due_at,
            } => Self::Reminder {
                shape: SHAPE,
                meeting_id: meeting_id.clone(),
                trigger_id: trigger_id.clone(),
                revision: *revision,
                due_at: *due_at,
            },
            FanoutEvent::ContinueSend { key } => Self::ContinueSend {
                shape: SHAPE,
                key: key.clone(),
            },
            FanoutEvent::Sweep => Self::Sweep {},
        }
    }

    /// As a schedule's input.
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// Reads what woke the function that reminds.
///
/// # Errors
/// When it is no event that this release knows.
pub fn read_fanout_input(input: serde_json::Value) -> Result<FanoutEvent, serde_json::Error> {
    Ok(match serde_json::from_value(input)? {
        FanoutInput::Reminder {
            shape: _,
            meeting_id,
            trigger_id,
            revision,
            due_at,
        } => FanoutEvent::Reminder {
            meeting_id,
            trigger_id,
            revision,
            due_at,
        },
        FanoutInput::ContinueSend { shape: _, key } => FanoutEvent::ContinueSend { key },
        FanoutInput::Sweep {} => FanoutEvent::Sweep,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_of_a_continuation_is_read_as_it_was_written_and_by_later_releases() {
        let event = FanoutEvent::ContinueSend {
            key: "c0ffee".to_owned(),
        };
        let written = FanoutInput::of(&event).to_json();
        let mut input: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read_fanout_input(input.clone()).unwrap(), event);
        input["continue_send"]["of_a_later_release"] = true.into();
        assert_eq!(read_fanout_input(input).unwrap(), event);
    }
}
